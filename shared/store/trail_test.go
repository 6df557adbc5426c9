package store_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// verdict verifies the whole trail against signed heads.
func (h *house) verdict(key ed25519.PublicKey, heads ...audit.Head) audit.Verdict {
	h.t.Helper()
	check := audit.NewCheck(key, heads)
	h.must(h.EachEvent(ctx, func(e audit.Event) error { check.Event(e); return nil }))
	h.must(h.EachSeal(ctx, func(s audit.Seal) error { check.Seal(s); return nil }))
	return check.Close()
}

// checkTrail wants a whole trail with a number of unsealed events, 0 for any.
func (h *house) checkTrail(unsealed int) {
	h.t.Helper()
	v := h.verdict(nil)
	if !v.Whole() || unsealed > 0 && v.Unsealed != unsealed {
		h.t.Fatalf("verdict: %+v", v)
	}
}

func (h *house) sealAll() audit.Seal {
	h.t.Helper()
	for {
		last, n, err := h.Seal(ctx, h.now, 0)
		h.must(err)
		if n == 0 {
			return last
		}
	}
}

func TestEventsAreChained(t *testing.T) {
	h := newHouse(t)
	h.must(h.SaveEvents(ctx, h.event("policy", "policy.refused"), h.event("house", "house.opened"), h.event("policy", "policy.refused")))
	bare := audit.Event{ID: "ev_mine", Aggregate: "policy", Action: "policy.refused"}
	h.must(h.SaveEvents(ctx, bare))
	es := value[[]audit.Event](h)(h.EventsOf(ctx, "policy"))
	if len(es) != 3 || es[2].ID != "ev_mine" || !es[2].At.Equal(h.now) || es[0].ID == "" || es[2].Prev != es[1].Hash {
		t.Errorf("%+v", es)
	}
	h.must(h.SaveEvents(ctx))
	h.refused(h.SaveEvents(ctx, audit.Event{Aggregate: "policy"}), fault.Internal)
	h.checkTrail(4)
	if err := h.EachEvent(ctx, func(audit.Event) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("the caller's error became %v", err)
	}
	if n := len(value[[]audit.Event](h)(h.EventsOf(ctx, "nobody"))); n != 0 {
		t.Errorf("%d events of nobody", n)
	}
}

// Events of several clocks, in commits of several aggregates, sealed in small
// steps between further commits: always whole, always in sequence.
func TestSealKeepsEachAggregateInSequence(t *testing.T) {
	for seed := range uint64(20) {
		h := newHouse(t)
		random := rand.New(rand.NewPCG(seed, 1))
		total := 0
		for range 120 {
			var es []audit.Event
			for range 1 + random.IntN(4) {
				e := h.event(fmt.Sprintf("grant/%d", random.IntN(5)), "grant.active")
				e.At = h.now.Add(time.Duration(random.IntN(20)-10) * time.Second)
				es = append(es, e)
			}
			h.must(h.SaveEvents(ctx, es...))
			total += len(es)
			h.now = h.now.Add(time.Second)
			if random.IntN(4) == 0 {
				_, n, err := h.Seal(ctx, h.now, 1+random.IntN(9))
				h.must(err)
				total -= n
				h.checkTrail(total)
			}
		}
		last := h.sealAll()
		if v := h.verdict(nil); !v.Whole() || v.Unsealed != 0 || v.Seals != last.N || int64(v.Events) != last.N {
			t.Fatalf("seed %d: %+v, last %d", seed, v, last.N)
		}
		if left := h.table.part("unsealed"); len(left) > 0 {
			t.Fatalf("seed %d: %q remain", seed, left)
		}
	}
}

func TestSealTakesALargeCommitInParts(t *testing.T) {
	h := newHouse(t)
	var es []audit.Event
	for i := range 80 {
		es = append(es, h.event(fmt.Sprintf("grant/%d", i), "grant.active"))
	}
	h.must(h.SaveEvents(ctx, es...))
	for _, want := range []int{30, 30, 20, 0} {
		_, n, err := h.Seal(ctx, h.now, 100)
		if h.must(err); n != want {
			t.Errorf("sealed %d, want %d", n, want)
		}
	}
	h.checkTrail(0)
}

func TestOneOfTwoSealersLoses(t *testing.T) {
	h := newHouse(t)
	h.must(h.SaveEvents(ctx, h.event("policy", "policy.refused")))
	raced := false
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" && !raced {
			raced = true
			_, n, err := h.Seal(ctx, h.now, 10)
			if h.must(err); n != 1 {
				t.Errorf("the other sealed %d", n)
			}
		}
		return nil, false
	}
	_, _, err := h.Seal(ctx, h.now, 10)
	h.refused(err, fault.Conflict)
	h.checkTrail(0)
}

func TestSaveEventsTriesALostRaceAgain(t *testing.T) {
	h := newHouse(t)
	races := 3
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" && races > 0 {
			races--
			saved := h.table.trip
			h.table.trip = nil
			h.must(h.SaveEvents(ctx, h.event("policy", "policy.refused")))
			h.table.trip = saved
		}
		return nil, false
	}
	h.must(h.SaveEvents(ctx, h.event("policy", "policy.refused")))
	h.checkTrail(4)
}

