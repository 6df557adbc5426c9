package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// waits checks which kinds of tasks somebody has.
func (c *company) waits(by access.Actor, want ...flow.TaskKind) []flow.Task {
	c.t.Helper()
	tasks, cut, err := c.house.ReadTasks(c.ctx, by)
	c.ok(err)
	if len(tasks) != len(want) || cut {
		c.t.Fatalf("tasks %+v (cut %v), want %v", tasks, cut, want)
	}
	for i, t := range tasks {
		if t.Kind != want[i] {
			c.t.Fatalf("task %d is %+v, want %s", i, t, want[i])
		}
	}
	return tasks
}

// TestTasks: what waits is shown to who can do it, and to nobody else.
func TestTasks(t *testing.T) {
	c := newCompany(t)
	ada, lin, bob := c.actor(c.ada), c.actor(c.lin), c.actor(c.bob)
	first, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.clock.move(time.Minute)
	_, err = c.request(c.bob, c.oncall, time.Hour)
	c.ok(err)
	c.waits(ada)
	c.waits(access.Actor{User: lin.User, Service: true})
	if got := c.waits(lin, flow.TaskDecide, flow.TaskDecide); got[0].Request.ID != first.ID || got[0].Request.Reason != "because" {
		t.Errorf("%+v", got[0].Request)
	}
	r, err := c.house.Approve(c.ctx, lin, first.ID, "")
	c.ok(err)
	c.waits(lin, flow.TaskDecide)

	// Slack refuses the end: whoever owns it has to look, not who holds it.
	c.sweep(10 * time.Second)
	c.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.Fail, Error: "permission_denied", Times: -1})
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob}))
	_, err = c.house.EndAccess(c.ctx, ada, r.Items[0].Grant)
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Stuck)
	c.waits(ada)
	for _, by := range []access.Actor{bob, c.root} {
		if got := c.waits(by, flow.TaskFix); got[0].Grant.ID != r.Items[0].Grant || got[0].Grant.Trouble.Text == "" {
			t.Errorf("%+v", got[0].Grant)
		}
	}

	conn := c.conn
	conn.Label = connector.NeedsConfirmation
	conn, err = c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	c.waits(c.root, flow.TaskConfirm, flow.TaskFix)
	conn.Label = connector.Error
	_, err = c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	c.waits(c.root, flow.TaskReconnect, flow.TaskFix)
	c.waits(bob, flow.TaskFix)
	c.waits(lin, flow.TaskDecide)
}
