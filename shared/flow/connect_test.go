package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// begun is an installation up to Slack's consent page.
type begun struct {
	conn                    connector.Connector
	word, authorize, cookie string
}

func (w *world) begin() begun {
	w.t.Helper()
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	link, err := w.house.Invite(w.ctx, w.root, c.ID)
	w.ok(err)
	b := begun{conn: c, word: link[strings.LastIndex(link, "/")+1:]}
	b.authorize, b.cookie, err = w.house.OpenInvitation(w.ctx, b.word)
	w.ok(err)
	return b
}

// unchanged fails when the connector is anything but Not connected.
func (w *world) unchanged(id string) {
	w.t.Helper()
	c, err := w.store.Connector(w.ctx, id)
	w.ok(err)
	if c.Label != connector.NotConnected || c.Team != "" || len(c.UserScopes) > 0 {
		w.t.Fatalf("the connector was changed: %+v", c)
	}
}

func refusedWith(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if !fault.Is(err, kind) || !strings.Contains(fault.TextOf(err), words) {
		t.Fatalf("error %v (%q), want %s with %q", err, fault.TextOf(err), kind, words)
	}
}

func TestOnlyAdministratorsAddConnectors(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	nobody := access.Actor{User: access.User{ID: "u_x", Duties: []access.Duty{access.CampaignAdministrator, access.Auditor}}}
	_, err := w.house.AddConnector(w.ctx, nobody, "", nil)
	refusedWith(t, err, fault.Forbidden, "super administrator")
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	_, err = w.house.Invite(w.ctx, nobody, c.ID)
	refusedWith(t, err, fault.Forbidden, "owner")
}

func TestOwnersCompleteTheirConnector(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	owner, err := w.store.SaveUser(w.ctx, access.User{ID: "u_owner", Duties: []access.Duty{access.Ordinary}}, w.event("person/u_owner"))
	w.ok(err)
	c, err := w.house.AddConnector(w.ctx, w.root, "", []string{"u_root", "u_owner"})
	w.ok(err)
	_, err = w.house.Invite(w.ctx, access.Actor{User: owner}, c.ID)
	w.ok(err)
}

func TestStartLinkIsSingleUseAndShortLived(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	b := w.begin()
	_, _, err := w.house.OpenInvitation(w.ctx, b.word)
	refusedWith(t, err, fault.Forbidden, "opened before")
	_, _, err = w.house.OpenInvitation(w.ctx, "nonsense")
	refusedWith(t, err, fault.NotFound, "no such link")

	link, err := w.house.Invite(w.ctx, w.root, b.conn.ID)
	w.ok(err)
	w.clock.move(10 * time.Minute)
	_, _, err = w.house.OpenInvitation(w.ctx, link[strings.LastIndex(link, "/")+1:])
	refusedWith(t, err, fault.Forbidden, "ten minutes")
	w.unchanged(b.conn.ID)
}

func TestStolenAndRepeatedCallbacks(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	b := w.begin()
	code, state := w.consent(b.authorize, w.slack.PrimaryOwner(w.slack.TeamIDs()[0]))
	_, err := w.house.FinishInstall(w.ctx, state, "another browser's cookie", code)
	refusedWith(t, err, fault.Forbidden, "another browser")
	_, err = w.house.FinishInstall(w.ctx, "a state that nobody gave", b.cookie, code)
	refusedWith(t, err, fault.Forbidden, "no installation")
	w.unchanged(b.conn.ID)

	c, err := w.house.FinishInstall(w.ctx, state, b.cookie, code)
	w.ok(err)
	if c.Label != connector.Syncing {
		t.Fatalf("label %s", c.Label)
	}
	_, err = w.house.FinishInstall(w.ctx, state, b.cookie, code)
	refusedWith(t, err, fault.Forbidden, "used before")
}

func TestWhoInstalledHasToAdminister(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	ada := w.slack.AddUser(slacktest.User{Name: "ada", RealName: "Ada"})
	b := w.begin()
	code, state := w.consent(b.authorize, ada)
	_, err := w.house.FinishInstall(w.ctx, state, b.cookie, code)
	refusedWith(t, err, fault.Forbidden, "admin or owner")
	w.unchanged(b.conn.ID)
	if !slices.ContainsFunc(w.slack.Calls(), func(c slacktest.Call) bool { return c.Method == "auth.revoke" && c.OK }) {
		t.Fatal("the token of a refused installation was not revoked")
	}
	log, err := w.store.EventsOf(w.ctx, "connector/"+b.conn.ID)
	w.ok(err)
	if last := log[len(log)-1]; last.Action != "connector.install-refused" || last.Data["note"] == "" {
		t.Fatalf("the log ends with %+v", last)
	}
}

