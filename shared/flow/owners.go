package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostOwners of one resource.
const mostOwners = 20

// SetOwners says who owns a resource, by account id; policy may let owners
// approve. An owner of the connector or an Integration Administrator's act: an
// owner of the resource alone could hand it on without anybody's say.
func (h *House) SetOwners(ctx context.Context, by access.Actor, conn, resource string, owners []string) error {
	const op = "flow.SetOwners"
	if !by.Is(access.IntegrationAdministrator) || by.Service {
		if _, err := h.owned(ctx, by, conn); err != nil {
			return fault.Wrap(op, err)
		}
	}
	r, err := h.Memory.Resource(ctx, conn, resource)
	if err != nil {
		return fault.Wrap(op, err)
	}
	owners = slices.Compact(slices.Sorted(slices.Values(owners)))
	if len(owners) > mostOwners {
		return fault.At(op, "owners", "a resource has at most %d owners", mostOwners)
	}
	for _, id := range owners {
		a, err := h.Memory.Account(ctx, conn, id)
		if err != nil {
			return fault.Wrap(op, err)
		}
		if why := r.RefusalFor(a); why != "" {
			return fault.At(op, "owners", "%s, and cannot own this", why)
		}
	}
	e := h.event("resource/"+conn+"/"+resource, "resource.owners", who(by), map[string]string{
		"connector": conn, "resource": resource, "owners": strings.Join(owners, " "),
	})
	return fault.Wrap(op, h.Memory.SetOwners(ctx, conn, resource, owners, e))
}
