package steps

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
)

// reviewIdle is how long review waits inside the invocation for what comes next;
// the schedule calls again within a minute.
const reviewIdle = 5 * time.Second

// Review is the handler of function review: it carries on the access reviews that
// are due, round by round, until its time does not hold another round. Whatever it
// leaves is due for the next one; two at once get in each other's way and lose
// nothing.
func Review(h *flow.House) func(context.Context) error { return ReviewOn(h, sleep) }

// ReviewOn is Review on a clock of the caller's.
func ReviewOn(h *flow.House, wait Wait) func(context.Context) error {
	r := rounds{now: h.Now, wait: wait, do: h.Review, ahead: 15 * time.Minute, longest: flow.ReviewFor + 10*time.Second, idle: reviewIdle}
	return func(ctx context.Context) error {
		if err := r.run(ctx); err != nil {
			return named(ctx, logger(h), "", err)
		}
		return nil
	}
}
