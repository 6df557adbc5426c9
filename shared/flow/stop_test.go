package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func (c *company) labelled(want connector.Label) connector.Connector {
	c.t.Helper()
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if conn.Label != want {
		c.t.Fatalf("the connector is %s, want %s", conn.Label, want)
	}
	return conn
}

// given is an active grant of ada's for a length.
func (c *company) given(d time.Duration) string {
	c.t.Helper()
	r, err := c.request(c.ada, c.oncall, d)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)
	return r.Items[0].Grant
}

// TestPauseStopsNoEnd: paused, what is out ends on time, and nothing begins,
// is approved, extended or synced until the connector is resumed.
func TestPauseStopsNoEnd(t *testing.T) {
	c := newCompany(t)
	id := c.given(time.Hour)
	wish, err := c.request(c.bob, c.oncall, time.Hour)
	c.ok(err)
	later, err := c.house.Request(c.ctx, c.actor(c.bob), asking(c, c.incident, c.clock.Now().Add(30*time.Minute), 3*time.Hour))
	c.ok(err)
	for range 2 {
		_, err = c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
		c.ok(err)
	}
	c.labelled(connector.Paused)

	_, err = c.request(c.kit, c.incident, time.Hour)
	refusedWith(t, err, fault.Misconfigured, "Paused")
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), wish.ID, "")
	refusedWith(t, err, fault.Misconfigured, "Paused")
	_, err = c.house.Extend(c.ctx, c.actor(c.lin), id, time.Hour)
	refusedWith(t, err, fault.Misconfigured, "Paused")
	_, err = c.house.StartSync(c.ctx, c.root, c.conn.ID, nil)
	refusedWith(t, err, fault.Misconfigured, "Paused")

	c.sweep(time.Hour + 5*time.Second)
	c.state(id, access.Revoked)
	c.members(c.oncall, c.sam, c.kit)
	c.state(later.Items[0].Grant, access.Scheduled) // its start came
	if due, err := c.store.Due(c.ctx, flow.LaneSync, c.clock.Now().Add(24*time.Hour), 0); err != nil || len(due) != 0 {
		t.Errorf("syncs are due: %+v %v", due, err)
	}

	_, err = c.house.ResumeConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	if conn := c.labelled(connector.Connected); !conn.NextSync.Equal(c.clock.Now()) {
		t.Errorf("the next sync is at %s", conn.NextSync)
	}
	c.sweep(20 * time.Minute)
	c.state(later.Items[0].Grant, access.Active)
}

// TestPauseEndsTheSync: no step of it calls Slack or changes the label any
// more.
func TestPauseEndsTheSync(t *testing.T) {
	c := newCompany(t)
	run, err := c.house.StartSync(c.ctx, c.root, c.conn.ID, nil)
	c.ok(err)
	_, err = c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	calls := len(c.slack.Calls())
	run, err = c.house.SyncStep(c.ctx, run.ID)
	c.ok(err)
	if run.State != connector.Failed || len(c.slack.Calls()) != calls {
		t.Errorf("the run is %s after %d calls", run.State, len(c.slack.Calls())-calls)
	}
	c.labelled(connector.Paused)
	_, err = c.house.ResumeConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.sync()
	c.labelled(connector.Connected)
}

// TestAPauseHidesNoTrouble: what stood in the way before stands there again.
func TestAPauseHidesNoTrouble(t *testing.T) {
	c := newCompany(t)
	conn := c.conn
	conn.Label, conn.Trouble = connector.Error, connector.Trouble{Code: "token_revoked", Text: "install again", Since: c.clock.Now()}
	_, err := c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	_, err = c.house.ResumeConnector(c.ctx, c.root, c.conn.ID)
	refusedWith(t, err, fault.Invalid, "not paused")
	_, err = c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	_, err = c.house.ResumeConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.labelled(connector.Error)
}

