package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// delegationRecord is a delegation's row.
type delegationRecord struct {
	ID        string `json:"id"`
	Connector string `json:"connector"`
	From      string `json:"from"`
	FromUser  string `json:"from_user,omitempty"`
	To        string `json:"to"`
	Start     stamp  `json:"start,omitzero"`
	End       stamp  `json:"end,omitzero"`
	Ended     bool   `json:"ended,omitempty"`
	Created   stamp  `json:"created,omitzero"`
}

func newDelegationRecord(d access.Delegation) delegationRecord {
	return delegationRecord{
		ID: d.ID, Connector: d.Connector, From: d.From, FromUser: d.FromUser, To: d.To,
		Start: stamp(d.Start), End: stamp(d.End), Ended: d.Ended, Created: stamp(d.Created),
	}
}

func (r delegationRecord) delegation(rev int64) access.Delegation {
	return access.Delegation{
		ID: r.ID, Connector: r.Connector, From: r.From, FromUser: r.FromUser, To: r.To,
		Start: r.Start.time(), End: r.End.time(), Ended: r.Ended, Created: r.Created.time(), Rev: rev,
	}
}

// Delegation reads one delegation.
func (s *Store) Delegation(ctx context.Context, id string) (access.Delegation, error) {
	r, rev, err := find[delegationRecord](ctx, s, delegationKey(id), "delegation", id)
	return r.delegation(rev), fault.Wrap("store.Delegation", err)
}

// DelegationsOf lists what an account delegates and what is delegated to it,
// the latest end first, at most 1000, without those that were taken back.
func (s *Store) DelegationsOf(ctx context.Context, conn, account string) ([]access.Delegation, error) {
	var out []access.Delegation
	r := Range{Part: join("delegations-of", conn, account), Reverse: true}
	err := follow(ctx, s, r, 0, delegationKey, func(rec delegationRecord, rev int64) bool {
		out = append(out, rec.delegation(rev))
		return true
	})
	return out, fault.Wrap("store.DelegationsOf", err)
}

// SaveDelegation saves a delegation with at least one event. Only its Ended may
// change.
func (s *Store) SaveDelegation(ctx context.Context, d access.Delegation, e ...audit.Event) (access.Delegation, error) {
	const op = "store.SaveDelegation"
	if err := told("delegation "+d.ID, e); err != nil {
		return access.Delegation{}, fault.Wrap(op, err)
	}
	prev, err := current[delegationRecord](ctx, s, delegationKey(d.ID), d.Rev)
	if err != nil {
		return access.Delegation{}, fault.Wrap(op, err)
	}
	rec := newDelegationRecord(d)
	was := prev.Ended
	if prev.Ended = rec.Ended; d.Rev > 0 && !alike(prev, rec) {
		return access.Delegation{}, fault.New(op, fault.Internal, "delegation %s was to become another one", d.ID)
	}
	var c change
	c.put(delegationKey(d.ID), d.Rev, rec)
	for _, account := range []string{d.From, d.To} {
		c.list(delegationsOfKey(d.Connector, account, d.End, d.ID), d.Rev > 0 && !was, !d.Ended, d.ID)
	}
	if err := s.save(ctx, &c, e); err != nil {
		return access.Delegation{}, fault.Wrap(op, err)
	}
	d.Rev++
	return d, nil
}
