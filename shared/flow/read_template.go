package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// ReadTemplates lists what drafts campaigns, by id, stopped ones too: for campaign
// administrators and auditors.
func (h *House) ReadTemplates(ctx context.Context, by access.Actor) ([]review.Template, error) {
	const op = "flow.ReadTemplates"
	_, err := h.sight(by)
	if err == nil && !by.Is(access.Auditor) && !by.Is(access.CampaignAdministrator) {
		err = fault.New(op, fault.Forbidden, "what drafts access reviews is shown to campaign administrators and auditors")
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.Templates(ctx)
	return all, fault.Wrap(op, err)
}
