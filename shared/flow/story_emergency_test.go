package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// emergencyPolicy: lin approves, ada and lin may skip, lin and sam confirm.
const emergencyPolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s]}
    emergency: {requesters: {accounts: [%s, %s]}, max: 2h, confirm: {accounts: [%s, %s]}, within: 24h}
`

func emergencyCompany(t *testing.T) *company {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(emergencyPolicy, c.lin, c.ada, c.lin, c.lin, c.sam))
	return c
}

func (c *company) emergency(account string, length time.Duration) (access.Request, error) {
	return c.house.Request(c.ctx, c.actor(account), flow.Asking{
		Connector: c.conn.ID, Resources: []string{c.oncall}, Length: length, Reason: "the site is down", Emergency: true,
	})
}

func TestAnEmergencySkipsTheApprovers(t *testing.T) {
	c := emergencyCompany(t)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	it := r.Items[0]
	if it.State != access.Approved || it.Grant == "" || !it.Confirm.Due.Equal(c.clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v", it)
	}
	v, err := c.house.ReadRequest(c.ctx, c.actor(c.ada), r.ID)
	c.ok(err)
	if v.Skipped[0] != c.lin || v.MayConfirm {
		t.Errorf("skipped %q, ada may confirm %v", v.Skipped[0], v.MayConfirm)
	}
	c.sweep(10 * time.Second)
	c.state(it.Grant, access.Active)
	events, err := c.store.EventsOf(c.ctx, "request/"+r.ID)
	c.ok(err)
	if d := events[1].Data; d["skipped"] != c.lin || d["emergency"] != "true" {
		t.Errorf("the event says %v", d)
	}

	tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(c.sam))
	c.ok(err)
	if len(tasks) != 1 || tasks[0].Kind != flow.TaskConfirmAccess {
		t.Fatalf("sam's tasks: %+v", tasks)
	}
	if _, err := c.house.ConfirmAccess(c.ctx, c.actor(c.ada), r.ID, true, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("ada confirmed her own emergency: %v", err)
	}
	if _, err := c.house.ConfirmAccess(c.ctx, c.actor(c.kit), r.ID, true, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("kit, whom nobody named: %v", err)
	}
	r, err = c.house.ConfirmAccess(c.ctx, c.actor(c.sam), r.ID, true, "it was down")
	c.ok(err)
	if r.Unconfirmed() || r.Items[0].Confirm.By != c.sam {
		t.Errorf("%+v", r.Items[0].Confirm)
	}
	c.state(it.Grant, access.Active)
	if _, err = c.house.ConfirmAccess(c.ctx, c.actor(c.lin), r.ID, false, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("settled twice: %v", err)
	}
	if tasks, _, err = c.house.ReadTasks(c.ctx, c.actor(c.lin)); err != nil || len(tasks) != 0 {
		t.Errorf("lin's tasks afterwards: %v %+v", err, tasks)
	}
	c.on(2 * time.Hour)
	c.state(it.Grant, access.Revoked)
}

func TestANoEndsAnEmergency(t *testing.T) {
	c := emergencyCompany(t)
	r, err := c.emergency(c.ada, 2*time.Hour)
	c.ok(err)
	c.sweep(10 * time.Second)
	r, err = c.house.ConfirmAccess(c.ctx, c.actor(c.lin), r.ID, false, "nothing was down")
	c.ok(err)
	if !r.Items[0].Confirm.Denied {
		t.Errorf("%+v", r.Items[0].Confirm)
	}
	c.on(time.Minute)
	c.state(r.Items[0].Grant, access.Revoked)
	c.resting(c.oncall)
}

func TestAnUnconfirmedEmergencyIsAFindingAndStaysATask(t *testing.T) {
	c := emergencyCompany(t)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	about := "resource/" + c.conn.ID + "/" + c.oncall
	c.on(23 * time.Hour)
	if n := c.counted(about, "finding.emergency-unconfirmed"); n != 0 {
		t.Fatalf("%d findings too early", n)
	}
	c.on(3 * time.Hour)
	if n := c.counted(about, "finding.emergency-unconfirmed"); n != 1 {
		t.Errorf("%d findings, want 1", n)
	}
	if tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(c.sam)); err != nil || len(tasks) != 1 {
		t.Errorf("sam's tasks: %v %+v", err, tasks)
	}
	c.state(r.Items[0].Grant, access.Revoked)
	r, err = c.house.ConfirmAccess(c.ctx, c.actor(c.sam), r.ID, false, "") // its access is over
	c.ok(err)
	if r.Unconfirmed() {
		t.Errorf("%+v", r.Items[0].Confirm)
	}
}

func TestWhatIsNoEmergency(t *testing.T) {
	c := emergencyCompany(t)
	for _, x := range []struct {
		why, who string
		length   time.Duration
		change   func(*flow.Asking)
	}{
		{"at most 2h", c.ada, 3 * time.Hour, nil},
		{"skip its approvers", c.kit, time.Hour, nil},
		{"say why", c.ada, time.Hour, func(a *flow.Asking) { a.Reason = " " }},
		{"begins at once", c.ada, time.Hour, func(a *flow.Asking) { a.Start = c.clock.Now().Add(time.Hour) }},
	} {
		a := flow.Asking{Connector: c.conn.ID, Resources: []string{c.oncall}, Length: x.length, Reason: "down", Emergency: true}
		if x.change != nil {
			x.change(&a)
		}
		if _, err := c.house.Request(c.ctx, c.actor(x.who), a); err == nil || !strings.Contains(err.Error(), x.why) {
			t.Errorf("%v, want %s", err, x.why)
		}
	}
	_, err := c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	if _, err := c.emergency(c.ada, time.Hour); !fault.Is(err, fault.Misconfigured) {
		t.Errorf("an emergency on a paused connector: %v", err)
	}
}

// More time on an emergency is not one: those who were skipped decide.
func TestAnEmergencyDoesNotExtendItself(t *testing.T) {
	c := emergencyCompany(t)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	c.sweep(10 * time.Second)
	x, err := c.house.Extend(c.ctx, c.actor(c.ada), r.Items[0].Grant, time.Hour)
	c.ok(err)
	if x.Request == nil || !x.Request.Open() {
		t.Fatalf("%+v", x)
	}
	// Asked without --emergency, the same rule lets nobody skip anybody.
	plain, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	if !plain.Open() || plain.Items[0].Confirm.Open() {
		t.Errorf("%+v", plain.Items[0])
	}
}
