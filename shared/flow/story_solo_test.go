package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// soloPolicy: lin decides alone, and what lin asks approves itself after a day.
const soloPolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s]}
    solo: %s
`

func soloCompany(t *testing.T, solo string) *company {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(soloPolicy, c.lin, solo))
	return c
}

func (c *company) read(id string) access.Request {
	c.t.Helper()
	r, err := c.store.Request(c.ctx, id)
	c.ok(err)
	return r
}

func TestTheOnlyApproversOwnRequestApprovesItself(t *testing.T) {
	c := soloCompany(t, "true")
	x, err := c.house.ReadExplanation(c.ctx, c.actor(c.lin), c.conn.ID, "", "", c.oncall, "", time.Hour)
	c.ok(err)
	if x.Solo == "" {
		t.Error("the explanation says nothing of it")
	}
	r, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	if it := r.Items[0]; it.State != access.Pending || !it.SoloAt.Equal(c.clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v", it)
	}
	c.refused(c.lin, r.ID, "whoever asks")
	c.on(23 * time.Hour)
	if !c.read(r.ID).Open() {
		t.Fatal("approved before its hour")
	}
	c.on(time.Hour + time.Minute)
	it := c.read(r.ID).Items[0]
	if it.State != access.Approved || !it.Solo() {
		t.Fatalf("%+v", it)
	}
	c.state(it.Grant, access.Active)
	c.on(2 * time.Hour)
	c.state(it.Grant, access.Revoked)
	c.resting(c.oncall)
}

// Only what the approver asks, and only for themselves.
func TestWhatDoesNotApproveItself(t *testing.T) {
	c := soloCompany(t, "true")
	r, err := c.request(c.ada, c.oncall, time.Hour) // lin can decide
	c.ok(err)
	if !r.Items[0].SoloAt.IsZero() {
		t.Error("ada's request approves itself")
	}
	c.slack.HandDeactivate(c.lin)
	c.sync()
	r, err = c.request(c.ada, c.oncall, time.Hour) // nobody can, and ada is no approver
	c.ok(err)
	if !r.Items[0].SoloAt.IsZero() {
		t.Error("ada gains by lin's leaving")
	}
}

func TestAVeto(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(soloPolicy, c.lin, fmt.Sprintf("{wait: 2h, veto: {accounts: [%s]}}", c.sam)))
	r, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(c.sam))
	c.ok(err)
	if len(tasks) != 1 || tasks[0].Kind != flow.TaskVeto {
		t.Errorf("sam's tasks: %+v", tasks)
	}
	for _, who := range []string{c.ada, c.lin} {
		if _, err := c.house.Veto(c.ctx, c.actor(who), r.ID, ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s vetoed: %v", who, err)
		}
	}
	r, err = c.house.Veto(c.ctx, c.actor(c.sam), r.ID, "not today")
	c.ok(err)
	if it := r.Items[0]; it.State != access.Denied || it.DecidedBy != c.sam {
		t.Errorf("%+v", it)
	}
	c.on(3 * time.Hour)
	if it := c.read(r.ID).Items[0]; it.Grant != "" {
		t.Errorf("a grant after the veto: %+v", it)
	}
	if _, err := c.house.Veto(c.ctx, c.actor(c.sam), r.ID, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("vetoed twice: %v", err)
	}
}

// The policy of the hour decides: a second approver takes it over.
func TestItsHourIsDecidedByThePolicyOfThen(t *testing.T) {
	c := soloCompany(t, "{wait: 2h}")
	r, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	c.publish(fmt.Sprintf("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [%s, %s]}\n    solo: {wait: 2h}\n", c.lin, c.sam))
	c.on(3 * time.Hour)
	if it := c.read(r.ID).Items[0]; it.State != access.Pending || !it.SoloAt.IsZero() {
		t.Fatalf("%+v", it)
	}
	if n := c.counted("request/"+r.ID, "request.solo-stopped"); n != 1 {
		t.Errorf("%d events say that it stopped", n)
	}
	c.say(c.sam, r.ID)

	// A longer wait is waited for.
	c.publish(fmt.Sprintf(soloPolicy, c.lin, "{wait: 2h}"))
	r, err = c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	c.publish(fmt.Sprintf(soloPolicy, c.lin, "{wait: 5h}"))
	c.on(3 * time.Hour)
	if !c.read(r.ID).Open() {
		t.Fatal("the longer wait was not waited for")
	}
	c.on(3 * time.Hour)
	if it := c.read(r.ID).Items[0]; !it.Solo() {
		t.Errorf("%+v", it)
	}
}

func TestNothingApprovesItselfOnAPausedConnector(t *testing.T) {
	c := soloCompany(t, "{wait: 2h}")
	r, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.PauseConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.on(3 * time.Hour)
	if it := c.read(r.ID).Items[0]; it.State != access.Pending || it.SoloAt.IsZero() {
		t.Fatalf("%+v", it)
	}
	_, err = c.house.ResumeConnector(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.on(2 * time.Hour)
	if it := c.read(r.ID).Items[0]; !it.Solo() {
		t.Errorf("%+v", it)
	}
}
