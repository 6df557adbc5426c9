package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostOwners of one resource.
const mostOwners = 20

// SetOwners says who owns a resource, by account id; policy may let owners
// approve. An owner of the connector or an Integration Administrator's act: an
// owner of the resource alone could hand it on without anybody's say.
func (h *House) SetOwners(ctx context.Context, by access.Actor, conn, resource string, owners []string) error {
	const op = "flow.SetOwners"
	r, err := h.ownable(ctx, by, conn, resource)
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

// ownable reads a resource whose owners the actor may say. An administrator
// who does not see a private channel does not become its owner either.
func (h *House) ownable(ctx context.Context, by access.Actor, conn, resource string) (directory.Resource, error) {
	in, err := h.realm(ctx, by, conn)
	if err != nil {
		return directory.Resource{}, err
	}
	r, err := in.resource(ctx, resource)
	if err != nil {
		return r, err
	}
	if by.Service || !in.owns && !by.Is(access.IntegrationAdministrator) {
		err = fault.New("flow.ownable", fault.Forbidden, "only an owner of the connector or an integration administrator says who owns a resource")
	}
	return r, err
}
