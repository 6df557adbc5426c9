package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// intended is asked before every write to Slack: what is changed must stand as
// intent in the table, and its writer must hold the lock.
func (w *world) intended(c slacktest.Call) error {
	var resource string
	var want []string
	switch c.Method {
	case "usergroups.users.update":
		resource = c.Args.Get("usergroup")
		want = strings.Split(c.Args.Get("users"), ",")
	case "usergroups.disable":
		resource = c.Args.Get("usergroup")
	case "scim.groups":
		resource = c.Args.Get("id")
	case "conversations.invite":
		resource = c.Args.Get("channel")
		want = strings.Split(c.Args.Get("users"), ",")
	case "conversations.kick":
		resource = c.Args.Get("channel")
	default:
		return nil // nobody's access
	}
	if w.fate.how.meanwhile == nil { // a house that was put to sleep cannot know its time is over
		_, err := w.store.Lock(w.ctx, w.conn.ID, resource, "probe", w.clock.Now())
		lease := access.Lock{Until: fault.UntilOf(err)}
		if !fault.Is(err, fault.Conflict) || !lease.MayWrite(w.clock.Now()) {
			return w.unintended("%s of %s outside the turn to write: %v", c.Method, resource, err)
		}
	}
	st, err := w.store.Standing(w.ctx, w.conn.ID, resource)
	if err != nil || st.Writing == nil {
		return w.unintended("%s of %s without a stored intent: %v", c.Method, resource, err)
	}
	var missing []string
	switch c.Method {
	case "usergroups.users.update":
		have := w.slack.GroupMembers(resource)
		for _, a := range have {
			left := slices.ContainsFunc(st.Left, func(l access.Left) bool { return l.Account == a })
			if !slices.Contains(want, a) && !slices.Contains(st.Writing.Remove, a) && !left && !w.byHand[a] {
				missing = append(missing, "remove "+a)
			}
		}
		for _, a := range want {
			if !slices.Contains(have, a) && !slices.Contains(st.Writing.Add, a) && !w.byHand[a] {
				missing = append(missing, "add "+a)
			}
		}
	case "conversations.invite":
		for _, a := range want {
			if !slices.Contains(st.Writing.Add, a) {
				missing = append(missing, "invite "+a)
			}
		}
	case "scim.groups":
		gone := removedByPatch(c.Args.Get("body"))
		if len(gone) == 0 {
			missing = append(missing, "what no removal by name is: "+c.Args.Get("body"))
		}
		for _, a := range gone {
			if !slices.Contains(st.Writing.Remove, a) {
				missing = append(missing, "remove "+a)
			}
		}
	case "conversations.kick":
		if a := c.Args.Get("user"); !slices.Contains(st.Writing.Remove, a) {
			missing = append(missing, "kick "+a)
		}
	}
	if len(missing) > 0 {
		return w.unintended("%s of %s beyond the stored intent: %s", c.Method, resource, strings.Join(missing, ", "))
	}
	return nil
}

// removedByPatch reads whom a SCIM PATCH takes out, each by name; nobody when it
// does anything else too.
func removedByPatch(body string) []string {
	var patch struct {
		Operations []struct{ Op, Path string }
	}
	if json.Unmarshal([]byte(body), &patch) != nil {
		return nil
	}
	var out []string
	for _, op := range patch.Operations {
		id, ok := strings.CutPrefix(strings.TrimSuffix(op.Path, "]"), "members[value eq ")
		if op.Op != "remove" || !ok {
			return nil
		}
		out = append(out, id)
	}
	return out
}

func (w *world) unintended(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	w.t.Error(err)
	return err
}

// survive runs one step of the house; who dies of it is followed by another
// process after a second.
func (w *world) survive(do func() error) (err error) {
	if porttest.Survive(func() { err = do() }) {
		w.fate.revive()
		w.house = w.open()
		w.clock.move(time.Second)
		return errDied
	}
	return err
}

var errDied = errors.New("died")

// person does what people do when a page shows an error: they look again, and
// try again.
func (w *world) person(do func() error) {
	w.t.Helper()
	var err error
	for range 6 {
		err = w.survive(do)
		if err == nil || fault.Is(err, fault.Invalid) {
			return // done, or it was done already
		}
		w.clock.move(time.Second)
	}
	w.t.Fatalf("a person gave up: %v", err)
}

