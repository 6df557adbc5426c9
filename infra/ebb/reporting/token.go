package reporting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slack"
)

// readToken takes the token from a file or standard input; never from the command
// line or the environment, where others see it.
func readToken(file string, in io.Reader) (string, error) {
	if strings.HasPrefix(file, "xox") {
		return "", fault.New("ebb report", fault.Invalid,
			"--token-file wants the name of a file and not the token: it stands in your shell's history now, so make a new one; - reads it from standard input")
	}
	from := "standard input"
	if file != "-" {
		from = file
		f, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fault.New("ebb report", fault.Invalid, "there is no file %s; put the token into one, or give it on standard input: --token-file -", file)
		}
		if err != nil {
			return "", fault.New("ebb report", fault.Invalid, "%s cannot be read (%v)", file, cause(err))
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 1<<16))
	if err != nil {
		return "", fault.New("ebb report", fault.Invalid, "%s cannot be read (%v)", from, cause(err))
	}
	token := strings.TrimSpace(string(raw))
	switch {
	case token == "":
		return "", fault.New("ebb report", fault.Invalid, "%s holds no token: put a user token (xoxp-) or a bot token (xoxb-) there, and nothing else", from)
	case strings.ContainsAny(token, " \t\r\n"):
		return "", fault.New("ebb report", fault.Invalid, "%s holds more than a token: put a user token (xoxp-) or a bot token (xoxb-) there, and nothing else", from)
	}
	return token, nil
}

// checkURL refuses an address that cannot be Slack's before a token goes there.
func checkURL(address string, progress io.Writer) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fault.New("ebb report", fault.Invalid, "--slack-api-url wants an address like https://slack.com/api/, not %q", address)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		fmt.Fprintf(progress, "warning: the token travels to %s without encryption\n", u.Host)
	}
	return nil
}

// byToken reads a workspace, or each of an organization's, with a token.
func (r *Report) byToken(ctx context.Context, d desk, token string) (report.Picture, error) {
	if err := checkURL(r.SlackAPIURL, d.progress); err != nil {
		return report.Picture{}, err
	}
	tokens := connector.Tokens{User: token}
	if strings.HasPrefix(token, "xoxb-") || strings.HasPrefix(token, "xoxe.xoxb-") {
		tokens = connector.Tokens{Bot: token}
	}
	s := &survey{
		desk: d, client: slack.New(slack.Config{APIURL: r.SlackAPIURL, Tokens: slack.Static(tokens), Now: d.now}),
		accounts: map[string]int{}, channels: map[string]bool{},
	}
	var who connector.Identity
	err := s.patiently(ctx, func() (err error) {
		who, err = s.client.Identify(ctx, token)
		return err
	})
	if err != nil {
		return report.Picture{}, refused(err, r.SlackAPIURL)
	}
	if err := s.read(ctx, who); err != nil {
		return report.Picture{}, refused(err, r.SlackAPIURL)
	}
	s.picture.Source.Read = d.now()
	return s.picture, nil
}

// refused says of what Slack did not do what the token's holder can do.
func refused(err error, address string) error {
	out := &fault.Error{Op: "ebb report", Kind: fault.KindOf(err), Code: fault.CodeOf(err), Text: fault.TextOf(err), Err: err}
	switch {
	case fault.CodeOf(err) == "not_sent":
		out.Text = "nothing answers at " + address + ": check --slack-api-url and the network"
	case fault.Is(err, fault.Reauthorize):
		out.Text = "Slack does not accept this token: use a user token (xoxp-) or a bot token (xoxb-) of the workspace, as its app's page shows it"
	}
	return out
}
