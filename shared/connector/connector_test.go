package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Safety stops keep from giving, never from taking back.
func TestLabels(t *testing.T) {
	for label, c := range map[Label]struct{ usable, linked bool }{
		NotConnected: {false, false}, Syncing: {true, true}, Connected: {true, true},
		Error: {false, true}, Paused: {false, true}, NeedsConfirmation: {false, true},
	} {
		got := Connector{Label: label}
		if got.Usable() != c.usable || got.Linked() != c.linked {
			t.Errorf("%s: usable %v, linked %v", label, got.Usable(), got.Linked())
		}
	}
	if (Connector{}).Usable() {
		t.Error("the zero connector is usable")
	}
}

func TestProve(t *testing.T) {
	c := Connector{RemovalProven: make([]string, 0, 4)}
	before := c
	if c.Proven("T1", "usergroup") || !c.Prove("T1", "usergroup") || c.Prove("T1", "usergroup") {
		t.Error("news once, and only once")
	}
	if !c.Proven("T1", "usergroup") || c.Proven("T1", "channel") || c.Proven("T2", "usergroup") {
		t.Errorf("%v", c.RemovalProven)
	}
	other := before
	other.Prove("T9", "channel")
	if !c.Proven("T1", "usergroup") || c.Proven("T9", "channel") {
		t.Error("two copies of a connector share what they remember")
	}
}

func TestTokensAreNeverPrinted(t *testing.T) {
	tokens := Tokens{User: "first-secret", Bot: "second-secret"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{tokens, &tokens, Installation{Tokens: tokens}, []Tokens{tokens}} {
			if got := fmt.Sprintf(format, v); strings.Contains(got, "secret") {
				t.Errorf("%s: %s", format, got)
			}
		}
	}
}

