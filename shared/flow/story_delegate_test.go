package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

const delegatePolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s, %s], need: %d}
`

// away makes sam decide in lin's place for a day.
func away(t *testing.T, need int) (*company, access.Delegation) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(delegatePolicy, c.lin, c.kit, need))
	c.actor(c.sam)
	d, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.sam, time.Time{}, c.clock.Now().Add(24*time.Hour))
	c.ok(err)
	return c, d
}

func TestADelegateDecidesInSomebodysPlace(t *testing.T) {
	c, d := away(t, 1)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(c.sam))
	c.ok(err)
	if len(tasks) != 1 || tasks[0].Kind != flow.TaskDecide || tasks[0].Request.PlaceOf != c.lin {
		t.Errorf("sam's tasks: %+v", tasks)
	}
	r = c.say(c.sam, r.ID)
	it := r.Items[0]
	if v := it.Votes[0]; v.Account != c.sam || v.For != c.lin || v.ForUser == "" || it.DecidedFor != c.lin {
		t.Fatalf("%+v", it)
	}
	events, err := c.store.EventsOf(c.ctx, "request/"+r.ID)
	c.ok(err)
	if e := events[len(events)-1]; e.Data["approver"] != c.sam || e.Data["for"] != c.lin {
		t.Errorf("the event says %v", e.Data)
	}
	c.sweep(10 * time.Second)
	c.state(it.Grant, access.Active)

	list, err := c.house.ReadDelegations(c.ctx, c.actor(c.lin), c.conn.ID)
	c.ok(err)
	if len(list) != 1 || list[0].ID != d.ID || !list[0].Holds {
		t.Errorf("%+v", list)
	}
	_, err = c.house.EndDelegation(c.ctx, c.actor(c.lin), d.ID)
	c.ok(err)
	r, err = c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, r.ID, "you cannot decide this")
}

func TestWhatADelegateDoesNotDecide(t *testing.T) {
	c, _ := away(t, 2)
	own, err := c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, own.ID, "whoever asks")
	lins, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, lins.ID, "you cannot decide this") // lin could not either

	// One yes for both: neither lin nor sam says a second one.
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	if r = c.say(c.sam, r.ID); !r.Open() {
		t.Fatal("one yes was enough for two")
	}
	c.refused(c.sam, r.ID, "said yes already")
	c.refused(c.lin, r.ID, "said yes already")
	r = c.say(c.kit, r.ID)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)

	c.on(25 * time.Hour) // it is over
	r, err = c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, r.ID, "you cannot decide this")
}

// The one who is away has to be entitled at the moment of the decision, and
// still when the access begins.
func TestADelegateOfSomebodyWhoLostTheRight(t *testing.T) {
	c, _ := away(t, 1)
	later, err := c.house.Request(c.ctx, c.actor(c.ada), asking(c, c.oncall, c.clock.Now().Add(10*time.Minute), time.Hour))
	c.ok(err)
	later = c.say(c.sam, later.ID)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.publish(fmt.Sprintf(delegatePolicy, c.bob, c.kit, 1))
	c.refused(c.sam, r.ID, "you cannot decide this")
	c.on(20 * time.Minute)
	c.state(later.Items[0].Grant, access.Withdrawn)

	c.publish(fmt.Sprintf(delegatePolicy, c.lin, c.kit, 1))
	c.slack.HandDeactivate(c.lin)
	c.sync()
	c.refused(c.sam, r.ID, "you cannot decide this")
}

func TestWhoCannotBeADelegate(t *testing.T) {
	c, d := away(t, 1)
	now := c.clock.Now()
	for name, x := range map[string]struct {
		to         string
		start, end time.Time
		kind       fault.Kind
	}{
		"oneself":   {c.lin, now, now.Add(time.Hour), fault.Invalid},
		"nobody":    {"U0NOBODY", now, now.Add(time.Hour), fault.NotFound},
		"backwards": {c.sam, now.Add(time.Hour), now.Add(time.Minute), fault.Invalid},
		"over":      {c.sam, now.Add(-2 * time.Hour), now.Add(-time.Hour), fault.Invalid},
		"for ever":  {c.sam, now, now.Add(100 * 24 * time.Hour), fault.Invalid},
		"far ahead": {c.sam, now.Add(100 * 24 * time.Hour), now.Add(101 * 24 * time.Hour), fault.Invalid},
	} {
		if _, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, x.to, x.start, x.end); !fault.Is(err, x.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	service := c.actor(c.lin)
	service.Service = true
	if _, err := c.house.Delegate(c.ctx, service, c.conn.ID, c.sam, now, now.Add(time.Hour)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a service delegated: %v", err)
	}
	if _, err := c.house.EndDelegation(c.ctx, c.actor(c.bob), d.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("bob ended it: %v", err)
	}
}

// A delegate confirms an emergency and vetoes what would approve itself, too.
func TestADelegateConfirmsAndVetoes(t *testing.T) {
	c := emergencyCompany(t)
	_, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.kit, time.Time{}, c.clock.Now().Add(24*time.Hour))
	c.ok(err)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	r, err = c.house.ConfirmAccess(c.ctx, c.actor(c.kit), r.ID, true, "")
	c.ok(err)
	if x := r.Items[0].Confirm; x.By != c.kit || x.For != c.lin {
		t.Errorf("%+v", x)
	}

	c.publish(fmt.Sprintf(soloPolicy, c.sam, fmt.Sprintf("{wait: 2h, veto: {accounts: [%s]}}", c.lin)))
	r, err = c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	r, err = c.house.Veto(c.ctx, c.actor(c.kit), r.ID, "")
	c.ok(err)
	if it := r.Items[0]; it.State != access.Denied || it.DecidedBy != c.kit || it.DecidedFor != c.lin {
		t.Errorf("%+v", it)
	}
}
