package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Store is every repository of the house over one table. It holds no state of
// its own and may be used by any number of goroutines.
type Store struct {
	table Table
	now   func() time.Time
	newID func(prefix string) string
}

// Options of a Store; every zero value has a default. Now is asked only where
// no caller gives a time (an event without one, the expiry of seen pages).
// NewID makes the ids of events that have none.
type Options struct {
	Now   func() time.Time
	NewID func(prefix string) string
}

// New makes a Store over a table.
func New(t Table, o Options) *Store {
	s := &Store{table: t, now: o.Now, newID: o.NewID}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = randomID
	}
	return s
}

// randomID makes ids of 80 random bits.
func randomID(prefix string) string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // documented never to fail
	return prefix + "_" + hex.EncodeToString(b)
}

// load reads one row into its record. Nothing is found under an empty id.
func load[R any](ctx context.Context, s *Store, k Key) (R, int64, error) {
	var r R
	if k.Sort == "" {
		return r, 0, fault.New("", fault.NotFound, "nothing was named")
	}
	row, err := s.table.Get(ctx, k)
	if err != nil {
		return r, 0, err
	}
	r, err = decode[R](row)
	return r, row.Version, err
}

// find is load for what people name: it says in their words what is missing.
func find[R any](ctx context.Context, s *Store, k Key, what, id string) (R, int64, error) {
	r, rev, err := load[R](ctx, s, k)
	if fault.Is(err, fault.NotFound) {
		err = fault.New("", fault.NotFound, "there is no %s %s", what, id)
	}
	return r, rev, err
}

// maybe is load for a row that need not be there: version 0 then.
func maybe[R any](ctx context.Context, s *Store, k Key) (R, int64, error) {
	r, rev, err := load[R](ctx, s, k)
	if fault.Is(err, fault.NotFound) {
		return r, 0, nil
	}
	return r, rev, err
}

// current reads the record that a save replaces and holds its version against
// the one the caller read: fault.Conflict when somebody else was faster. For
// what is new (rev 0) it gives the zero record unread; the commit itself
// refuses when the row exists.
func current[R any](ctx context.Context, s *Store, k Key, rev int64) (R, error) {
	var zero R
	if rev == 0 {
		return zero, nil
	}
	r, have, err := maybe[R](ctx, s, k)
	if err != nil {
		return zero, err
	}
	if have != rev {
		return zero, fault.New("", fault.Conflict, "somebody else changed it in the meantime; look again")
	}
	return r, nil
}
