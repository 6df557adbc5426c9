package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// GrantView is a grant as the actor sees it. Resource has its id and kind
// always, its name only where the actor sees that.
type GrantView struct {
	access.Grant
	Resource directory.Resource
	Names    map[string]string // of accounts
}

// ReadGrants lists the grants that the actor sees: live ones, newest first,
// and then, unless live, those that are over, last ended first.
func (h *House) ReadGrants(ctx context.Context, by access.Actor, live bool, s Slice) (Page[GrantView], error) {
	const op = "flow.ReadGrants"
	eye, err := h.sight(by)
	if err != nil {
		return Page[GrantView]{}, fault.Wrap(op, err)
	}
	known := map[string]*GrantView{}
	p, err := newest(s,
		func(n int) ([]access.Grant, error) { return h.Memory.Grants(ctx, live, n) },
		grantPlace,
		func(g access.Grant) (GrantView, bool, error) {
			v, ok := known[g.ID]
			if !ok || v != nil && v.Rev != g.Rev {
				if v, err = eye.grant(ctx, g); err != nil {
					return GrantView{}, false, err
				}
				known[g.ID] = v
			}
			if v == nil {
				return GrantView{}, false, nil
			}
			return *v, true, nil
		})
	return p, fault.Wrap(op, err)
}

// ViewGrants gives grants as the actor sees them, without those that they do not.
func (h *House) ViewGrants(ctx context.Context, by access.Actor, gs []access.Grant) ([]GrantView, error) {
	const op = "flow.ViewGrants"
	eye, err := h.sight(by)
	out := []GrantView{}
	for _, g := range gs {
		var v *GrantView
		if err == nil {
			v, err = eye.grant(ctx, g)
		}
		if v != nil && err == nil {
			out = append(out, *v)
		}
	}
	return out, fault.Wrap(op, err)
}

func grantPlace(g access.Grant) place {
	if g.State.Final() {
		return place{part: 1, at: g.Closed, id: g.ID}
	}
	return place{at: g.Created, id: g.ID}
}

// ReadGrant reads one grant.
func (h *House) ReadGrant(ctx context.Context, by access.Actor, id string) (GrantView, error) {
	const op = "flow.ReadGrant"
	eye, err := h.sight(by)
	if err != nil {
		return GrantView{}, fault.Wrap(op, err)
	}
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return GrantView{}, fault.Wrap(op, err)
	}
	v, err := eye.grant(ctx, g)
	if err == nil && v == nil {
		err = fault.New(op, fault.NotFound, "there is no grant %s", id)
	}
	if err != nil {
		return GrantView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// grant is a grant as the actor sees it; nil: not at all.
func (s *sight) grant(ctx context.Context, g access.Grant) (*GrantView, error) {
	in, err := s.realm(ctx, g.Connector)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := in.look(ctx, g.Resource)
	if err != nil {
		return nil, err
	}
	reviewer := slices.ContainsFunc(g.Approvers, in.is)
	ok := in.is(g.Account) || reviewer || in.manages() || slices.ContainsFunc(x.Owners, in.is)
	if !ok {
		if ok, err = in.askedFor(ctx, g); err != nil || !ok {
			return nil, err
		}
	}
	v := &GrantView{Grant: g, Resource: directory.Resource{ID: g.Resource, Kind: g.Kind}}
	if x.known && (x.seen || reviewer) {
		v.Resource = x.Resource
	}
	v.Names, err = in.named(ctx, append(slices.Clone(g.Approvers), g.Account)...)
	return v, err
}

// askedFor reports whether the actor asked for somebody's grant.
func (r *realm) askedFor(ctx context.Context, g access.Grant) (bool, error) {
	q, err := r.s.h.Memory.Request(ctx, g.Request)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && r.is(q.By), err
}
