// Package manifest writes the manifest of Ebb's Slack app: all that Slack has to
// be told about the app, from which it is created with one paste ("From an app
// manifest", docs.slack.dev, "App manifests").
//
// It asks for the scopes of package connector and no others; a test holds them
// against the methods that Ebb calls and the events that it hears. It never asks
// for what reads messages, and leaves token rotation off: the house refuses tokens
// that expire, because a refresh token that two of its functions use at once is
// lost, and Slack cannot switch rotation off again.
package manifest

import (
	"slices"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// Plan of Slack, as far as it changes what an app may ask for.
type Plan string

// The plans. Slack's free plan has no user groups, so nothing is to be governed.
const (
	Pro        Plan = "pro"
	Business   Plan = "business"
	Enterprise Plan = "enterprise"
)

// Choice is what differs from one house to the next.
type Choice struct {
	Plan    Plan
	URL     string // where Slack reaches the house, https, without a slash at its end
	House   string // where a browser reaches it
	Command string // such as /ebb
	// CollaborationOnly asks for the app's own voice alone: no administrator's
	// token, nothing that changes access.
	CollaborationOnly bool
	// LastSeen asks for the scope of Slack's access logs.
	LastSeen bool
	// Roles asks for the scope that changes roles of workspaces, on Enterprise.
	Roles bool
	// Socket has Slack tell everything by Socket Mode, so that it needs no URL.
	Socket bool
}

// about is shown where somebody installs the app; Slack wants at least 175
// characters.
const about = "Ebb gives access in Slack for a time and takes it back by itself. Ask for a user group or a private channel with the command, " +
	"the shortcut or on the app's home tab; whoever your policy names approves with one click; when the time is over, the access ends, " +
	"and the record proves that it did. Ebb runs in your own account and reads no message."

// New is the manifest for a choice.
func New(c Choice) Manifest {
	return Manifest{
		Metadata: Metadata{Major: 1},
		Display:  Display{Name: "Ebb", Description: "Slack access that ends by itself, and proof that it did.", Long: about, Color: "#12404f"},
		Features: Features{
			Home:      Home{Tab: true, Messages: true, ReadOnly: true}, // typed replies are not read
			Bot:       Bot{Name: "Ebb", Online: true},
			Commands:  []Command{command(c)},
			Shortcuts: []Shortcut{{Name: "Request access", Type: "global", Callback: slackapp.RequestShortcut, Description: "Ask for access for a time"}},
		},
		OAuth: OAuth{Redirects: []string{c.House + flow.CallbackPath, c.House + flow.SlackSignInPath}, Scopes: scopes(c)},
		Settings: Settings{
			Events:      Subscriptions{URL: c.at(slackapp.EventsPath), Bot: events(c)},
			Interaction: Interaction{On: true, URL: c.at(slackapp.InteractionPath), Options: c.at(slackapp.OptionsPath)},
			OrgDeploy:   c.Plan == Enterprise,
			Socket:      c.Socket,
		},
	}
}

// at is where Slack posts to; nowhere in Socket Mode.
func (c Choice) at(path string) string {
	if c.Socket {
		return ""
	}
	return c.URL + path
}

func command(c Choice) Command {
	return Command{
		Name: c.Command, URL: c.at(slackapp.CommandsPath), Description: "Ask for access for a time, and see what you have",
		Hint: "[request | my | extend | end | help]", Escape: true, // people and channels come as ids, not as names
	}
}

// scopes differ by what the plan can have. The scope admin is SCIM's, which takes
// a user group's last member out on Business+; it is wide, so whoever installs
// may leave it out (docs.slack.dev, "Optional scopes have landed"). On
// Enterprise SCIM's groups are the identity provider's, and Ebb asks for nothing.
// The same scope opens Slack's access logs, which tell when accounts were last
// active; for that alone it has to be wished.
func scopes(c Choice) Scopes {
	if c.CollaborationOnly {
		return Scopes{Bot: sorted(connector.CollaborationScopes)}
	}
	s := Scopes{Bot: sorted(connector.InstallBotScopes), User: sorted(connector.InstallUserScopes)}
	if c.Plan == Business || c.LastSeen {
		s.User = sorted(append(s.User, connector.SCIMScope))
		s.UserOptional = []string{connector.SCIMScope}
	}
	if c.Roles {
		s.User = sorted(append(s.User, connector.AdministerScope))
		s.UserOptional = append(s.UserOptional, connector.AdministerScope)
	}
	return s
}

// events are those whose scope the app has; what only an organization's app is
// told, only there.
func events(c Choice) []string {
	bot := scopes(c).Bot
	out := []string{connector.HomeOpened}
	for kind, anyOf := range connector.Events {
		heard := len(anyOf) == 0 || slices.ContainsFunc(anyOf, func(s string) bool { return slices.Contains(bot, s) })
		ofOrganizations := kind == connector.AccessGranted || kind == connector.AccessRevoked
		if heard && (c.Plan == Enterprise || !ofOrganizations) {
			out = append(out, string(kind))
		}
	}
	return sorted(out)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
