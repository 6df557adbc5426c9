package porttest

import (
	"context"
	"sync"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Mishap is what goes wrong with one call of a table. The zero value is none.
type Mishap uint8

const (
	// None lets the call through.
	None Mishap = iota
	// Fail is fault.Backoff, and nothing happened.
	Fail
	// FailHappened does the call and loses its answer: fault.Unclear. A read
	// has no outcome to be unclear about, and is fault.Backoff.
	FailHappened
	// FailUnclear is the same answer, but nothing happened.
	FailUnclear
	// Throttle is fault.Backoff with the code "throttled", and nothing
	// happened; only a batch of several rows was stopped half-way, which is
	// fault.Unclear.
	Throttle
	// Late answers fault.Unclear, and a write is made when Land is called: the
	// slow one that arrives after its sender gave up. A read is fault.Backoff.
	Late
	// DieBefore ends the caller before the call was made; DieAfter when it was
	// made and nobody has heard the answer. See Revive.
	DieBefore
	DieAfter
	// Stale lets a read answer as if the last write through this table had not
	// been made: what somebody knows who read a moment too early. A write is made.
	Stale
)

// Call is one call of a table, before it is made. N counts all calls from 1;
// Method is get, query, commit or batch, and sets which of the others stand.
type Call struct {
	N      int
	Method string
	Key    store.Key     // get
	Range  store.Range   // query
	Writes []store.Write // commit, batch; not to be changed
}

// Faulty is a table whose calls go wrong as next says. next is asked before
// each call, one at a time, and must not use the table. What the port forbids
// is fault.Invalid as ever: it never leaves the caller's machine.
func Faulty(inner store.Table, next func(Call) Mishap) *FaultyTable {
	return &FaultyTable{inner: inner, next: next}
}

// FaultyTable is what Faulty makes.
type FaultyTable struct {
	inner store.Table
	next  func(Call) Mishap

	mu     sync.Mutex
	calls  int
	dead   bool
	late   []func(context.Context) error
	before map[store.Key]*store.Row // what the last write replaced; nil: no row
}

var _ store.Table = (*FaultyTable)(nil)

// ask counts the call and says what happens to it. The dead are not counted.
func (f *FaultyTable) ask(c Call) Mishap {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		panic(ErrDied)
	}
	f.calls++
	c.N = f.calls
	m := f.next(c)
	if m == DieBefore {
		f.dead = true
		panic(ErrDied)
	}
	return m
}

// Get implements store.Table.
func (f *FaultyTable) Get(ctx context.Context, key store.Key) (store.Row, error) {
	m := f.ask(Call{Method: "get", Key: key})
	if m.spoils() && key.Check() == nil {
		return store.Row{}, nothing("get", m)
	}
	row, err := f.inner.Get(ctx, key)
	f.dieAfter(m)
	if m == Stale {
		return f.staleRow(key, row, err)
	}
	return row, err
}

// Query implements store.Table.
func (f *FaultyTable) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	m := f.ask(Call{Method: "query", Range: r})
	if m.spoils() && r.Check() == nil {
		return nil, false, nothing("query", m)
	}
	rows, more, err := f.inner.Query(ctx, r)
	f.dieAfter(m)
	for m == Stale && err == nil {
		fresh := rows
		if rows = f.stalePage(r, fresh, more); len(rows) > 0 || !more {
			return cutPage(r, rows, more)
		}
		// All of the page is newer than what is told: go on behind it.
		r.After = fresh[len(fresh)-1].Sort
		rows, more, err = f.inner.Query(ctx, r)
	}
	return rows, more, err
}

// Commit implements store.Table.
func (f *FaultyTable) Commit(ctx context.Context, writes []store.Write) error {
	m := f.ask(Call{Method: "commit", Writes: writes})
	if store.CheckCommit(writes) != nil {
		m = None
	}
	return f.write(ctx, "commit", m, writes, f.inner.Commit)
}

// Batch implements store.Table.
func (f *FaultyTable) Batch(ctx context.Context, writes []store.Write) error {
	m := f.ask(Call{Method: "batch", Writes: writes})
	if store.CheckBatch(writes) != nil {
		m = None
	}
	if half := len(writes) / 2; m == Throttle && half > 0 {
		m, writes = FailHappened, writes[:half]
	}
	return f.write(ctx, "batch", m, writes, f.inner.Batch)
}

func (f *FaultyTable) write(ctx context.Context, method string, m Mishap, writes []store.Write, do func(context.Context, []store.Write) error) error {
	switch m {
	case Fail, Throttle:
		return nothing(method, m)
	case FailUnclear:
		return unclear(method, nil)
	case Late:
		f.postpone(writes, do)
		return unclear(method, nil)
	case None, FailHappened, DieBefore, DieAfter, Stale:
	}
	before := f.images(ctx, writes)
	err := do(ctx, writes)
	if err == nil {
		f.mu.Lock()
		f.before = before
		f.mu.Unlock()
	}
	f.dieAfter(m)
	if m == FailHappened {
		return unclear(method, err)
	}
	return err
}

// spoils is whether a read comes to nothing.
func (m Mishap) spoils() bool {
	switch m {
	case Fail, FailHappened, FailUnclear, Throttle, Late:
		return true
	case None, DieBefore, DieAfter, Stale:
	}
	return false
}

// nothing is the answer to a call that was not made.
func nothing(method string, m Mishap) error {
	e := fault.New("faulty."+method, fault.Backoff, "this call was told to fail")
	if m == Throttle {
		e.Code = "throttled"
	}
	return e
}

// unclear hides what the call came to, even that it was a conflict: the
// answer is what got lost.
func unclear(method string, _ error) error {
	return fault.New("faulty."+method, fault.Unclear, "the answer to this call was told to get lost")
}
