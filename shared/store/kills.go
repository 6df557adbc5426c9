package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// killRecord is a kill switch that was pressed.
type killRecord struct {
	ID       string       `json:"id"`
	Target   targetRecord `json:"target"`
	By       string       `json:"by,omitempty"`
	At       stamp        `json:"at,omitzero"`
	Grants   int          `json:"grants,omitempty"`
	Requests int          `json:"requests,omitempty"`
	Next     stamp        `json:"next,omitzero"`
	Done     stamp        `json:"done,omitzero"`
	Due      string       `json:"due,omitempty"`
}

// targetRecord has the fields of access.Target in the same order.
type targetRecord struct {
	User      string `json:"user,omitempty"`
	Connector string `json:"connector,omitempty"`
	Account   string `json:"account,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Rule      string `json:"rule,omitempty"`
	Version   int64  `json:"version,omitempty"`
}

func newKillRecord(k access.Kill) killRecord {
	return killRecord{
		ID: k.ID, Target: targetRecord(k.Target), By: k.By, At: stamp(k.At), Grants: k.Grants, Requests: k.Requests,
		Next: stamp(k.Next), Done: stamp(k.Done),
	}
}

func (r killRecord) kill(rev int64) access.Kill {
	return access.Kill{
		ID: r.ID, Target: access.Target(r.Target), By: r.By, At: r.At.time(), Grants: r.Grants, Requests: r.Requests,
		Next: r.Next.time(), Done: r.Done.time(), Rev: rev,
	}
}

// Kill reads one.
func (s *Store) Kill(ctx context.Context, id string) (access.Kill, error) {
	r, rev, err := find[killRecord](ctx, s, killKey(id), "kill", id)
	return r.kill(rev), fault.Wrap("store.Kill", err)
}

// Kills lists them, the newest first, at most limit (0: 1000).
func (s *Store) Kills(ctx context.Context, limit int) ([]access.Kill, error) {
	var out []access.Kill
	err := follow(ctx, s, Range{Part: "kills", Reverse: true}, limit, killKey, func(r killRecord, rev int64) bool {
		out = append(out, r.kill(rev))
		return true
	})
	return out, fault.Wrap("store.Kills", err)
}

// SaveKill saves one with the text that says why. New or done it has an event.
func (s *Store) SaveKill(ctx context.Context, k access.Kill, texts []access.Text, e ...audit.Event) (access.Kill, error) {
	const op = "store.SaveKill"
	prev, err := current[killRecord](ctx, s, killKey(k.ID), k.Rev)
	if err != nil {
		return k, fault.Wrap(op, err)
	}
	if k.Rev == 0 || prev.Done.time().IsZero() != k.Done.IsZero() {
		if err := told("a kill", e); err != nil {
			return k, fault.Wrap(op, err)
		}
	}
	var c change
	rec := newKillRecord(k)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: k.Next, Kind: "kill", ID: k.ID}, !k.Next.IsZero())
	c.put(killKey(k.ID), k.Rev, rec)
	if k.Rev == 0 {
		c.point(killsKey(k.At, k.ID), pointer{ID: k.ID})
	}
	if err := s.addTexts(ctx, &c, texts); err != nil {
		return k, fault.Wrap(op, err)
	}
	if err := s.save(ctx, &c, e); err != nil {
		return k, fault.Wrap(op, err)
	}
	k.Rev++
	return k, nil
}
