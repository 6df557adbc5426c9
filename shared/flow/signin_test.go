package flow_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// says is an issuer that vouches for whatever it is told.
type says struct{ access.Vouched }

func (says) AuthorizeURL(_ context.Context, s access.SignIn) (string, error) {
	return "https://issuer.test/?" + url.Values{"state": {s.State}, "nonce": {s.Nonce}, "verifier": {s.Verifier}}.Encode(), nil
}

func (v says) Vouch(context.Context, access.SignIn, string) (access.Vouched, error) {
	return v.Vouched, nil
}

// knock begins and finishes a sign-in in one browser.
func (w *world) knock(means access.Means, said access.Vouched) (flow.Entry, error) {
	w.t.Helper()
	w.house.Vouchers = map[access.Means]flow.Voucher{means: says{said}}
	to, err := w.house.BeginSignIn(w.ctx, flow.Journey{Means: means, Browser: "browser"})
	w.ok(err)
	u, err := url.Parse(to)
	w.ok(err)
	return w.house.FinishSignIn(w.ctx, means, "browser", u.Query().Get("state"), "code")
}

// In an organization Slack may name the workspace alone; the organization is the
// one that has it, and no other one.
func TestSlackMayNameTheWorkspaceAlone(t *testing.T) {
	w := newWorld(t, slacktest.Options{Plan: slacktest.PlanEnterprise})
	ada := w.slack.AddUser(slacktest.User{Name: "ada"})
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	w.conn = c
	w.conn.Enterprise, w.conn.Label = "E1", "Connected"
	w.conn, err = w.store.SaveConnector(w.ctx, w.conn, w.event("connector/"+c.ID))
	w.ok(err)
	w.ok(w.store.Put(w.ctx, inOrganization(w.conn.ID, ada, "T1")))
	for name, x := range map[string]struct {
		said access.Vouched
		ok   bool
	}{
		"the workspace":            {access.Vouched{Team: "T1", Account: ada}, true},
		"both":                     {access.Vouched{Enterprise: "E1", Team: "T1", Account: ada}, true},
		"another workspace":        {access.Vouched{Team: "T9", Account: ada}, false},
		"another organization":     {access.Vouched{Enterprise: "E9", Team: "T1", Account: ada}, false},
		"nothing":                  {access.Vouched{Account: ada}, false},
		"a channel as a workspace": {access.Vouched{Team: "C1", Account: ada}, false},
		"an account that is none":  {access.Vouched{Team: "T1"}, false},
	} {
		_, err := w.knock(access.BySlack, x.said)
		if x.ok != (err == nil) || err != nil && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nonce and verifier differ from journey to journey, and stand in none of the
// addresses that a browser sees but the issuer's own.
func TestJourneysDiffer(t *testing.T) {
	w := newWorld(t, slacktest.Options{})
	w.house.NewWord = flow.RandomWord
	w.house.Vouchers = map[access.Means]flow.Voucher{access.ByIssuer: says{}}
	seen := map[string]bool{}
	for range 3 {
		to, err := w.house.BeginSignIn(w.ctx, flow.Journey{Means: access.ByIssuer, Browser: "b", Back: "/tasks"})
		w.ok(err)
		u, err := url.Parse(to)
		w.ok(err)
		for _, name := range []string{"state", "nonce", "verifier"} {
			v := u.Query().Get(name)
			if len(v) < 43 || seen[v] {
				t.Errorf("%s %q", name, v)
			}
			seen[v] = true
		}
		if strings.Contains(u.Query().Get("state"), u.Query().Get("nonce")) {
			t.Error("the state tells the nonce")
		}
	}
}

// inOrganization is what a sync of an organization would have found.
func inOrganization(conn, account, team string) directory.Batch {
	return directory.Batch{
		Accounts: []directory.Account{{Connector: conn, ID: account, Kind: directory.Human, State: directory.Active, Roles: map[string]directory.WorkspaceRole{team: directory.Member}}},
		Resources: []directory.Resource{
			{Connector: conn, ID: team, Kind: directory.Workspace},
			{Connector: conn, ID: "C1", Kind: directory.Channel},
		},
	}
}