var pasted = []string{"admin", "admin.roles:read", "channels:read", "identify", "team:read", "usergroups:read", "users:read", "users:read.email"}

func TestPastedTokenGivesSyncAndReview(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	w.slack.AddGroup(slacktest.Group{Handle: "eng", Members: []string{w.slack.PrimaryOwner(w.slack.TeamIDs()[0])}})
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	token := w.slack.Token(slacktest.TokenSpec{Scopes: pasted})
	w.conn, err = w.house.PasteToken(w.ctx, w.root, c.ID, token)
	w.ok(err)
	if w.conn.Label != connector.Syncing {
		t.Fatalf("label %s", w.conn.Label)
	}
	w.sync()
	if w.conn.Label != connector.Connected {
		t.Fatalf("label %s", w.conn.Label)
	}
	seen := map[directory.Kind]connector.Capability{}
	for _, k := range w.conn.Capabilities() {
		seen[k.Kind] = k
	}
	if _, asked := seen[directory.Role]; asked {
		t.Fatal("organization roles are demanded of a workspace")
	}
	g := seen[directory.UserGroup]
	if !g.Sync || !g.Review || g.Grant || !slices.Contains(g.Missing, "usergroups:write") {
		t.Fatalf("user groups: %+v", g)
	}
	if ch := seen[directory.Channel]; !ch.Sync || ch.Grant {
		t.Fatalf("channels: %+v", ch)
	}
	if got, _, err := w.house.Secrets.Get(w.ctx, "connector/"+c.ID+"/slack"); err != nil || !strings.Contains(string(got), token) {
		t.Fatalf("the token is not in the secret store: %v", err)
	}
}

func TestBadTokensChangeNothing(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2})
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	for token, want := range map[string]string{
		"": "paste one user token", "xapp-1-x": "app-level token", "xoxb-1": "bot token", "xoxp-nobody-knows-me": "", "two words": "paste one",
	} {
		_, err := w.house.PasteToken(w.ctx, w.root, c.ID, token)
		if err == nil || !strings.Contains(fault.TextOf(err), want) {
			t.Errorf("token %q: %v, want %q", token, err, want)
		}
		if token != "" && strings.Contains(err.Error(), token) && len(token) > 8 {
			t.Errorf("the error holds the token: %v", err)
		}
	}
	w.unchanged(c.ID)
}

func TestTokenOfAnotherWorkspace(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2, Workspaces: 2})
	teams := w.slack.TeamIDs()
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	spec := func(team string) slacktest.TokenSpec {
		return slacktest.TokenSpec{User: w.slack.PrimaryOwner(team), Team: team, Scopes: pasted}
	}
	c, err = w.house.PasteToken(w.ctx, w.root, c.ID, w.slack.Token(spec(teams[0])))
	w.ok(err)
	before, _, err := w.house.Secrets.Get(w.ctx, "connector/"+c.ID+"/slack")
	w.ok(err)
	_, err = w.house.PasteToken(w.ctx, w.root, c.ID, w.slack.Token(spec(teams[1])))
	refusedWith(t, err, fault.Invalid, "Nothing was changed")
	after, _, err := w.house.Secrets.Get(w.ctx, "connector/"+c.ID+"/slack")
	w.ok(err)
	if string(before) != string(after) {
		t.Fatal("the stored token was changed")
	}
	other, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	_, err = w.house.PasteToken(w.ctx, w.root, other.ID, w.slack.Token(spec(teams[0])))
	refusedWith(t, err, fault.Invalid, "governed by the connector")
}

func TestOrganizationNeedsItsOwner(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2, Workspaces: 2})
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	owner := w.slack.PrimaryOwner(w.slack.TeamIDs()[0]) // also of the organization
	admin := w.slack.PrimaryOwner(w.slack.TeamIDs()[1])
	_, err = w.house.PasteToken(w.ctx, w.root, c.ID, w.slack.Token(slacktest.TokenSpec{User: admin, OrgWide: true, Scopes: pasted}))
	refusedWith(t, err, fault.Forbidden, "owner of the Enterprise organization")
	w.unchanged(c.ID)
	w.conn, err = w.house.PasteToken(w.ctx, w.root, c.ID, w.slack.Token(slacktest.TokenSpec{User: owner, OrgWide: true, Scopes: pasted}))
	w.ok(err)
	w.sync()
	if len(w.conn.Workspaces) != 2 {
		t.Fatalf("workspaces %v", w.conn.Workspaces)
	}
}
