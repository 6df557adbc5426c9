package steps

import (
	"context"
	"errors"
	"time"
)

// rounds does rounds of work inside one invocation, each when the one before
// it said, until the next one is too late.
type rounds struct {
	now  func() time.Time
	wait Wait
	// do gives when there is something to do again; zero: not soon.
	do func(context.Context) (time.Time, error)
	// ahead is how long after the beginning a round may begin, longest what it
	// may take, idle how long to wait for one.
	ahead, longest, idle time.Duration
}

// floor keeps rounds that find the same thing due again from spinning.
const floor = 250 * time.Millisecond

// run gives the errors of all rounds, each text once.
func (r rounds) run(ctx context.Context) error {
	last := r.now().Add(r.ahead)
	if end, ok := ctx.Deadline(); ok && end.Add(-r.longest).Before(last) {
		last = end.Add(-r.longest)
	}
	var all []error
	seen := map[string]bool{}
	for {
		next, err := r.do(ctx)
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			all = append(all, err)
		}
		now := r.now()
		if soonest := now.Add(floor); !next.IsZero() && next.Before(soonest) {
			next = soonest
		}
		if next.IsZero() || next.After(last) || next.Sub(now) > r.idle {
			return errors.Join(all...)
		}
		if r.wait(ctx, next); ctx.Err() != nil {
			return errors.Join(append(all, ctx.Err())...)
		}
	}
}

// sleep waits until t or until ctx ends.
func sleep(ctx context.Context, t time.Time) {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
