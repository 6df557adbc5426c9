package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// life saves random steps of grants, requests, connectors and runs.
type life struct {
	*house
	random *rand.Rand
	made   map[string]int // how many of each kind
}

func (l *life) some(kind string) string {
	return fmt.Sprintf("%s%d", kind, l.random.IntN(l.made[kind]))
}

// step does one random thing; what the table answers is not looked at here.
func (l *life) step() error {
	l.now = l.now.Add(time.Duration(l.random.IntN(60_000)) * time.Millisecond)
	fresh := l.random.IntN(3) == 0
	switch l.random.IntN(4) {
	case 0:
		return l.stepGrant(fresh || l.made["g"] == 0)
	case 1:
		return l.stepRequest(fresh || l.made["r"] == 0)
	case 2:
		return l.stepConnector(fresh || l.made["c"] == 0)
	}
	return l.stepRun(fresh || l.made["s"] == 0)
}

func (l *life) next(kind string) string {
	id := fmt.Sprintf("%s%d", kind, l.made[kind])
	l.made[kind]++
	return id
}

func (l *life) stepGrant(fresh bool) error {
	if fresh {
		id := l.next("g")
		return l.SaveGrants(ctx, []access.Grant{l.grant(id, "S1", "U1")}, l.event("grant/"+id, "grant.scheduled"))
	}
	g, err := l.Grant(ctx, l.some("g"))
	if err != nil {
		return err
	}
	if l.random.IntN(3) == 0 && !g.State.Final() {
		return l.SaveGrants(ctx, []access.Grant{g.Trip(access.Trouble{Code: "x"}, l.now, l.now.Add(time.Minute))})
	}
	g, err = g.Turn(access.Turns[l.random.IntN(len(access.Turns))], l.now, "")
	if err != nil {
		return nil //nolint:nilerr // this turn does not fit the state: no step
	}
	return l.SaveGrants(ctx, []access.Grant{g}, l.event("grant/"+g.ID, "grant."+string(g.State)))
}

func (l *life) stepRequest(fresh bool) error {
	if fresh {
		id := l.next("r")
		_, err := l.SaveRequest(ctx, l.request(id, 1), nil, nil, l.event("request/"+id, "request.made"))
		return err
	}
	r, err := l.Request(ctx, l.some("r"))
	if err != nil || !r.Open() {
		return err
	}
	r.Items[0].State = access.Denied
	_, err = l.SaveRequest(ctx, r, nil, nil, l.event("request/"+r.ID, "request.denied"))
	return err
}

func (l *life) stepConnector(fresh bool) error {
	c := connector.Connector{ID: l.next("c"), Label: connector.Connected}
	if !fresh {
		l.made["c"]--
		var err error
		if c, err = l.Connector(ctx, l.some("c")); err != nil {
			return err
		}
	}
	c.NextSync = time.Time{}
	if l.random.IntN(4) > 0 {
		c.NextSync = l.now.Add(time.Hour)
	}
	_, err := l.SaveConnector(ctx, c, l.event("connector/"+c.ID, "connector.synced"))
	return err
}

func (l *life) stepRun(fresh bool) error {
	r := connector.Run{ID: l.next("s"), Connector: "c0", State: connector.Running, Started: l.now}
	if !fresh {
		l.made["s"]--
		var err error
		if r, err = l.Run(ctx, l.some("s")); err != nil {
			return err
		}
	}
	if r.Resume = (time.Time{}); l.random.IntN(2) == 0 {
		r.Resume = l.now.Add(time.Minute)
	}
	if l.random.IntN(4) == 0 {
		r.State = connector.Done
	}
	_, err := l.SaveRun(ctx, r, l.event("connector/c0", "sync.step"))
	return err
}

// wanted lists where every due row has to be, by reading every aggregate.
func (l *life) wanted() (act, syncs []string) {
	spell := func(at time.Time, kind, id string) string {
		return at.UTC().Truncate(time.Millisecond).String() + " " + kind + " " + id
	}
	for i := range l.made["g"] {
		g, err := l.Grant(ctx, fmt.Sprintf("g%d", i))
		if at, live := g.Next(); err == nil && live {
			act = append(act, spell(at, "grant", g.ID))
		}
	}
	for i := range l.made["r"] {
		r, err := l.Request(ctx, fmt.Sprintf("r%d", i))
		if at, open := r.Next(); err == nil && open {
			act = append(act, spell(at, "request", r.ID))
		}
	}
	for i := range l.made["c"] {
		c, err := l.Connector(ctx, fmt.Sprintf("c%d", i))
		if err == nil && !c.NextSync.IsZero() {
			syncs = append(syncs, spell(c.NextSync, "connector", c.ID))
		}
	}
	for i := range l.made["s"] {
		r, err := l.Run(ctx, fmt.Sprintf("s%d", i))
		at := r.Resume
		if at.IsZero() {
			at = r.Started
		}
		if err == nil && r.State == connector.Running {
			syncs = append(syncs, spell(at, "run", r.ID))
		}
	}
	slices.Sort(act)
	slices.Sort(syncs)
	return act, syncs
}

