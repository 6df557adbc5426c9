package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Grant reads one grant.
func (s *Store) Grant(ctx context.Context, id string) (access.Grant, error) {
	r, rev, err := find[grantRecord](ctx, s, grantKey(id), "grant", id)
	if err != nil {
		return access.Grant{}, fault.Wrap("store.Grant", err)
	}
	return r.grant(rev), nil
}

// Grants lists at most limit grants (0: 1000): the live ones, newest first,
// and then, unless liveOnly, those that are over, last closed first.
func (s *Store) Grants(ctx context.Context, liveOnly bool, limit int) ([]access.Grant, error) {
	if limit <= 0 {
		limit = pageSize
	}
	out, err := s.liveGrants(ctx, Range{Part: "live"}, limit)
	if err != nil || liveOnly || len(out) == limit {
		return out, fault.Wrap("store.Grants", err)
	}
	known := map[string]bool{}
	for _, g := range out {
		known[g.ID] = true
	}
	ended := Range{Part: "ended", Reverse: true}
	err = follow(ctx, s, ended, limit-len(out), grantKey, func(r grantRecord, rev int64) bool {
		if !known[r.ID] { // it may have come to its end while we were reading
			out = append(out, r.grant(rev))
		}
		return !known[r.ID]
	})
	return out, fault.Wrap("store.Grants", err)
}

// GrantsOf lists an account's live grants, newest first; account "" is every
// account of the connector.
func (s *Store) GrantsOf(ctx context.Context, conn, account string) ([]access.Grant, error) {
	r := below("live", conn, account)
	if account == "" {
		r = below("live", conn)
	}
	out, err := s.liveGrants(ctx, r, 0)
	return out, fault.Wrap("store.GrantsOf", err)
}

// liveGrants reads the newest live grants of a range of pointers; limit 0 is all.
func (s *Store) liveGrants(ctx context.Context, r Range, limit int) ([]access.Grant, error) {
	var all []pointer
	err := eachRecord(ctx, s, r, func(p pointer, _ Row) error {
		all = append(all, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b pointer) int { return b.Created.time().Compare(a.Created.time()) })
	var out []access.Grant
	for _, p := range all {
		rec, rev, err := maybe[grantRecord](ctx, s, grantKey(p.ID))
		if err != nil {
			return nil, err
		}
		if g := rec.grant(rev); rev > 0 && !g.State.Final() {
			out = append(out, g)
		}
		if len(out) == limit && limit > 0 {
			break
		}
	}
	return out, nil
}

// SaveGrants saves grants in one commit; whoever needs their new Rev reads
// them again. A grant that is new or changed its state needs an event.
func (s *Store) SaveGrants(ctx context.Context, gs []access.Grant, e ...audit.Event) error {
	var c change
	err := s.addGrants(ctx, &c, gs, e)
	if err == nil {
		err = s.save(ctx, &c, e)
	}
	return fault.Wrap("store.SaveGrants", err)
}

// addGrants adds all rows of the grants to a change.
func (s *Store) addGrants(ctx context.Context, c *change, gs []access.Grant, e []audit.Event) error {
	for _, g := range gs {
		moved, err := s.addGrant(ctx, c, g)
		if err != nil {
			return err
		}
		if moved {
			if err := told("grant "+g.ID+" as "+string(g.State), e); err != nil {
				return err
			}
		}
	}
	return nil
}

// addGrant adds the rows of one grant and reports whether its state changed.
func (s *Store) addGrant(ctx context.Context, c *change, g access.Grant) (moved bool, err error) {
	prev, err := current[grantRecord](ctx, s, grantKey(g.ID), g.Rev)
	if err != nil {
		return false, err
	}
	was := prev.grant(g.Rev)
	if err := allowed(was, g); err != nil {
		return false, err
	}
	next, live := g.Next()
	rec := newGrantRecord(g)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: next, Kind: "grant", ID: g.ID, Connector: g.Connector, Urgency: g.Urgency()}, live)
	c.copyGrant(was, g, prev.CopyBase, &rec)
	c.put(grantKey(g.ID), g.Rev, rec)
	c.indexGrant(was, g)
	if newsworthy(was, g) {
		s.news(c, "grant", g.ID, g.Connector, g.Rev)
	}
	return was.State != g.State, nil
}

// newsworthy reports whether somebody is to hear of a change of a grant. What
// begins tells nobody before it is given, unless it waits for a person, and what is on its way out nobody
// before it is gone, unless its end was moved: then it tells when it would call
// people.
func newsworthy(was, g access.Grant) bool {
	if g.Parent != "" {
		return false
	}
	switch g.State {
	case access.Scheduled:
		return false
	case access.Granting:
		return g.ByHand() && was.Trouble.Code != g.Trouble.Code
	case access.Revoking:
		return was.State == access.Stuck || !was.End.Equal(g.End)
	}
	return was.State != g.State || !was.End.Equal(g.End) || g.State == access.Stuck && was.Trouble.Code != g.Trouble.Code
}

// allowed refuses what would leave index rows behind, and no state.
func allowed(was, g access.Grant) error {
	if err := g.State.Validate(); err != nil {
		return err
	}
	switch {
	case g.Rev == 0:
		return nil
	case was.Connector != g.Connector || was.Resource != g.Resource || was.Account != g.Account:
		return fault.New("", fault.Internal, "grant %s was to become another account's or resource's", g.ID)
	case was.State.Final() && was.State != g.State:
		return fault.New("", fault.Internal, "grant %s is over (%s) and was to become %s", g.ID, was.State, g.State)
	}
	return nil
}

// copied reports whether a grant has a copy among its resource's rows: once it
// was begun, until it is over. Converge has nothing to do for others.
func copied(g access.Grant) bool {
	return g.State != "" && g.State != access.Scheduled && !g.State.Final()
}

// copyGrant writes or takes away the copy. From its first on it is in every
// commit of the grant, so its version grows with the grant's: it is Rev - CopyBase.
func (c *change) copyGrant(was, g access.Grant, base int64, rec *grantRecord) {
	k := copyKey(g.Connector, g.Resource, g.ID)
	switch {
	case copied(g) && !copied(was):
		rec.CopyBase = g.Rev
		c.put(k, 0, *rec)
	case copied(g):
		rec.CopyBase = base
		c.put(k, g.Rev-base, *rec)
	case copied(was):
		c.delete(k, g.Rev-base)
	}
}

// indexGrant writes the pointers: among the live ones, then among the ended.
func (c *change) indexGrant(was, g access.Grant) {
	fresh, over := g.Rev == 0, g.State.Final()
	if fresh && !over {
		c.point(liveKey(g.Connector, g.Account, g.ID), pointer{ID: g.ID, Created: stamp(g.Created)})
	}
	if !fresh && over && !was.State.Final() {
		c.unpoint(liveKey(g.Connector, g.Account, g.ID))
	}
	if over && !was.State.Final() {
		c.point(endedKey(g.Closed, g.ID), pointer{ID: g.ID})
		c.point(endedOfKey(g), pointer{ID: g.ID})
		c.point(endedOnKey(g), pointer{ID: g.ID})
	}
}
