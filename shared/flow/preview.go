package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Preview says what policy will do with each item of a request, without asking for
// it: an Explanation each, in their order. What could not be asked for whatever
// policy says is an error that names its field (resources, length, start).
func (h *House) Preview(ctx context.Context, by access.Actor, a Asking) ([]Explanation, error) {
	const op = "flow.Preview"
	account, err := h.asker(by, a.Connector)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if a.Subject == "" {
		a.Subject = account
	}
	if a.Profile != "" {
		if a.Resources, err = h.ofProfile(ctx, by, a); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	if err := a.check(h.Now()); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := h.tooMuch(ctx, a); err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []Explanation
	for _, id := range a.Resources {
		x, err := h.Explain(ctx, by, a.Connector, account, a.Subject, id, a.Slug, a.Length)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, x)
	}
	return out, nil
}
