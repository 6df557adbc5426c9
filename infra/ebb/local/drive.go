package local

import (
	"context"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// beat is how often the driver looks, so that an end that was moved forward is
// served within a second. On AWS the sweep comes each minute and Step
// Functions wake each grant; here looking costs one read of a local file.
const beat = time.Second

// Drive serves what is due until ctx ends: access in one lane, syncs in
// another, what people are told in a third, access reviews in a fourth, so that
// neither a long sync, nor a slow message, nor a large review ever stands in the
// way of an end.
func (h *House) Drive(ctx context.Context) {
	var lanes sync.WaitGroup
	tell := func(ctx context.Context) (time.Time, error) { return h.Tell(ctx, 0, time.Time{}) }
	for _, lane := range []func(context.Context) (time.Time, error){h.Sweep, h.Sync, tell, h.Review} {
		lanes.Go(func() { h.lane(ctx, lane) })
	}
	lanes.Go(func() { h.purge(ctx) })
	lanes.Wait()
}

func (h *House) lane(ctx context.Context, look func(context.Context) (time.Time, error)) {
	for ctx.Err() == nil {
		began := time.Now()
		// An error was logged where it happened; what is due stays due.
		if _, err := look(ctx); err != nil && !fault.Is(err, fault.Backoff) && ctx.Err() == nil {
			h.Log.Error("due work", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(max(beat/10, beat-time.Since(began))):
		}
	}
}

// purge removes rows whose time has passed, once an hour; DynamoDB does that
// by itself.
func (h *House) purge(ctx context.Context) {
	for {
		if _, err := h.table.Purge(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("purge", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}
