package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// ReadUsers lists users that fit a search, by id, ended ones too. For auditors
// and administrators.
func (h *House) ReadUsers(ctx context.Context, by access.Actor, search string, s Slice) (Page[access.User], error) {
	const op = "flow.ReadUsers"
	eye, err := h.sight(by)
	if err == nil && !eye.oversees() {
		err = fault.New(op, fault.Forbidden, "listing users needs the duty auditor or integration administrator")
	}
	if err != nil {
		return Page[access.User]{}, fault.Wrap(op, err)
	}
	after, err := s.after()
	if err != nil {
		return Page[access.User]{}, fault.Wrap(op, err)
	}
	p, err := walk(s,
		func(f func(access.User) error) error { return h.Memory.EachUser(ctx, after, f) },
		func(u access.User) string { return u.ID },
		func(u access.User) (access.User, bool, error) { return u, fits(search, u.ID, u.Name), nil })
	return p, fault.Wrap(op, err)
}

// ReadKeys lists the API keys of a user ("": the actor) by id, ended ones too,
// without what they open with. Those of others are for auditors and
// administrators.
func (h *House) ReadKeys(ctx context.Context, by access.Actor, user string) ([]access.Key, error) {
	const op = "flow.ReadKeys"
	eye, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if user == "" {
		user = by.User.ID
	}
	if user != by.User.ID {
		if !eye.oversees() {
			return nil, fault.New(op, fault.Forbidden, "listing the keys of others needs the duty auditor or integration administrator")
		}
		if _, err := h.Memory.User(ctx, user); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	keys, err := h.Memory.KeysOf(ctx, user)
	for i := range keys {
		keys[i].Hash = ""
	}
	return keys, fault.Wrap(op, err)
}

// UserView is a user with the names of their accounts and of the Slacks in which
// those are, as far as they are known.
type UserView struct {
	access.User
	Labels map[string]string // by account
	Slacks map[string]string // by connector
}

// ReadUser gives one user: oneself, and others to auditors and administrators. For
// everybody else there is none.
func (h *House) ReadUser(ctx context.Context, by access.Actor, id string) (UserView, error) {
	const op = "flow.ReadUser"
	eye, err := h.sight(by)
	if err == nil && id != by.User.ID && !eye.oversees() {
		err = fault.New(op, fault.NotFound, "there is no user %s", id)
	}
	if err != nil {
		return UserView{}, fault.Wrap(op, err)
	}
	u, err := h.Memory.User(ctx, id)
	if err != nil {
		return UserView{}, fault.Wrap(op, err)
	}
	v := UserView{User: u, Labels: map[string]string{}, Slacks: map[string]string{}}
	for _, r := range u.Accounts {
		a, err := h.Memory.Account(ctx, r.Connector, r.Account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, fault.Wrap(op, err)
		}
		c, err := h.Memory.Connector(ctx, r.Connector)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, fault.Wrap(op, err)
		}
		if a.Label() != "" {
			v.Labels[r.Account] = a.Label()
		}
		v.Slacks[r.Connector] = c.Name
	}
	return v, nil
}
