package porttest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// first lets one mishap happen to the first call alone.
func first(m porttest.Mishap) func(porttest.Call) porttest.Mishap {
	return func(c porttest.Call) porttest.Mishap {
		if c.N == 1 {
			return m
		}
		return porttest.None
	}
}

// sorts gives "sort@version" for each row of a range.
func sorts(t *testing.T, table store.Table, r store.Range) (out []string, more bool) {
	t.Helper()
	r.Part = "p"
	rows, more, err := table.Query(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		out = append(out, fmt.Sprintf("%s@%d", row.Sort, row.Version))
	}
	return out, more
}

// TestFaultyDeath: who died makes no calls, not even in deferred functions,
// until the process starts anew; only DieAfter leaves the write.
func TestFaultyDeath(t *testing.T) {
	for _, c := range []struct {
		mishap porttest.Mishap
		rows   []string
	}{{porttest.DieBefore, nil}, {porttest.DieAfter, []string{"a@1"}}} {
		for _, method := range []string{"commit", "batch"} {
			inner := memory.New(nil)
			table := porttest.Faulty(inner, first(c.mishap))
			call := table.Commit
			if method == "batch" {
				call = table.Batch
			}
			died := porttest.Survive(func() {
				defer func() { _ = table.Commit(t.Context(), []store.Write{put("b", 0)}) }()
				_ = call(t.Context(), []store.Write{put("a", 0)})
			})
			if got, _ := sorts(t, inner, store.Range{}); !died || !slices.Equal(got, c.rows) {
				t.Errorf("%s, mishap %d: died %t, rows %q; want %q", method, c.mishap, died, got, c.rows)
			}
			table.Revive()
			if err := table.Commit(t.Context(), []store.Write{put("c", 0)}); err != nil {
				t.Errorf("after revival: %v", err)
			}
		}
		for name, read := range map[string]func(*porttest.FaultyTable){
			"get":   func(f *porttest.FaultyTable) { _, _ = f.Get(t.Context(), store.Key{Part: "p", Sort: "a"}) },
			"query": func(f *porttest.FaultyTable) { _, _, _ = f.Query(t.Context(), store.Range{Part: "p"}) },
		} {
			if !porttest.Survive(func() { read(porttest.Faulty(memory.New(nil), first(c.mishap))) }) {
				t.Errorf("%s, mishap %d: lived on", name, c.mishap)
			}
		}
	}
	defer func() {
		if recover() != "other" {
			t.Error("Survive swallowed another panic")
		}
	}()
	porttest.Survive(func() { panic("other") })
}

// TestFaultyLate: a late write belongs to its sender no more, and meets what
// was written in the meantime.
func TestFaultyLate(t *testing.T) {
	for _, quick := range []bool{false, true} {
		inner := memory.New(nil)
		table := porttest.Faulty(inner, first(porttest.Late))
		slow := put("a", 0)
		if err := table.Commit(t.Context(), []store.Write{slow}); !fault.Is(err, fault.Unclear) {
			t.Errorf("a late commit: %v, want unclear", err)
		}
		copy(slow.Row.Body, "xx")
		want := fault.Kind("")
		if quick {
			want = fault.Conflict
			if err := table.Commit(t.Context(), []store.Write{put("a", 0)}); err != nil {
				t.Fatal(err)
			}
		} else if got, _ := sorts(t, inner, store.Range{}); len(got) > 0 {
			t.Errorf("landed early: %q", got)
		}
		if got := table.Land(t.Context()); len(got) != 1 || fault.KindOf(got[0]) != want {
			t.Errorf("landed with %v, want one of kind %q", got, want)
		}
		if got := table.Land(t.Context()); got != nil {
			t.Errorf("landed twice: %v", got)
		}
	}
}

// TestFaultyStale: reads answer as before the last write, in pages too, and a
// commit on what they say is refused.
func TestFaultyStale(t *testing.T) {
	m := porttest.None
	table := porttest.Faulty(memory.New(nil), func(porttest.Call) porttest.Mishap { return m })
	del := put("c", 1)
	del.Action = store.Delete
	for _, writes := range [][]store.Write{
		{put("a", 0), put("b", 0), put("c", 0), put("e", 0)},
		{put("b", 1), del, put("d", 0)},
	} {
		if err := table.Commit(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
	}
	m = porttest.Stale
	for _, c := range []struct {
		r    store.Range
		want []string
		more bool
	}{
		{store.Range{}, []string{"a@1", "b@1", "c@1", "e@1"}, false},
		{store.Range{Reverse: true}, []string{"e@1", "c@1", "b@1", "a@1"}, false},
		{store.Range{From: "b", To: "d"}, []string{"b@1", "c@1"}, false},
		{store.Range{Limit: 2}, []string{"a@1", "b@1"}, true},
		{store.Range{From: "d", Limit: 1}, []string{"e@1"}, false}, // d is too new to be told
		{store.Range{After: "b"}, []string{"c@1", "e@1"}, false},
	} {
		if got, more := sorts(t, table, c.r); !slices.Equal(got, c.want) || more != c.more {
			t.Errorf("%+v: %q, more %t; want %q, more %t", c.r, got, more, c.want, c.more)
		}
	}
	row, err := table.Get(t.Context(), store.Key{Part: "p", Sort: "b"})
	if err != nil || row.Version != 1 {
		t.Errorf("stale get: version %d, error %v", row.Version, err)
	}
	if _, err := table.Get(t.Context(), store.Key{Part: "p", Sort: "d"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("stale get of a new row: %v", err)
	}
	if err := table.Commit(t.Context(), []store.Write{put("b", row.Version)}); !fault.Is(err, fault.Conflict) {
		t.Errorf("commit on a stale read: %v, want conflict", err)
	}
}