// on lets the house go on by itself for a while of virtual time, whatever
// happens to it, and watches who holds what.
func (w *world) on(d time.Duration) {
	w.t.Helper()
	for end := w.clock.Now().Add(d); ; {
		var next time.Time
		err := w.survive(func() (err error) { next, err = w.house.Sweep(w.ctx); return err })
		w.look()
		now := w.clock.Now()
		if next.IsZero() || err != nil && next.After(now.Add(time.Minute)) {
			next = now.Add(time.Minute)
		}
		if next.After(end) || now.After(end) {
			w.clock.move(max(0, end.Sub(now)))
			w.look()
			return
		}
		if w.sweeps++; w.sweeps > 5000 {
			w.t.Fatal("the house never comes to rest")
		}
		w.clock.move(max(time.Second, next.Sub(now)))
	}
}

// holding is one account's access to one resource.
type holding struct{ resource, account string }

// watch notes from now on when a resource is held.
func (w *world) watch(resource, account string) {
	if w.held == nil {
		w.held = map[holding]time.Time{}
	}
	w.held[holding{resource, account}] = time.Time{}
}

func (w *world) look() {
	for h := range w.held {
		if w.holds(h.resource, h.account) {
			w.held[h] = w.clock.Now()
		}
	}
}

// holds asks the simulated Slack itself.
func (w *world) holds(resource, account string) bool {
	switch {
	case strings.HasPrefix(resource, "S"):
		return slices.Contains(w.slack.GroupMembers(resource), account)
	case strings.HasPrefix(resource, "T"): // of a workspace an admin's role is granted
		return slices.Contains(w.slack.User(account).AdminOf, resource)
	}
	return slices.Contains(w.slack.ChannelMembers(resource), account)
}

// late is the longest that access may stand past its end: a minute, and what
// Slack's pauses and unclear answers need.
const late = 3*time.Minute + 30*time.Second

// resting checks what has to hold when nothing goes on any more: no grant
// without an end or a remedy, no lock, no write on its way, nothing due in the
// past, and a whole audit. It gives the grants.
func (w *world) resting(resources ...string) []access.Grant {
	w.t.Helper()
	now := w.clock.Now()
	grants, err := w.store.Grants(w.ctx, false, 1000)
	w.ok(err)
	for _, g := range grants {
		switch {
		case g.State.Final():
		case g.State == access.Stuck && g.Trouble.Text != "" && g.NextTry.After(now):
		case g.State == access.Revoking && g.Trouble.Dormant && g.NextTry.After(now):
		default:
			w.t.Errorf("at rest %s is %s (end %s, now %s, trouble %+v, next %s)", g.ID, g.State, g.End, now, g.Trouble, g.NextTry)
		}
	}
	for _, r := range resources {
		w.quiet(r)
	}
	due, err := w.store.Due(w.ctx, flow.LaneAct, now, 0)
	w.ok(err)
	heard, err := w.store.Due(w.ctx, flow.LaneHear, now, 0)
	due = append(due, heard...)
	w.ok(err)
	if len(due) > 0 {
		w.t.Errorf("at rest %d rows are due, such as %+v", len(due), due[0])
	}
	v, err := w.house.Verify(w.ctx, w.root)
	w.ok(err)
	if !v.Whole() || v.Unsealed != 0 {
		w.t.Errorf("the audit does not verify: %+v", v)
	}
	return grants
}

func (w *world) quiet(resource string) {
	w.t.Helper()
	st, err := w.store.Standing(w.ctx, w.conn.ID, resource)
	w.ok(err)
	if st.Writing != nil {
		w.t.Errorf("at rest a write to %s is on its way: %+v", resource, *st.Writing)
	}
	l, err := w.store.Lock(w.ctx, w.conn.ID, resource, "probe", w.clock.Now())
	if err != nil {
		w.t.Errorf("at rest %s is locked: %v", resource, err)
		return
	}
	w.ok(w.store.Unlock(w.ctx, l))
}

// goneBy checks that a watched access was not held later than that.
func (w *world) goneBy(resource, account string, end time.Time) {
	w.t.Helper()
	if last := w.held[holding{resource, account}]; last.After(end) {
		w.t.Errorf("%s held %s until %s, %s too long", account, resource, last.Format(time.TimeOnly), last.Sub(end))
	}
	if w.holds(resource, account) {
		w.t.Errorf("%s still holds %s", account, resource)
	}
}
