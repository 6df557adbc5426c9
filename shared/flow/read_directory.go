package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ResourceView is a resource with its default channels, those that the actor
// sees.
type ResourceView struct {
	directory.Resource
	Channels []directory.Resource
}

func (r *realm) resourceView(ctx context.Context, res directory.Resource) (ResourceView, error) {
	v := ResourceView{Resource: res}
	v.Defaults = nil
	for _, id := range res.Defaults {
		c, err := r.look(ctx, id)
		if err != nil {
			return v, err
		}
		if c.seen {
			v.Channels = append(v.Channels, c.Resource)
		}
	}
	return v, nil
}

// ResourceQuery says which resources are meant: of a kind ("": every kind), that
// fit a search, and those alone that nobody owns.
type ResourceQuery struct {
	Kind    directory.Kind
	Search  string
	Unowned bool
}

// mostLooked is how many rows of a list one page looks through for what fits. A
// page that fits little ends early, with a cursor to go on.
const mostLooked = 5000

// ReadResources lists resources by id.
func (h *House) ReadResources(ctx context.Context, by access.Actor, conn string, q ResourceQuery, s Slice) (Page[ResourceView], error) {
	const op = "flow.ReadResources"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[ResourceView]{}, fault.Wrap(op, err)
	}
	after, err := s.after()
	if err != nil {
		return Page[ResourceView]{}, fault.Wrap(op, err)
	}
	p, err := bounded(s, mostLooked,
		func(f func(directory.Resource) error) error {
			return h.Memory.ResourcesAfter(ctx, conn, q.Kind, after, f)
		},
		func(res directory.Resource) string { return res.ID },
		func(res directory.Resource) (v ResourceView, ok bool, err error) {
			if q.Unowned && len(res.Owners) > 0 || !fits(q.Search, res.ID, access.Name(res), res.Title) {
				return v, false, nil
			}
			if ok, err = r.sees(ctx, res); err != nil || !ok {
				return v, false, err
			}
			v, err = r.resourceView(ctx, res)
			return v, true, err
		})
	return p, fault.Wrap(op, err)
}

// ReadResource reads one resource.
func (h *House) ReadResource(ctx context.Context, by access.Actor, conn, id string) (ResourceView, error) {
	const op = "flow.ReadResource"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return ResourceView{}, fault.Wrap(op, err)
	}
	res, err := r.resource(ctx, id)
	if err != nil {
		return ResourceView{}, fault.Wrap(op, err)
	}
	v, err := r.resourceView(ctx, res)
	return v, fault.Wrap(op, err)
}
