package manifest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
)

// Slack is the command ebb slack.
type Slack struct {
	Manifest Print `cmd:"" help:"Print the app manifest from which Slack makes Ebb's app: paste it at \"Create an app, from a manifest\". Token rotation is off in it: this house refuses tokens that expire."`
}

// Print is the command ebb slack manifest.
type Print struct {
	Plan              string `required:"" enum:"pro,business,enterprise" placeholder:"PLAN" help:"Slack's plan: pro, business (Business+) or enterprise."`
	URL               string `name:"url" placeholder:"URL" help:"Where Slack reaches the house, https: the deployed house's address, or a tunnel's. Not with --socket."`
	House             string `placeholder:"URL" help:"Where your browser reaches the house, when that is elsewhere: http://127.0.0.1:8484 behind a tunnel, or with --socket."`
	Socket            bool   `help:"Socket Mode: the house connects to Slack with an app-level token (EBB_SLACK_APP_TOKEN), and needs no address that Slack reaches."`
	Command           string `default:"/ebb" help:"The slash command."`
	LastSeen          bool   `help:"Ask for the user scope admin too, as an optional one: Slack then tells when accounts were last active (any paid plan; it is in business anyway)."`
	Roles             bool   `help:"Ask for the user scope admin.users:write too, as an optional one (enterprise only): Ebb then changes roles and membership of workspaces itself."`
	CollaborationOnly bool   `help:"The bot alone: ask, approve and be told in Slack. No administrator's token, and nothing that changes access."`
}

// Run prints it.
func (p *Print) Run() error { return p.print(os.Stdout) }

func (p *Print) print(out io.Writer) error {
	c, err := p.choice()
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(New(c))
}

// commandName is what Slack takes as one: at most 32 characters, lower case
// (docs.slack.dev, "Implementing slash commands").
var commandName = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

// laptop is where ebb run listens when it is not told otherwise.
const laptop = "http://127.0.0.1:8484"

func (p *Print) choice() (Choice, error) {
	c := Choice{
		Plan: Plan(p.Plan), URL: strings.TrimRight(p.URL, "/"), House: strings.TrimRight(cmp.Or(p.House, p.URL), "/"),
		Command: p.Command, CollaborationOnly: p.CollaborationOnly, LastSeen: p.LastSeen, Roles: p.Roles, Socket: p.Socket,
	}
	if c.Roles && c.Plan != Enterprise {
		return c, fault.At("manifest", "roles", "Slack gives the scope admin.users:write in Enterprise organizations alone: leave --roles out, or say --plan enterprise")
	}
	if c.Socket {
		c.House = cmp.Or(c.House, laptop)
	}
	switch {
	case c.Socket && c.URL != "":
		return c, fault.New("ebb slack manifest", fault.Invalid, "with --socket Slack posts nowhere: leave --url out")
	case !c.Socket && !address(c.URL, "https"):
		return c, fault.New("ebb slack manifest", fault.Invalid, "%q is no https address at which Slack could reach the house, such as https://ebb.example.com", p.URL)
	case !address(c.House, "https", "http"):
		return c, fault.New("ebb slack manifest", fault.Invalid, "%q is no address for a browser, such as http://127.0.0.1:8484", p.House)
	case !commandName.MatchString(c.Command):
		return c, fault.New("ebb slack manifest", fault.Invalid, "%q is no slash command: a slash, then up to 31 of a-z, 0-9, - and _", p.Command)
	}
	return c, nil
}

func address(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return true
		}
	}
	return false
}
