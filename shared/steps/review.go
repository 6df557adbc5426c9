package steps

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
)

// reviewIdle is how long review waits inside the invocation for what comes next;
// the schedule calls again within a minute.
const reviewIdle = 5 * time.Second

// reviewAhead is how long after its beginning a call begins rounds. What a round may
// take at most, a package of a large review, is minutes: the rest of the call's time is
// left for it, and the next call serves what is due meanwhile.
const reviewAhead = 4 * time.Minute

// Review is the handler of function review: it carries on the access reviews that
// are due, round by round, until its time does not hold another round. Whatever it
// leaves is due for the next one; two at once get in each other's way and lose
// nothing.
func Review(h *flow.House) func(context.Context) error { return ReviewOn(h, sleep) }

// ReviewOn is Review on a clock of the caller's.
func ReviewOn(h *flow.House, wait Wait) func(context.Context) error {
	r := rounds{now: h.Now, wait: wait, do: h.Review, ahead: reviewAhead, longest: flow.ReviewFor + 10*time.Second, idle: reviewIdle}
	return func(ctx context.Context) error {
		if err := r.run(ctx); err != nil {
			return named(ctx, logger(h), "", err)
		}
		return nil
	}
}
