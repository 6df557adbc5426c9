package porttest

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// images reads what a write is about to replace. What cannot be read now is
// left out, and its stale reads are fresh.
func (f *FaultyTable) images(ctx context.Context, writes []store.Write) map[store.Key]*store.Row {
	before := make(map[store.Key]*store.Row, len(writes))
	for _, w := range writes {
		if w.Action == store.Check {
			continue
		}
		row, err := f.inner.Get(ctx, w.Row.Key)
		switch {
		case err == nil:
			before[w.Row.Key] = &row
		case fault.Is(err, fault.NotFound):
			before[w.Row.Key] = nil
		}
	}
	return before
}

// staleRow is the row as it was before the last write.
func (f *FaultyTable) staleRow(key store.Key, row store.Row, err error) (store.Row, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	old, changed := f.before[key]
	switch {
	case !changed:
		return row, err
	case old == nil:
		return store.Row{}, fault.New("faulty.get", fault.NotFound, "there is no such row")
	default:
		return copied(*old), nil
	}
}

// stalePage is a page as it was before the last write; it may be longer than
// the limit. more says that the fresh page has others behind it, whose old
// rows belong to them.
func (f *FaultyTable) stalePage(r store.Range, fresh []store.Row, more bool) []store.Row {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := ""
	if len(fresh) > 0 {
		last = fresh[len(fresh)-1].Sort
	}
	rows := slices.DeleteFunc(slices.Clone(fresh), func(row store.Row) bool {
		_, changed := f.before[row.Key]
		return changed
	})
	for key, old := range f.before {
		behind := more && ((!r.Reverse && key.Sort > last) || (r.Reverse && key.Sort < last))
		if old != nil && key.Part == r.Part && len(expect([]string{key.Sort}, r)) == 1 && !behind {
			rows = append(rows, copied(*old))
		}
	}
	slices.SortFunc(rows, func(a, b store.Row) int {
		if r.Reverse {
			a, b = b, a
		}
		return strings.Compare(a.Sort, b.Sort)
	})
	return rows
}

func cutPage(r store.Range, rows []store.Row, more bool) ([]store.Row, bool, error) {
	if r.Limit > 0 && len(rows) > r.Limit {
		return rows[:r.Limit], true, nil
	}
	return rows, more, nil
}

func copied(row store.Row) store.Row {
	row.Body = bytes.Clone(row.Body)
	return row
}

func copies(writes []store.Write) []store.Write {
	out := slices.Clone(writes)
	for i := range out {
		out[i].Row = copied(out[i].Row)
	}
	return out
}
