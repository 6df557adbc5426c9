package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// signInRulesRecord is the row of how people sign in.
type signInRulesRecord struct {
	ByEmail bool `json:"byEmail"`
}

// refusalsRecord counts the refused sign-ins of an hour.
type refusalsRecord struct {
	Hour stamp `json:"hour"`
	N    int   `json:"n"`
}

func newRefusalsRecord(r access.Refusals) refusalsRecord {
	return refusalsRecord{Hour: stamp(r.Hour), N: r.N}
}

func (r refusalsRecord) refusals(rev int64) access.Refusals {
	return access.Refusals{Hour: r.Hour.time(), N: r.N, Rev: rev}
}

// SignInRules gives how people sign in; the zero value before somebody said so.
func (s *Store) SignInRules(ctx context.Context) (access.SignInRules, error) {
	r, rev, err := maybe[signInRulesRecord](ctx, s, signInRulesKey())
	return access.SignInRules{ByEmail: r.ByEmail, Rev: rev}, fault.Wrap("store.SignInRules", err)
}

// SaveSignInRules saves them with at least one event.
func (s *Store) SaveSignInRules(ctx context.Context, r access.SignInRules, e ...audit.Event) (access.SignInRules, error) {
	const op = "store.SaveSignInRules"
	if err := told("how people sign in", e); err != nil {
		return r, fault.Wrap(op, err)
	}
	var c change
	c.put(signInRulesKey(), r.Rev, signInRulesRecord{ByEmail: r.ByEmail})
	if err := s.save(ctx, &c, e); err != nil {
		return r, fault.Wrap(op, err)
	}
	r.Rev++
	return r, nil
}

// Refusals counts the refused sign-ins of an hour; none is no error.
func (s *Store) Refusals(ctx context.Context, hour time.Time) (access.Refusals, error) {
	r, rev, err := maybe[refusalsRecord](ctx, s, refusalsKey(hour))
	out := r.refusals(rev)
	out.Hour = hour
	return out, fault.Wrap("store.Refusals", err)
}

// SaveRefusals saves the count with at least one event.
func (s *Store) SaveRefusals(ctx context.Context, r access.Refusals, e ...audit.Event) error {
	const op = "store.SaveRefusals"
	if err := told("a refused sign-in", e); err != nil {
		return fault.Wrap(op, err)
	}
	var c change
	c.putUntil(refusalsKey(r.Hour), r.Rev, r.Hour.Add(sessionRest).Unix(), newRefusalsRecord(r))
	return fault.Wrap(op, s.save(ctx, &c, e))
}
