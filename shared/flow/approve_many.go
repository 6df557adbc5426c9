package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostTogether is how many requests one call decides.
const mostTogether = 50

// Decided is what became of one request of many: nil, or why it was not decided.
type Decided struct {
	Request string
	Err     error
}

// ApproveMany approves several requests with one comment, each for itself, as
// Approve would: one that is refused stops no other. Only what policy calls low
// risk, as it was asked for and as the rule stands now, is decided together;
// everything else is looked at one by one.
func (h *House) ApproveMany(ctx context.Context, by access.Actor, ids []string, comment string) ([]Decided, error) {
	const op = "flow.ApproveMany"
	if len(ids) == 0 || len(ids) > mostTogether {
		return nil, fault.At(op, "requests", "name 1 to %d requests", mostTogether)
	}
	out := make([]Decided, 0, len(ids))
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		err := h.lowRisk(ctx, by, id)
		if err == nil {
			_, err = h.Approve(ctx, by, id, comment)
		}
		out = append(out, Decided{Request: id, Err: err})
	}
	return out, nil
}

// lowRisk refuses a request of which something that waits is not low risk, or
// that the actor does not see.
func (h *House) lowRisk(ctx context.Context, by access.Actor, id string) error {
	const op = "flow.lowRisk"
	v, err := h.ReadRequest(ctx, by, id)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, it := range v.Items {
		if it.State != access.Pending {
			continue
		}
		if rule := h.ruleOf(ctx, 0, it.Rule); it.Risk != access.Low || rule.Risk != access.Low {
			return fault.New(op, fault.Forbidden, "only what policy calls low risk is approved together; look at this one by itself")
		}
	}
	return nil
}
