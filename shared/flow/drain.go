package flow

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Drained is how far a connector was drained: grants whose access is not seen
// gone yet, and how many of them need a person.
type Drained struct {
	Left      int
	Attention int
}

// Drain pauses a connector and turns every live grant of it to its end. The
// ends are then served as always; called again it says how many are left, and
// ends what came in between. An owner's act.
func (h *House) Drain(ctx context.Context, by access.Actor, id string) (Drained, error) {
	const op = "flow.Drain"
	c, err := h.owned(ctx, by, id)
	if err != nil {
		return Drained{}, fault.Wrap(op, err)
	}
	if c.Linked() { // before the grants are listed, so that none is approved behind the list
		if _, err := h.pause(ctx, by, id); err != nil {
			return Drained{}, fault.Wrap(op, err)
		}
	}
	if err := h.drain(ctx, by, id); err != nil {
		return Drained{}, fault.Wrap(op, err)
	}
	left, err := h.Memory.GrantsOf(ctx, id, "")
	out := Drained{Left: len(left)}
	for _, g := range left {
		if g.NeedsAttention(h.Now()) {
			out.Attention++
		}
	}
	return out, fault.Wrap(op, err)
}

// drain ends the live grants, and then default channels whose user group had
// ended before them.
func (h *House) drain(ctx context.Context, by access.Actor, id string) error {
	live, err := h.Memory.GrantsOf(ctx, id, "")
	if err != nil {
		return err
	}
	turned := 0
	for _, g := range live {
		if !g.Takes() {
			turned++
		}
	}
	if turned == 0 {
		return nil
	}
	if err := h.Memory.SaveEvents(ctx, h.event("connector/"+id, "connector.draining", who(by), map[string]string{"grants": fmt.Sprint(turned)})); err != nil {
		return err
	}
	if err := h.endAll(ctx, live, who(by)); err != nil {
		return err
	}
	if live, err = h.Memory.GrantsOf(ctx, id, ""); err != nil {
		return err
	}
	for i := range live {
		live[i].Parent = "" // orphans by now: each is ended for itself
	}
	return h.endAll(ctx, live, who(by))
}
