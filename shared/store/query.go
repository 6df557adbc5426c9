package store

import (
	"context"
	"errors"

	"github.com/ebb-access/ebb/shared/fault"
)

// pageSize is how many rows are in memory at a time while paging, and how many
// things a list gives when nobody said.
const pageSize = PageRows

// fewRows are read at a time for a page that people look at, which shows fewer
// still.
const fewRows = 250

// errStop ends a walk without an error.
var errStop = errors.New("enough")

// each calls f for the rows of a range, a page at a time, until f says errStop
// (no error) or fails.
func (s *Store) each(ctx context.Context, r Range, f func(Row) error) error {
	if r.Limit <= 0 || r.Limit > pageSize {
		r.Limit = pageSize
	}
	for {
		rows, more, err := s.table.Query(ctx, r)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := f(row); errors.Is(err, errStop) {
				return nil
			} else if err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		if len(rows) == 0 {
			return fault.New("", fault.Internal, "the table says more of %q and gives nothing", r.Part)
		}
		r.After = rows[len(rows)-1].Sort
	}
}

// eachRecord is each with the rows' records.
func eachRecord[R any](ctx context.Context, s *Store, r Range, f func(R, Row) error) error {
	return s.each(ctx, r, func(row Row) error {
		rec, err := decode[R](row)
		if err != nil {
			return err
		}
		return f(rec, row)
	})
}

// pointer is the body of a row that only names where to look.
type pointer struct {
	ID      string `json:"id"`
	Created stamp  `json:"created,omitzero"`
}

// follow reads what the pointers of a range name, in their order, until keep
// has taken limit of them. What was deleted in between is left out.
func follow[R any](ctx context.Context, s *Store, r Range, limit int, key func(id string) Key, keep func(R, int64) bool) error {
	if limit <= 0 {
		limit = pageSize
	}
	r.Limit = limit
	return eachRecord(ctx, s, r, func(p pointer, _ Row) error {
		rec, rev, err := load[R](ctx, s, key(p.ID))
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if keep(rec, rev) {
			limit--
		}
		if limit == 0 {
			return errStop
		}
		return nil
	})
}
