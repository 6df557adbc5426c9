package glance

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// counted are the counts of a run in the order of its steps.
var counted = []string{"workspaces", "accounts", "usergroups", "channels", "memberships"}

func progressOf(r connector.Run) string {
	var parts []string
	for _, k := range counted {
		if n, ok := r.Counts[k]; ok {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	return fmt.Sprintf("%s: %s", r.Step, strings.Join(parts, ", "))
}

// report is the summary.
func report(out io.Writer, c connector.Connector, r connector.Run, calls int64, took time.Duration, file string) {
	fmt.Fprintf(out, "Slack: %s (%s), plan %s\n", oneLine(c.Name), strings.TrimPrefix(c.ID, "con_"), c.Plan)
	for _, k := range counted {
		if n, ok := r.Counts[k]; ok {
			fmt.Fprintf(out, "%-12s %d%s\n", k, n, breakdown(k, r.Counts))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(r.Removals)) {
		fmt.Fprintf(out, "waits        %d %s would go; more than a fifth at once is believed only when you say so: look at Slack, then run this again with --confirm\n", r.Removals[k], k)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note         %s\n", ownWords(n))
	}
	fmt.Fprintf(out, "rows written %d\ncalls        %d\nseconds      %.1f\nfile         %s\n", r.Wrote, calls, took.Seconds(), file)
}

// breakdown says of what the memberships are, where there are several kinds.
func breakdown(kind string, counts map[string]int) string {
	if kind != "memberships" {
		return ""
	}
	var parts []string
	for _, k := range []string{"workspace", "usergroup", "channel", "orgrole"} {
		if n := counts[k+" memberships"]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d in %ss", n, k))
		}
	}
	if len(parts) < 1 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// ownWords fits sentences about a connected house to somebody with a token.
func ownWords(text string) string {
	return oneLine(strings.NewReplacer(
		"the connector's token", "the token",
		"install again with Install with Slack and allow it", "allow it in the app's settings, install the app again, and use its new token",
		"install again with Install with Slack", "use another token",
		"connect with the user token of a workspace admin", "use the user token of a workspace admin",
		"; Ebb tries again", "; try again",
	).Replace(text))
}

// oneLine keeps what Slack sent from breaking a line or the terminal.
func oneLine(text string) string { return clean([]string{text})[0] }

// CheckURL refuses an address that cannot be Slack's before a token goes there.
func CheckURL(op, address string, progress io.Writer) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fault.New(op, fault.Invalid, "--slack-api-url wants an address like https://slack.com/api/, not %q", address)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		fmt.Fprintf(progress, "warning: the token travels to %s without encryption\n", u.Host)
	}
	return nil
}

// Refused says of a token that Slack did not take what its holder can do.
func Refused(op string, err error, address string) error {
	out := &fault.Error{Op: op, Kind: fault.KindOf(err), Code: fault.CodeOf(err), Text: ownWords(fault.TextOf(err)), Err: err}
	switch {
	case fault.CodeOf(err) == "not_sent":
		out.Text = "nothing answers at " + address
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Err != nil {
			out.Text += " (" + dial.Err.Error() + ")"
		}
		out.Text += ": check --slack-api-url and the network"
	case fault.Is(err, fault.Reauthorize):
		out.Text = "Slack does not accept this token: use a user token (xoxp-) or a bot token (xoxb-) of the workspace, as its app's page shows it"
	case fault.Is(err, fault.Wait):
		until := time.Until(fault.UntilOf(err)).Round(time.Second)
		out.Text = fmt.Sprintf("Slack asks for a pause of %s; run this again then", until)
	}
	return out
}
