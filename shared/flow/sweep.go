package flow

import (
	"context"
	"errors"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Lanes of due rows: what ends and begins access, and the syncs, which take
// long and must not stand in its way.
const (
	LaneAct  = "act"
	LaneSync = "sync"
)

const sweepBatch = 500

// Sweep looks at everything that is due, ends first, then starts, then the
// rest, and seals the audit. It alone carries every grant through its whole
// life. next is when the next row is due (zero: none within an hour). What
// fails is logged and stays due; the error is the first that was not a matter
// of waiting.
func (h *House) Sweep(ctx context.Context) (next time.Time, err error) {
	const op = "flow.Sweep"
	now := h.Now()
	due, err := h.Memory.Due(ctx, LaneAct, now, sweepBatch)
	if err != nil {
		return now.Add(busyFor), fault.Wrap(op, err)
	}
	var first error
	served := map[string]bool{}
	for urgency := range 3 {
		for _, d := range due {
			if d.Urgency != urgency {
				continue
			}
			if err := h.serve(ctx, d, served); err != nil {
				h.log().Error("due", "kind", d.Kind, "id", d.ID, "error", err)
				if first == nil {
					first = err
				}
			}
		}
	}
	if _, err := h.Seal(ctx); err != nil && first == nil {
		first = err
	}
	next, err = h.nextDue(ctx, now, len(due) == sweepBatch)
	return next, fault.Wrap(op, errors.Join(first, err))
}

// serve looks at one due thing. One pass of converge serves every grant on a
// resource, so a resource is visited once for ends and once for starts.
func (h *House) serve(ctx context.Context, d access.Due, served map[string]bool) error {
	var err error
	switch d.Kind {
	case "grant":
		err = h.serveGrant(ctx, d, served)
	case "request":
		err = h.expire(ctx, d.ID)
	case "resource":
		err = h.converge(ctx, d.Connector, d.ID)
	default:
		err = fault.New("flow.serve", fault.Internal, "no verb for a due %s", d.Kind)
	}
	if fault.Is(err, fault.Conflict) {
		return nil // somebody else is at it; the row stays due
	}
	return err
}

func (h *House) serveGrant(ctx context.Context, d access.Due, served map[string]bool) error {
	g, err := h.Memory.Grant(ctx, d.ID)
	if err != nil {
		return err
	}
	at, open := g.Next()
	if !open || at.After(h.Now()) {
		return nil // an earlier pass has served it
	}
	if g.State == access.Scheduled || g.State == access.Granting && h.Now().Before(g.End) {
		_, err = h.Grant(ctx, d.ID)
		return err
	}
	_, err = h.Revoke(ctx, d.ID)
	return err
}

// nextDue is when the next row of the lane is due, within an hour.
func (h *House) nextDue(ctx context.Context, now time.Time, more bool) (time.Time, error) {
	if more {
		return now, nil
	}
	rows, err := h.Memory.Due(ctx, LaneAct, now.Add(time.Hour), 1)
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	at := rows[0].At
	if floor := now.Add(busyFor); at.Before(now) {
		return floor, nil
	}
	return at, nil
}
