package store

import (
	"context"
	"errors"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// MaxGrantsPerStep is how many grants one commit of converge surely holds,
// each ending, with an event and a hold of its own, beside the lock, the
// writing row, the resource's due row and some events of the resource.
const MaxGrantsPerStep = 8

// change collects the rows of one commit. The first error of a record stays
// until save.
type change struct {
	writes []Write
	err    error
}

// put stores a record over the version that was read, 0 for a new row.
func (c *change) put(k Key, was int64, record any) { c.putUntil(k, was, 0, record) }

// putUntil is put for a row that the table may forget at a Unix second.
func (c *change) putUntil(k Key, was, expires int64, record any) {
	body, err := encode(record)
	if err != nil && c.err == nil {
		c.err = err
	}
	c.writes = append(c.writes, Write{Action: Put, Row: Row{Key: k, Expires: expires, Body: body}, Was: was})
}

func (c *change) delete(k Key, was int64) {
	c.writes = append(c.writes, Write{Action: Delete, Row: Row{Key: k}, Was: was})
}

// check makes the commit depend on a row that it does not change.
func (c *change) check(k Key, was int64) {
	c.writes = append(c.writes, Write{Action: Check, Row: Row{Key: k}, Was: was})
}

// point puts a pointer; unpoint takes it away.
func (c *change) point(k Key, p pointer) { c.put(k, 0, p) }
func (c *change) unpoint(k Key)          { c.delete(k, 1) }

// save commits the change and its events, all or nothing: fault.Conflict when
// a version differs, fault.Invalid when it is more than a commit holds.
//
// Where nothing but the place behind an aggregate's newest event was taken
// meanwhile, the events go behind that one: what was decided was decided on the
// rows of the change, and they are as they were read.
func (s *Store) save(ctx context.Context, c *change, events []audit.Event) error {
	events = s.named(events)
	own := len(c.writes)
	err := s.commit(ctx, c, events)
	for try := 1; try < tries && onlyBehind(err, own); try++ {
		c.writes = c.writes[:own]
		err = s.commit(ctx, c, events)
	}
	return err
}

// onlyBehind reports whether a commit failed for nothing but rows from own on.
func onlyBehind(err error, own int) bool {
	var stale *Stale
	return errors.As(err, &stale) && stale.First >= own
}

func (s *Store) commit(ctx context.Context, c *change, events []audit.Event) error {
	if err := s.tell(ctx, c, events); err != nil {
		return err
	}
	if c.err != nil {
		return c.err
	}
	if len(c.writes) > MaxWrites {
		return fault.New("", fault.Invalid, "too many changes for one commit: %d rows of %d; save fewer at once", len(c.writes), MaxWrites)
	}
	if len(c.writes) == 0 {
		return nil
	}
	return s.table.Commit(ctx, c.writes)
}

// told refuses a change of state without an event.
func told(what string, events []audit.Event) error {
	if len(events) > 0 {
		return nil
	}
	return fault.New("", fault.Internal, "%s was to be saved without an event", what)
}
