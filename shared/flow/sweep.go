package flow

import (
	"context"
	"errors"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Lanes of due rows: what ends and begins access; what Slack told, which may be a
// flood, and the syncs, which take long: neither must stand in its way.
const (
	LaneAct  = "act"
	LaneHear = "hear"
	LaneSync = "sync"
)

// sweepBatch is how many due rows are looked at together: ends go first among
// them, so it is large; the rows are small.
const sweepBatch = 5000

// hearBatch is how many events of Slack one sweep looks at.
const hearBatch = 500

// startsFor is how long a sweep serves what is not an end before it looks for
// ends again.
const startsFor = 15 * time.Second

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
	heard, first := h.Memory.Due(ctx, LaneHear, now, hearBatch)
	cut := len(heard) == hearBatch
	serve := func(due []access.Due, urgency int, do func(context.Context, access.Due) error) {
		for _, d := range due {
			if d.Urgency != urgency {
				continue
			}
			if (urgency > 0 || d.Kind == "notice") && h.Now().Sub(now) > startsFor {
				cut = true
				return
			}
			err := do(ctx, d)
			if fault.Is(err, fault.Conflict) {
				continue // somebody else is at it; the row stays due
			}
			if err != nil {
				h.log().Error("due", "kind", d.Kind, "id", d.ID, "error", err)
				if first == nil {
					first = err
				}
			}
		}
	}
	serve(due, 0, h.serve)
	serve(heard, 0, h.serve)     // who was deactivated
	serve(due, 1, h.decideStart) // all of them, so that one write to Slack serves those on one resource
	serve(due, 1, h.serve)
	serve(due, 2, h.serve)
	serve(heard, 2, h.serve)
	sealed, err := h.Seal(ctx)
	if err != nil && first == nil {
		first = err
	}
	if sealed > 0 {
		h.index(ctx)
	}
	next, err = h.nextDue(ctx, now, cut || len(due) == sweepBatch)
	return next, fault.Wrap(op, errors.Join(first, err))
}

// serve looks at one due thing. One pass of converge serves every grant on a
// resource: who comes later finds nothing to do.
func (h *House) serve(ctx context.Context, d access.Due) error {
	switch d.Kind {
	case "grant":
		return h.serveGrant(ctx, d.ID)
	case "request":
		return h.expire(ctx, d.ID)
	case "resource":
		return h.converge(ctx, d.Connector, d.ID)
	case "notice":
		return h.serveNotice(ctx, d.ID)
	case "press":
		return h.servePress(ctx, d.ID)
	case "kill":
		return h.serveKill(ctx, d.ID)
	case "draft":
		return h.serveDraft(ctx, d.ID)
	case "manual":
		return h.serveManual(ctx, d.ID)
	case "freeze":
		return h.wakeThawed(ctx, d.Connector)
	}
	return fault.New("flow.serve", fault.Internal, "no verb for a due %s", d.Kind)
}

// decideStart decides again about a grant whose start has come, and leaves the
// giving to serve.
func (h *House) decideStart(ctx context.Context, d access.Due) error {
	if d.Kind != "grant" {
		return nil
	}
	_, err := h.start(ctx, d.ID)
	return err
}

func (h *House) serveGrant(ctx context.Context, id string) error {
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return err
	}
	at, open := g.Next()
	if !open || at.After(h.Now()) {
		return nil // an earlier pass has served it
	}
	if giving(g, h.Now()) {
		_, err = h.Grant(ctx, id)
		return err
	}
	_, err = h.Revoke(ctx, id)
	return err
}

// nextDue is when the next row of the two lanes is due, within an hour.
func (h *House) nextDue(ctx context.Context, now time.Time, more bool) (time.Time, error) {
	if more {
		return now, nil
	}
	var at time.Time
	for _, lane := range []string{LaneAct, LaneHear} {
		rows, err := h.Memory.Due(ctx, lane, now.Add(time.Hour), 1)
		if err != nil {
			return time.Time{}, err
		}
		if len(rows) > 0 && (at.IsZero() || rows[0].At.Before(at)) {
			at = rows[0].At
		}
	}
	if floor := now.Add(busyFor); !at.IsZero() && at.Before(now) {
		return floor, nil
	}
	return at, nil
}
