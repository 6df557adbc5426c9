package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ReadPolicy reads the policy in force, the zero Policy when none was
// published. It may name what is private, so it is for auditors and
// administrators; everybody else asks ReadExplanation.
func (h *House) ReadPolicy(ctx context.Context, by access.Actor) (access.Policy, error) {
	const op = "flow.ReadPolicy"
	if !by.Is(access.Auditor) && !by.Is(access.IntegrationAdministrator) {
		return access.Policy{}, fault.New(op, fault.Forbidden, "reading the whole policy needs the duty auditor or integration administrator; ask about yourself with: ebb policy explain")
	}
	p, err := h.Memory.Policy(ctx, 0)
	return p, fault.Wrap(op, err)
}

// ReadExplanation is Explain for a resource that the actor sees; for others
// it is not found, so that the answer names nothing private.
func (h *House) ReadExplanation(ctx context.Context, by access.Actor, conn, requester, subject, resource, slug string, length time.Duration) (Explanation, error) {
	const op = "flow.ReadExplanation"
	r, err := h.realm(ctx, by, conn)
	if err == nil {
		_, err = r.resource(ctx, resource)
	}
	if err != nil {
		return Explanation{}, fault.Wrap(op, err)
	}
	x, err := h.Explain(ctx, by, conn, requester, subject, resource, slug, length)
	return x, fault.Wrap(op, err)
}

// ReadGroups lists the user groups that the actor sees, of all connectors, for
// checking a policy that names them.
func (h *House) ReadGroups(ctx context.Context, by access.Actor) ([]directory.Resource, error) {
	const op = "flow.ReadGroups"
	realms, err := h.realms(ctx, by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []directory.Resource
	for _, r := range realms {
		err := h.Memory.EachResource(ctx, r.conn.ID, directory.UserGroup, func(res directory.Resource) error {
			ok, err := r.sees(ctx, res)
			if ok {
				out = append(out, res)
			}
			return err
		})
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return out, nil
}
