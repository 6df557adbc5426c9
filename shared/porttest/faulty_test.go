package porttest_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

func put(sort string, was int64) store.Write {
	return store.Write{Action: store.Put, Row: store.Row{Key: store.Key{Part: "p", Sort: sort}, Body: []byte(`{}`)}, Was: was}
}

// TestFaultyWithoutFaults: a table to which nothing happens keeps the contract.
func TestFaultyWithoutFaults(t *testing.T) {
	porttest.Table(t, func(_ *testing.T, now func() time.Time) store.Table {
		return porttest.Faulty(memory.New(now), func(porttest.Call) porttest.Mishap { return porttest.None })
	})
}

// TestFaulty walks every mishap of every method: the answer, and how many of
// two rows are there afterwards.
func TestFaulty(t *testing.T) {
	for _, c := range []struct {
		mishap        porttest.Mishap
		read          fault.Kind
		commit, batch fault.Kind
		rows, batched int
	}{
		{porttest.None, fault.NotFound, "", "", 2, 2},
		{porttest.Fail, fault.Backoff, fault.Backoff, fault.Backoff, 0, 0},
		{porttest.FailHappened, fault.Backoff, fault.Unclear, fault.Unclear, 2, 2},
		{porttest.FailUnclear, fault.Backoff, fault.Unclear, fault.Unclear, 0, 0},
		{porttest.Throttle, fault.Backoff, fault.Backoff, fault.Unclear, 0, 1},
	} {
		inner := memory.New(nil)
		table := porttest.Faulty(inner, func(porttest.Call) porttest.Mishap { return c.mishap })
		_, err := table.Get(t.Context(), store.Key{Part: "p", Sort: "none"})
		wantKind(t, c.mishap, "get", err, c.read)
		_, _, err = table.Query(t.Context(), store.Range{Part: "p"})
		if c.mishap == porttest.None {
			wantKind(t, c.mishap, "query", err, "")
		} else {
			wantKind(t, c.mishap, "query", err, c.read)
		}
		wantKind(t, c.mishap, "commit", table.Commit(t.Context(), []store.Write{put("a", 0), put("b", 0)}), c.commit)
		wantRows(t, c.mishap, inner, "a", "c", c.rows)
		wantKind(t, c.mishap, "batch", table.Batch(t.Context(), []store.Write{put("x", 0), put("y", 0)}), c.batch)
		wantRows(t, c.mishap, inner, "x", "z", c.batched)
		wantKind(t, c.mishap, "a forbidden commit", table.Commit(t.Context(), []store.Write{put("", 0)}), fault.Invalid)
		wantKind(t, c.mishap, "a forbidden batch", table.Batch(t.Context(), []store.Write{put("", 0)}), fault.Invalid)
	}
}

// TestFaultyNames: next sees each call, in order, with what it is about.
func TestFaultyNames(t *testing.T) {
	var seen []porttest.Call
	table := porttest.Faulty(memory.New(nil), func(c porttest.Call) porttest.Mishap {
		seen = append(seen, c)
		return porttest.None
	})
	_ = table.Commit(t.Context(), []store.Write{put("a", 0)})
	_, _ = table.Get(t.Context(), store.Key{Part: "p", Sort: "a"})
	_, _, _ = table.Query(t.Context(), store.Range{Part: "p", From: "a"})
	_ = table.Batch(t.Context(), []store.Write{put("b", 0)})
	for i, method := range []string{"commit", "get", "query", "batch"} {
		if seen[i].N != i+1 || seen[i].Method != method {
			t.Errorf("call %d is %d, %s; want %s", i+1, seen[i].N, seen[i].Method, method)
		}
	}
	if seen[0].Writes[0].Row.Sort != "a" || seen[1].Key.Sort != "a" || seen[2].Range.From != "a" || seen[3].Writes[0].Row.Sort != "b" {
		t.Errorf("the calls were not about what they were about: %+v", seen)
	}
}

func wantKind(t *testing.T, m porttest.Mishap, what string, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind {
		t.Errorf("mishap %d: %s: error %v, want kind %q", m, what, err, kind)
	}
	if m == porttest.Throttle && kind == fault.Backoff && fault.CodeOf(err) != "throttled" {
		t.Errorf("mishap %d: %s: code %q", m, what, fault.CodeOf(err))
	}
}

func wantRows(t *testing.T, m porttest.Mishap, table store.Table, from, to string, count int) {
	t.Helper()
	rows, _, err := table.Query(t.Context(), store.Range{Part: "p", From: from, To: to})
	if err != nil || len(rows) != count {
		t.Errorf("mishap %d: %d rows from %s, error %v; want %d", m, len(rows), from, err, count)
	}
}