func (l *life) found(lane string) []string {
	l.t.Helper()
	var out []string
	ds := value[[]access.Due](l.house)(l.Due(ctx, lane, l.now.AddDate(1, 0, 0), 0))
	for i, d := range ds {
		if i > 0 && d.At.Before(ds[i-1].At) {
			l.t.Fatalf("%v comes after %v", d, ds[i-1])
		}
		out = append(out, d.At.String()+" "+d.Kind+" "+d.ID)
	}
	slices.Sort(out)
	return out
}

// Whatever happens, and wherever the table fails: each live aggregate has one
// due row, at its Next; the lists agree with the grants; the trail is whole.
func TestEveryLiveAggregateHasOneDueRow(t *testing.T) {
	for seed := range uint64(30) {
		l := &life{house: newHouse(t), random: rand.New(rand.NewPCG(seed, 7)), made: map[string]int{}}
		for range 150 {
			l.table.trip = l.unluck
			err := l.step()
			l.table.trip = nil
			if err != nil && !fault.Is(err, fault.Unclear, fault.Backoff, fault.NotFound) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if seed%3 == 0 {
				_, _, err := l.Seal(ctx, l.now, 5)
				l.must(err)
			}
		}
		act, syncs := l.wanted()
		if got := l.found("act"); !slices.Equal(got, act) {
			t.Fatalf("seed %d: due to act\n%q, want\n%q", seed, got, act)
		}
		if got := l.found("sync"); !slices.Equal(got, syncs) {
			t.Fatalf("seed %d: due to sync\n%q, want\n%q", seed, got, syncs)
		}
		l.checkLists()
		l.checkTrail(0)
	}
}

// unluck fails a tenth of the calls: before anything happened, or after.
func (l *life) unluck(call string) (error, bool) {
	if l.random.IntN(10) > 0 {
		return nil, false
	}
	if call == "commit" && l.random.IntN(2) == 0 {
		return fault.New("test", fault.Unclear, "no answer"), true
	}
	return fault.New("test", fault.Backoff, "not now"), false
}

// checkLists holds the lists and the copies against the grants themselves.
func (l *life) checkLists() {
	l.t.Helper()
	live, over, begun := 0, 0, map[string]int64{}
	for i := range l.made["g"] {
		g, err := l.Grant(ctx, fmt.Sprintf("g%d", i))
		switch {
		case err != nil:
		case g.State.Final():
			over++
		default:
			if live++; g.State != access.Scheduled {
				begun[g.ID] = g.Rev
			}
		}
	}
	all := value[[]access.Grant](l.house)(l.Grants(ctx, false, 0))
	liveOnly := value[[]access.Grant](l.house)(l.Grants(ctx, true, 0))
	if len(all) != live+over || len(liveOnly) != live || len(l.table.part("live")) != live || len(l.table.part("ended")) != over {
		l.t.Fatalf("%d live and %d over; listed %d and %d", live, over, len(liveOnly), len(all))
	}
	st := value[access.Standing](l.house)(l.Standing(ctx, "c1", "S1"))
	for _, g := range st.Grants {
		if begun[g.ID] != g.Rev {
			l.t.Fatalf("the copy of %s is at %d, the grant at %d", g.ID, g.Rev, begun[g.ID])
		}
		delete(begun, g.ID)
	}
	if len(begun) > 0 {
		l.t.Fatalf("no copy of %v", begun)
	}
}

func TestDueUpToATime(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.now = start.Add(time.Duration(i) * time.Millisecond)
		h.made(fmt.Sprintf("g%d", i), "S1", "U1")
	}
	due := func(until time.Time, limit int) int {
		return len(value[[]access.Due](h)(h.Due(ctx, "act", until, limit)))
	}
	if n := due(start.Add(2*time.Millisecond), 0); n != 3 {
		t.Errorf("%d are due up to and including the third", n)
	}
	if n := due(start.Add(-time.Millisecond), 0); n != 0 {
		t.Errorf("%d are due before the first", n)
	}
	if n := due(start.Add(time.Hour), 2); n != 2 {
		t.Errorf("limit 2 gave %d", n)
	}
	if n := len(value[[]access.Due](h)(h.Due(ctx, "sync", start.Add(time.Hour), 0))); n != 0 {
		t.Errorf("%d grants sync", n)
	}
}