func opened(t *testing.T) Invitation {
	t.Helper()
	i, err := Invitation{Link: "l", Expires: noon.Add(InvitationTime)}.Open(noon, "state", "browser")
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestInvitation(t *testing.T) {
	i := opened(t)
	done, err := i.Finish(noon.Add(InvitationTime-1), "state", "browser")
	if err != nil || !done.Used {
		t.Fatal(done, err)
	}
	used, late := done, noon.Add(InvitationTime)
	for name, try := range map[string]func() (Invitation, error){
		"opened twice":           func() (Invitation, error) { return i.Open(noon, "other", "other") },
		"opened late":            func() (Invitation, error) { return Invitation{Expires: late}.Open(late, "s", "b") },
		"the zero invitation":    func() (Invitation, error) { return Invitation{}.Open(noon, "s", "b") },
		"without a state":        func() (Invitation, error) { return Invitation{Expires: late}.Open(noon, "", "b") },
		"without a browser":      func() (Invitation, error) { return Invitation{Expires: late}.Open(noon, "s", "") },
		"another state":          func() (Invitation, error) { return i.Finish(noon, "forged", "browser") },
		"another browser":        func() (Invitation, error) { return i.Finish(noon, "state", "forged") },
		"no browser":             func() (Invitation, error) { return i.Finish(noon, "state", "") },
		"replayed":               func() (Invitation, error) { return used.Finish(noon, "state", "browser") },
		"finished late":          func() (Invitation, error) { return i.Finish(late, "state", "browser") },
		"finished, never opened": func() (Invitation, error) { return Invitation{Expires: late}.Finish(noon, "", "") },
	} {
		got, err := try()
		if !fault.Is(err, fault.Forbidden, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
		if got != i && got != used && got.State != "" {
			t.Errorf("%s: refused, and changed: %+v", name, got)
		}
	}
}

func TestRunWants(t *testing.T) {
	if !(Run{}).Wants("accounts") {
		t.Error("a run without kinds is about all")
	}
	r := Run{Kinds: []string{"channels"}}
	if !r.Wants("channels") || r.Wants("accounts") {
		t.Error(r.Kinds)
	}
}

func TestCapabilities(t *testing.T) {
	all := Connector{Label: Connected, UserScopes: InstallUserScopes, BotScopes: InstallBotScopes}
	for _, k := range []directory.Kind{directory.UserGroup, directory.Channel} {
		if !all.CanGrant(k) {
			t.Errorf("installed with OAuth, and cannot grant %s: %+v", k, all.Capabilities())
		}
	}
	pasted := Connector{Label: Connected, UserScopes: PastedScopes}
	for _, c := range pasted.Capabilities() {
		if !c.Sync || !c.Review || c.Grant {
			t.Errorf("a pasted token is for sync and review: %+v", c)
		}
	}
	// A bot's scope edits no user groups: the user token does.
	if (Connector{Label: Connected, UserScopes: PastedScopes, BotScopes: InstallBotScopes}).CanGrant(directory.UserGroup) {
		t.Error("groups are edited by the app")
	}
	if all.Plan = PlanFree; all.CanGrant(directory.UserGroup) {
		t.Error("the free plan has user groups")
	}
	if got := (Connector{UserScopes: InstallUserScopes}).Capabilities(); got != nil || (Connector{Label: NotConnected}).Linked() {
		t.Errorf("without a link: %+v", got)
	}
}

func TestCapabilitiesNameWhatIsMissing(t *testing.T) {
	c := Connector{Label: Connected, UserScopes: []string{"team:read"}}
	for _, k := range c.Capabilities() {
		if k.Sync || k.Grant || len(k.Missing) == 0 {
			t.Errorf("%+v", k)
		}
		if k.Kind == directory.Role {
			t.Error("roles without an Enterprise organization")
		}
	}
	c.Enterprise = "E1"
	if !slices.ContainsFunc(c.Capabilities(), func(k Capability) bool { return k.Kind == directory.Role }) {
		t.Error("an Enterprise organization has roles")
	}
}

// The last member goes by SCIM only where SCIM has answered, its groups are user
// groups and the token has its scope; the connector says which it is.
func TestLastMember(t *testing.T) {
	admin := append(slices.Clone(InstallUserScopes), SCIMScope)
	for name, c := range map[string]struct {
		c     Connector
		tries bool
		may   bool
		note  string
	}{
		"answered":          {Connector{Label: Connected, UserScopes: admin, SCIM: true}, true, true, "SCIM takes"},
		"not asked yet":     {Connector{Label: Connected, UserScopes: admin}, true, false, "did not take the user token"},
		"no scope":          {Connector{Label: Connected, UserScopes: InstallUserScopes, SCIM: true}, false, false, "scope admin"},
		"organization":      {Connector{Label: Connected, UserScopes: admin, SCIM: true, Enterprise: "E1"}, false, false, "identity provider"},
		"workspace of one":  {Connector{Label: Connected, UserScopes: admin, SCIM: true, Grid: "E1"}, false, false, "identity provider"},
		"sync and review":   {Connector{Label: Connected, UserScopes: PastedScopes, SCIM: true}, false, false, "did not take the user token"},
		"not connected any": {Connector{UserScopes: admin, SCIM: true}, false, false, ""},
	} {
		if c.c.TriesSCIM() != c.tries || c.c.MayEmpty() != c.may {
			t.Errorf("%s: tries %v, may %v", name, c.c.TriesSCIM(), c.c.MayEmpty())
		}
		for _, k := range c.c.Capabilities() {
			if k.Kind == directory.UserGroup && !strings.Contains(k.Note, c.note) {
				t.Errorf("%s: %q", name, k.Note)
			}
		}
	}
}

// Every event that Ebb serves is subscribed to, by a scope that the app has.
func TestEventsNeedNoFurtherScope(t *testing.T) {
	for kind, scopes := range Events {
		if len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(InstallBotScopes, s) }) {
			t.Errorf("%s needs one of %v", kind, scopes)
		}
		if strings.HasPrefix(string(kind), "message") {
			t.Errorf("%s", kind)
		}
	}
}

func TestHears(t *testing.T) {
	workspace := Connector{Label: Connected, Team: "T1"}
	organization := Connector{Label: Error, Enterprise: "E1", Workspaces: []string{"T1"}}
	for name, c := range map[string]struct {
		c    Connector
		n    Notice
		want bool
	}{
		"its workspace":               {workspace, Notice{Team: "T1"}, true},
		"its workspace in one":        {workspace, Notice{Team: "T1", Enterprise: "E1"}, true},
		"another workspace":           {workspace, Notice{Team: "T2"}, false},
		"nobody's":                    {workspace, Notice{}, false},
		"its organization":            {organization, Notice{Team: "T9", Enterprise: "E1"}, true},
		"another organization":        {organization, Notice{Team: "T1", Enterprise: "E2"}, false},
		"no organization":             {organization, Notice{Team: "T1"}, false},
		"not connected":               {Connector{Label: NotConnected, Team: "T1"}, Notice{Team: "T1"}, false},
		"neither one knows its place": {Connector{Label: Connected}, Notice{}, false},
	} {
		if got := c.c.Hears(c.n); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Ebb reads no message.
func TestNoScopeReadsMessages(t *testing.T) {
	for _, s := range slices.Concat(InstallBotScopes, InstallUserScopes, PastedScopes) {
		if strings.Contains(s, "history") || strings.HasPrefix(s, "search") {
			t.Errorf("%s", s)
		}
	}
}
