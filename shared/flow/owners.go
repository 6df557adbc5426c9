package flow

import (
	"context"
	"slices"
	"strings"
	"time"

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
	owners, err = fitOwners(ctx, h, r, owners)
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, h.setOwners(ctx, by, conn, resource, owners))
}

// fitOwners are the owners in order, each once, if all can own the resource.
func fitOwners(ctx context.Context, h *House, r directory.Resource, owners []string) ([]string, error) {
	const op = "flow.SetOwners"
	owners = slices.Compact(slices.Sorted(slices.Values(owners)))
	if len(owners) > mostOwners {
		return nil, fault.At(op, "owners", "a resource has at most %d owners", mostOwners)
	}
	for _, id := range owners {
		a, err := h.Memory.Account(ctx, r.Connector, id)
		if err != nil {
			return nil, err
		}
		if why := r.RefusalFor(a); why != "" {
			return nil, fault.At(op, "owners", "%s, and cannot own this", why)
		}
	}
	return owners, nil
}

func (h *House) setOwners(ctx context.Context, by access.Actor, conn, resource string, owners []string) error {
	e := h.event("resource/"+conn+"/"+resource, "resource.owners", who(by), map[string]string{
		"connector": conn, "resource": resource, "owners": strings.Join(owners, " "),
	})
	was, err := h.Memory.Resource(ctx, conn, resource)
	if err != nil {
		return err
	}
	if err := h.Memory.SetOwners(ctx, conn, resource, owners, e); err != nil {
		return err
	}
	var over []string // findings of owners who had gone, and are none any more
	for _, a := range was.Owners {
		if !slices.Contains(owners, a) {
			over = append(over, ownerGone(conn, resource, a, time.Time{}).FindingID())
		}
	}
	return h.unfound(ctx, over...)
}

// saysOwners reports whether the actor says who owns a resource.
func (r *realm) saysOwners() bool {
	by := r.s.by
	return !by.Service && (r.owns || by.Is(access.IntegrationAdministrator))
}

func mayNotSayOwners() error {
	return fault.New("flow.ownable", fault.Forbidden, "only an owner of the connector or an integration administrator says who owns a resource")
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
	if !in.saysOwners() {
		err = mayNotSayOwners()
	}
	return r, err
}

// standIns are the owners of a resource who decide: its own, or, where it was
// given some and none of them lives any more, those of its connector. A resource
// that nobody ever owned has none.
func (h *House) standIns(ctx context.Context, r directory.Resource, appOwners []string) ([]string, error) {
	for _, id := range r.Owners {
		a, err := h.Memory.Account(ctx, r.Connector, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil && a.Live() {
			return r.Owners, nil
		}
	}
	if len(r.Owners) == 0 {
		return nil, nil
	}
	return appOwners, nil
}

// disowned finds of each resource that an account owned that its owner has gone;
// its connector's owners stand in where nobody else owns it.
func (h *House) disowned(ctx context.Context, conn, account string) error {
	var owned []string
	err := h.Memory.EachOwned(ctx, conn, func(id string, owners []string) error {
		if slices.Contains(owners, account) {
			owned = append(owned, id)
		}
		return nil
	})
	for _, id := range owned {
		if err == nil {
			err = h.found(ctx, ownerGone(conn, id, account, h.Now()))
		}
	}
	return err
}

func ownerGone(conn, resource, account string, now time.Time) directory.Finding {
	return directory.Finding{Connector: conn, Resource: resource, Account: account, Kind: directory.OwnerGone, Seen: now}
}
