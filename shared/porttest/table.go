package porttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Table is the contract of store.Table. open gives a table that asks now, and
// nothing else, which rows have expired; now starts at the system's time and
// only moves forward. The rows behind it may be the same each time, for every
// test writes partitions of its own with random names, and never reads others'.
// Where an engine closes something, open registers it with t.Cleanup.
func Table(t *testing.T, open func(t *testing.T, now func() time.Time) store.Table) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(*testing.T, bench)
	}{
		{"get", testGet},
		{"versions", testVersions},
		{"checks", testChecks},
		{"atomic", testAtomic},
		{"repeated", testRepeated},
		{"limits", testLimits},
		{"invalid keys", testInvalidKeys},
		{"invalid bodies", testInvalidBodies},
		{"invalid writes", testInvalidWrites},
		{"invalid ranges", testInvalidRanges},
		{"order", testOrder},
		{"ranges", testRanges},
		{"pages", testPages},
		{"large rows", testLargeRows},
		{"expiry", testExpiry},
		{"expiry comes", testExpiryComes},
		{"expiry in pages", testExpiryInPages},
		{"batch", testBatch},
		{"large batch", testLargeBatch},
		{"bodies", testBodies},
		{"copies", testCopies},
		{"canceled", testCanceled},
		{"counters", testCounters},
		{"one lock", testOneLock},
		{"large commits race", testLargeCommits},
		{"canceled half-way", testCanceledHalfway},
		{"model", testModel},
	} {
		t.Run(part.name, func(t *testing.T) {
			ahead := new(atomic.Int64)
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			part.test(t, bench{T: t, table: open(t, now), part: t.Name() + " " + rand.Text(), ahead: ahead})
		})
	}
}

// bench is one test's place at the table: a partition that nobody else uses,
// and short words for the four calls.
type bench struct {
	*testing.T
	table store.Table
	part  string
	ahead *atomic.Int64 // how far the table's clock is before the system's
}

func (b bench) key(sort string) store.Key { return store.Key{Part: b.part, Sort: sort} }

// put, del and check are lines of a commit.
func (b bench) put(sort string, was int64, body string) store.Write {
	return store.Write{Action: store.Put, Row: store.Row{Key: b.key(sort), Body: []byte(body)}, Was: was}
}

func (b bench) del(sort string, was int64) store.Write {
	return store.Write{Action: store.Delete, Row: store.Row{Key: b.key(sort)}, Was: was}
}

func (b bench) check(sort string, was int64) store.Write {
	return store.Write{Action: store.Check, Row: store.Row{Key: b.key(sort)}, Was: was}
}

func (b bench) commit(writes ...store.Write) error {
	return b.table.Commit(b.Context(), writes)
}

func (b bench) mustCommit(writes ...store.Write) {
	b.Helper()
	if err := b.commit(writes...); err != nil {
		b.Fatalf("commit: %v", err)
	}
}

func (b bench) mustBatch(writes ...store.Write) {
	b.Helper()
	if err := b.table.Batch(b.Context(), writes); err != nil {
		b.Fatalf("batch: %v", err)
	}
}

// want fails unless err is of the kind ("": no error).
func (b bench) want(kind fault.Kind, err error, what string) {
	b.Helper()
	if fault.KindOf(err) != kind {
		b.Errorf("%s: error %v, want kind %q", what, err, kind)
	}
}

// wantStale fails unless a conflict says that the write at place first was the
// first to meet another version.
func (b bench) wantStale(first int, err error) {
	b.Helper()
	var stale *store.Stale
	if !errors.As(err, &stale) || stale.First != first {
		b.Errorf("error %v, want one that names write %d", err, first)
	}
}

// wantRow fails unless the row has the version and the body; version 0 wants
// no row.
func (b bench) wantRow(sort string, version int64, body string) {
	b.Helper()
	row, err := b.table.Get(b.Context(), b.key(sort))
	if version == 0 {
		b.want(fault.NotFound, err, "get "+sort)
		return
	}
	if err != nil {
		b.Errorf("get %s: %v", sort, err)
		return
	}
	if row.Key != b.key(sort) || row.Version != version || !sameJSON(row.Body, []byte(body)) {
		b.Errorf("get %s: key %q version %d body %s, want version %d body %s", sort, row.Key, row.Version, row.Body, version, body)
	}
}

// all reads a range to its end, page by page, and holds every page to the
// port: at most Limit rows, never an empty page with more.
func (b bench) all(r store.Range) []store.Row {
	b.Helper()
	r.Part = b.part
	var out []store.Row
	for {
		rows, more, err := b.table.Query(b.Context(), r)
		if err != nil {
			b.Fatalf("query %+v: %v", r, err)
		}
		if most := max(r.Limit, 1); r.Limit > 0 && len(rows) > most {
			b.Fatalf("query %+v gave %d rows", r, len(rows))
		}
		out = append(out, rows...)
		if !more {
			return out
		}
		if len(rows) == 0 {
			b.Fatalf("query %+v: more, but no row to continue behind", r)
		}
		r.After = rows[len(rows)-1].Sort
	}
}

func (b bench) sorts(r store.Range) []string {
	b.Helper()
	var out []string
	for _, row := range b.all(r) {
		if row.Part != b.part {
			b.Errorf("query gave a row of partition %q", row.Part)
		}
		out = append(out, row.Sort)
	}
	return out
}

// settle repeats what may lose a race until it is won: Conflict and Backoff
// are normal under contention.
func settle(ctx context.Context, try func() error) error {
	for {
		err := try()
		if !fault.Is(err, fault.Conflict, fault.Backoff) || ctx.Err() != nil {
			return err
		}
	}
}

func words(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

// bodyOf is a JSON object of exactly n bytes.
func bodyOf(n int) string {
	const frame = `{"a":""}`
	return strings.Replace(frame, `""`, `"`+string(bytes.Repeat([]byte("x"), n-len(frame)))+`"`, 1)
}
