package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// KillView is a kill switch as it stands. Turning are grants that are still to
// be turned to their end, Taking those whose access is not seen gone yet, and
// Attention those of them that need a person. All are counted once it was read
// by its id.
type KillView struct {
	access.Kill
	Reason                     string // "" when it was erased
	ByName                     string
	Turning, Taking, Attention int
}

// ReadKill reads one: for who could press it now, and for auditors.
func (h *House) ReadKill(ctx context.Context, by access.Actor, id string) (KillView, error) {
	const op = "flow.ReadKill"
	if _, err := h.sight(by); err != nil {
		return KillView{}, fault.Wrap(op, err)
	}
	k, err := h.Memory.Kill(ctx, id)
	if err == nil && !h.seesKill(ctx, by, k) {
		err = fault.New(op, fault.NotFound, "there is no kill %s", id)
	}
	if err != nil {
		return KillView{}, fault.Wrap(op, err)
	}
	v, err := h.killView(ctx, k)
	if err != nil {
		return v, fault.Wrap(op, err)
	}
	accounts, err := h.accountsAimedAt(ctx, k.Target)
	if err != nil {
		return v, fault.Wrap(op, err)
	}
	live, err := h.liveAimedAt(ctx, k.Target, accounts)
	for _, g := range live {
		if !k.Target.Holds(g, accounts) {
			continue
		}
		ours, err := h.wasAskedBy(ctx, g, k.At)
		switch {
		case err != nil:
			return v, fault.Wrap(op, err)
		case !ours:
			continue
		case g.Takes():
			v.Taking++
		default:
			v.Turning++
		}
		if g.Takes() && g.NeedsAttention(h.Now()) {
			v.Attention++
		}
	}
	return v, fault.Wrap(op, err)
}

// ReadKills lists those that the actor could press or may audit, the newest
// first.
func (h *House) ReadKills(ctx context.Context, by access.Actor, s Slice) (Page[KillView], error) {
	const op = "flow.ReadKills"
	if _, err := h.sight(by); err != nil {
		return Page[KillView]{}, fault.Wrap(op, err)
	}
	p, err := newest(s,
		func(n int) ([]access.Kill, error) { return h.Memory.Kills(ctx, n) },
		func(k access.Kill) place { return place{at: k.At, id: k.ID} },
		func(k access.Kill) (KillView, bool, error) {
			if !h.seesKill(ctx, by, k) {
				return KillView{}, false, nil
			}
			v, err := h.killView(ctx, k)
			return v, true, err
		})
	return p, fault.Wrap(op, err)
}

func (h *House) seesKill(ctx context.Context, by access.Actor, k access.Kill) bool {
	return by.Is(access.Auditor) || h.mayAim(ctx, by, k.Target) == nil
}

func (h *House) killView(ctx context.Context, k access.Kill) (KillView, error) {
	v := KillView{Kill: k}
	t, err := h.Memory.Text(ctx, k.Text())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return v, err
	}
	v.Reason = t.Body
	v.ByName, err = h.userName(ctx, k.By)
	return v, err
}
