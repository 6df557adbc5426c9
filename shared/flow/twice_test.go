package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
)

// other is a second house over the same table, whose own calls have no mishaps.
func (w *world) other() *flow.House {
	h := w.open()
	h.Memory, h.Secrets, h.Heads = store.New(w.raw, store.Options{Now: w.clock.Now}), w.vault, w.heads
	return h
}

// TestTwoHouses tells each story once for each of its outside calls, while
// another house does everything that is due just before that call: at once, or
// after the first house has slept for longer than its lease. The house that
// slept goes on where it was, with a write whose time is over.
func TestTwoHouses(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			calls := tell(t, s, -1, mishap{}).fate.calls
			for i, call := range calls {
				ways := []time.Duration{0, 41 * time.Second}
				if sampled(i, call) == nil {
					continue
				}
				if strings.HasPrefix(call, "table ") {
					ways = ways[i/3%2:][:1]
				}
				for _, asleep := range ways {
					t.Run(fmt.Sprintf("%d %s, asleep %s", i, call, asleep), func(t *testing.T) {
						tell(t, s, i, mishap{name: "another house", meanwhile: func(w *world) {
							w.clock.move(asleep)
							if _, err := w.other().Sweep(w.ctx); err != nil {
								t.Error(err)
							}
						}})
					})
				}
			}
		})
	}
}

// TestEachVerbTwice calls each verb of a grant's life again at once: the second
// call changes nothing, and says so where a person asked.
func TestEachVerbTwice(t *testing.T) {
	c := newStoryCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	lin := c.actor(c.lin)
	r, err = c.house.Approve(c.ctx, lin, r.ID, "")
	c.ok(err)
	id := r.Items[0].Grant
	if _, err := c.house.Approve(c.ctx, lin, r.ID, ""); !fault.Is(err, fault.Invalid, fault.Conflict) {
		t.Errorf("approved twice: %v", err)
	}
	if _, err := c.house.Deny(c.ctx, lin, r.ID, ""); !fault.Is(err, fault.Invalid, fault.Conflict) {
		t.Errorf("denied after approval: %v", err)
	}
	c.twice(id, c.house.Grant, access.Active, "usergroups.users.update")
	c.members(c.oncall, c.ada, c.sam, c.kit)
	c.twice(id, c.house.Revoke, access.Active, "usergroups.users.update") // before the end it changes nothing
	_, err = c.house.EndAccess(c.ctx, c.actor(c.ada), id)
	c.ok(err)
	if _, err := c.house.EndAccess(c.ctx, c.actor(c.ada), id); !fault.Is(err, fault.Invalid) {
		t.Errorf("ended twice: %v", err)
	}
	c.twice(id, c.house.Revoke, access.Revoked, "usergroups.users.update")
	c.twice(id, c.house.Grant, access.Revoked, "usergroups.users.update")
	c.members(c.oncall, c.sam, c.kit)
	for range 2 {
		if _, err := c.house.Sweep(c.ctx); err != nil {
			t.Error(err)
		}
	}
	c.resting(c.oncall)
	live, err := c.store.Grants(c.ctx, false, 0)
	c.ok(err)
	if len(live) != 1 {
		t.Errorf("%d grants", len(live))
	}
}

// twice steps a grant, checks its state, and steps again: no further write, no
// further event.
func (c *company) twice(id string, step func(context.Context, string) (flow.Answer, error), want access.State, write string) {
	c.t.Helper()
	first, err := step(c.ctx, id)
	c.ok(err)
	c.state(id, want)
	events, calls := c.events("grant/"+id), c.slack.Stats()[write].Calls
	second, err := step(c.ctx, id)
	c.ok(err)
	c.state(id, want)
	if n := c.events("grant/" + id); n != events {
		c.t.Errorf("%d further events at %s", n-events, want)
	}
	if n := c.slack.Stats()[write].Calls; n != calls {
		c.t.Errorf("%d further writes at %s", n-calls, want)
	}
	if first.Done != second.Done || first.Done != want.Final() {
		c.t.Errorf("at %s done is %t, then %t", want, first.Done, second.Done)
	}
	if !first.Done && first.WakeAt.Before(c.clock.Now().Add(time.Second)) {
		c.t.Errorf("at %s wakes at %s, now is %s", want, first.WakeAt, c.clock.Now())
	}
}

func (c *company) events(aggregate string) int {
	c.t.Helper()
	es, err := c.store.EventsOf(c.ctx, aggregate)
	c.ok(err)
	return len(es)
}

// TestHeldUpStartSaysWhenToComeAgain: a state machine that asks must never hear
// "not done" without a time.
func TestHeldUpStartSaysWhenToComeAgain(t *testing.T) {
	c := newStoryCompany(t)
	id := c.approved(c.ada, 0, time.Hour)
	c.relabel("Paused")
	a, err := c.house.Grant(c.ctx, id)
	c.ok(err)
	if a.Done || !a.WakeAt.After(c.clock.Now()) {
		t.Errorf("answer %+v", a)
	}
}

// TestApprovedTwiceAtOnce: two approvers click in the same moment, before each
// of the calls of the first one's click.
func TestApprovedTwiceAtOnce(t *testing.T) {
	for at := 0; ; at++ {
		c := newStoryCompany(t)
		r, err := c.request(c.ada, c.oncall, time.Hour)
		c.ok(err)
		lin := c.actor(c.lin)
		c.fate.at, c.fate.watching = at, true
		c.fate.how = mishap{name: "another click", meanwhile: func(w *world) {
			_, err := w.other().Approve(w.ctx, lin, r.ID, "")
			w.ok(err)
		}}
		_, err = c.house.Approve(c.ctx, lin, r.ID, "")
		c.fate.watching = false
		if !c.fate.struck {
			break
		}
		if !fault.Is(err, fault.Invalid, fault.Conflict) && err != nil {
			t.Errorf("call %d: %v", at, err)
		}
		if live, err := c.store.Grants(c.ctx, false, 0); err != nil || len(live) != 1 {
			t.Errorf("call %d: %d grants, %v", at, len(live), err)
		}
	}
}
