package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Account reads an account as the last sync or event left it.
func (s *Store) Account(ctx context.Context, conn, id string) (directory.Account, error) {
	r, _, err := find[accountRecord](ctx, s, accountKey(conn, id), "account", id)
	return directory.Account(r), fault.Wrap("store.Account", err)
}

// Resource reads a resource together with its owners.
func (s *Store) Resource(ctx context.Context, conn, id string) (directory.Resource, error) {
	const op = "store.Resource"
	r, _, err := find[resourceRecord](ctx, s, resourceKey(conn, id), "resource", id)
	if err != nil {
		return directory.Resource{}, fault.Wrap(op, err)
	}
	own, _, err := maybe[ownersRecord](ctx, s, ownersKey(conn, id))
	if err != nil {
		return directory.Resource{}, fault.Wrap(op, err)
	}
	r.Owners = own.Owners
	return directory.Resource(r), nil
}

// EachAccount calls f for each account of a connector in id order, reading a
// thousand at a time; an error of f ends it.
func (s *Store) EachAccount(ctx context.Context, conn string, f func(directory.Account) error) error {
	return s.accounts(ctx, conn, Range{}, f)
}

// AccountsAfter is EachAccount behind an id.
func (s *Store) AccountsAfter(ctx context.Context, conn, after string, f func(directory.Account) error) error {
	return s.accounts(ctx, conn, Range{After: behind("", after).After, Limit: fewRows}, f)
}

func (s *Store) accounts(ctx context.Context, conn string, r Range, f func(directory.Account) error) error {
	r.Part = join("dir", conn, "acct")
	err := eachRecord(ctx, s, r, func(r accountRecord, _ Row) error {
		return f(directory.Account(r))
	})
	return fault.Wrap("store.EachAccount", err)
}

// EachResource is EachAccount for resources; kind "" is every kind. The
// owners of all resources of the connector are in memory meanwhile: only
// resources that people gave owners have any.
func (s *Store) EachResource(ctx context.Context, conn string, kind directory.Kind, f func(directory.Resource) error) error {
	return s.ResourcesAfter(ctx, conn, kind, "", f)
}

// ResourcesAfter is EachResource behind an id.
func (s *Store) ResourcesAfter(ctx context.Context, conn string, kind directory.Kind, after string, f func(directory.Resource) error) error {
	owners := map[string][]string{}
	err := eachRecord(ctx, s, behind(join("own", conn), after), func(r ownersRecord, row Row) error {
		owners[row.Sort] = r.Owners
		return nil
	})
	if err != nil {
		return fault.Wrap("store.EachResource", err)
	}
	err = eachRecord(ctx, s, behind(join("dir", conn, "res"), after), func(r resourceRecord, row Row) error {
		if kind != "" && r.Kind != kind {
			return nil
		}
		r.Owners = owners[row.Sort]
		return f(directory.Resource(r))
	})
	return fault.Wrap("store.EachResource", err)
}

// SetOwners says who owns a resource, with at least one event. No sync touches
// this; of two at once the later stays.
func (s *Store) SetOwners(ctx context.Context, conn, resource string, owners []string, e ...audit.Event) error {
	const op = "store.SetOwners"
	if err := told("the owners of "+resource, e); err != nil {
		return fault.Wrap(op, err)
	}
	k := ownersKey(conn, resource)
	e = s.named(e)
	return fault.Wrap(op, again(func() error {
		_, rev, err := maybe[ownersRecord](ctx, s, k)
		if err != nil {
			return err
		}
		var c change
		c.put(k, rev, ownersRecord{Owners: owners})
		return s.save(ctx, &c, e)
	}))
}

// Put writes a batch of the directory in pieces, without atomicity: what is
// gone first, so that a thing that is in both stays. It repeats safely.
//
// A membership's row by account is written, and deleted, before the row by
// resource: a sync compares with the latter, so after half a batch it still
// sees the difference and writes both again.
//
// What leads to an account by word is written before its row, and taken away
// after it: a sync that finds a row unchanged looks no further.
func (s *Store) Put(ctx context.Context, b directory.Batch) error {
	before, after := leads(b.Before), leads(b.Accounts)
	steps := []func() error{
		func() error { return erase(ctx, s, without(leads(b.GoneAccounts), after), leadKey) },
		func() error { return erase(ctx, s, b.GoneMemberships, heldKey) },
		func() error { return erase(ctx, s, b.GoneMemberships, holderKey) },
		func() error { return erase(ctx, s, b.GoneAccounts, activeOf) },
		func() error { return erase(ctx, s, b.GoneAccounts, accountOf) },
		func() error { return erase(ctx, s, b.GoneResources, resourceOf) },
		func() error { return erase(ctx, s, words(b.GoneResources), namedKey) },
		func() error { return write(ctx, s, without(after, before), leadKey, newLeadRecord) },
		func() error { return write(ctx, s, b.Accounts, accountOf, newAccountRecord) },
		func() error { return erase(ctx, s, without(before, after), leadKey) },
		func() error { return write(ctx, s, words(b.Resources), namedKey, newNamedRecord) },
		func() error { return write(ctx, s, b.Resources, resourceOf, newResourceRecord) },
		func() error { return write(ctx, s, b.Memberships, heldKey, newMembershipRecord) },
		func() error { return write(ctx, s, b.Memberships, holderKey, newMembershipRecord) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fault.Wrap("store.Put", err)
		}
	}
	return nil
}

func accountOf(a directory.Account) Key   { return accountKey(a.Connector, a.ID) }
func activeOf(a directory.Account) Key    { return activeKey(a.Connector, a.ID) }
func resourceOf(r directory.Resource) Key { return resourceKey(r.Connector, r.ID) }

// write puts things in pieces; of two with one key the later stays.
func write[T any](ctx context.Context, s *Store, things []T, key func(T) Key, record func(T) any) error {
	return inPieces(ctx, s, things, func(t T) (Write, error) {
		body, err := encode(record(t))
		return Write{Action: Put, Row: Row{Key: key(t), Body: body}}, err
	})
}

// erase deletes things in pieces.
func erase[T any](ctx context.Context, s *Store, things []T, key func(T) Key) error {
	return inPieces(ctx, s, things, func(t T) (Write, error) {
		return Write{Action: Delete, Row: Row{Key: key(t)}}, nil
	})
}

// pieceRows is how many rows of a batch are in memory at a time, 20 MB or so. The
// engines cut finer, and gain from rows that lie side by side.
const pieceRows = 50_000

func inPieces[T any](ctx context.Context, s *Store, things []T, line func(T) (Write, error)) error {
	for piece := range slices.Chunk(things, pieceRows) {
		writes := make([]Write, 0, len(piece))
		place := make(map[Key]int, len(piece))
		for _, t := range piece {
			w, err := line(t)
			if err != nil {
				return err
			}
			if i, twice := place[w.Row.Key]; twice {
				writes[i] = w
				continue
			}
			place[w.Row.Key] = len(writes)
			writes = append(writes, w)
		}
		if err := s.table.Batch(ctx, writes); err != nil {
			return err
		}
	}
	return nil
}