func TestPausesKeepTheLaterTime(t *testing.T) {
	h := newHouse(t)
	late, early := h.now.Add(time.Minute), h.now.Add(time.Second)
	h.must(h.Pause(ctx, "c1", "users.list", early))
	h.must(h.Pause(ctx, "c1", "users.list", late))
	h.must(h.Pause(ctx, "c1", "users.list", early))
	h.must(h.Pause(ctx, "c1", "usergroups.list", early))
	h.must(h.Pause(ctx, "c2", "users.list", late))
	raced := false
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" && !raced {
			raced = true
			h.must(h.Pause(ctx, "c1", "conversations.list", late))
		}
		return nil, false
	}
	h.must(h.Pause(ctx, "c1", "conversations.list", early))
	got := value[map[string]time.Time](h)(h.Pauses(ctx, "c1", h.now.Add(2*time.Second)))
	if len(got) != 2 || !got["users.list"].Equal(late) || !got["conversations.list"].Equal(late) {
		t.Errorf("%v", got)
	}
}

// Every method says what kind the table's own error was.
func TestErrorsOfTheTableKeepTheirKind(t *testing.T) {
	h := newHouse(t)
	cause := errors.New("cable")
	h.table.trip = func(string) (error, bool) {
		return &fault.Error{Kind: fault.Backoff, Err: cause}, false
	}
	for _, err := range h.everyRead() {
		h.refused(err, fault.Backoff)
		if !errors.Is(err, cause) {
			t.Errorf("%v lost its cause", err)
		}
	}
}

func (h *house) everyRead() []error {
	var errs []error
	add := func(err error) { errs = append(errs, err) }
	_, err := h.Grant(ctx, "g")
	add(err)
	_, err = h.Grants(ctx, false, 0)
	add(err)
	_, err = h.GrantsOf(ctx, "c", "a")
	add(err)
	_, err = h.Request(ctx, "r")
	add(err)
	_, err = h.Requests(ctx, true, 0)
	add(err)
	_, err = h.Standing(ctx, "c", "r")
	add(err)
	_, err = h.Lock(ctx, "c", "r", "o", h.now)
	add(err)
	_, err = h.Due(ctx, "act", h.now, 0)
	add(err)
	_, err = h.Pauses(ctx, "c", h.now)
	add(err)
	_, err = h.Text(ctx, "t")
	add(err)
	_, err = h.EventsOf(ctx, "a")
	add(err)
	_, _, err = h.Seal(ctx, h.now, 1)
	add(err)
	add(h.SaveEvents(ctx, h.event("policy", "x")))
	add(h.Pause(ctx, "c", "m", h.now))
	add(h.Unlock(ctx, access.Lock{Connector: "c", Resource: "r"}))
	return errs
}

var _ store.Table = (*spy)(nil)

// TestTurns: once a method rests, calls are spoken for one after the other, and
// ends wait for ends alone.
func TestTurns(t *testing.T) {
	h := newHouse(t)
	start := access.Wish{Calls: 2, Every: 3 * time.Second}
	end := access.Wish{Calls: 1, Every: 3 * time.Second, End: true}
	turn := func(w access.Wish) time.Duration {
		t.Helper()
		at, err := h.Turn(ctx, "c1", "m", w, h.now)
		h.must(err)
		return at.Sub(h.now)
	}
	if got := turn(start); got != 0 {
		t.Errorf("a method that does not rest gives a turn in %s", got)
	}
	h.must(h.Pause(ctx, "c1", "m", h.now.Add(30*time.Second)))
	for i, c := range []struct {
		w    access.Wish
		want time.Duration
	}{
		{start, 30 * time.Second}, {start, 36 * time.Second}, // behind each other
		{end, 30 * time.Second}, {end, 33 * time.Second}, // before all that
		{start, 48 * time.Second}, // behind what the ends take, too
	} {
		if got := turn(c.w); got != c.want {
			t.Errorf("turn %d is in %s, want %s", i, got, c.want)
		}
	}
	if got := value[map[string]time.Time](h)(h.Pauses(ctx, "c1", h.now.Add(40*time.Second))); len(got) != 1 {
		t.Errorf("whoever comes while turns are taken has to see that: %v", got)
	}
	h.must(h.Pause(ctx, "c1", "m", h.now.Add(45*time.Second))) // limited again: nobody's turn is forgotten
	if got := turn(end); got != 45*time.Second {
		t.Errorf("after another limit an end's turn is in %s", got)
	}
	if got := turn(start); got != 57*time.Second {
		t.Errorf("after another limit a start's turn is in %s", got)
	}
}
