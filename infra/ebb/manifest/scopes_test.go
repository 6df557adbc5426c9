package manifest

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/slack"
)

// ofCollaboration are the methods that a house without an administrator's token
// calls.
var ofCollaboration = []string{
	"auth.test", "chat.postMessage", "chat.update", "conversations.open", "usergroups.users.list", "users.info", "users.list",
	"views.open", "views.publish", "views.update",
}

// notMethods are scopes that no method's page names, with what needs them.
var notMethods = map[string]string{
	"commands":          "slash commands and shortcuts (docs.slack.dev, commands)",
	"users:read.email":  "profile.email in users.list and users.info (docs.slack.dev, users:read.email)",
	connector.SCIMScope: "SCIM's PATCH of a group (docs.slack.dev, SCIM API), and team.accessLogs where that is wished",
}

// kinds of conversation that Ebb calls a method about: Slack's methods take any
// scope, and then tell of or change only the kinds that it is for.
var kinds = map[string][]string{
	"conversations.info":    {"channels:", "groups:"},
	"conversations.list":    {"channels:", "groups:"},
	"conversations.members": {"channels:", "groups:"},
	"conversations.invite":  {"groups:"}, // public channels are joined, not given
	"conversations.kick":    {"groups:"},
	"conversations.open":    {"im:"},
}

// accepted are Slack's scopes of a method for one kind of token, from the extract
// of its reference that the simulated Slack serves by.
func accepted(t *testing.T) map[string]map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/slack/slacktest/methods.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Methods map[string]struct {
			Scope map[string][]string `json:"scope"`
		} `json:"methods"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string][]string{}
	for name, m := range file.Methods {
		out[name] = m.Scope
	}
	return out
}

// need is one thing that a call or an event cannot do without: any of the scopes.
type need struct {
	what  string
	anyOf []string
}

// needs of a kind of token (bot or user) for methods and events.
func needs(t *testing.T, kind string, methods, events []string) []need {
	t.Helper()
	table := accepted(t)
	var out []need
	for _, name := range methods {
		scopes, known := table[name]
		if !known {
			t.Errorf("%s is no method in slacktest's methods.json", name)
		}
		if len(scopes[kind]) == 0 {
			continue
		}
		of := kinds[name]
		if of == nil {
			of = []string{""}
		}
		for _, prefix := range of {
			out = append(out, need{name + " " + prefix, slices.DeleteFunc(slices.Clone(scopes[kind]), func(s string) bool { return !strings.HasPrefix(s, prefix) })})
		}
	}
	for _, e := range events {
		for _, s := range connector.Events[connector.NoticeKind(e)] {
			out = append(out, need{e + " " + s, []string{s}})
		}
	}
	return out
}

func asked(c Choice) map[string][]string {
	s := New(c).OAuth.Scopes
	return map[string][]string{"bot": s.Bot, "user": s.User}
}

func methodsOf(c Choice) []string {
	if c.CollaborationOnly {
		return ofCollaboration
	}
	return slices.DeleteFunc(slack.Methods(), func(m string) bool { return strings.HasPrefix(m, "admin.") && !c.Roles })
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == s })
}

func meets(scopes []string, n need) bool {
	return slices.ContainsFunc(n.anyOf, func(s string) bool { return slices.Contains(scopes, s) })
}

// No scope is asked for that can be left out: without it, some call or event
// that it served has none.
func TestNoScopeTooMany(t *testing.T) {
	for name, c := range every() {
		for kind, scopes := range asked(c) {
			all := needs(t, kind, methodsOf(c), New(c).Settings.Events.Bot)
			for _, s := range scopes {
				needed := notMethods[s] != "" || slices.ContainsFunc(all, func(n need) bool { return meets(scopes, n) && !meets(without(scopes, s), n) })
				if !needed {
					t.Errorf("%s: no call and no event needs the %s scope %s", name, kind, s)
				}
			}
		}
	}
}

// No call and no event goes without: the bot or the administrator has a scope for
// it.
func TestNoScopeTooFew(t *testing.T) {
	for name, c := range every() {
		have, events := asked(c), New(c).Settings.Events.Bot
		bot := needs(t, "bot", methodsOf(c), events)
		for _, n := range bot {
			if !meets(have["bot"], n) && !meets(have["user"], n) {
				t.Errorf("%s: %s needs one of %v", name, n.what, n.anyOf)
			}
		}
		for kind, anyOf := range connector.Events {
			ofOrganizations := kind == connector.AccessGranted || kind == connector.AccessRevoked
			may := len(anyOf) == 0 || meets(have["bot"], need{anyOf: anyOf})
			if got, want := slices.Contains(events, string(kind)), may && (c.Plan == Enterprise || !ofOrganizations); got != want {
				t.Errorf("%s: subscribed to %s %v, want %v", name, kind, got, want)
			}
		}
	}
}