// TestDrainAndDisconnect: while access is out nobody disconnects; drained, the
// tokens are dead at Slack and gone here, and the connector can be installed
// again.
func TestDrainAndDisconnect(t *testing.T) {
	c := newCompany(t)
	id := c.given(time.Hour)
	later, err := c.house.Request(c.ctx, c.actor(c.bob), asking(c, c.incident, c.clock.Now().Add(time.Hour), time.Hour))
	c.ok(err)
	_, err = c.house.Disconnect(c.ctx, c.root, c.conn.ID, nil)
	refusedWith(t, err, fault.Invalid, "drain")
	_, err = c.house.Disconnect(c.ctx, c.root, c.conn.ID, []string{id, later.Items[0].Grant}) // named, but not drained
	refusedWith(t, err, fault.Invalid, id)
	c.state(id, access.Active)

	d, err := c.house.Drain(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	if d.Left != 1 {
		t.Errorf("%+v", d)
	}
	c.state(later.Items[0].Grant, access.Withdrawn)
	c.labelled(connector.Paused)
	c.sweep(10 * time.Second)
	c.state(id, access.Revoked)
	if d, err = c.house.Drain(c.ctx, c.root, c.conn.ID); err != nil || d.Left != 0 {
		t.Errorf("%+v %v", d, err)
	}

	tokens, err := tokens{c.vault}.Tokens(c.ctx, c.conn.ID)
	c.ok(err)
	// The answer to the revocation is lost on its way: once more, it goes on.
	c.slack.Inject(slacktest.Fault{Method: "auth.revoke", Kind: slacktest.FailHappened, Times: 1})
	if _, err = c.house.Disconnect(c.ctx, c.root, c.conn.ID, nil); err == nil {
		t.Error("a lost answer was taken for a good one")
	}
	c.labelled(connector.Paused)
	for range 2 {
		conn, err := c.house.Disconnect(c.ctx, c.root, c.conn.ID, nil)
		c.ok(err)
		if conn.Label != connector.NotConnected || len(conn.UserScopes)+len(conn.BotScopes) != 0 {
			t.Errorf("%+v", conn)
		}
	}
	if _, _, err := c.vault.Get(c.ctx, flow.TokenName(c.conn.ID)); !fault.Is(err, fault.NotFound) {
		t.Errorf("the secret: %v", err)
	}
	for _, token := range []string{tokens.User, tokens.Bot} {
		if _, err := c.house.Slack.Identify(c.ctx, token); !fault.Is(err, fault.Reauthorize) {
			t.Errorf("a token still works: %v", err)
		}
	}
	_, err = c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
	refusedWith(t, err, fault.Invalid, "not connected")
	c.reinstall(c.conn.ID)
	c.sync()
	c.given(time.Hour)
}

// reinstall completes a connector by OAuth.
func (c *company) reinstall(id string) {
	c.t.Helper()
	link, err := c.house.Invite(c.ctx, c.root, id)
	c.ok(err)
	authorize, cookie, err := c.house.OpenInvitation(c.ctx, link[len("http://ebb.test/connect/"):])
	c.ok(err)
	code, state := c.consent(authorize, c.owner())
	_, err = c.house.FinishInstall(c.ctx, state, cookie, code)
	c.ok(err)
}

// TestWhatStaysIsConfirmedByName: Slack takes no removal any more. An owner
// names what stays; it is standing access from then on, and a later grant over
// it takes nothing.
func TestWhatStaysIsConfirmedByName(t *testing.T) {
	c := newCompany(t)
	id := c.given(time.Hour)
	c.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.Fail, Error: "permission_denied", Times: -1})
	_, err := c.house.Drain(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(id, access.Stuck)
	if d, err := c.house.Drain(c.ctx, c.root, c.conn.ID); err != nil || d.Left != 1 || d.Attention != 1 {
		t.Errorf("%+v %v", d, err)
	}
	_, err = c.house.Disconnect(c.ctx, c.root, c.conn.ID, []string{"g_another"})
	refusedWith(t, err, fault.Invalid, id)
	_, err = c.house.Disconnect(c.ctx, c.root, c.conn.ID, []string{id})
	c.ok(err)
	if g := c.state(id, access.Ended); g.Outcome != "kept: an owner confirmed that it stays" {
		t.Errorf("outcome %q", g.Outcome)
	}
	c.members(c.oncall, c.sam, c.kit, c.ada)
	c.slack.ClearFaults()
	c.sweep(time.Hour) // nothing is due that would need a token
	c.labelled(connector.NotConnected)

	c.reinstall(c.conn.ID)
	c.sync()
	again := c.given(time.Hour)
	c.sweep(2 * time.Hour)
	c.state(again, access.Ended)
	c.members(c.oncall, c.sam, c.kit, c.ada)
}
