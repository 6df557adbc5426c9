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

// EachUser calls f for each user in id order, behind the id after, until it
// returns an error.
func (s *Store) EachUser(ctx context.Context, after string, f func(access.User) error) error {
	err := eachRecord(ctx, s, behind("users", after), func(p pointer, _ Row) error {
		r, rev, err := load[userRecord](ctx, s, userKey(p.ID))
		if err != nil {
			return err
		}
		return f(r.user(rev))
	})
	return fault.Wrap("store.EachUser", err)
}

// UserBy finds the user who is somebody at an issuer.
func (s *Store) UserBy(ctx context.Context, x access.Identity) (access.User, error) {
	const op = "store.UserBy"
	p, _, err := find[pointer](ctx, s, userByKey(x), "user known at", x.Issuer)
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
// account or an identity belongs to another user.
func (s *Store) SaveUser(ctx context.Context, u access.User, e ...audit.Event) (access.User, error) {
	u, err := s.saveUser(ctx, &change{}, u, e)
	return u, fault.Wrap("store.SaveUser", err)
}

// SaveUserBy is SaveUser by another user, and fault.Conflict when that one is not
// as they were read.
func (s *Store) SaveUserBy(ctx context.Context, u, by access.User, e ...audit.Event) (access.User, error) {
	var c change
	c.check(userKey(by.ID), by.Rev)
	u, err := s.saveUser(ctx, &c, u, e)
	return u, fault.Wrap("store.SaveUserBy", err)
}

func (s *Store) saveUser(ctx context.Context, c *change, u access.User, e []audit.Event) (access.User, error) {
	if err := told("user "+u.ID, e); err != nil {
		return access.User{}, err
	}
	prev, err := current[userRecord](ctx, s, userKey(u.ID), u.Rev)
	if err != nil {
		return access.User{}, err
	}
	c.put(userKey(u.ID), u.Rev, newUserRecord(u))
	if u.Rev == 0 {
		c.point(usersKey(u.ID), pointer{ID: u.ID})
	}
	if err := s.moveAccounts(ctx, c, u.ID, prev.user(u.Rev).Accounts, u.Accounts); err != nil {
		return access.User{}, err
	}
	if err := s.moveIdentities(ctx, c, u.ID, prev.user(u.Rev).Identities, u.Identities); err != nil {
		return access.User{}, err
	}
	if err := s.save(ctx, c, e); err != nil {
		return access.User{}, err
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

// moveIdentities is moveAccounts for who the user is at issuers.
func (s *Store) moveIdentities(ctx context.Context, c *change, user string, was, now []access.Identity) error {
	for _, x := range was {
		if !slices.Contains(now, x) {
			c.unpoint(userByKey(x))
		}
	}
	for _, x := range now {
		if slices.Contains(was, x) {
			continue
		}
		_, rev, err := maybe[pointer](ctx, s, userByKey(x))
		if err != nil {
			return err
		}
		if rev > 0 {
			return fault.New("", fault.Conflict, "another user is known as this at %s; take it away there first", x.Issuer)
		}
		c.point(userByKey(x), pointer{ID: user})
	}
	return nil
}
