package flow_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

// stepsPolicy asks two people of kit, sam and bob, and then lin.
const stepsPolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    risk: high
    max: 8h
    approve:
      - {accounts: [%s, %s], need: 2, after: 4h, then: {escalate: {accounts: [%s]}}}
      - {accounts: [%s, %s]}
`

func steppedCompany(t *testing.T) *company {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(stepsPolicy, c.kit, c.sam, c.bob, c.lin, c.sam))
	return c
}

func (c *company) say(account, id string) access.Request {
	c.t.Helper()
	r, err := c.house.Approve(c.ctx, c.actor(account), id, "")
	c.ok(err)
	return r
}

func (c *company) refused(account, id, why string) {
	c.t.Helper()
	if _, err := c.house.Approve(c.ctx, c.actor(account), id, ""); err == nil || !strings.Contains(err.Error(), why) {
		c.t.Fatalf("%s approving: %v, want %q", account, err, why)
	}
}

// counted counts the events of an aggregate by their action.
func (c *company) counted(aggregate, action string) int {
	c.t.Helper()
	all, err := c.store.EventsOf(c.ctx, aggregate)
	c.ok(err)
	n := 0
	for _, e := range all {
		if e.Action == action {
			n++
		}
	}
	return n
}

func TestStepsInOrder(t *testing.T) {
	c := steppedCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.lin, r.ID, "you cannot decide this")
	c.refused(c.ada, r.ID, "whoever asks")
	r = c.say(c.sam, r.ID)
	if it := r.Items[0]; it.State != access.Pending || it.Step != 0 || it.Grant != "" {
		t.Fatalf("after one of two: %+v", it)
	}
	c.refused(c.sam, r.ID, "said yes already")
	r = c.say(c.kit, r.ID)
	if it := r.Items[0]; it.State != access.Pending || it.Step != 1 {
		t.Fatalf("after the first step: %+v", it)
	}
	c.refused(c.sam, r.ID, "said yes already") // named at both steps
	v, err := c.house.ReadRequest(c.ctx, c.actor(c.ada), r.ID)
	c.ok(err)
	if w := v.Waits[0]; !reflect.DeepEqual(w, flow.Waiting{Step: 2, Steps: 2, Approvers: c.lin + " or " + c.sam, Who: []string{"lin", "sam"}, Need: 1}) || v.Items[0].Risk != access.High {
		t.Errorf("waits %+v", w)
	}
	r = c.say(c.lin, r.ID)
	id := r.Items[0].Grant
	c.sweep(10 * time.Second)
	if g := c.state(id, access.Active); len(g.Approvers) != 3 {
		t.Errorf("approvers %v", g.Approvers)
	}
	if got := c.counted("request/"+r.ID, "request.step-approved"); got != 2 {
		t.Errorf("%d yeses on the way have their event, want 2", got)
	}
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.resting(c.oncall)
}

func TestANoAtAnyStepEnds(t *testing.T) {
	c := steppedCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.say(c.sam, r.ID)
	r, err = c.house.Deny(c.ctx, c.actor(c.kit), r.ID, "no")
	c.ok(err)
	if it := r.Items[0]; it.State != access.Denied || it.Grant != "" {
		t.Errorf("%+v", it)
	}
}

// The second decision judges the yeses of every step again.
func TestAnApproverOfTheFirstStepLeftBeforeTheStart(t *testing.T) {
	c := steppedCompany(t)
	r, err := c.house.Request(c.ctx, c.actor(c.ada), asking(c, c.oncall, c.clock.Now().Add(10*time.Minute), time.Hour))
	c.ok(err)
	for _, who := range []string{c.sam, c.kit, c.lin} {
		r = c.say(who, r.ID)
	}
	c.slack.HandDeactivate(c.kit)
	c.on(20 * time.Minute)
	c.state(r.Items[0].Grant, access.Withdrawn)
}

func TestAStepThatTakesTooLongIsEscalated(t *testing.T) {
	c := steppedCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.bob, r.ID, "you cannot decide this")
	c.on(5 * time.Hour)
	about := "request/" + r.ID
	if c.counted(about, "request.escalated") != 1 || c.counted(about, "request.reminded") != 1 {
		t.Errorf("escalated %d times, reminded %d", c.counted(about, "request.escalated"), c.counted(about, "request.reminded"))
	}
	c.say(c.bob, r.ID)
	if r = c.say(c.sam, r.ID); r.Items[0].Step != 1 {
		t.Errorf("%+v", r.Items[0])
	}
	c.on(73 * time.Hour) // reminded with growing distances, and then it expires
	r, err = c.store.Request(c.ctx, r.ID)
	c.ok(err)
	if n := c.counted(about, "request.reminded"); r.Items[0].State != access.Expired || n < 4 || n > 7 {
		t.Errorf("%s after %d reminders", r.Items[0].State, n)
	}
}

func TestAStepThatTakesTooLongIsCanceled(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf("version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [%s], after: 1h, then: cancel}\n", c.lin))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.on(2 * time.Hour)
	r, err = c.store.Request(c.ctx, r.ID)
	c.ok(err)
	if r.Items[0].State != access.Canceled || r.Open() {
		t.Errorf("%+v", r.Items[0])
	}
}

func TestTheFallbackDecidesWhereNobodyElseCould(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf("version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [%s], fallback: {accounts: [%s]}}\n", c.lin, c.sam))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, r.ID, "you cannot decide this")
	own, err := c.request(c.lin, c.oncall, time.Hour) // the only approver asks
	c.ok(err)
	if !own.Items[0].Fallen {
		t.Fatalf("%+v", own.Items[0])
	}
	c.say(c.sam, own.ID)
	c.say(c.lin, r.ID)
}

// More time on what several people approved is several people's to give.
func TestOneOfSeveralApproversDoesNotExtend(t *testing.T) {
	c := steppedCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	for _, who := range []string{c.sam, c.kit, c.lin} {
		r = c.say(who, r.ID)
	}
	c.sweep(10 * time.Second)
	if _, err := c.house.Extend(c.ctx, c.actor(c.sam), r.Items[0].Grant, time.Hour); err == nil {
		t.Error("sam alone moved the end")
	}
	x, err := c.house.Extend(c.ctx, c.actor(c.ada), r.Items[0].Grant, time.Hour)
	c.ok(err)
	if x.Request == nil {
		t.Error("ada moved her own end")
	}
}

// With four hours for a step, what is asked at half past three is overdue at
// half past ten the next day.
func TestAStepTakesWorkingHours(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf("version: 1\norganization: {zone: Europe/Berlin, hours: \"09:00-17:30\"}\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [%s], after: 4h, then: cancel}\n", c.lin))
	afternoon := time.Date(2026, 11, 23, 15, 30, 0, 0, time.UTC)
	c.on(afternoon.Sub(c.clock.Now()))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.on(17 * time.Hour) // 09:30 in Berlin
	if !c.read(r.ID).Open() || c.counted("request/"+r.ID, "request.reminded") != 0 {
		t.Fatalf("the night counted: %+v", c.read(r.ID).Items[0])
	}
	c.on(3*time.Hour + time.Minute)
	if it := c.read(r.ID).Items[0]; it.State != access.Canceled {
		t.Errorf("%+v", it)
	}
}
