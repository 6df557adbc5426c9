package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Who sees what (all reads in read_*.go keep to it; what somebody may not see
// does not exist for them, fault.NotFound in the very words of a miss):
//
//	a connector    who has an account in it; its owners; auditors and administrators
//	its details    owners, auditors, administrators
//	an account     full members: id, name, handle; guests: themselves;
//	               auditors and administrators: all of it, e-mail too
//	a resource     private: members, owners, auditors, whom policy lets request it;
//	               others: full members of its workspace, and administrators
//	a request      requester, subject, who may decide, confirm or veto it, or did
//	               (a delegate, too); owners of the
//	               connector; auditors and administrators
//	a grant        who holds, asked for or approved it; owners of the resource and
//	               of the connector; auditors and administrators
//	a manual task  who can do it: owners of the resource and of the connector, their
//	               delegates where these may know of the resource, and
//	               administrators where it is not private; of a review who runs it
//	               and may know of the resource; auditors
//	the policy     auditors and administrators; everybody asks about themselves
//	the audit      auditors
//
// "Administrators" are Integration Administrators; a Super Administrator is
// everything. Seeing a request or grant does not show a private resource's
// name: that follows the line about resources, and who decides is its reviewer.

// sight is what one actor may see, gathered as a call goes on.
type sight struct {
	h      *House
	by     access.Actor
	policy *access.Policy
	realms map[string]*realm
}

// realm is one connector as the actor sees it.
type realm struct {
	s         *sight
	conn      connector.Connector
	me        access.Person   // the zero Person: no account here
	placeOf   []access.Person // those who delegate to me now
	held      map[string]bool
	owns      bool // the connector
	appOwners []string
	resources map[string]seenResource
	labels    map[string]string
}

type seenResource struct {
	directory.Resource
	known, seen bool
}

func (h *House) sight(by access.Actor) (*sight, error) {
	if by.User.ID == "" || by.User.Ended {
		return nil, fault.New("flow.sight", fault.Unauthenticated, "it is not known who asks")
	}
	return &sight{h: h, by: by, realms: map[string]*realm{}}, nil
}

// oversees reports whether requests, grants and accounts of everybody are shown.
func (s *sight) oversees() bool {
	return s.by.Is(access.Auditor) || s.by.Is(access.IntegrationAdministrator)
}

// realm gathers one connector; NotFound for who has no business in it.
func (s *sight) realm(ctx context.Context, conn string) (*realm, error) {
	if r, ok := s.realms[conn]; ok {
		return r, nil
	}
	c, err := s.h.Memory.Connector(ctx, conn)
	if err != nil {
		return nil, err
	}
	r := &realm{
		s: s, conn: c, held: map[string]bool{}, owns: slices.Contains(c.Owners, s.by.User.ID),
		resources: map[string]seenResource{}, labels: map[string]string{},
	}
	if err := r.findMe(ctx); err != nil {
		return nil, err
	}
	if !s.oversees() && !r.owns && !r.me.Account.Live() {
		return nil, fault.New("flow.realm", fault.NotFound, "there is no connector %s", conn)
	}
	if r.appOwners, err = s.h.accountsOf(ctx, c); err != nil {
		return nil, err
	}
	s.realms[conn] = r
	return r, nil
}

// findMe reads the actor's own account and what it holds.
func (r *realm) findMe(ctx context.Context) error {
	account := r.s.by.User.In(r.conn.ID)
	if account == "" {
		return nil
	}
	me, err := r.s.h.person(ctx, r.conn.ID, account)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	me.User = r.s.by.User.ID
	r.me = me
	given, err := r.s.h.delegators(ctx, r.conn.ID, account)
	if err != nil {
		return err
	}
	for _, d := range given {
		p, err := r.s.h.person(ctx, r.conn.ID, d.From)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && p.User == d.FromUser && p.User != me.User {
			r.placeOf = append(r.placeOf, p)
		}
	}
	return r.holds(ctx)
}

// holds reads what the actor's own account holds.
func (r *realm) holds(ctx context.Context) error {
	return r.s.h.Memory.EachHeld(ctx, r.conn.ID, r.me.Account.ID, func(m directory.Membership) error {
		r.held[m.Resource] = true
		return nil
	})
}

// could reports whether the actor may do something about a request, by their
// own right or, noted in place, in that of somebody who delegates to them.
func (r *realm) could(f facts, place *string, may func(access.Person) bool) bool {
	if may(r.me) {
		return true
	}
	if in, _ := access.MayStandIn(r.me, f.ask); !in {
		return false
	}
	i := slices.IndexFunc(r.placeOf, may)
	if i >= 0 {
		*place = r.placeOf[i].Account.ID
	}
	return i >= 0
}

// full reports whether the actor is a full member of this Slack.
func (r *realm) full() bool {
	return r.me.Account.Live() && r.me.Account.Kind == directory.Human
}

// is reports whether an account is the actor's own.
func (r *realm) is(account string) bool { return account != "" && account == r.me.Account.ID }

// manages reports whether the connector's details are shown.
func (r *realm) manages() bool { return r.owns || r.s.oversees() }

// sees reports whether a resource exists for the actor.
func (r *realm) sees(ctx context.Context, res directory.Resource) (bool, error) {
	a := r.me.Account
	switch {
	case r.s.by.Is(access.Auditor), r.owns, a.Live() && r.held[res.ID], slices.ContainsFunc(res.Owners, r.is):
		return true, nil
	case !res.Private && r.s.by.Is(access.IntegrationAdministrator):
		return true, nil
	case !res.Private && r.full() && (res.Workspace == "" || a.In(res.Workspace)):
		return true, nil
	}
	return r.mayRequest(ctx, res)
}

// mayRequest asks policy whether the actor could have the resource for any
// time at all.
func (r *realm) mayRequest(ctx context.Context, res directory.Resource) (bool, error) {
	if !r.me.Account.Live() {
		return false, nil
	}
	if r.s.policy == nil {
		p, err := r.s.h.Memory.Policy(ctx, 0)
		if err != nil {
			return false, err
		}
		r.s.policy = &p
	}
	f := facts{conn: r.conn}
	d := r.s.policy.Decide(access.Ask{
		Requester: r.me, Subject: r.me.Account, Resource: res, Slug: access.Askable(res.Kind), Length: time.Second,
		AppOwners: r.appOwners, Proven: f.proven(res), OpenGroups: r.conn.OpenGroups,
		Now: r.s.h.Now(), Condition: r.s.h.Condition,
	})
	return d.Allowed, nil
}

// resource reads a resource that the actor sees; NotFound otherwise.
func (r *realm) resource(ctx context.Context, id string) (directory.Resource, error) {
	x, err := r.look(ctx, id)
	if err == nil && !x.seen {
		err = fault.New("flow.resource", fault.NotFound, "there is no resource %s", id)
	}
	return x.Resource, err
}

// look reads a resource and whether the actor sees it; what is gone from the
// directory is neither known nor seen.
func (r *realm) look(ctx context.Context, id string) (seenResource, error) {
	if x, ok := r.resources[id]; ok {
		return x, nil
	}
	res, err := r.s.h.Memory.Resource(ctx, r.conn.ID, id)
	x := seenResource{Resource: res, known: err == nil}
	if err == nil {
		x.seen, err = r.sees(ctx, res)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return x, err
	}
	r.resources[id] = x
	return x, nil
}

// label is what people call an account; "" when the directory has no name.
func (r *realm) label(ctx context.Context, account string) (string, error) {
	if name, ok := r.labels[account]; ok || account == "" {
		return name, nil
	}
	a, err := r.s.h.Memory.Account(ctx, r.conn.ID, account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	name := a.Label()
	if name == account {
		name = ""
	}
	r.labels[account] = name
	return name, nil
}

// named gives the names of accounts by id, without those that have none.
func (r *realm) named(ctx context.Context, accounts ...string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range accounts {
		name, err := r.label(ctx, id)
		if err != nil {
			return nil, err
		}
		if name != "" {
			out[id] = name
		}
	}
	return out, nil
}
