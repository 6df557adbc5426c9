package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// ReadTemplates lists what drafts campaigns, stopped ones too, for who runs
// campaigns and auditors.
func (h *House) ReadTemplates(ctx context.Context, by access.Actor) ([]review.Template, error) {
	const op = "flow.ReadTemplates"
	if err := h.mayReadTemplates(by); err != nil {
		return nil, fault.Wrap(op, err)
	}
	out, err := h.Memory.Templates(ctx)
	return out, fault.Wrap(op, err)
}

// ReadTemplate reads one.
func (h *House) ReadTemplate(ctx context.Context, by access.Actor, id string) (review.Template, error) {
	const op = "flow.ReadTemplate"
	if err := h.mayReadTemplates(by); err != nil {
		return review.Template{}, fault.Wrap(op, err)
	}
	out, err := h.Memory.Template(ctx, id)
	return out, fault.Wrap(op, err)
}

func (h *House) mayReadTemplates(by access.Actor) error {
	if _, err := h.sight(by); err != nil {
		return err
	}
	if !by.Is(access.CampaignAdministrator) && !by.Is(access.Auditor) {
		return fault.New("flow.mayReadTemplates", fault.Forbidden, "templates are shown to campaign administrators and auditors")
	}
	return nil
}
