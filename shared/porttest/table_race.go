package porttest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// together runs f n times at once and waits for all.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

type counter struct {
	N int `json:"n"`
}

// increment reads a row and writes it one higher, once.
func (b bench) increment(ctx context.Context, sort string) error {
	row, err := b.table.Get(ctx, b.key(sort))
	if err != nil {
		return err
	}
	var c counter
	if err := json.Unmarshal(row.Body, &c); err != nil {
		return err
	}
	return b.table.Commit(ctx, []store.Write{b.put(sort, row.Version, fmt.Sprintf(`{"n":%d}`, c.N+1))})
}

// testCounters: no update is lost among many writers of one row.
func testCounters(t *testing.T, b bench) {
	const writers, each = 8, 10
	b.mustCommit(b.put("n", 0, `{"n":0}`))
	together(writers, func(int) {
		for range each {
			if err := settle(t.Context(), func() error { return b.increment(t.Context(), "n") }); err != nil {
				t.Errorf("increment: %v", err)
			}
		}
	})
	b.wantRow("n", writers*each+1, fmt.Sprintf(`{"n":%d}`, writers*each))
}

// testOneLock: of many who take a lock at once, exactly one has it.
func testOneLock(t *testing.T, b bench) {
	for round := range 10 {
		lock := fmt.Sprintf("lock %d", round)
		var winners atomic.Int32
		together(8, func(i int) {
			take := b.put(lock, 0, fmt.Sprintf(`{"holder":%d}`, i))
			err := settle(t.Context(), func() error {
				err := b.commit(take)
				if fault.Is(err, fault.Conflict) {
					return nil
				}
				if err == nil {
					winners.Add(1)
				}
				return err
			})
			b.want("", err, "take the lock")
		})
		if n := winners.Load(); n != 1 {
			b.Errorf("%s was taken by %d", lock, n)
		}
	}
}

// testLargeCommits: commits of 100 rows race with each other; afterwards all
// rows are of one and the same commit, and none was lost.
func testLargeCommits(t *testing.T, b bench) {
	const writers, each = 4, 5
	names := words(100, "row %03d")
	write := func(was int64, by int) []store.Write {
		writes := make([]store.Write, 0, len(names))
		for _, s := range names {
			writes = append(writes, b.put(s, was, fmt.Sprintf(`{"by":%d}`, by)))
		}
		return writes
	}
	b.mustCommit(write(0, -1)...)
	together(writers, func(i int) {
		for range each {
			err := settle(t.Context(), func() error {
				row, err := b.table.Get(t.Context(), b.key(names[50]))
				if err != nil {
					return err
				}
				return b.commit(write(row.Version, i)...)
			})
			b.want("", err, "a commit of 100 rows")
		}
	})
	rows := b.all(store.Range{})
	for _, row := range rows {
		if row.Version != writers*each+1 || !sameJSON(row.Body, rows[0].Body) {
			b.Errorf("row %q: version %d, body %s; row 0 has %s", row.Sort, row.Version, row.Body, rows[0].Body)
		}
	}
}

func testCanceled(t *testing.T, b bench) {
	b.mustCommit(b.put("a", 0, `{}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.table.Get(ctx, b.key("a"))
	b.want(fault.Backoff, err, "get")
	_, _, err = b.table.Query(ctx, store.Range{Part: b.part})
	b.want(fault.Backoff, err, "query")
	b.want(fault.Backoff, b.table.Commit(ctx, []store.Write{b.put("a", 1, `{"n":2}`)}), "commit")
	b.want(fault.Backoff, b.table.Batch(ctx, []store.Write{b.put("b", 0, `{}`)}), "batch")
	b.wantRow("a", 1, `{}`)
	b.wantRow("b", 0, "")
}

// testCanceledHalfway cancels commits of 100 rows at random moments: each is
// there whole or not at all, and its answer is true.
func testCanceledHalfway(t *testing.T, b bench) {
	for round := range 40 {
		side := bench{T: t, table: b.table, part: fmt.Sprintf("%s %d", b.part, round)}
		var writes []store.Write
		for _, s := range words(100, "row %03d") {
			writes = append(writes, side.put(s, 0, `{"n":1}`))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3000))*time.Microsecond)
		err := b.table.Commit(ctx, writes)
		cancel()
		rows := len(side.all(store.Range{}))
		ok := false
		switch fault.KindOf(err) {
		case "":
			ok = rows == 100
		case fault.Backoff:
			ok = rows == 0
		case fault.Unclear:
			ok = rows == 0 || rows == 100
		}
		if !ok {
			b.Errorf("round %d: error %v and %d rows", round, err, rows)
		}
	}
}
