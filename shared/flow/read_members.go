package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// How somebody holds something.
const (
	HeldStanding = "standing"
	HeldGranted  = "granted"
	HeldBoth     = "standing and granted"
)

// MemberView is one who holds a resource, or one thing that an account holds. Name
// is the account's, "" where none is known. How, Until and Grants are for the
// holder, for owners of the resource and of the connector, for auditors and
// administrators; "" for others.
type MemberView struct {
	directory.Membership
	Kind     directory.Kind
	Name     string
	Resource directory.Resource // as far as the actor sees it
	How      string
	Until    time.Time      // when the last grant ends; zero: standing, or not known
	Grants   []access.Grant // that cover it now
}

// ReadMembers lists who holds a resource, as last seen in Slack, by entitlement
// and account.
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
	after, err := s.after()
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	from := directory.Membership{Connector: conn, Resource: resource}
	from.Slug, from.Account, _ = strings.Cut(after, "\x00")
	grants, err := h.Memory.GrantsOn(ctx, conn, resource)
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	p, err := bounded(s, mostLooked,
		func(f func(directory.Membership) error) error { return h.Memory.HoldersAfter(ctx, from, f) },
		func(m directory.Membership) string { return m.Slug + "\x00" + m.Account },
		func(m directory.Membership) (MemberView, bool, error) {
			m.Kind = res.Kind
			v, err := r.holding(ctx, m, res, grants)
			return v, true, err
		})
	return p, fault.Wrap(op, err)
}

// ReadHoldings lists what an account holds, by resource and entitlement, as last
// seen in Slack: what the actor sees of it.
func (h *House) ReadHoldings(ctx context.Context, by access.Actor, conn, account string, s Slice) (Page[MemberView], error) {
	const op = "flow.ReadHoldings"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	if _, err := r.person(ctx, account); err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	after, err := s.after()
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	from := directory.Membership{Connector: conn, Account: account}
	from.Resource, from.Slug, _ = strings.Cut(after, "\x00")
	grants, err := h.Memory.GrantsOf(ctx, conn, account)
	if err != nil {
		return Page[MemberView]{}, fault.Wrap(op, err)
	}
	p, err := bounded(s, mostHints,
		func(f func(directory.Membership) error) error { return h.Memory.HeldAfter(ctx, from, f) },
		func(m directory.Membership) string { return m.Resource + "\x00" + m.Slug },
		func(m directory.Membership) (MemberView, bool, error) {
			x, err := r.look(ctx, m.Resource)
			if err != nil || !x.seen {
				return MemberView{}, false, err
			}
			m.Kind = x.Kind
			v, err := r.holding(ctx, m, x.Resource, grants)
			return v, true, err
		})
	return p, fault.Wrap(op, err)
}

// holding says how somebody holds something, to whom that is shown.
func (r *realm) holding(ctx context.Context, m directory.Membership, res directory.Resource, grants []access.Grant) (MemberView, error) {
	name, err := r.label(ctx, m.Account)
	v := MemberView{Membership: m, Kind: m.Kind, Name: name, Resource: res}
	if err != nil || !r.manages() && !r.is(m.Account) && !slices.ContainsFunc(res.Owners, r.is) {
		return v, err
	}
	hold, err := r.s.h.Memory.Hold(ctx, m.Connector, m.Resource, m.Slug, m.Account)
	if err != nil {
		return v, err
	}
	for _, g := range grants {
		if g.Account == m.Account && g.Resource == m.Resource && g.Slug == m.Slug && g.State != access.Scheduled && !g.State.Final() {
			v.Grants = append(v.Grants, g)
			if g.End.After(v.Until) {
				v.Until = g.End
			}
		}
	}
	switch {
	case hold.Ours():
		v.How = HeldGranted
	case len(v.Grants) > 0:
		v.How, v.Until = HeldBoth, time.Time{} // it stays after the last grant
	default:
		v.How = HeldStanding
	}
	return v, nil
}

// Past are an account's or a resource's grants: those that are not over, and of
// the others the last.
type Past struct {
	Live, Over []GrantView
}

// mostPast is how many grants that are over are shown beside an account.
const mostPast = 50

// ReadGrantsOf gives the grants of an account that the actor sees.
func (h *House) ReadGrantsOf(ctx context.Context, by access.Actor, conn, account string) (Past, error) {
	const op = "flow.ReadGrantsOf"
	r, err := h.realm(ctx, by, conn)
	if err == nil {
		_, err = r.person(ctx, account)
	}
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	live, err := h.Memory.GrantsOf(ctx, conn, account)
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	over, err := h.Memory.EndedOf(ctx, conn, account, mostPast)
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	p, err := r.past(ctx, live, over)
	return p, fault.Wrap(op, err)
}

// ReadGrantsOn gives the grants on a resource that the actor sees: those that
// were begun, and the last that are over.
func (h *House) ReadGrantsOn(ctx context.Context, by access.Actor, conn, resource string) (Past, error) {
	const op = "flow.ReadGrantsOn"
	r, err := h.realm(ctx, by, conn)
	if err == nil {
		_, err = r.resource(ctx, resource)
	}
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	live, err := h.Memory.GrantsOn(ctx, conn, resource)
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	over, err := h.Memory.EndedOn(ctx, conn, resource, mostPast)
	if err != nil {
		return Past{}, fault.Wrap(op, err)
	}
	p, err := r.past(ctx, live, over)
	return p, fault.Wrap(op, err)
}

func (r *realm) past(ctx context.Context, live, over []access.Grant) (p Past, err error) {
	if p.Live, err = r.grants(ctx, live); err == nil {
		p.Over, err = r.grants(ctx, over)
	}
	return p, err
}

// grants are those that the actor sees.
func (r *realm) grants(ctx context.Context, all []access.Grant) ([]GrantView, error) {
	out := []GrantView{}
	for _, g := range all {
		v, err := r.s.grant(ctx, g)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, *v)
		}
	}
	return out, nil
}

// ReadOwned lists the resources that an account owns, by id, those that the actor
// sees. It reads the owners of every resource that was given some.
func (h *House) ReadOwned(ctx context.Context, by access.Actor, conn, account string) ([]directory.Resource, error) {
	const op = "flow.ReadOwned"
	r, err := h.realm(ctx, by, conn)
	if err == nil {
		_, err = r.person(ctx, account)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := []directory.Resource{}
	err = h.Memory.EachOwned(ctx, conn, func(id string, owners []string) error {
		if !slices.Contains(owners, account) {
			return nil
		}
		x, err := r.look(ctx, id)
		if err == nil && x.known && x.seen {
			out = append(out, x.Resource)
		}
		return err
	})
	return out, fault.Wrap(op, err)
}
