package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// TestPeopleInTheMiddle: while the house gives access, a person ends it, gets
// more time for it, or is deactivated, just before each of its outside calls.
func TestPeopleInTheMiddle(t *testing.T) {
	t.Parallel()
	deeds := []struct {
		name string
		do   func(w *world, c *told, id string)
	}{
		{"ends it", func(w *world, _ *told, id string) {
			_, err := w.other().EndAccess(w.ctx, w.root, id)
			if err != nil && !fault.Is(err, fault.Invalid) {
				w.t.Error(err)
			}
		}},
		{"ends it, and another house goes on", func(w *world, _ *told, id string) {
			h := w.other()
			if _, err := h.EndAccess(w.ctx, w.root, id); err != nil && !fault.Is(err, fault.Invalid) {
				w.t.Error(err)
			}
			if _, err := h.Sweep(w.ctx); err != nil {
				w.t.Error(err)
			}
		}},
		{"extends it", func(w *world, c *told, id string) {
			_, err := w.other().Extend(w.ctx, c.actors[c.ada], id, 10*time.Minute)
			if err != nil && !fault.Is(err, fault.Invalid) {
				w.t.Error(err)
			}
		}},
	}
	for _, deed := range deeds {
		for name, resource := range map[string]func(*company) string{
			"group":           func(c *company) string { return c.shift },
			"channel":         func(c *company) string { return c.incident },
			"default channel": func(c *company) string { return c.ops },
		} {
			t.Run(deed.name+", "+name, func(t *testing.T) {
				for at := 0; middle(t, at, resource, deed.do); at++ {
				}
			})
		}
	}
}

// middle does a deed before one call of the giving; false: there is no such call.
func middle(t *testing.T, at int, resource func(*company) string, do func(*world, *told, string)) bool {
	c := &told{company: newStoryCompany(t), actors: map[string]access.Actor{}}
	c.actors[c.ada] = c.actor(c.ada)
	r, err := c.request(c.ada, resource(c.company), 10*time.Minute)
	c.ok(err)
	id := r.Items[0].Grant
	c.watch(resource(c.company), c.ada)
	c.watch(c.war, c.ada)
	c.fate.at, c.fate.watching = at, true
	c.fate.how = mishap{name: "a person", meanwhile: func(w *world) { do(w, c, id) }}
	c.on(time.Minute)
	c.fate.watching = false
	if !c.fate.struck {
		return false
	}
	c.on(10 * time.Second) // the deed may have come with the last call of the minute
	what := fmt.Sprintf("before call %d, %s: ", at, c.fate.calls[at])
	g := c.grant(id)
	if held := c.holds(g.Resource, c.ada); held != g.Gives(c.clock.Now()) {
		t.Errorf("%s%s, held %t", what, g.State, held)
	}
	if g.Resource == c.ops && g.State == access.Active && !c.holds(c.war, c.ada) {
		t.Errorf("%sthe default channel is not held", what)
	}
	c.on(g.End.Sub(c.clock.Now()) - time.Minute)
	if g.Resource == c.ops && g.State == access.Active && !c.holds(c.war, c.ada) {
		t.Errorf("%sthe default channel went before the group", what)
	}
	c.on(15 * time.Minute)
	c.resting(c.shift, c.incident, c.ops, c.war)
	c.goneBy(g.Resource, c.ada, g.End.Add(late))
	c.goneBy(c.war, c.ada, g.End.Add(late))
	if t.Failed() {
		t.Log(what + strings.Join(c.fate.calls[max(0, at-3):min(at+3, len(c.fate.calls))], ", "))
		return false
	}
	return true
}

// TestSlowLookups: Slack refuses the list for its stale members, and asking
// about them takes so long that the turn to write is over. Nothing is sent then
// (intended says so), and the next turn goes on.
func TestSlowLookups(t *testing.T) {
	for _, each := range []time.Duration{4 * time.Second, 9 * time.Second} {
		c := newStoryCompany(t)
		c.oncallAuto()
		r, err := c.request(c.ada, c.oncall, time.Hour)
		c.ok(err)
		c.slack.HandDeactivate(c.kit)
		c.slack.HandDeactivate(c.sam)
		slow := 6
		c.slack.OnCall = func(call slacktest.Call) {
			if call.Method == "users.info" && slow > 0 {
				slow--
				c.clock.move(each)
			}
		}
		c.on(20 * time.Minute)
		c.state(r.Items[0].Grant, access.Active)
		c.members(c.oncall, c.ada)
	}
}
