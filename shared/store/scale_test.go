package store_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// endless is a table that makes up its rows: n of them in every partition. It
// keeps the memory of the test apart from the memory of the store.
type endless struct {
	store.Table
	n     int
	short bool // pages of a third of what was asked for
	wrote int
}

func (t *endless) Query(_ context.Context, r store.Range) ([]store.Row, bool, error) {
	i := 0
	if r.After != "" {
		word := r.After[strings.LastIndex(r.After, "U")+1:]
		fmt.Sscanf(word, "%d", &i)
		i++
	}
	if strings.HasPrefix(r.Part, "own#") {
		return nil, false, nil
	}
	limit := r.Limit
	if t.short {
		limit = limit/3 + 1
	}
	var rows []store.Row
	for ; i < t.n && len(rows) < limit; i++ {
		id := fmt.Sprintf("U%09d", i)
		sort, body := id, fmt.Sprintf(`{"id":%q,"connector":"c1","kind":"human","state":"active","name":"Person %d","roles":{"T1":"member"}}`, id, i)
		if strings.HasPrefix(r.Part, "mem#") {
			sort, body = "member#"+id, `{"since":"2026-11-23T09:00:00.000Z"}`
		}
		rows = append(rows, store.Row{Key: store.Key{Part: r.Part, Sort: sort}, Version: 1, Body: []byte(body)})
	}
	return rows, i < t.n, nil
}

func (t *endless) Batch(_ context.Context, w []store.Write) error {
	t.wrote += len(w)
	return nil
}

// highest gives by how much, in MiB, the heap was larger than before at most, as
// sampling saw it while f ran. What earlier tests left is no part of it.
func highest(f func()) uint64 {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done, out := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc-min(m.HeapAlloc, before.HeapAlloc))
			select {
			case <-done:
				out <- top >> 20
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	return <-out
}

func TestWalksHoldAPageInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("walks a million rows")
	}
	table := &endless{n: 1_000_000}
	s := store.New(table, store.Options{})
	n := 0
	top := highest(func() {
		err := s.EachHolder(ctx, "c1", "C1", func(m directory.Membership) error { n++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		table.n = 100_000
		if err := s.EachAccount(ctx, "c1", func(directory.Account) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
	})
	if n != 1_100_000 || top > 64 {
		t.Errorf("%d rows, %d MiB", n, top)
	}
}

func TestALargeBatchGoesInPieces(t *testing.T) {
	var b directory.Batch
	for i := range 20_000 {
		b.Memberships = append(b.Memberships, member("C1", fmt.Sprintf("U%d", i)))
		b.Accounts = append(b.Accounts, directory.Account{ID: fmt.Sprintf("U%d", i), Connector: "c1", Kind: directory.Human, State: directory.Active, TwoFactor: true})
	}
	table := &endless{}
	top := highest(func() {
		if err := store.New(table, store.Options{}).Put(ctx, b); err != nil {
			t.Fatal(err)
		}
	})
	if table.wrote != 60_000 || top > 128 {
		t.Errorf("%d rows, %d MiB", table.wrote, top)
	}
}

func TestShortPagesAreWalkedToTheEnd(t *testing.T) {
	n := 0
	s := store.New(&endless{n: 2500, short: true}, store.Options{})
	err := s.EachAccount(ctx, "c1", func(directory.Account) error { n++; return nil })
	if err != nil || n != 2500 {
		t.Errorf("%d accounts, %v", n, err)
	}
	stuck := store.New(stuckTable{}, store.Options{})
	if err := stuck.EachAccount(ctx, "c1", nil); !fault.Is(err, fault.Internal) {
		t.Errorf("an empty page with more behind it: %v", err)
	}
}

type stuckTable struct{ store.Table }

func (stuckTable) Query(context.Context, store.Range) ([]store.Row, bool, error) {
	return nil, true, nil
}
