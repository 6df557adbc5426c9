package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Hold reads what is known of one account on one entitlement; the zero Hold where
// Ebb never touched it.
func (s *Store) Hold(ctx context.Context, conn, resource, slug, account string) (access.Hold, error) {
	r, rev, err := maybe[holdRecord](ctx, s, holdKey(conn, resource, slug, account))
	if err != nil || rev == 0 {
		return access.Hold{}, fault.Wrap("store.Hold", err)
	}
	return r.hold(rev), nil
}

// GrantsOn lists the grants on a resource that were begun and are not over.
func (s *Store) GrantsOn(ctx context.Context, conn, resource string) ([]access.Grant, error) {
	var out []access.Grant
	err := eachRecord(ctx, s, below(standing(conn, resource), "grant"), func(r grantRecord, row Row) error {
		out = append(out, r.grant(row.Version+r.CopyBase))
		return nil
	})
	return out, fault.Wrap("store.GrantsOn", err)
}

// EndedOf lists at most limit grants of an account that are over, the last closed
// first.
func (s *Store) EndedOf(ctx context.Context, conn, account string, limit int) ([]access.Grant, error) {
	out, err := s.endedIn(ctx, join("ended-of", conn, account), limit)
	return out, fault.Wrap("store.EndedOf", err)
}

// EndedOn is EndedOf for a resource.
func (s *Store) EndedOn(ctx context.Context, conn, resource string, limit int) ([]access.Grant, error) {
	out, err := s.endedIn(ctx, join("ended-on", conn, resource), limit)
	return out, fault.Wrap("store.EndedOn", err)
}

func (s *Store) endedIn(ctx context.Context, part string, limit int) ([]access.Grant, error) {
	var out []access.Grant
	err := follow(ctx, s, Range{Part: part, Reverse: true}, limit, grantKey, func(r grantRecord, rev int64) bool {
		out = append(out, r.grant(rev))
		return true
	})
	return out, err
}

// EachOwned calls f for each resource that was given owners, by id.
func (s *Store) EachOwned(ctx context.Context, conn string, f func(resource string, owners []string) error) error {
	err := eachRecord(ctx, s, Range{Part: join("own", conn)}, func(r ownersRecord, row Row) error {
		return f(split(row.Sort)[0], r.Owners)
	})
	return fault.Wrap("store.EachOwned", err)
}
