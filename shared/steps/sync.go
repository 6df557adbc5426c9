package steps

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
)

// syncIdle is how long a sync waits inside the invocation for Slack to let it
// go on; what is longer is left to the next one.
const syncIdle = 20 * time.Second

// Sync is the handler of function sync: it carries on the syncs that are due,
// step by step, until its time does not hold another step. Whatever it leaves
// is due for the next one.
func Sync(h *flow.House) func(context.Context) error { return SyncOn(h, sleep) }

// SyncOn is Sync on a clock of the caller's.
func SyncOn(h *flow.House, wait Wait) func(context.Context) error {
	r := rounds{now: h.Now, wait: wait, do: h.Sync, ahead: 15 * time.Minute, longest: flow.StepTime + 10*time.Second, idle: syncIdle}
	return func(ctx context.Context) error {
		if err := r.run(ctx); err != nil {
			return named(ctx, logger(h), "", err)
		}
		return nil
	}
}
