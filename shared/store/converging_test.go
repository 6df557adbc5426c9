package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

func (h *house) lock(owner string) access.Lock {
	h.t.Helper()
	return value[access.Lock](h)(h.Lock(ctx, "c1", "S1", owner, h.now))
}

func TestLockIsOneOwnersAtATime(t *testing.T) {
	h := newHouse(t)
	a := h.lock("a")
	if !a.Until.Equal(h.now.Add(access.LeaseTime)) || !a.MayWrite(h.now) {
		t.Errorf("%+v", a)
	}
	_, err := h.Lock(ctx, "c1", "S1", "b", h.now.Add(access.LeaseTime-time.Millisecond))
	h.refused(err, fault.Conflict)
	if !fault.UntilOf(err).Equal(a.Until) {
		t.Errorf("frees %v, not %v", fault.UntilOf(err), a.Until)
	}
	if _, err := h.Lock(ctx, "c1", "S2", "b", h.now); err != nil {
		t.Errorf("another resource: %v", err)
	}
	h.must(h.Unlock(ctx, a))
	b := h.lock("b")
	h.must(h.Unlock(ctx, a)) // not theirs any more, and no error
	_, err = h.Lock(ctx, "c1", "S1", "c", h.now)
	h.refused(err, fault.Conflict)
	again := h.lock("b")
	if again.Rev != b.Rev+1 {
		t.Errorf("taken anew: %+v after %+v", again, b)
	}
	h.now = again.Until
	if c := h.lock("c"); c.Owner != "c" {
		t.Errorf("after the lease: %+v", c)
	}
}

func TestOneOfManyTakesTheLock(t *testing.T) {
	s := store.New(memory.New(nil), store.Options{})
	for round := range 20 {
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				_, err := s.Lock(ctx, "c1", "S1", fmt.Sprint(round, "/", i), start.Add(time.Duration(round)*time.Minute))
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		if all.Wait(); won.Load() != 1 {
			t.Fatalf("round %d: %d have the lock", round, won.Load())
		}
	}
}

func TestOneOfTwoTakesTheLock(t *testing.T) {
	h := newHouse(t)
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" {
			h.table.trip = nil
			h.lock("b")
		}
		return nil, false
	}
	_, err := h.Lock(ctx, "c1", "S1", "a", h.now)
	h.refused(err, fault.Conflict)
}

// Whoever had the lock can save nothing afterwards: not while another has it,
// not after that one gave it back, not when a third has it.
func TestRecordUnderALostLock(t *testing.T) {
	h := newHouse(t)
	g := h.turned(h.made("g1", "S1", "U1"), access.Begin)
	old := h.lock("a")
	h.now = h.now.Add(access.LeaseTime)
	step := access.Step{Grants: []access.Grant{g.Trip(access.Trouble{Code: "x"}, h.now, h.now)}}
	lost := func(when string) {
		before := h.table.everything()
		h.refused(h.Record(ctx, old, step), fault.Conflict)
		if h.table.everything() != before {
			t.Errorf("%s: something was written", when)
		}
	}
	b := h.lock("b")
	lost("while b has it")
	h.must(h.Unlock(ctx, b))
	lost("when it is free")
	h.lock("c")
	lost("while c has it")
	h.now = h.now.Add(access.LeaseTime)
	a := h.lock("a")
	lost("when a itself has taken it anew")
	h.must(h.Record(ctx, a, step))
}

