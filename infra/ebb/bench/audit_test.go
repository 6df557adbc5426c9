package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// A trail of a million events on the engine of a laptop: grants of 5,000 people on
// 500 resources, ten events each, over 400 days.
const (
	auditEvents    = 1_000_000
	auditPerGrant  = 10
	auditPeople    = 5_000
	auditResources = 500

	auditPage = 0.3 // s, a page of 50 at the 95th percentile
)

// TestASearchInAMillionEvents: what an auditor waits for, by person, resource, time
// and all of it, from the end of the trail and from its middle. The trail is made by
// the store itself: saved, sealed into the chain and indexed.
func TestASearchInAMillionEvents(t *testing.T) {
	heavy(t)
	ctx := t.Context()
	events := auditEvents
	if n, err := strconv.Atoi(os.Getenv("EBB_BENCH_EVENTS")); err == nil {
		events = n // to look at the test itself
	}
	first := time.Now().Add(-400 * 24 * time.Hour)
	lite, err := sqlite.Open(filepath.Join(t.TempDir(), "ebb.db"), sqlite.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	table := &counting{Table: lite}
	mem := store.New(table, store.Options{Now: time.Now})
	step := 400 * 24 * time.Hour / time.Duration(events)
	began := time.Now()
	fillTrail(ctx, t, lite, events, func(i int) time.Time { return first.Add(time.Duration(i) * step) })
	t.Logf("the trail was made in %s", time.Since(began).Round(time.Second))
	if last, err := mem.SealAt(ctx, 0); err != nil || last.N != int64(events) {
		t.Fatalf("the chain ends at %d, %v", last.N, err)
	}

	h := &flow.House{Now: time.Now, Memory: mem}
	by := access.Actor{User: access.User{ID: "u_auditor", Duties: []access.Duty{access.Auditor}}}
	for _, x := range []struct {
		what   string
		filter func(i int) flow.EventFilter
	}{
		{"the newest", func(int) flow.EventFilter { return flow.EventFilter{} }},
		{"by person", func(i int) flow.EventFilter { return flow.EventFilter{Person: auditPerson(i * 37)} }},
		{"by resource", func(i int) flow.EventFilter { return flow.EventFilter{Resource: auditResource(i * 7)} }},
		{"by time, a day", func(i int) flow.EventFilter {
			from := first.Add(time.Duration(i*3) * 24 * time.Hour)
			return flow.EventFilter{From: from, Until: from.Add(24 * time.Hour)}
		}},
		{"by person and time", func(i int) flow.EventFilter {
			from := first.Add(time.Duration(i*3) * 24 * time.Hour)
			return flow.EventFilter{Person: auditPerson(i * 37), From: from, Until: from.Add(30 * 24 * time.Hour)}
		}},
		{"by person and resource", func(i int) flow.EventFilter {
			return flow.EventFilter{Person: auditPerson(i * 37), Resource: auditResource(i * 37)}
		}},
		{"by an action", func(int) flow.EventFilter { return flow.EventFilter{Action: "grant.active"} }},
		{"of nobody", func(i int) flow.EventFilter { return flow.EventFilter{Person: fmt.Sprint("UNOBODY", i)} }},
	} {
		var took []float64
		var read, found int64
		for i := range asked {
			table.read.Store(0)
			began := time.Now()
			p, err := h.SearchEvents(ctx, by, x.filter(i), flow.Slice{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began).Seconds())
			read, found = max(read, table.read.Load()), found+int64(len(p.Items))
		}
		if none := x.what == "of nobody"; (found == 0) != none && events == auditEvents {
			t.Errorf("%s: %d events were found", x.what, found)
		}
		what := "search in 1,000,000 events, " + x.what
		told(what+": p50", quantile(took, 50)*1000, "ms")
		atMost(t, what+": p95", quantile(took, 95)*1000, auditPage*1000, "ms")
		told("the same: rows read at most", read, "")
	}
}

func auditPerson(i int) string   { return fmt.Sprintf("U%07d", i%auditPeople) }
func auditResource(i int) string { return fmt.Sprintf("S%05d", i%auditResources) }

// trailPart is how many events of the trail are made in memory at once.
const trailPart = 20_000

// fillTrail makes the trail in parts, each by the store itself over a table in
// memory, as it saves, seals and indexes anywhere, and pours the rows into the file.
// Between parts the chain's head and the index's place go along, so that it is one
// chain.
func fillTrail(ctx context.Context, t *testing.T, into store.Table, events int, at func(i int) time.Time) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var along []store.Write
	for from := 0; from < events; from += trailPart {
		part := &keeping{Table: memory.New(time.Now), keys: map[store.Key]bool{}}
		ok(part.Batch(ctx, along))
		mem := store.New(part, store.Options{Now: func() time.Time { return at(from) }})
		saveTrail(ctx, t, mem, from, min(from+trailPart, events), at)
		for n := 1; n > 0; {
			var err error
			_, n, err = mem.Seal(ctx, at(min(from+trailPart, events)), 30)
			ok(err)
		}
		for n := 1; n > 0; {
			var err error
			n, err = mem.IndexTrail(ctx)
			ok(err)
		}
		var rows []store.Write
		along = nil
		for k := range part.keys {
			row, err := part.Get(ctx, k)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			ok(err)
			w := store.Write{Action: store.Put, Row: row}
			if rows = append(rows, w); strings.HasPrefix(k.Part, "chain-head") || strings.HasPrefix(k.Part, "trail-indexed") {
				along = append(along, w)
			}
		}
		if len(along) != 2 {
			t.Fatalf("%d rows go along, and it should be the head and the index's place", len(along))
		}
		for some := range slices.Chunk(rows, 10_000) {
			ok(into.Batch(ctx, some))
		}
	}
}

func saveTrail(ctx context.Context, t *testing.T, mem *store.Store, from, to int, at func(i int) time.Time) {
	t.Helper()
	actions := []string{"requested", "approved", "scheduled", "granting", "active", "extended", "reminded", "ending", "revoking", "revoked"}
	for i := from; i < to; {
		var some []audit.Event
		g := i / auditPerGrant
		for _, a := range actions[i%auditPerGrant:][:2] { // two a commit
			some = append(some, audit.Event{
				At: at(i), Aggregate: fmt.Sprintf("grant/g_%d", g), Action: "grant." + a, Actor: "ebb",
				Data: map[string]string{"account": auditPerson(g), "resource": auditResource(g), "connector": "c1", "rule": "oncall"},
			})
			i++
		}
		if err := mem.SaveEvents(ctx, some...); err != nil {
			t.Fatal(err)
		}
	}
}

// keeping remembers the keys of what a table was given.
type keeping struct {
	store.Table
	keys map[store.Key]bool
}

func (k *keeping) Commit(ctx context.Context, w []store.Write) error {
	k.note(w)
	return k.Table.Commit(ctx, w)
}

func (k *keeping) Batch(ctx context.Context, w []store.Write) error {
	k.note(w)
	return k.Table.Batch(ctx, w)
}

func (k *keeping) note(w []store.Write) {
	for _, x := range w {
		k.keys[x.Row.Key] = true
	}
}
