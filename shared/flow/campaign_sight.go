package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Who runs a review names its reviewers, and may name themselves. So a line about a
// private resource goes to nobody who may not know of it anyway: sight is asked for
// each reviewer when the line is given to them, as if they looked at the resource
// themselves. There is no exception for reviewers whom its owner would like: an owner
// makes them a member or an owner, or lets them stand in.

// mostWatched is of how many reviewers it is kept in memory what they hold.
const mostWatched = 1000

// knows says who may know of a resource. What could not be read is not known, and
// the error stays in p.err.
func (p *people) knows(ctx context.Context, r directory.Resource) func(string) bool {
	if p.about != r.ID || p.known == nil {
		p.about, p.known = r.ID, map[string]bool{}
	}
	return func(account string) bool {
		if known, asked := p.known[account]; asked {
			return known
		}
		eye, err := p.eye(ctx, account)
		known := false
		if err == nil && eye != nil {
			known, err = eye.sees(ctx, r)
		}
		if err != nil {
			if p.err == nil {
				p.err = err
			}
			return false
		}
		p.known[account] = known
		return known
	}
}

// eye is the connector as an account sees it; nil for who sees nothing any more.
func (p *people) eye(ctx context.Context, account string) (*realm, error) {
	if r, ok := p.eyes[account]; ok {
		return r, nil
	}
	if p.sight == nil {
		owners, err := p.h.accountsOf(ctx, p.conn)
		if err != nil {
			return nil, err
		}
		policy, err := p.h.Memory.Policy(ctx, 0)
		if err != nil {
			return nil, err
		}
		p.sight = &realm{s: &sight{h: p.h, policy: &policy}, appOwners: owners}
	}
	me, err := p.h.person(ctx, p.conn.ID, account)
	if fault.Is(err, fault.NotFound) || err == nil && (me.Ended || !me.Account.Live()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &realm{s: &sight{h: p.h, policy: p.sight.s.policy}, conn: p.conn, me: me, appOwners: p.sight.appOwners, held: map[string]bool{}}
	if me.User != "" {
		u, err := p.h.Memory.User(ctx, me.User)
		if err != nil {
			return nil, err
		}
		r.s.by, r.owns = access.Actor{User: u}, slices.Contains(p.conn.Owners, u.ID)
	}
	if err := r.holds(ctx); err != nil {
		return nil, err
	}
	if len(p.eyes) >= mostWatched || p.eyes == nil {
		p.eyes = map[string]*realm{}
	}
	p.eyes[account] = r
	return r, nil
}
