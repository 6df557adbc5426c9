package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Revoke takes the access of a grant back when its end has come, and goes on
// with what is revoking or stuck. It may be called at any time and any number
// of times; before the end it changes nothing. No label of the connector stops
// it.
func (h *House) Revoke(ctx context.Context, id string) (Answer, error) {
	const op = "flow.Revoke"
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return Answer{}, fault.Wrap(op, err)
	}
	now := h.Now()
	at, open := g.Next()
	ended := g.State == access.Granting && !now.Before(g.End)
	if open && g.State != access.Scheduled && (ended || !now.Before(at)) {
		if err := h.converge(ctx, g.Connector, g.Resource); err != nil && !fault.Is(err, fault.Conflict) {
			return Answer{}, fault.Wrap(op, err)
		}
	}
	return h.answer(ctx, op, id, false)
}

// EndAccess ends a grant now: by who holds it or asked for it, an owner of the
// connector or of the resource, or a Super Administrator. The access is taken
// back by the next Revoke, within seconds.
func (h *House) EndAccess(ctx context.Context, by access.Actor, id string) (access.Grant, error) {
	const op = "flow.EndAccess"
	var out access.Grant
	err := again(func() error {
		g, err := h.Memory.Grant(ctx, id)
		if err != nil {
			return err
		}
		if err := h.mayEnd(ctx, by, g); err != nil {
			return err
		}
		out, err = h.endNow(ctx, g, who(by))
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) mayEnd(ctx context.Context, by access.Actor, g access.Grant) error {
	account, err := h.asker(by, g.Connector)
	if by.Is(access.SuperAdministrator) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := h.gather(ctx, g.Connector, account, g.Account, g.Resource, g.Slug, 1)
	if err != nil {
		return err
	}
	var r access.Request
	if g.Origin == "" { // else nobody asked for it
		r, err = h.Memory.Request(ctx, g.Request)
	}
	if err != nil {
		return err
	}
	for _, a := range append(append([]string{g.Account, r.By}, f.ask.Resource.Owners...), f.ask.AppOwners...) {
		if a == account {
			return nil
		}
	}
	return fault.New("flow.mayEnd", fault.Forbidden, "only who holds or asked for a grant, an owner, or a Super Administrator can do this")
}

// endNow turns the grant, and the default channels that came with it, to their
// end, due at once.
func (h *House) endNow(ctx context.Context, g access.Grant, actor string) (access.Grant, error) {
	if over(g) {
		return g, fault.New("flow.endNow", fault.Invalid, "this grant is %s already", g.State)
	}
	moved, events, err := h.ended(ctx, g, actor)
	if err != nil {
		return g, err
	}
	if err := h.Memory.SaveGrants(ctx, moved, events...); err != nil {
		return g, err
	}
	h.wake(ctx, ".end", moved...)
	return h.Memory.Grant(ctx, g.ID)
}

// over reports whether the grant is on its way out, or out.
func over(g access.Grant) bool { return g.State.Final() || g.State == access.Revoking }

// ended is the grant at its end, due at once, with the default channels that
// came with it.
func (h *House) ended(ctx context.Context, g access.Grant, actor string) ([]access.Grant, []audit.Event, error) {
	children, err := h.children(ctx, g)
	if err != nil {
		return nil, nil, err
	}
	moved, events := h.turnedEarly(append([]access.Grant{g}, children...), actor, "")
	return moved, events, nil
}

// retryEvery keeps a person's impatience off Slack's rate limits, which all
// removals share.
const retryEvery = 10 * time.Second

// Retry looks at a grant that needs attention now instead of at its next try:
// by an administrator, or who may end it. It is due from then on, so that the
// next sweep does what this call may not get to; how long a person has been
// needed goes on counting.
func (h *House) Retry(ctx context.Context, by access.Actor, id string) (Answer, error) {
	const op = "flow.Retry"
	var g access.Grant
	var idle bool
	err := again(func() (err error) {
		if g, err = h.Memory.Grant(ctx, id); err != nil {
			return err
		}
		admin := by.Is(access.IntegrationAdministrator)
		if !admin {
			if err := h.mayEnd(ctx, by, g); err != nil {
				return err
			}
		}
		// An administrator may look again at what seems right; others only at
		// what is held up, or Slack would be asked for nothing.
		held := g.State == access.Stuck || g.Trouble.Code != "" || admin
		if idle = !held || g.State.Final(); idle {
			return nil
		}
		return h.dueNow(ctx, by, g)
	})
	if err != nil {
		return Answer{}, fault.Wrap(op, err)
	}
	if !idle {
		if err := h.converge(ctx, g.Connector, g.Resource); err != nil && !fault.Is(err, fault.Conflict) {
			return Answer{}, fault.Wrap(op, err)
		}
	}
	return h.answer(ctx, op, id, false)
}

// dueNow stores that a person wants the grant tried again.
func (h *House) dueNow(ctx context.Context, by access.Actor, g access.Grant) error {
	now := h.Now()
	if now.Sub(g.Tried) < retryEvery {
		return &fault.Error{Op: "flow.dueNow", Kind: fault.Wait, Code: "retry", Until: g.Tried.Add(retryEvery), Text: "this was tried seconds ago; wait a little"}
	}
	g.Tried = now
	if g.Trouble.Code != codeTurn { // a turn at Slack's limits is nobody's to jump
		g.NextTry = now
	}
	e := h.grantEvent(g, "")
	e.Action, e.Actor = "grant.retried", who(by)
	return h.Memory.SaveGrants(ctx, []access.Grant{g}, e)
}
