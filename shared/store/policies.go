package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Policy reads a version of the policy, 0 the newest; without any it is the
// zero Policy, which allows nothing.
func (s *Store) Policy(ctx context.Context, version int64) (access.Policy, error) {
	const op = "store.Policy"
	if version == 0 {
		p, err := s.newestPolicy(ctx)
		return p, fault.Wrap(op, err)
	}
	r, _, err := load[policyRecord](ctx, s, policyKey(version))
	if fault.Is(err, fault.NotFound) {
		err = fault.New("", fault.NotFound, "there is no version %d of the policy", version)
	}
	if err != nil {
		return access.Policy{}, fault.Wrap(op, err)
	}
	return r.policy(), nil
}

func (s *Store) newestPolicy(ctx context.Context) (access.Policy, error) {
	var p access.Policy
	err := eachRecord(ctx, s, Range{Part: "policy", Reverse: true, Limit: 1}, func(r policyRecord, _ Row) error {
		p = r.policy()
		return errStop
	})
	return p, err
}

// SavePolicy publishes a version with at least one event: it has to be the
// one after the newest, else fault.Conflict. A version never changes.
func (s *Store) SavePolicy(ctx context.Context, p access.Policy, e ...audit.Event) error {
	const op = "store.SavePolicy"
	if err := told("a policy", e); err != nil {
		return fault.Wrap(op, err)
	}
	var c change
	err := s.addPolicy(ctx, &c, p)
	if err == nil {
		err = s.save(ctx, &c, e)
	}
	return fault.Wrap(op, err)
}

// addPolicy adds a version to a change.
func (s *Store) addPolicy(ctx context.Context, c *change, p access.Policy) error {
	have, err := s.newestPolicy(ctx)
	if err != nil {
		return err
	}
	if p.Version != have.Version+1 {
		return fault.New("", fault.Conflict, "the newest version of the policy is %d, so %d cannot be published; look again", have.Version, p.Version)
	}
	c.put(policyKey(p.Version), 0, newPolicyRecord(p))
	return nil
}
