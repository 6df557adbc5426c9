package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// account is an account as the actor sees it; false: not at all.
func (r *realm) account(a directory.Account) (directory.Account, bool) {
	switch {
	case r.s.oversees():
		return a, true
	case r.owns, r.full(), r.is(a.ID):
		return directory.Account{ID: a.ID, Connector: a.Connector, Name: a.Name, Handle: a.Handle}, true
	}
	return directory.Account{}, false
}

// ReadAccounts lists accounts that fit a search, by id. Who does not see
// e-mails cannot search for them either.
func (h *House) ReadAccounts(ctx context.Context, by access.Actor, conn, search string, s Slice) (Page[directory.Account], error) {
	const op = "flow.ReadAccounts"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[directory.Account]{}, fault.Wrap(op, err)
	}
	after, err := s.after()
	if err != nil {
		return Page[directory.Account]{}, fault.Wrap(op, err)
	}
	p, err := walk(s,
		func(f func(directory.Account) error) error { return h.Memory.AccountsAfter(ctx, conn, after, f) },
		func(a directory.Account) string { return a.ID },
		func(a directory.Account) (directory.Account, bool, error) {
			a, ok := r.account(a)
			return a, ok && fits(search, a.ID, a.Name, a.Handle, a.Email), nil
		})
	return p, fault.Wrap(op, err)
}

// ReadAccount reads one account.
func (h *House) ReadAccount(ctx context.Context, by access.Actor, conn, id string) (directory.Account, error) {
	const op = "flow.ReadAccount"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return directory.Account{}, fault.Wrap(op, err)
	}
	a, err := h.Memory.Account(ctx, conn, id)
	if err != nil {
		return directory.Account{}, fault.Wrap(op, err)
	}
	a, ok := r.account(a)
	if !ok {
		return a, fault.New(op, fault.NotFound, "there is no account %s", id)
	}
	return a, nil
}

// ResourceView is a resource with its default channels, those that the actor
// sees.
type ResourceView struct {
	directory.Resource
	Channels []directory.Resource
}

func (r *realm) resourceView(ctx context.Context, res directory.Resource) (ResourceView, error) {
	v := ResourceView{Resource: res}
	v.Defaults = nil
	for _, id := range res.Defaults {
		c, err := r.look(ctx, id)
		if err != nil {
			return v, err
		}
		if c.seen {
			v.Channels = append(v.Channels, c.Resource)
		}
	}
	return v, nil
}

// ReadResources lists resources of a kind ("": every kind) that fit a search,
// by id.
func (h *House) ReadResources(ctx context.Context, by access.Actor, conn string, kind directory.Kind, search string, s Slice) (Page[ResourceView], error) {
	const op = "flow.ReadResources"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[ResourceView]{}, fault.Wrap(op, err)
	}
	after, err := s.after()
	if err != nil {
		return Page[ResourceView]{}, fault.Wrap(op, err)
	}
	p, err := walk(s,
		func(f func(directory.Resource) error) error {
			return h.Memory.ResourcesAfter(ctx, conn, kind, after, f)
		},
		func(res directory.Resource) string { return res.ID },
		func(res directory.Resource) (v ResourceView, ok bool, err error) {
			if !fits(search, res.ID, access.Name(res), res.Title) {
				return v, false, nil
			}
			if ok, err = r.sees(ctx, res); err != nil || !ok {
				return v, false, err
			}
			v, err = r.resourceView(ctx, res)
			return v, true, err
		})
	return p, fault.Wrap(op, err)
}

// ReadResource reads one resource.
func (h *House) ReadResource(ctx context.Context, by access.Actor, conn, id string) (ResourceView, error) {
	const op = "flow.ReadResource"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return ResourceView{}, fault.Wrap(op, err)
	}
	res, err := r.resource(ctx, id)
	if err != nil {
		return ResourceView{}, fault.Wrap(op, err)
	}
	v, err := r.resourceView(ctx, res)
	return v, fault.Wrap(op, err)
}

// MemberView is one who holds a resource. Name is "" where none is known.
type MemberView struct {
	directory.Membership
	Kind directory.Kind
	Name string
}

// ReadMembers lists who holds a resource, as last seen in Slack.
func (h *House) ReadMembers(ctx context.Context, by access.Actor, conn, resource string, s Slice) (Page[MemberView], error) {
	const op = "flow.ReadMembers"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	res, err := r.resource(ctx, resource)
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	p, err := walk(s,
		func(f func(directory.Membership) error) error { return h.Memory.EachHolder(ctx, conn, resource, f) },
		func(m directory.Membership) string { return m.Slug + "\x00" + m.Account },
		func(m directory.Membership) (MemberView, bool, error) {
			name, err := r.label(ctx, m.Account)
			return MemberView{Membership: m, Kind: res.Kind, Name: name}, true, err
		})
	return p, fault.Wrap(op, err)
}
