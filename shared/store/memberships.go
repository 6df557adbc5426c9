package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// EachHolder calls f for each membership of a resource, by slug and account,
// reading a thousand at a time; an error of f ends it.
func (s *Store) EachHolder(ctx context.Context, conn, resource string, f func(directory.Membership) error) error {
	err := eachRecord(ctx, s, Range{Part: join("mem", conn, resource)}, func(r membershipRecord, row Row) error {
		return f(r.ofHolder(conn, resource, row.Sort))
	})
	return fault.Wrap("store.EachHolder", err)
}

// EachHeld calls f for each membership of an account, by resource and slug.
func (s *Store) EachHeld(ctx context.Context, conn, account string, f func(directory.Membership) error) error {
	err := eachRecord(ctx, s, Range{Part: join("held", conn, account)}, func(r membershipRecord, row Row) error {
		return f(r.ofHeld(conn, account, row.Sort))
	})
	return fault.Wrap("store.EachHeld", err)
}

// Holds reports whether a sync or an event saw the account hold it.
func (s *Store) Holds(ctx context.Context, m directory.Membership) (bool, error) {
	_, err := s.table.Get(ctx, holderKey(m))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, fault.Wrap("store.Holds", err)
}
