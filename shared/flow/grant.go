package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// busyFor is how long to stay away from a resource that somebody else is at.
const busyFor = 3 * time.Second

// Grant gives the access of a grant whose start has come: it decides again by
// the policy and the people of now, prepares default channels, and converges
// the resource. It may be called at any time and any number of times; the
// answer says when to come again.
func (h *House) Grant(ctx context.Context, id string) (Answer, error) {
	const op = "flow.Grant"
	g, err := h.start(ctx, id)
	if err != nil {
		return Answer{}, fault.Wrap(op, err)
	}
	if g.State == access.Granting && !h.Now().Before(g.NextTry) {
		if err := h.converge(ctx, g.Connector, g.Resource); err != nil && !fault.Is(err, fault.Conflict) {
			return Answer{}, fault.Wrap(op, err)
		}
	}
	return h.answer(ctx, op, id, true)
}

// start decides again about a grant whose start has come. It gives the grant as
// it stands then; held up, it is scheduled still.
func (h *House) start(ctx context.Context, id string) (access.Grant, error) {
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return g, err
	}
	if at, _ := g.Next(); g.State != access.Scheduled || h.Now().Before(at) {
		return g, nil
	}
	begun, err := h.begin(ctx, g)
	if err != nil {
		return g, h.delay(ctx, g, err)
	}
	return begun, nil
}

// giving reports whether at a time the grant is Grant's to carry on, and not
// Revoke's.
func giving(g access.Grant, at time.Time) bool {
	return g.State == access.Scheduled || g.State == access.Granting && at.Before(g.End)
}

// answer says when the grant has to be looked at again, as it stands now, to
// whoever called Grant (gave) or Revoke. Stuck ends the waiting: sweep goes on
// with it.
func (h *House) answer(ctx context.Context, op, id string, gave bool) (Answer, error) {
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return Answer{}, fault.Wrap(op, err)
	}
	at, open := g.Next()
	if !open || g.State == access.Stuck {
		return Answer{Done: true}, nil
	}
	now := h.Now()
	if !at.After(now) {
		if at = now; giving(g, now) == gave {
			at = now.Add(busyFor) // somebody else is at it; the other verb need not wait
		}
	}
	// Whole seconds, rounded up: Step Functions waits to a second, and never
	// less than one.
	if at = at.Truncate(time.Second).Add(time.Second); at.Before(now.Add(time.Second)) {
		at = at.Add(time.Second)
	}
	return Answer{WakeAt: at, Give: giving(g, at)}, nil
}

// begin makes the second decision: policy, subject, approvers and connector as
// they are now. A start whose end has passed is never applied.
func (h *House) begin(ctx context.Context, g access.Grant) (access.Grant, error) {
	why, err := h.stillAllowed(ctx, g)
	if err != nil {
		return g, err
	}
	t, note := access.Begin, ""
	if why != "" {
		t, note = access.Withdraw, why
	}
	next, err := g.Turn(t, h.Now(), note)
	if err != nil {
		return g, err
	}
	if err := h.Memory.SaveGrants(ctx, []access.Grant{next}, h.grantEvent(next, noteOf(t))); err != nil {
		return g, err
	}
	return h.Memory.Grant(ctx, g.ID)
}

// delay notes why a start is held up and when to try again. A lost race is
// tried again at once.
func (h *House) delay(ctx context.Context, g access.Grant, cause error) error {
	if fault.Is(cause, fault.Conflict) || g.State != access.Scheduled {
		return cause
	}
	now := h.Now()
	was := g.Trouble.Code
	g = g.Trip(troubleOf(cause), now, nextTry(g, cause, now))
	var events []audit.Event
	if was != codeFrozen && g.Trouble.Code == codeFrozen {
		e := h.grantEvent(g, "new access is frozen")
		e.Action = "grant.held"
		events = append(events, e)
	}
	if err := h.Memory.SaveGrants(ctx, []access.Grant{g}, events...); err != nil {
		return err
	}
	if fault.Is(cause, fault.Internal, fault.Invalid) {
		return cause
	}
	return nil
}

// stillAllowed says why the grant must not begin; "" when it may. A connector
// that is paused or in trouble only delays, and so does a freeze: errors.
func (h *House) stillAllowed(ctx context.Context, g access.Grant) (string, error) {
	if !h.Now().Before(g.End) {
		return "its end passed before it could begin", nil
	}
	r, err := h.Memory.Request(ctx, g.Request)
	if err != nil {
		return "", err
	}
	f, d, err := h.decideFor(ctx, r, g.Resource, g.Slug, g.End.Sub(g.Start))
	if fault.Is(err, fault.NotFound) {
		return "the account or the resource is not in Slack any more", nil
	}
	if err == nil {
		f, d, err = h.certain(ctx, f, d)
	}
	if err != nil {
		return "", err
	}
	if !d.Allowed {
		return d.Because, nil
	}
	if !f.conn.Usable() {
		return "", fault.Wrap("flow.stillAllowed", stopped(f.conn))
	}
	if err := h.thawed(ctx, f.conn.ID); err != nil {
		return "", err
	}
	if d.Auto {
		return "", nil
	}
	if g.Item < len(r.Items) && r.Items[g.Item].Solo() && len(g.Approvers) == 0 {
		if d.Rule.Alone(f.ask) {
			return "", nil
		}
		return "policy does not let such a request approve itself any more", nil
	}
	return h.approversStand(ctx, g, r, d.Rule, f)
}

// children are the live grants of default channels that came with a grant.
func (h *House) children(ctx context.Context, g access.Grant) ([]access.Grant, error) {
	if g.Kind != directory.UserGroup {
		return nil, nil
	}
	all, err := h.Memory.GrantsOf(ctx, g.Connector, g.Account)
	if err != nil {
		return nil, err
	}
	var out []access.Grant
	for _, c := range all {
		if c.Parent == g.ID {
			out = append(out, c)
		}
	}
	return out, nil
}

// noteOf is what an event says of the second decision. The sentence, which
// names people and resources, stands in the grant.
func noteOf(t access.Turn) string {
	if t == access.Withdraw {
		return "not allowed any more when its start came"
	}
	return ""
}
