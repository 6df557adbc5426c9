package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// User reads one user.
func (s *Store) User(ctx context.Context, id string) (access.User, error) {
	r, rev, err := find[userRecord](ctx, s, userKey(id), "user", id)
	if err != nil {
		return access.User{}, fault.Wrap("store.User", err)
	}
	return r.user(rev), nil
}

// UserOf finds the user who owns an account.
func (s *Store) UserOf(ctx context.Context, conn, account string) (access.User, error) {
	const op = "store.UserOf"
	p, _, err := find[pointer](ctx, s, userOfKey(conn, account), "user with the account", account)
	if err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	r, rev, err := find[userRecord](ctx, s, userKey(p.ID), "user", p.ID)
	if err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	return r.user(rev), nil
}

// SaveUser saves a user with at least one event. fault.Conflict when an
// account belongs to another user.
func (s *Store) SaveUser(ctx context.Context, u access.User, e ...audit.Event) (access.User, error) {
	const op = "store.SaveUser"
	if err := told("user "+u.ID, e); err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	prev, err := current[userRecord](ctx, s, userKey(u.ID), u.Rev)
	if err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	var c change
	c.put(userKey(u.ID), u.Rev, newUserRecord(u))
	if err := s.moveAccounts(ctx, &c, u.ID, prev.user(u.Rev).Accounts, u.Accounts); err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	if err := s.save(ctx, &c, e); err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	u.Rev++
	return u, nil
}

// moveAccounts points from each new account to the user and from those that
// left to nobody.
func (s *Store) moveAccounts(ctx context.Context, c *change, user string, was, now []access.Ref) error {
	for i, r := range was {
		if !slices.Contains(now, r) && !slices.Contains(was[:i], r) {
			c.unpoint(userOfKey(r.Connector, r.Account))
		}
	}
	for i, r := range now {
		if slices.Contains(was, r) || slices.Contains(now[:i], r) {
			continue
		}
		p, rev, err := maybe[pointer](ctx, s, userOfKey(r.Connector, r.Account))
		if err != nil {
			return err
		}
		if rev > 0 {
			return fault.New("", fault.Conflict, "the account %s belongs to user %s; take it away there first", r.Account, p.ID)
		}
		c.point(userOfKey(r.Connector, r.Account), pointer{ID: user})
	}
	return nil
}

// Key finds an API key by the SHA-256 of its word.
func (s *Store) Key(ctx context.Context, hash string) (access.Key, error) {
	const op = "store.Key"
	r, rev, err := load[apiKeyRecord](ctx, s, apiKeyKey(hash))
	if fault.Is(err, fault.NotFound) {
		return access.Key{}, fault.New(op, fault.NotFound, "there is no such API key; make a new one")
	}
	if err != nil {
		return access.Key{}, fault.Wrap(op, err)
	}
	return r.key(rev), nil
}

// SaveKey saves an API key with at least one event, unless only its last use
// moved.
func (s *Store) SaveKey(ctx context.Context, k access.Key, e ...audit.Event) error {
	const op = "store.SaveKey"
	prev, err := current[apiKeyRecord](ctx, s, apiKeyKey(k.Hash), k.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	rec := newAPIKeyRecord(k)
	prev.Used = rec.Used
	if k.Rev == 0 || !alike(prev, rec) {
		if err := told("API key "+k.ID, e); err != nil {
			return fault.Wrap(op, err)
		}
	}
	var c change
	c.put(apiKeyKey(k.Hash), k.Rev, rec)
	return fault.Wrap(op, s.save(ctx, &c, e))
}
