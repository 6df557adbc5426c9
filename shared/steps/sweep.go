package steps

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
)

// Ahead is how far a sweep looks: a quarter more than the minute between two,
// so that what falls between a sweep and a late next one is on time.
const Ahead = 75 * time.Second

// sweepRound is what one round may take: a resource's lock and some more.
const sweepRound = 45 * time.Second

// Untold is how long what people are to hear of is left to function notify, which
// the table's stream calls within a second or two.
const Untold = 20 * time.Second

// Sweep is the handler of function sweep: it serves what is due, waits inside
// the invocation for what is due within Ahead, and then writes metrics to out
// (Lambda's standard output, where CloudWatch reads them). house names the
// dimension.
func Sweep(h *flow.House, house string, out io.Writer) func(context.Context) error {
	return SweepOn(h, house, out, sleep)
}

// Wait returns at a time of the house's clock, or with ctx.
type Wait func(ctx context.Context, until time.Time)

// SweepOn is Sweep on a clock of the caller's.
func SweepOn(h *flow.House, house string, out io.Writer, wait Wait) func(context.Context) error {
	r := rounds{now: h.Now, wait: wait, do: round(h), ahead: Ahead, longest: sweepRound, idle: Ahead}
	return func(ctx context.Context) error {
		err := r.run(ctx)
		p, perr := h.Pulse(ctx)
		if perr == nil {
			perr = emit(out, house, h.Now(), p)
		}
		if err = errors.Join(err, perr); err != nil {
			return named(ctx, logger(h), "", err)
		}
		return nil
	}
}

// round serves what is due, and then tells what notify has missed.
func round(h *flow.House) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		next, err := h.Sweep(ctx)
		more, terr := h.Tell(ctx, Untold, next)
		if next.IsZero() || !more.IsZero() && more.Before(next) {
			next = more
		}
		return next, errors.Join(err, terr)
	}
}

func logger(h *flow.House) *slog.Logger {
	if h.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return h.Log
}
