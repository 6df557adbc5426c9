package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// draftRecord is a policy that waits for somebody else's yes, or did.
type draftRecord struct {
	ID        string            `json:"id"`
	Policy    policyRecord      `json:"policy"`
	Base      int64             `json:"base"`
	By        string            `json:"by"`
	Wider     []string          `json:"wider,omitempty"`
	At        stamp             `json:"at,omitzero"`
	Ripe      stamp             `json:"ripe,omitzero"`
	State     access.DraftState `json:"state"`
	DecidedBy string            `json:"decided_by,omitempty"`
	DecidedAt stamp             `json:"decided_at,omitzero"`
	Due       string            `json:"due,omitempty"`
}

func newDraftRecord(d access.Draft) draftRecord {
	return draftRecord{
		ID: d.ID, Policy: newPolicyRecord(d.Policy), Base: d.Base, By: d.By, Wider: d.Wider, At: stamp(d.At), Ripe: stamp(d.Ripe),
		State: d.State, DecidedBy: d.DecidedBy, DecidedAt: stamp(d.DecidedAt),
	}
}

func (r draftRecord) draft(rev int64) access.Draft {
	return access.Draft{
		ID: r.ID, Policy: r.Policy.policy(), Base: r.Base, By: r.By, Wider: r.Wider, At: r.At.time(), Ripe: r.Ripe.time(),
		State: r.State, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.time(), Rev: rev,
	}
}

// Draft reads one.
func (s *Store) Draft(ctx context.Context, id string) (access.Draft, error) {
	r, rev, err := find[draftRecord](ctx, s, draftKey(id), "draft", id)
	return r.draft(rev), fault.Wrap("store.Draft", err)
}

// Drafts lists them, the newest first, at most limit (0: 1000).
func (s *Store) Drafts(ctx context.Context, limit int) ([]access.Draft, error) {
	var out []access.Draft
	err := follow(ctx, s, Range{Part: "drafts", Reverse: true}, limit, draftKey, func(r draftRecord, rev int64) bool {
		out = append(out, r.draft(rev))
		return true
	})
	return out, fault.Wrap("store.Drafts", err)
}

// SaveDraft saves a draft with at least one event, the row by which people hear of
// it and, where it comes into force, the policy as the version after the newest, in
// one commit.
func (s *Store) SaveDraft(ctx context.Context, d access.Draft, inForce *access.Policy, e ...audit.Event) (access.Draft, error) {
	const op = "store.SaveDraft"
	if err := told("a draft", e); err != nil {
		return d, fault.Wrap(op, err)
	}
	prev, err := current[draftRecord](ctx, s, draftKey(d.ID), d.Rev)
	if err != nil {
		return d, fault.Wrap(op, err)
	}
	var c change
	if inForce != nil {
		if err := s.addPolicy(ctx, &c, *inForce); err != nil {
			return d, fault.Wrap(op, err)
		}
	}
	rec := newDraftRecord(d)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: d.Ripe, Kind: "draft", ID: d.ID, Urgency: 2}, d.Waits() && !d.Ripe.IsZero())
	c.put(draftKey(d.ID), d.Rev, rec)
	if d.Rev == 0 {
		c.point(draftsKey(d.At, d.ID), pointer{ID: d.ID})
	}
	s.news(&c, "draft", d.ID, "", d.Rev)
	if err := s.save(ctx, &c, e); err != nil {
		return d, fault.Wrap(op, err)
	}
	d.Rev++
	return d, nil
}
