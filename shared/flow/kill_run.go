package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// serveKill goes on with a kill that is due.
func (h *House) serveKill(ctx context.Context, id string) error {
	k, err := h.Memory.Kill(ctx, id)
	if err != nil || k.Next.IsZero() {
		return err
	}
	e, err := h.wouldEnd(ctx, k.Target, k.At)
	if err != nil {
		return err
	}
	return h.carryOut(ctx, k, e)
}

// carryOut cancels and turns, requests first so that nothing of them is
// approved behind the list of grants, until nothing is left or the time is over.
func (h *House) carryOut(ctx context.Context, k access.Kill, e Ending) error {
	until := h.Now().Add(killFor)
	accounts, err := h.accountsAimedAt(ctx, k.Target)
	if err != nil {
		return err
	}
	for range tries {
		if len(e.Grants)+len(e.Requests) == 0 {
			break
		}
		for _, r := range e.Requests {
			if h.Now().After(until) {
				return nil // the row stays due
			}
			if err := h.cancelFor(ctx, k, r.ID, accounts); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(childrenFirst(e.Grants), endsPerSave) {
			if h.Now().After(until) {
				return nil
			}
			if err := h.endSome(ctx, k, part); err != nil {
				return err
			}
		}
		// Somebody may have approved, extended or begun one meanwhile.
		if e, err = h.wouldEnd(ctx, k.Target, k.At); err != nil {
			return err
		}
	}
	if len(e.Grants)+len(e.Requests) > 0 {
		return nil
	}
	k.Next, k.Done = time.Time{}, h.Now()
	_, err = h.Memory.SaveKill(ctx, k, nil, h.killEvent(k, "kill.done", ebb, nil))
	return err
}

// endsPerSave is how many grants are turned in one commit: seven rows each.
const endsPerSave = 12

// childrenFirst puts default channels' grants before those of their user groups:
// once a group's is turned, all that came with it are, and a further one cannot
// be made.
func childrenFirst(gs []access.Grant) []access.Grant {
	out := slices.Clone(gs)
	slices.SortStableFunc(out, func(a, b access.Grant) int {
		return cmp.Compare(level(a), level(b))
	})
	return out
}

func level(g access.Grant) int {
	if g.Parent != "" {
		return 0
	}
	return 1
}

// endSome turns some grants to their end, due at once. What somebody moved
// meanwhile is left for the next look, each for itself.
func (h *House) endSome(ctx context.Context, k access.Kill, gs []access.Grant) error {
	moved, events := h.turnedEarly(gs, k.By, k.ID)
	if len(moved) == 0 {
		return nil
	}
	err := h.Memory.SaveGrants(ctx, moved, events...)
	if err == nil {
		h.wake(ctx, ".end", moved...)
	}
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	kept := map[string]bool{}
	for _, g := range gs {
		if kept[g.ID] {
			continue // what came with it was not turned
		}
		moved, events := h.turnedEarly([]access.Grant{g}, k.By, k.ID)
		if len(moved) == 0 {
			continue
		}
		err := h.Memory.SaveGrants(ctx, moved, events...)
		switch {
		case err == nil:
			h.wake(ctx, ".end", moved...)
		case fault.Is(err, fault.Conflict):
			kept[g.Parent] = true
		default:
			return err
		}
	}
	return nil
}

// turnedEarly are grants at their end, due at once, with their events.
func (h *House) turnedEarly(gs []access.Grant, actor, kill string) ([]access.Grant, []audit.Event) {
	now := h.Now()
	var moved []access.Grant
	var events []audit.Event
	for _, one := range gs {
		next, err := one.Turn(access.End, now, "ended before it began")
		if err != nil {
			continue // on its way already
		}
		next.EndedBy = actor
		if next.End.After(now) {
			next.End = now
		}
		e := h.grantEvent(next, "ended early")
		e.Actor = actor
		if kill != "" {
			e.Data["kill"] = kill
		}
		if next.EndedFor != "" {
			e.Data["for"] = next.EndedFor
		}
		moved, events = append(moved, next), append(events, e)
	}
	return moved, events
}

// cancelFor cancels the waiting items of a request that are the target's.
func (h *House) cancelFor(ctx context.Context, k access.Kill, id string, accounts []access.Ref) error {
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err != nil {
			return err
		}
		r.Items = slices.Clone(r.Items)
		n := 0
		for i, it := range r.Items {
			if it.State == access.Pending && k.Target.Asks(r, it, accounts) {
				r.Items[i].State, r.Items[i].DecidedAt = access.Canceled, h.Now()
				n++
			}
		}
		if n == 0 {
			return nil
		}
		e := h.requestEvent(r, "request.canceled", k.By, map[string]string{"kill": k.ID, "canceled": fmt.Sprint(n)})
		_, err = h.Memory.SaveRequest(ctx, r, nil, nil, e)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return nil // the next look finds it again
	}
	return err
}
