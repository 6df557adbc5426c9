package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// deputy is somebody who may decide now in the place of an account that delegates to
// them.
type deputy struct {
	access.Person
	placeOf string
}

// deputies are those to whom some of people delegate now, each once: they are asked
// and named beside whom they stand in for. Who is among people anyway decides by their
// own right, and who asks or gets the access stands in for nobody.
func (h *House) deputies(ctx context.Context, f facts, people []access.Person) ([]deputy, error) {
	var out []deputy
	has := func(account string) bool {
		return slices.ContainsFunc(people, func(p access.Person) bool { return p.Account.ID == account }) ||
			slices.ContainsFunc(out, func(d deputy) bool { return d.Account.ID == account })
	}
	for _, from := range people {
		if from.User == "" {
			continue // who never used Ebb has delegated nothing
		}
		all, err := h.Memory.DelegationsOf(ctx, f.conn.ID, from.Account.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if d.From != from.Account.ID || d.FromUser != from.User || !d.Holds(h.Now()) || has(d.To) {
				continue
			}
			to, err := h.someone(ctx, f.conn.ID, d.To)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if may, _ := access.MayStandIn(to, f.ask); may && (to.User == "" || to.User != from.User) {
				out = append(out, deputy{to, from.Account.ID})
			}
		}
	}
	return out, nil
}
