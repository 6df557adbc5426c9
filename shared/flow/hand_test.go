package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// handPolicy: lin decides; kit is asked where she cannot, bob where she takes
// too long. Two have to say yes for the channel.
const handPolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    risk: low
    emergency: {requesters: {accounts: [%[2]s]}, max: 2h, confirm: {accounts: [%[1]s]}, within: 24h}
    approve:
      - {accounts: [%[1]s], fallback: {accounts: [%[3]s]}, after: 4h, then: {escalate: {accounts: [%[4]s]}}}
  - id: incident
    resources: {kind: channel, names: ["incident*"]}
    requesters: {anyone: true}
    max: 4h
    unproven_removal: accept
    approve:
      - {accounts: [%[1]s, %[3]s], need: 2}
`

func handCompany(t *testing.T) *company {
	c := hire(t, slacktest.Options{Seed: 1})
	c.connect()
	c.publish(fmt.Sprintf(handPolicy, c.lin, c.ada, c.kit, c.bob))
	return c
}

// TestHandedOn: kit, whom policy would ask at last, decides alone; the access is
// given because policy knows kit, then and when it begins.
func TestHandedOn(t *testing.T) {
	c := handCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, c.actor(c.kit), r.ID, "")
	refusedWith(t, err, fault.Forbidden, "cannot decide")
	for range 2 {
		_, err = c.house.Reassign(c.ctx, c.actor(c.lin), r.ID, flow.Handing{Item: flow.Every, To: c.kit, Comment: "you know this better"})
		if err != nil && !fault.Is(err, fault.Forbidden) { // lin cannot hand on what is kit's now
			t.Fatal(err)
		}
	}
	if n := c.counted("request/"+r.ID, "request.handed"); n != 1 {
		t.Errorf("%d events", n)
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	refusedWith(t, err, fault.Forbidden, "asks kit")
	v, err := c.house.ReadRequest(c.ctx, c.actor(c.kit), r.ID)
	c.ok(err)
	if !v.MayDecide || v.Items[0].Handed != c.kit || v.Names[c.kit] == "" {
		t.Errorf("%+v", v)
	}
	tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(c.kit))
	c.ok(err)
	if len(tasks) != 1 || tasks[0].Kind != flow.TaskDecide {
		t.Errorf("%+v", tasks)
	}
	r, err = c.house.Approve(c.ctx, c.actor(c.kit), r.ID, "")
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)
}

// TestWhoHandsToWhom: nobody chooses an approver whom policy does not know, and
// nobody chooses for themselves.
func TestWhoHandsToWhom(t *testing.T) {
	c := handCompany(t)
	admin := access.Actor{User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}}
	robot := access.Actor{User: c.actor(c.lin).User, Service: true}
	super := c.actor(c.ada)
	super.User.Duties = []access.Duty{access.SuperAdministrator}
	for name, x := range map[string]struct {
		by   access.Actor
		to   string
		kind fault.Kind
		says string
	}{
		"nobody":                     {access.Actor{}, c.kit, fault.Unauthenticated, ""},
		"a service":                  {robot, c.kit, fault.Forbidden, "service"},
		"sam, who does not decide":   {c.actor(c.sam), c.kit, fault.Forbidden, "hand this on"},
		"kit, at another time":       {c.actor(c.kit), c.kit, fault.Forbidden, "hand this on"},
		"ada, who asks":              {super, c.kit, fault.Forbidden, "does not choose"},
		"to sam, whom no rule names": {c.root, c.sam, fault.Invalid, "oncall"},
		"to ada, who asks":           {c.root, c.ada, fault.Invalid, "whoever asks"},
		"to nobody":                  {c.root, "UNO", fault.NotFound, ""},
		"lin to the fallback":        {c.actor(c.lin), c.kit, "", ""},
		"admin to the escalation":    {admin, c.bob, "", ""},
		"root to lin":                {c.root, c.lin, "", ""},
	} {
		r, err := c.request(c.ada, c.oncall, time.Hour)
		c.ok(err)
		_, err = c.house.Reassign(c.ctx, x.by, r.ID, flow.Handing{Item: 0, To: x.to})
		if fault.KindOf(err) != x.kind || !strings.Contains(fault.TextOf(err), x.says) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = c.house.Cancel(c.ctx, c.root, r.ID)
		c.ok(err)
	}
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	_, err = c.house.Reassign(c.ctx, c.root, r.ID, flow.Handing{Item: flow.Every, To: c.kit})
	refusedWith(t, err, fault.Invalid, "2 people")
	_, err = c.house.Reassign(c.ctx, c.root, r.ID, flow.Handing{Item: 1, To: c.kit})
	refusedWith(t, err, fault.Invalid, "no item 2")
}

// TestHandedToWhoLeaves: it is everybody's again whom policy asks.
func TestHandedToWhoLeaves(t *testing.T) {
	c := handCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Reassign(c.ctx, c.root, r.ID, flow.Handing{Item: flow.Every, To: c.kit})
	c.ok(err)
	c.slack.HandDeactivate(c.kit)
	c.sync()
	r, err = c.store.Request(c.ctx, r.ID)
	c.ok(err)
	if r.Items[0].Handed != "" || r.Items[0].Reassigned {
		t.Errorf("%+v", r.Items[0].Stage)
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
}

// TestHandedAndLate: after its time the step goes on as policy says.
func TestHandedAndLate(t *testing.T) {
	c := handCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Reassign(c.ctx, c.root, r.ID, flow.Handing{Item: flow.Every, To: c.kit})
	c.ok(err)
	c.sweep(4*time.Hour + time.Minute)
	_, err = c.house.Approve(c.ctx, c.actor(c.bob), r.ID, "")
	c.ok(err)
}

// TestAConfirmationIsHandedOn to somebody who owns the resource.
func TestAConfirmationIsHandedOn(t *testing.T) {
	c := handCompany(t)
	c.ok(c.store.SetOwners(c.ctx, c.conn.ID, c.oncall, []string{c.sam}, c.event("x")))
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	_, err = c.house.Reassign(c.ctx, c.actor(c.lin), r.ID, flow.Handing{Item: flow.Every, To: c.bob})
	refusedWith(t, err, fault.Invalid, "cannot be handed")
	_, err = c.house.Reassign(c.ctx, c.actor(c.lin), r.ID, flow.Handing{Item: flow.Every, To: c.sam})
	c.ok(err)
	_, err = c.house.ConfirmAccess(c.ctx, c.actor(c.lin), r.ID, true, "")
	refusedWith(t, err, fault.Forbidden, "cannot confirm")
	_, err = c.house.ConfirmAccess(c.ctx, c.actor(c.sam), r.ID, true, "")
	c.ok(err)
}

// TestApproveMany: each for itself, and low risk alone.
func TestApproveMany(t *testing.T) {
	c := handCompany(t)
	var ids []string
	for _, who := range []string{c.ada, c.bob} {
		r, err := c.request(who, c.oncall, time.Hour)
		c.ok(err)
		ids = append(ids, r.ID)
	}
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	out, err := c.house.ApproveMany(c.ctx, c.actor(c.lin), append(ids, r.ID, "rq_none", ids[0]), "fine")
	c.ok(err)
	if len(out) != 4 || out[0].Err != nil || out[1].Err != nil || !fault.Is(out[2].Err, fault.Forbidden) || !fault.Is(out[3].Err, fault.NotFound) {
		t.Errorf("%+v", out)
	}
	for i, id := range append(ids, r.ID) {
		r, err := c.store.Request(c.ctx, id)
		c.ok(err)
		if (r.Items[0].State == access.Approved) != (i < 2) {
			t.Errorf("%d: %s", i, r.Items[0].State)
		}
	}
	_, err = c.house.ApproveMany(c.ctx, c.actor(c.lin), nil, "")
	refusedWith(t, err, fault.Invalid, "1 to 50")
}
