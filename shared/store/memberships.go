package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// EachHolder calls f for each membership of a resource, by slug and account,
// reading a thousand at a time; an error of f ends it.
func (s *Store) EachHolder(ctx context.Context, conn, resource string, f func(directory.Membership) error) error {
	return s.holders(ctx, directory.Membership{Connector: conn, Resource: resource}, 0, f)
}

// HoldersAfter is EachHolder behind a membership of the resource.
func (s *Store) HoldersAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error {
	return s.holders(ctx, after, fewRows, f)
}

func (s *Store) holders(ctx context.Context, after directory.Membership, atOnce int, f func(directory.Membership) error) error {
	r := Range{Part: join("mem", after.Connector, after.Resource), Limit: atOnce}
	if after.Account != "" {
		r.After = holderKey(after).Sort
	}
	err := eachRecord(ctx, s, r, func(r membershipRecord, row Row) error {
		return f(r.ofHolder(after.Connector, after.Resource, row.Sort))
	})
	return fault.Wrap("store.EachHolder", err)
}

// EachHeld calls f for each membership of an account, by resource and slug.
func (s *Store) EachHeld(ctx context.Context, conn, account string, f func(directory.Membership) error) error {
	return s.HeldAfter(ctx, directory.Membership{Connector: conn, Account: account}, f)
}

// HeldAfter is EachHeld behind a membership of the account.
func (s *Store) HeldAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error {
	r := Range{Part: join("held", after.Connector, after.Account)}
	if after.Resource != "" {
		r.After = heldKey(after).Sort
	}
	err := eachRecord(ctx, s, r, func(r membershipRecord, row Row) error {
		return f(r.ofHeld(after.Connector, after.Account, row.Sort))
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

// HeldAsOf gives Slack's date as of which the account was seen to hold it.
func (s *Store) HeldAsOf(ctx context.Context, m directory.Membership) (int64, error) {
	row, err := s.table.Get(ctx, holderKey(m))
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fault.Wrap("store.HeldAsOf", err)
	}
	r, err := decode[membershipRecord](row)
	return r.Date, fault.Wrap("store.HeldAsOf", err)
}
