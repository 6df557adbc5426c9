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
func Faulty(inner store.Table, next func(Call) Mishap) store.Table {
	return &faulty{inner: inner, next: next}
}

type faulty struct {
	inner store.Table
	next  func(Call) Mishap
	mu    sync.Mutex
	calls int
}

func (f *faulty) ask(c Call) Mishap {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	c.N = f.calls
	return f.next(c)
}

// Get implements store.Table.
func (f *faulty) Get(ctx context.Context, key store.Key) (store.Row, error) {
	if m := f.ask(Call{Method: "get", Key: key}); m != None && key.Check() == nil {
		return store.Row{}, nothing("get", m)
	}
	return f.inner.Get(ctx, key)
}

// Query implements store.Table.
func (f *faulty) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	if m := f.ask(Call{Method: "query", Range: r}); m != None && r.Check() == nil {
		return nil, false, nothing("query", m)
	}
	return f.inner.Query(ctx, r)
}

// Commit implements store.Table.
func (f *faulty) Commit(ctx context.Context, writes []store.Write) error {
	m := f.ask(Call{Method: "commit", Writes: writes})
	if m == None || store.CheckCommit(writes) != nil {
		return f.inner.Commit(ctx, writes)
	}
	switch m {
	case FailHappened:
		return unclear("commit", f.inner.Commit(ctx, writes))
	case FailUnclear:
		return unclear("commit", nil)
	default:
		return nothing("commit", m)
	}
}

// Batch implements store.Table.
func (f *faulty) Batch(ctx context.Context, writes []store.Write) error {
	m := f.ask(Call{Method: "batch", Writes: writes})
	if m == None || store.CheckBatch(writes) != nil {
		return f.inner.Batch(ctx, writes)
	}
	half := len(writes) / 2
	switch {
	case m == FailHappened:
		return unclear("batch", f.inner.Batch(ctx, writes))
	case m == FailUnclear:
		return unclear("batch", nil)
	case m == Throttle && half > 0:
		return unclear("batch", f.inner.Batch(ctx, writes[:half]))
	default:
		return nothing("batch", m)
	}
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
