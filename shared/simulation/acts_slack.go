package simulation

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

// click: WHO #N. Approve, by the button of the message in Slack: the press is
// stored first, and sweep does it where who took it died or had no time.
func (w *World) click(a Act) {
	id := w.requestOf(a.number(1))
	if id == "" {
		return
	}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		w.approvals = append(w.approvals, approval{id, a.arg(0), w.now()})
		_, err := h.Press(ctx, access.Press{
			ID: fmt.Sprintf("press-%d", a.N), Act: access.ActApprove, Connector: w.conn, Account: w.ids[a.arg(0)], Target: id, Words: "go ahead",
		})
		return err
	})
}

// vouch: WHO #N yes|no. Confirms an emergency afterwards, or ends its access.
func (w *World) vouch(a Act) {
	if id := w.requestOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.ConfirmAccess(ctx, w.people[a.arg(0)], id, a.arg(2) == "yes", "")
			return err
		})
	}
}

// veto: WHO #N. What a company's only approver asks for themselves.
func (w *World) veto(a Act) {
	if id := w.requestOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.Veto(ctx, w.people[a.arg(0)], id, "no")
			return err
		})
	}
}
