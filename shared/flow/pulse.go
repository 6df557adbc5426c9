package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Pulse is how well the house keeps up, for alarms.
type Pulse struct {
	Lag       time.Duration // for how long the oldest due thing has waited
	Attention int           // grants that a person has to look at
	Longest   time.Duration // for how long the first of them has needed that
	Reviews   time.Duration // for how long the oldest due access review has waited
}

// Pulse reads how well the house keeps up. Grants that need attention are
// looked for among those that come up again within the longest back-off: one
// that Slack told to wait longer is found when that time comes near.
func (h *House) Pulse(ctx context.Context) (Pulse, error) {
	const op = "flow.Pulse"
	now := h.Now()
	const longest = 10 * time.Minute // of access.Backoff
	due, err := h.Memory.Due(ctx, LaneAct, now.Add(longest), 2*sweepBatch)
	if err != nil {
		return Pulse{}, fault.Wrap(op, err)
	}
	var p Pulse
	if len(due) > 0 && due[0].At.Before(now) {
		p.Lag = now.Sub(due[0].At)
	}
	for _, d := range due {
		if d.Kind != "grant" {
			continue
		}
		g, err := h.Memory.Grant(ctx, d.ID)
		if err != nil {
			return Pulse{}, fault.Wrap(op, err)
		}
		if g.NeedsAttention(now) {
			p.Attention++
			p.Longest = max(p.Longest, now.Sub(needsSince(g)))
		}
	}
	if due, err = h.Memory.Due(ctx, LaneReview, now, 1); err != nil {
		return Pulse{}, fault.Wrap(op, err)
	}
	if len(due) > 0 {
		p.Reviews = now.Sub(due[0].At)
	}
	return p, nil
}

func needsSince(g access.Grant) time.Time {
	if g.State == access.Stuck {
		return g.Trouble.Since
	}
	return g.End
}
