package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

const adminPolicy = `
version: 1
rules:
  - id: admins
    resources: {kind: workspace, ids: ["%s"]}
    entitlement: admin
    requesters: {anyone: true}
    max: 4h
    approve: auto
`

// byHand asks for an admin's role of the workspace.
func (c *company) adminFor(account string, d time.Duration) string {
	c.t.Helper()
	r, err := c.house.Request(c.ctx, c.actor(account), flow.Asking{
		Connector: c.conn.ID, Resources: []string{c.slack.TeamIDs()[0]}, Length: d, Reason: "the audit",
	})
	c.ok(err)
	return r.Items[0].Grant
}

// task is the one manual task that waits.
func (c *company) task(give bool) access.Manual {
	c.t.Helper()
	all, err := c.house.ReadManuals(c.ctx, c.root, true)
	c.ok(err)
	if len(all) != 1 || all[0].Give != give || len(all[0].Steps) < 3 {
		c.t.Fatalf("manual tasks: %+v", all)
	}
	return all[0].Manual
}

// TestAdminByHand: two hours of an admin's role, on a plan without an API for it: a
// person gives it and takes it back, the grant follows what Slack shows, and what is
// not taken back calls for attention until it is.
func TestAdminByHand(t *testing.T) {
	c := newStoryCompany(t)
	team := c.slack.TeamIDs()[0]
	c.publish(fmt.Sprintf(adminPolicy, team))
	id := c.adminFor(c.ada, 2*time.Hour)
	c.on(5 * time.Minute)
	c.state(id, access.Granting)
	if g := c.grant(id); g.Trouble.Code != "by_hand" || g.NeedsAttention(c.clock.Now()) {
		t.Errorf("%+v", g.Trouble)
	}
	m := c.task(true)
	_, err := c.house.SayDone(c.ctx, c.root, m.ID)
	c.ok(err)
	c.on(2 * time.Minute)
	c.state(id, access.Granting)
	c.slack.HandSetAdmin(team, c.ada, true)
	c.on(2 * time.Minute)
	c.state(id, access.Active)
	if m, err := c.house.ReadManual(c.ctx, c.root, m.ID); err != nil || m.State != access.ManualDone {
		t.Errorf("%s %v", m.State, err)
	}
	c.sync()
	c.findings()

	c.on(2 * time.Hour)
	c.state(id, access.Revoking)
	if !c.grant(id).NeedsAttention(c.clock.Now().Add(time.Minute)) {
		t.Error("an admin's role stands past its end, and nobody is called")
	}
	m = c.task(false)
	c.slack.HandSetAdmin(team, c.ada, false)
	c.on(2 * time.Minute)
	c.state(id, access.Revoked)
	c.sync()
	c.findings()
	if all, err := c.house.ReadManuals(c.ctx, c.root, true); err != nil || len(all) != 0 {
		t.Errorf("left: %+v %v", all, err)
	}
}

// TestAdminNeverGiven: nobody did it in time; nothing is to be taken, and the task
// is dropped.
func TestAdminNeverGiven(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(adminPolicy, c.slack.TeamIDs()[0]))
	id := c.adminFor(c.ada, time.Hour)
	c.on(90 * time.Minute)
	if g := c.grant(id); !g.State.Final() || c.slack.User(c.ada).Admin {
		t.Errorf("%s %q", g.State, g.Outcome)
	}
	if all, err := c.house.ReadManuals(c.ctx, c.root, true); err != nil || len(all) != 0 {
		t.Errorf("left: %+v %v", all, err)
	}
}

// TestAdminStood: who was admin before stays one.
func TestAdminStood(t *testing.T) {
	c := newStoryCompany(t)
	team := c.slack.TeamIDs()[0]
	c.publish(fmt.Sprintf(adminPolicy, team))
	c.slack.HandSetAdmin(team, c.lin, true)
	id := c.adminFor(c.lin, time.Hour)
	c.on(2 * time.Minute)
	c.state(id, access.Active)
	c.on(time.Hour)
	c.state(id, access.Ended)
	if all, err := c.house.ReadManuals(c.ctx, c.root, false); err != nil || len(all) != 0 {
		t.Errorf("tasks: %+v %v", all, err)
	}
}
