package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// doers hear of a manual task: the owners of its resource, or else those of the
// connector, and whom they delegate to now, as far as these may know of the resource.
// place says in whose place each of the latter is told.
func (h *House) doers(ctx context.Context, c connector.Connector, m access.Manual) (out []reader, place map[string]string, err error) {
	if out, err = h.ownersOf(ctx, c, m.Resource); err != nil {
		return nil, nil, err
	}
	var owners []access.Person
	for _, o := range out {
		p, err := h.someone(ctx, c.ID, o.to)
		if err != nil {
			return nil, nil, err
		}
		owners = append(owners, p)
	}
	f := facts{conn: c, ask: access.Ask{Subject: directory.Account{ID: m.Account}}}
	instead, err := h.deputies(ctx, f, owners)
	if err != nil || len(instead) == 0 {
		return out, nil, err
	}
	r, err := h.Memory.Resource(ctx, c.ID, m.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	p := newPeople(h, c)
	knows := p.knows(ctx, r)
	place = map[string]string{}
	for _, d := range instead {
		if !r.Private || knows(d.Account.ID) {
			place[d.Account.ID] = d.placeOf
			out = append(out, reader{to: d.Account.ID})
		}
	}
	return out, place, p.err
}
