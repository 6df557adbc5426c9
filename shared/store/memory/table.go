// Package memory owns the table engine that lives in one process's memory:
// for tests, the simulation and the demo. It passes porttest.Table, gives the
// same answers for the same calls, and takes its clock from its maker.
//
// It never writes a file and never outlives its process.
package memory

import (
	"bytes"
	"context"
	"iter"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Table is a store.Table in memory. Use New.
type Table struct {
	now func() time.Time

	mu    sync.RWMutex
	parts map[string]*partition
}

var _ store.Table = (*Table)(nil)

// New makes an empty table. now decides which rows have expired; nil is the
// system's clock.
func New(now func() time.Time) *Table {
	if now == nil {
		now = time.Now
	}
	return &Table{now: now, parts: map[string]*partition{}}
}

// Get implements store.Table.
func (t *Table) Get(ctx context.Context, key store.Key) (store.Row, error) {
	const op = "memory.Get"
	if err := key.Check(); err != nil {
		return store.Row{}, fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return store.Row{}, fault.Wrap(op, err)
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	row, ok := t.live(key)
	if !ok {
		return store.Row{}, fault.New(op, fault.NotFound, "there is no such row")
	}
	return copied(row), nil
}

// Query implements store.Table.
func (t *Table) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	const op = "memory.Query"
	if err := r.Check(); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if r.Limit == 0 {
		r.Limit = store.PageRows
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	var rows []store.Row
	size, now := 0, t.now().Unix()
	for row := range t.walk(r) {
		if gone(row, now) {
			continue
		}
		if len(rows) == r.Limit || size >= store.PageBytes {
			return rows, true, nil
		}
		rows = append(rows, copied(row))
		size += len(row.Body)
	}
	return rows, false, nil
}

// Commit implements store.Table.
func (t *Table) Commit(ctx context.Context, writes []store.Write) error {
	const op = "memory.Commit"
	if err := store.CheckCommit(writes); err != nil {
		return fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(op, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, w := range writes {
		if row, _ := t.live(w.Row.Key); row.Version != w.Was {
			return fault.Wrap(op, store.Outrun(i, len(writes)))
		}
	}
	for _, w := range writes {
		t.apply(w, w.Was+1)
	}
	return nil
}

// Batch implements store.Table.
func (t *Table) Batch(ctx context.Context, writes []store.Write) error {
	const op = "memory.Batch"
	if err := store.CheckBatch(writes); err != nil {
		return fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(op, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range writes {
		t.apply(w, 1)
	}
	return nil
}

// Purge deletes the rows whose time has passed, and says how many. Reads never
// show them; this frees their memory.
func (t *Table) Purge(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, fault.Wrap("memory.Purge", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	count, now := 0, t.now().Unix()
	for name, p := range t.parts {
		var dead []string
		for row := range p.rows("") {
			if gone(row, now) {
				dead = append(dead, row.Sort)
			}
		}
		for _, s := range dead {
			t.remove(store.Key{Part: name, Sort: s})
		}
		count += len(dead)
	}
	return count, nil
}

// All gives every row that is there, a copy of each, in no order: for tests of what
// the table must not hold.
func (t *Table) All() []store.Row {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var out []store.Row
	now := t.now().Unix()
	for _, p := range t.parts {
		for row := range p.rows("") {
			if !gone(row, now) {
				out = append(out, copied(row))
			}
		}
	}
	return out
}

// walk gives the rows of a range in its order, the expired ones too.
func (t *Table) walk(r store.Range) iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		p := t.parts[r.Part]
		if p == nil {
			return
		}
		rows := p.rows(max(r.From, r.After))
		if r.Reverse {
			before := r.To
			if r.After != "" && (before == "" || r.After < before) {
				before = r.After
			}
			rows = p.backward(before)
		}
		for row := range rows {
			switch {
			case r.Reverse && row.Sort < r.From, !r.Reverse && r.To != "" && row.Sort >= r.To:
				return
			case row.Sort == r.After: // forward only: read already
			case !yield(row):
				return
			}
		}
	}
}

// live is the row as the port shows it: an expired one is not there.
func (t *Table) live(key store.Key) (store.Row, bool) {
	p := t.parts[key.Part]
	if p == nil {
		return store.Row{}, false
	}
	row, ok := p.get(key.Sort)
	if !ok || gone(row, t.now().Unix()) {
		return store.Row{}, false
	}
	return row, true
}

func (t *Table) apply(w store.Write, version int64) {
	switch w.Action {
	case store.Put:
		row := copied(w.Row)
		row.Version = version
		p := t.parts[row.Part]
		if p == nil {
			p = &partition{}
			t.parts[row.Part] = p
		}
		p.put(row)
	case store.Delete:
		t.remove(w.Row.Key)
	case store.Check: // has been looked at; changes nothing
	}
}

func (t *Table) remove(key store.Key) {
	p := t.parts[key.Part]
	if p == nil {
		return
	}
	if p.remove(key.Sort); len(p.pages) == 0 {
		delete(t.parts, key.Part)
	}
}

func gone(row store.Row, now int64) bool { return row.Expires != 0 && row.Expires <= now }

func copied(row store.Row) store.Row {
	row.Body = bytes.Clone(row.Body)
	return row
}
