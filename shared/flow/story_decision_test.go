package flow_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// approved asks for @oncall with a start ahead and lets lin approve it.
func (c *company) approved(account string, ahead, d time.Duration) string {
	c.t.Helper()
	r, err := c.house.Request(c.ctx, c.actor(account), asking(c, c.oncall, c.clock.Now().Add(ahead), d))
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	return r.Items[0].Grant
}

func TestPolicyNarrowedBeforeTheStart(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, 10*time.Minute, time.Hour)
	c.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 30m\n    approve: {groups: [\"@leads\"]}\n")
	c.on(20 * time.Minute)
	c.state(id, access.Withdrawn)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

func TestApproverLeftTheGroupBeforeTheStart(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, 10*time.Minute, time.Hour)
	c.slack.HandRemoveFromGroup(c.owner(), c.leads, c.lin)
	c.on(20 * time.Minute)
	c.state(id, access.Withdrawn)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

func TestRequestExpires(t *testing.T) {
	c := newStoryCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.on(73 * time.Hour)
	r, err = c.store.Request(c.ctx, r.ID)
	c.ok(err)
	if r.Items[0].State != access.Expired {
		t.Fatalf("item is %s", r.Items[0].State)
	}
	c.resting(c.oncall)
	if _, err := c.house.Approve(c.ctx, c.actor(c.lin), r.ID, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("approving it: %v", err)
	}
}

// TestStoppedConnector: Paused and Error delay starts, never ends.
func TestStoppedConnector(t *testing.T) {
	for _, label := range []connector.Label{connector.Paused, connector.Error, connector.NeedsConfirmation} {
		t.Run(string(label), func(t *testing.T) {
			c := newStoryCompany(t)
			out := c.auto(c.ada, c.shift, time.Hour)
			in := c.approved(c.bob, 30*time.Minute, 2*time.Hour)
			c.relabel(label)
			c.on(70 * time.Minute)
			c.state(out, access.Revoked)
			c.members(c.shift, c.sam)
			if g := c.state(in, access.Scheduled); g.Trouble.Text == "" {
				t.Error("nothing says why it does not begin")
			}
			c.resting0(in)
			c.relabel(connector.Connected)
			c.on(12 * time.Minute)
			c.state(in, access.Active)
			c.on(2 * time.Hour)
			c.state(in, access.Revoked)
			c.resting(c.oncall, c.shift)
		})
	}
}

// resting0 checks that a delayed start is looked at later, not all the time.
func (c *company) resting0(id string) {
	c.t.Helper()
	if at, open := c.grant(id).Next(); !open || !at.After(c.clock.Now()) {
		c.t.Errorf("%s is looked at again at %s, now is %s", id, at, c.clock.Now())
	}
}

func (c *company) relabel(l connector.Label) {
	c.t.Helper()
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	conn.Label = l
	_, err = c.store.SaveConnector(c.ctx, conn, audit.Event{At: c.clock.Now(), Aggregate: "connector/" + conn.ID, Action: "connector.labeled", Actor: "u_root"})
	c.ok(err)
}

// TestStoppedConnectorUntilTheEnd: a start whose end has passed is never applied.
func TestStoppedConnectorUntilTheEnd(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, time.Minute, time.Hour)
	c.relabel(connector.Paused)
	c.on(2 * time.Hour)
	c.state(id, access.Withdrawn)
	c.relabel(connector.Connected)
	c.on(time.Hour)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

func TestStartWhoseEndHasPassed(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, time.Minute, time.Hour)
	c.clock.move(3 * time.Hour) // nobody was there
	c.on(time.Minute)
	c.state(id, access.Withdrawn)
	c.members(c.oncall, c.sam, c.kit)
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n > 0 {
		t.Errorf("%d writes", n)
	}
}

// TestTokenRevoked: the connector is in Error, what is out needs attention, and
// ends when Slack is connected again.
func TestTokenRevoked(t *testing.T) {
	c := newStoryCompany(t)
	group := c.auto(c.ada, c.shift, time.Hour)
	channel := c.auto(c.ada, c.incident, time.Hour)
	var now struct{ User, Bot string }
	value, _, err := c.vault.Get(c.ctx, flow.TokenName(c.conn.ID))
	c.ok(err)
	c.ok(json.Unmarshal(value, &now))
	c.slack.RevokeToken(now.User)
	c.slack.RevokeToken(now.Bot)
	c.on(2 * time.Hour)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if conn.Label != connector.Error || conn.Trouble.Text == "" {
		t.Errorf("connector is %s: %+v", conn.Label, conn.Trouble)
	}
	for _, id := range []string{group, channel} {
		if g := c.state(id, access.Stuck); g.Trouble.Text == "" || !g.NeedsAttention(c.clock.Now()) {
			t.Errorf("%s: trouble %+v", id, g.Trouble)
		}
	}
	c.resting(c.shift, c.incident)
	c.world.install(c.conn.ID)
	c.on(12 * time.Minute)
	c.state(group, access.Revoked)
	c.state(channel, access.Revoked)
	c.members(c.shift, c.sam)
	c.inChannel(c.incident, c.sam)
}

// TestShorterThanAPause: Slack asks to wait longer than the grant lasts.
func TestShorterThanAPause(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.RateLimit, RetryAfter: 180})
	r, err := c.request(c.ada, c.shift, time.Minute)
	c.ok(err)
	c.on(20 * time.Minute)
	if s := c.grant(r.Items[0].Grant).State; s != access.Ended && s != access.Revoked {
		t.Errorf("it is %s", s)
	}
	c.members(c.shift, c.sam)
	c.resting(c.shift)
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n > 1 {
		t.Errorf("%d writes", n)
	}
}

func TestExtensionIsRefusedOnTheWayOut(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.Fail, Times: 3})
	c.on(time.Hour)
	c.state(id, access.Revoking)
	if _, err := c.house.Extend(c.ctx, c.actor(c.ada), id, time.Hour); !fault.Is(err, fault.Invalid) {
		t.Errorf("extended: %v", err)
	}
	c.on(15 * time.Minute)
	c.state(id, access.Revoked)
}

func TestEndedBeforeTheStart(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, time.Hour, time.Hour)
	_, err := c.house.EndAccess(c.ctx, c.actor(c.ada), id)
	c.ok(err)
	c.state(id, access.Withdrawn)
	c.on(3 * time.Hour)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}
