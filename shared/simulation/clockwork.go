package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/steps"
	"github.com/ebb-access/ebb/shared/store"
)

var quietLog = slog.New(slog.DiscardHandler)

// wait is how the steps of a function wait inside an invocation.
func wait(ctx context.Context, until time.Time) {
	c := ctx.(clocked).in
	c.task.pause(max(0, until.Sub(c.w.now().Add(c.skew))))
}

// ticks are the schedules: each minute sweep and sync, as EventBridge has them.
// A minute in which nothing is due and nothing is unsealed is passed over: its
// invocation would read two empty ranges.
func (w *World) ticks(minute int) {
	at := w.begin.Add(time.Duration(minute) * time.Minute)
	w.plan(at, func() {
		w.truth.overdue()
		if w.due(flow.LaneAct, steps.Ahead+5*time.Second) || w.due(flow.LaneHear, steps.Ahead) || w.due(flow.LaneTell, -steps.Untold) || w.unsealed() {
			w.launch("sweep", fmt.Sprintf("sweep %d", minute), 3*time.Minute, func(ctx context.Context, h *flow.House) error {
				return steps.SweepOn(h, "house", io.Discard, wait)(ctx)
			}, nil)
		}
		if w.due(flow.LaneSync, 0) {
			w.launch("sync", fmt.Sprintf("sync %d", minute), 5*time.Minute, func(ctx context.Context, h *flow.House) error {
				return steps.SyncOn(h, wait)(ctx)
			}, nil)
		}
		if w.due(flow.LaneReview, 5*time.Second) {
			name := fmt.Sprintf("review %d", minute)
			look := func(ctx context.Context, h *flow.House) error { return steps.ReviewOn(h, wait)(ctx) }
			w.launch("review", name, 3*time.Minute, look, nil)
			if at.Before(w.calmFrom) && w.chance(name, 0, "doubled") < w.Weather.Doubled {
				w.launch("review", name+" twice", 3*time.Minute, look, nil)
			}
		}
		w.ticks(minute + 1)
	})
}

func (w *World) due(lane string, ahead time.Duration) bool {
	if !w.any("due#" + lane) {
		return false
	}
	rows, err := w.store.Due(context.Background(), lane, w.now().Add(ahead), 1)
	return err == nil && len(rows) > 0
}

func (w *World) unsealed() bool { return w.any("unsealed") }

func (w *World) any(part string) bool {
	rows, _, err := w.raw.Query(context.Background(), store.Range{Part: part, Limit: 1})
	return err == nil && len(rows) > 0
}

// lease is one execution of the state machine, as lease.asl.json has it: a step,
// then sleep, then a step; after errors a rest and Revoke. infra/workflow's
// tests run that file itself.
type lease struct {
	name, grant string
	laps        int
	lost        bool
	doubled     int
}

// executions is the port that starts them.
type executions struct {
	w *World
	c *container
}

func (e executions) Start(_ context.Context, name, grant string) error {
	e.c.call("executions start", others)
	w := e.w
	if e.c.how.fail || w.now().Before(w.noLeases) {
		return failed("executions start")
	}
	if w.leases[name] != nil {
		e.c.answered()
		return fault.New("executions start", fault.Already, "%s was started before", name)
	}
	l := &lease{name: name, grant: grant}
	w.leases[name] = l
	w.in(200*time.Millisecond, func() { w.lap(l, "grant", 0) })
	e.c.answered()
	return nil
}

// lap is one task of an execution. A delivery may come twice, or the execution
// vanish.
func (w *World) lap(l *lease, turn string, tries int) {
	if l.lost || l.laps >= 400 {
		return
	}
	l.laps++
	if w.now().Before(w.calmFrom) && w.chance("lease "+l.name, l.laps, "lost") < w.Weather.Lost/4 {
		l.lost = true
		w.disturb()
		w.tell("lease %s vanishes", l.name)
		return
	}
	if w.now().Before(w.calmFrom) && w.chance("lease "+l.name, l.laps, "doubled") < w.Weather.Doubled {
		l.doubled++
		w.lapOnce(l, turn, fmt.Sprintf("lease %s/%d twice", l.name, l.laps), func(steps.Output, ending) {})
	}
	w.lapOnce(l, turn, fmt.Sprintf("lease %s/%d", l.name, l.laps), func(out steps.Output, e ending) {
		switch {
		case (e.died || e.err != nil) && tries < 4:
			w.in(2*time.Second<<tries, func() { w.lap(l, turn, tries+1) })
		case e.died || e.err != nil:
			w.in(time.Minute, func() { w.lap(l, "revoke", 0) })
		case !out.Done:
			at, err := time.Parse(time.RFC3339, out.WakeAt)
			if err != nil {
				w.violate("a step answers", "lease %s: %v", l.name, err)
				return
			}
			w.plan(at, func() { w.lap(l, out.Next, 0) })
		}
	})
}

func (w *World) lapOnce(l *lease, turn, name string, then func(steps.Output, ending)) {
	var out steps.Output
	input := json.RawMessage(fmt.Sprintf(`{"grantId":%q}`, l.grant))
	w.launch(turn, name, time.Minute, func(ctx context.Context, h *flow.House) error {
		verb := h.Revoke
		if turn == "grant" {
			verb = h.Grant
		}
		var err error
		out, err = steps.Step(verb, quietLog)(ctx, input)
		return err
	}, func(e ending) { then(out, e) })
}
