package manifest

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// every is each manifest that there is.
func every() map[string]Choice {
	out := map[string]Choice{}
	for _, plan := range []Plan{Pro, Business, Enterprise} {
		c := Choice{Plan: plan, URL: "https://ebb.example.com", House: "https://ebb.example.com", Command: "/ebb"}
		out[string(plan)] = c
		if c.Roles = plan == Enterprise; c.Roles {
			out["enterprise, roles"] = c
			c.Roles = false
		}
		c.LastSeen = true
		out[string(plan)+", last seen"] = c
		c.CollaborationOnly = true
		out[string(plan)+", collaboration only"] = c
		c.Socket = true
		out[string(plan)+", collaboration only, by socket"] = c
		c.CollaborationOnly = false
		out[string(plan)+", by socket"] = c
	}
	return out
}

func schema(t *testing.T, version string) *jsonschema.Schema {
	t.Helper()
	path := "testdata/manifest.schema." + version + ".json"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(goPattern)
	if err := c.AddResource(path, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// goPattern reads a pattern of the schema. Go knows no lookahead; the two that
// have one are of domains that no manifest of ours names.
func goPattern(p string) (jsonschema.Regexp, error) {
	return regexp.Compile(strings.Replace(p, `(?![\.\-])`, "", 1))
}

// Slack's own schemas take every manifest, under the old rules and the new; and
// they can say no.
func TestSlacksSchemasTakeIt(t *testing.T) {
	for major, version := range map[int]string{1: "1.0.0", 2: "2.0.0"} {
		s := schema(t, version)
		valid := func(m Manifest) error {
			m.Metadata.Major = major
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			return s.Validate(doc)
		}
		for name, c := range every() {
			if err := valid(New(c)); err != nil {
				t.Errorf("%s, %s: %v", version, name, err)
			}
		}
		c := every()["pro"]
		c.Command = "ebb"
		if valid(New(c)) == nil {
			t.Errorf("%s: a command without a slash is taken", version)
		}
	}
}

// Nothing reads messages, only organizations deploy to themselves, nothing
// expires, and the bot alone comes without an administrator's token.
func TestWhatIsNeverAskedFor(t *testing.T) {
	for name, c := range every() {
		m := New(c)
		for _, s := range slices.Concat(m.OAuth.Scopes.Bot, m.OAuth.Scopes.User) {
			if strings.HasSuffix(s, ":history") || strings.HasPrefix(s, "search") {
				t.Errorf("%s asks for %s", name, s)
			}
		}
		if m.Settings.Rotation || m.Settings.OrgDeploy != (c.Plan == Enterprise) {
			t.Errorf("%s: %+v", name, m.Settings)
		}
		if c.CollaborationOnly && len(m.OAuth.Scopes.User) > 0 {
			t.Errorf("%s asks an administrator for %v", name, m.OAuth.Scopes.User)
		}
		for _, s := range m.OAuth.Scopes.UserOptional {
			if !slices.Contains(m.OAuth.Scopes.User, s) {
				t.Errorf("%s: %s is optional, and not in the list", name, s)
			}
		}
	}
}

// What Install with Slack asks for has to be in the manifest, or Slack refuses it.
func TestInstallAsksForNoMore(t *testing.T) {
	for _, plan := range []Plan{Pro, Business, Enterprise} {
		s := New(every()[string(plan)]).OAuth.Scopes
		for _, want := range connector.InstallBotScopes {
			if !slices.Contains(s.Bot, want) {
				t.Errorf("%s: bot %s", plan, want)
			}
		}
		for _, want := range connector.InstallUserScopes {
			if !slices.Contains(s.User, want) {
				t.Errorf("%s: user %s", plan, want)
			}
		}
		if slices.Contains(s.User, connector.SCIMScope) != (plan == Business) {
			t.Errorf("%s: SCIM's scope", plan)
		}
		seen := New(every()[string(plan)+", last seen"]).OAuth.Scopes
		if !slices.Contains(seen.User, connector.ActivityScope) || !slices.Contains(seen.UserOptional, connector.ActivityScope) || len(seen.User) > len(s.User)+1 {
			t.Errorf("%s: the scope of the access logs, and no other: %v", plan, seen.User)
		}
	}
}

func TestThePrintedAddresses(t *testing.T) {
	var out bytes.Buffer
	p := Print{Plan: "pro", URL: "https://tunnel.example/", House: "http://127.0.0.1:8484", Command: "/access"}
	if err := p.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"https://tunnel.example/slack/events"`, `"https://tunnel.example/slack/commands"`, `"https://tunnel.example/slack/interaction"`,
		`"https://tunnel.example/slack/options"`, `"http://127.0.0.1:8484/slack/oauth/callback"`, `"http://127.0.0.1:8484/signin/slack/callback"`, `"command": "/access"`, `"callback_id": "request_access"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
}

// By socket, Slack is told no address but the one for browsers.
func TestBySocketThereIsNoAddress(t *testing.T) {
	var out bytes.Buffer
	if err := (&Print{Plan: "pro", Socket: true, Command: "/ebb"}).print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"socket_mode_enabled": true`, `"http://127.0.0.1:8484/slack/oauth/callback"`, `"is_enabled": true`, `"bot_events"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
	for _, never := range []string{`_url":`, `"url":`} {
		if strings.Contains(out.String(), never) {
			t.Errorf("%s is in %s", never, out.String())
		}
	}
}

func TestWhatCannotBeServedIsRefused(t *testing.T) {
	good := Print{Plan: "pro", URL: "https://ebb.example.com", Command: "/ebb"}
	for name, spoil := range map[string]func(*Print){
		"plain http": func(p *Print) { p.URL = "http://ebb.example.com" },
		"no address": func(p *Print) { p.URL = "" },
		"both":       func(p *Print) { p.Socket = true },
		"no host":    func(p *Print) { p.URL = "https://" },
		"a query":    func(p *Print) { p.URL += "?a=b" },
		"a house":    func(p *Print) { p.House = "ftp://ebb.example.com" },
		"no slash":   func(p *Print) { p.Command = "ebb" },
		"capitals":   func(p *Print) { p.Command = "/Ebb" },
		"too long":   func(p *Print) { p.Command = "/" + strings.Repeat("e", 32) },
	} {
		p := good
		spoil(&p)
		if err := p.print(&bytes.Buffer{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