func TestStandingHoldsWhatRecordSaved(t *testing.T) {
	h := newHouse(t)
	g := h.turned(h.made("g1", "S1", "U1"), access.Begin)
	h.made("g2", "S2", "U1")
	l := h.lock("a")
	hold := access.Hold{Connector: "c1", Resource: "S1", Slug: "member", Account: "U1", Sent: true, Since: h.now}
	w := access.Writing{Owner: "a", Add: []string{"U1"}, SentAt: h.now}
	left := access.Left{Account: "U7", Since: h.now}
	first := access.Step{Grants: []access.Grant{g}, Holds: []access.Hold{hold}, Writing: &w, Wake: w.Due()}
	h.must(h.Record(ctx, l, first))
	h.must(h.Record(ctx, l, access.Step{Left: []access.Left{left}}, h.event("resource/c1/S1", "resource.left-out")))
	read := func() access.Standing { return value[access.Standing](h)(h.Standing(ctx, "c1", "S1")) }
	st := read()
	if len(st.Grants) != 1 || st.Grants[0].Rev != 3 || st.Holds["U1"].Rev != 1 || !st.Holds["U1"].Sent || st.Writing == nil || len(st.Left) != 1 {
		t.Fatalf("%+v", st)
	}
	resource := access.Due{At: w.Due(), Kind: "resource", ID: "S1", Connector: "c1"}
	if due := value[[]access.Due](h)(h.Due(ctx, "act", w.Due(), 0)); len(due) != 3 || due[2] != resource {
		t.Errorf("due: %+v", due)
	}

	gone := st.Holds["U1"]
	gone.GoneAt = h.now
	last := access.Step{Holds: []access.Hold{gone}, Clear: st.Writing, Back: st.Left, Sleep: true}
	h.refused(h.Record(ctx, l, last), fault.Internal)
	h.must(h.Record(ctx, l, last, h.event("resource/c1/S1", "resource.put-back")))
	if st = read(); st.Holds["U1"].Open() || st.Writing != nil || st.Left != nil {
		t.Errorf("%+v", st)
	}
	if due := h.table.part("due#act"); len(due) != 2 || len(h.table.part("res#c1#S1")) != 2 {
		t.Errorf("due %q, rows %q", due, h.table.part("res#c1#S1"))
	}
	h.must(h.Record(ctx, l, access.Step{Sleep: true}))
	h.refused(h.Record(ctx, l, access.Step{Writing: &w, Clear: &w}), fault.Internal)
	h.refused(h.Record(ctx, l, access.Step{Holds: []access.Hold{hold}}), fault.Conflict)
}

func TestARecordWakesAndSleepsOnce(t *testing.T) {
	h := newHouse(t)
	l := h.lock("a")
	for i := range 3 {
		h.must(h.Record(ctx, l, access.Step{Wake: h.now.Add(time.Duration(i/2) * time.Minute)}))
		if due := h.table.part("due#act"); len(due) != 1 {
			t.Errorf("%q", due)
		}
	}
}

// The largest step that flow may make: every grant ends, with an event and a
// hold, while the write is cleared and the resource's due row moves.
func TestTheLargestStepIsOneCommit(t *testing.T) {
	h := newHouse(t)
	l := h.lock("a")
	h.must(h.Record(ctx, l, access.Step{Wake: h.now, Writing: &access.Writing{Owner: "a"}}))
	var step access.Step
	var events []audit.Event
	for i := range store.MaxGrantsPerStep {
		id, account := fmt.Sprintf("g%d", i), fmt.Sprintf("U%d", i)
		g := h.turned(h.turned(h.turned(h.made(id, "S1", account), access.Begin), access.Give), access.End)
		g, err := g.Turn(access.Gone, h.now, "gone")
		h.must(err)
		step.Grants = append(step.Grants, g)
		step.Holds = append(step.Holds, access.Hold{Connector: "c1", Resource: "S1", Slug: "member", Account: account, GoneAt: h.now})
		events = append(events, h.event("grant/"+id, "grant.revoking"), h.event("grant/"+id, "grant.revoked"), h.event("resource/c1/S1", "resource.changed"))
	}
	step.Clear, step.Wake = &access.Writing{Rev: 1}, h.now.Add(time.Minute)
	h.must(h.Record(ctx, l, step, events...))
	if h.table.rows > 91 { // of 100; each grant that ends takes four pointers
		t.Errorf("%d rows", h.table.rows)
	}
	h.checkTrail(0)
}
