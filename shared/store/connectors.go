package store

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Connector reads one connector.
func (s *Store) Connector(ctx context.Context, id string) (connector.Connector, error) {
	r, rev, err := find[connectorRecord](ctx, s, connectorKey(id), "connector", id)
	if err != nil {
		return connector.Connector{}, fault.Wrap("store.Connector", err)
	}
	return r.connector(rev), nil
}

// Connectors lists all connectors by id.
func (s *Store) Connectors(ctx context.Context) ([]connector.Connector, error) {
	var out []connector.Connector
	err := eachRecord(ctx, s, Range{Part: "connector"}, func(r connectorRecord, row Row) error {
		out = append(out, r.connector(row.Version))
		return nil
	})
	return out, fault.Wrap("store.Connectors", err)
}

// SaveConnector saves a connector with at least one event, unless only its
// schedule moved (NextSync, LastRun, LastGood): the runs tell of that.
func (s *Store) SaveConnector(ctx context.Context, n connector.Connector, e ...audit.Event) (connector.Connector, error) {
	n, err := s.saveConnector(ctx, &change{}, n, e)
	return n, fault.Wrap("store.SaveConnector", err)
}

func (s *Store) saveConnector(ctx context.Context, c *change, n connector.Connector, e []audit.Event) (connector.Connector, error) {
	prev, err := current[connectorRecord](ctx, s, connectorKey(n.ID), n.Rev)
	if err != nil {
		return connector.Connector{}, err
	}
	rec := newConnectorRecord(n)
	rec.Due = c.due(laneSync, prev.Due, access.Due{At: n.NextSync, Kind: "connector", ID: n.ID, Connector: n.ID, Urgency: 2}, !n.NextSync.IsZero())
	if n.Rev == 0 || !scheduleOnly(prev, rec) {
		if err := told("connector "+n.ID, e); err != nil {
			return connector.Connector{}, err
		}
	}
	if broke, mended := n.Label == connector.Error, prev.Label == string(connector.Error); broke != mended {
		s.news(c, "connector", n.ID, n.ID, n.Rev)
	}
	if n.Rev == 0 || !slices.Equal(prev.Owners, rec.Owners) {
		s.news(c, "owners", n.ID, n.ID, n.Rev) // whoever was named is to hear of it
	}
	c.put(connectorKey(n.ID), n.Rev, rec)
	if err := s.save(ctx, c, e); err != nil {
		return connector.Connector{}, err
	}
	n.Rev++
	return n, nil
}

// scheduleOnly reports whether two records differ in their schedule at most.
func scheduleOnly(a, b connectorRecord) bool {
	for _, r := range []*connectorRecord{&a, &b} {
		r.NextSync, r.LastRun, r.LastGood, r.Due = stamp{}, "", stamp{}, ""
	}
	return alike(a, b)
}

// Invitation finds an invitation by the hash of its link's word or, once it
// was opened, of its state.
func (s *Store) Invitation(ctx context.Context, hash string) (connector.Invitation, error) {
	const op = "store.Invitation"
	r, rev, err := load[inviteRecord](ctx, s, inviteKey(hash))
	if fault.Is(err, fault.NotFound) {
		var p pointer
		if p, _, err = load[pointer](ctx, s, inviteStateKey(hash)); err == nil {
			r, rev, err = load[inviteRecord](ctx, s, inviteKey(p.ID))
		}
	}
	if fault.Is(err, fault.NotFound) {
		return connector.Invitation{}, fault.New(op, fault.NotFound, "there is no such invitation; ask for a new link (ebb connect)")
	}
	if err != nil {
		return connector.Invitation{}, fault.Wrap(op, err)
	}
	return r.invitation(rev), nil
}

// SaveInvitation saves an invitation with at least one event. The table
// forgets it a day after it ended.
func (s *Store) SaveInvitation(ctx context.Context, i connector.Invitation, e ...audit.Event) error {
	const op = "store.SaveInvitation"
	prev, err := current[inviteRecord](ctx, s, inviteKey(i.Link), i.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := told("an invitation of "+i.Connector, e); err != nil {
		return fault.Wrap(op, err)
	}
	if prev.State != "" && prev.State != i.State {
		return fault.New(op, fault.Internal, "an invitation was to be opened twice")
	}
	var c change
	expires := i.Expires.Add(24 * time.Hour).Unix()
	c.putUntil(inviteKey(i.Link), i.Rev, expires, newInviteRecord(i))
	if i.State != prev.State {
		c.putUntil(inviteStateKey(i.State), 0, expires, pointer{ID: i.Link})
	}
	return fault.Wrap(op, s.save(ctx, &c, e))
}