func TestVerificationFindsWhatWasDoneToTheTable(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(nil)
	first := func(body map[string]any) map[string]any { return body["events"].([]any)[0].(map[string]any) }
	ev := func(aggregate string, seq int) store.Key {
		return store.Key{Part: "ev#" + aggregate, Sort: fmt.Sprintf("%012d", seq)}
	}
	chain := func(n int) store.Key { return store.Key{Part: "chain", Sort: fmt.Sprintf("%012d", n)} }
	for name, do := range map[string]func(*house){
		"an event's actor": func(h *house) {
			h.table.tamper(h.t, ev("policy", 2), func(b map[string]any) { first(b)["actor"] = "U9" })
		},
		"an event's time": func(h *house) {
			h.table.tamper(h.t, ev("policy", 2), func(b map[string]any) { first(b)["at"] = "2026-11-23T09:00:00.001Z" })
		},
		"an event's data": func(h *house) {
			h.table.tamper(h.t, ev("policy", 1), func(b map[string]any) { first(b)["data"] = nil })
		},
		"an event gone":     func(h *house) { h.table.erase(h.t, ev("policy", 2)) },
		"the last gone":     func(h *house) { h.table.erase(h.t, ev("policy", 3)) },
		"an aggregate gone": func(h *house) { h.table.erase(h.t, ev("house", 1)) },
		"its mark gone, too": func(h *house) {
			h.table.erase(h.t, ev("house", 1))
			h.table.erase(h.t, store.Key{Part: "sealed", Sort: "house"})
		},
		"two swapped": func(h *house) {
			a, _ := h.table.Table.Get(ctx, ev("policy", 1))
			h.table.tamper(h.t, ev("policy", 2), func(b map[string]any) { first(b)["id"] = "ev_000001" })
			a.Key = ev("policy", 2)
			h.must(h.table.Batch(ctx, []store.Write{{Action: store.Put, Row: a}}))
		},
		"a seal changed":    func(h *house) { h.table.tamper(h.t, chain(2), func(b map[string]any) { b["seq"] = 9 }) },
		"a seal gone":       func(h *house) { h.table.erase(h.t, chain(2)) },
		"the chain cut":     func(h *house) { h.table.erase(h.t, chain(4)) },
		"the chain's start": func(h *house) { h.table.erase(h.t, chain(1)) },
	} {
		h := newHouse(t)
		h.must(h.SaveEvents(ctx, h.event("policy", "a")))
		h.must(h.SaveEvents(ctx, h.event("house", "b")))
		h.now = h.now.Add(time.Second)
		h.must(h.SaveEvents(ctx, h.event("policy", "c")))
		h.must(h.SaveEvents(ctx, h.event("policy", "d")))
		head := audit.Sign(private, h.sealAll())
		if v := h.verdict(public, head); !v.Whole() || v.Sealed != 4 {
			t.Fatalf("before: %+v", v)
		}
		do(h)
		if v := h.verdict(public, head); v.Whole() {
			t.Errorf("%s: nothing was found", name)
		}
	}
}

// What is missing stops the sealing of its own aggregate only.
func TestSealPassesOverAHole(t *testing.T) {
	h := newHouse(t)
	for i := range 3 {
		e := h.event("policy", "a")
		e.At = h.now.Add(-time.Duration(i) * time.Minute) // the newest sorts first
		h.must(h.SaveEvents(ctx, e))
	}
	h.must(h.SaveEvents(ctx, h.event("house", "b")))
	h.table.erase(t, store.Key{Part: "ev#policy", Sort: "000000000001"})
	h.table.erase(t, store.Key{Part: "unsealed", Sort: h.unsealedOf("ev_000001")})
	last := h.sealAll()
	if last.N != 1 || last.Aggregate != "house" {
		t.Errorf("last: %+v", last)
	}
	if v := h.verdict(nil); v.Whole() {
		t.Error("the hole was not found")
	}
}

func (h *house) unsealedOf(event string) string {
	for _, sort := range h.table.part("unsealed") {
		if strings.HasSuffix(sort, event) {
			return sort
		}
	}
	h.t.Fatal("no unsealed row of " + event)
	return ""
}

// Of two that tell of the same connector at once both are heard, each once and
// under the id that it began with; what was decided on a stale row is not said.
func TestTwoTellOfOneThingAtOnce(t *testing.T) {
	h := newHouse(t)
	other := store.New(h.table.Table, store.Options{Now: func() time.Time { return h.now }, NewID: h.id})
	races, commits := 0, 0
	h.table.trip = func(call string) (error, bool) {
		if call != "commit" {
			return nil, false
		}
		if commits++; races > 0 {
			races--
			h.must(other.SaveEvents(ctx, h.event("connector/c1", "connector.syncing")))
		}
		return nil, false
	}
	races = 3
	i := connector.Invitation{Link: "abc", Connector: "c1", Expires: h.now.Add(connector.InvitationTime)}
	e := h.event("connector/c1", "connector.invited")
	e.ID = "ev_mine"
	h.must(h.SaveInvitation(ctx, i, e))
	es := value[[]audit.Event](h)(h.EventsOf(ctx, "connector/c1"))
	if commits != 4 || len(es) != 4 || es[3].ID != "ev_mine" || es[3].Prev != es[2].Hash {
		t.Errorf("%d commits: %+v", commits, es)
	}
	h.checkTrail(4)

	commits = 0
	h.refused(h.SaveInvitation(ctx, i, e), fault.Conflict) // somebody has this link
	if commits != 1 {
		t.Errorf("a stale row was tried %d times", commits)
	}
	i.Link, races, commits = "def", 1000, 0
	h.refused(h.SaveInvitation(ctx, i, h.event("connector/c1", "connector.invited")), fault.Conflict)
	if commits != 10 {
		t.Errorf("a race without end was run %d times", commits)
	}
	h.checkTrail(14)
}
