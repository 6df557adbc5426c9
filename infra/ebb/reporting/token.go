package reporting

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/ebb-access/ebb/infra/ebb/glance"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slack"
)

// op names the command in errors.
const op = "ebb report"

// readToken takes the token from a file or standard input; never from the command
// line or the environment, where others see it.
func readToken(file string, in io.Reader) (string, error) {
	if strings.HasPrefix(file, "xox") {
		return "", fault.New(op, fault.Invalid,
			"--token-file wants the name of a file and not the token: it stands in your shell's history now, so make a new one; - reads it from standard input")
	}
	from := "standard input"
	if file != "-" {
		from = file
		f, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fault.New(op, fault.Invalid, "there is no file %s; put the token into one, or give it on standard input: --token-file -", file)
		}
		if err != nil {
			return "", fault.New(op, fault.Invalid, "%s cannot be read (%v)", file, cause(err))
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 1<<16))
	if err != nil {
		return "", fault.New(op, fault.Invalid, "%s cannot be read (%v)", from, cause(err))
	}
	token := strings.TrimSpace(string(raw))
	switch {
	case token == "":
		return "", fault.New(op, fault.Invalid, "%s holds no token: put a user token (xoxp-) or a bot token (xoxb-) there, and nothing else", from)
	case strings.ContainsAny(token, " \t\r\n"):
		return "", fault.New(op, fault.Invalid, "%s holds more than a token: put a user token (xoxp-) or a bot token (xoxb-) there, and nothing else", from)
	}
	return token, nil
}

// byToken reads a workspace, or each of an organization's, with a token.
func (r *Report) byToken(ctx context.Context, d desk, token string) (report.Picture, error) {
	if err := glance.CheckURL(op, r.SlackAPIURL, d.progress); err != nil {
		return report.Picture{}, err
	}
	tokens := connector.Tokens{User: token}
	if strings.HasPrefix(token, "xoxb-") || strings.HasPrefix(token, "xoxe.xoxb-") {
		tokens = connector.Tokens{Bot: token}
	}
	s := &survey{
		desk: d, client: slack.New(slack.Config{APIURL: r.SlackAPIURL, Tokens: slack.Static(tokens), Now: d.now}),
		accounts: map[string]int{}, channels: map[string]bool{}, inactiveDays: max(r.InactiveDays, 1),
	}
	var who connector.Identity
	err := s.patiently(ctx, func() (err error) {
		who, err = s.client.Identify(ctx, token)
		return err
	})
	if err != nil {
		return report.Picture{}, glance.Refused(op, err, r.SlackAPIURL)
	}
	if err := s.read(ctx, who); err != nil {
		return report.Picture{}, glance.Refused(op, err, r.SlackAPIURL)
	}
	s.picture.Source.Read = d.now()
	return s.picture, nil
}
