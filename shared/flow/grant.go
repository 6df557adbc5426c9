package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
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
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return Answer{}, fault.Wrap(op, err)
	}
	if g.State == access.Scheduled && !h.Now().Before(g.Start) {
		if g, err = h.begin(ctx, g); err != nil {
			return Answer{}, fault.Wrap(op, h.delay(ctx, g, err))
		}
	}
	if g.State == access.Granting && !h.Now().Before(g.NextTry) {
		if err := h.converge(ctx, g.Connector, g.Resource); err != nil && !fault.Is(err, fault.Conflict) {
			return Answer{}, fault.Wrap(op, err)
		}
	}
	return h.answer(ctx, op, id)
}

// answer says when the grant has to be looked at again, as it stands now.
// Stuck ends the waiting: sweep goes on with it.
func (h *House) answer(ctx context.Context, op, id string) (Answer, error) {
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
		at = now.Add(busyFor)
	}
	// Whole seconds, rounded up: Step Functions waits to a second, and never
	// less than one.
	if at = at.Truncate(time.Second).Add(time.Second); at.Before(now.Add(time.Second)) {
		at = at.Add(time.Second)
	}
	return Answer{WakeAt: at}, nil
}

// begin makes the second decision: policy, subject, approvers and connector as
// they are now. A start whose end has passed is never applied.
func (h *House) begin(ctx context.Context, g access.Grant) (access.Grant, error) {
	why, err := h.stillAllowed(ctx, g)
	if err != nil {
		return g, err
	}
	if why == "" {
		wait, err := h.prepareDefaults(ctx, g)
		if err != nil {
			return g, err
		}
		if wait {
			return g, fault.New("flow.begin", fault.Backoff, "a default channel of the group is not ready")
		}
	}
	t, note := access.Begin, ""
	if why != "" {
		t, note = access.Withdraw, why
	}
	next, err := g.Turn(t, h.Now(), note)
	if err != nil {
		return g, err
	}
	if err := h.Memory.SaveGrants(ctx, []access.Grant{next}, h.grantEvent(next, note)); err != nil {
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
	g = g.Trip(troubleOf(cause), now, nextTry(g, cause, now))
	if err := h.Memory.SaveGrants(ctx, []access.Grant{g}); err != nil {
		return err
	}
	if fault.Is(cause, fault.Internal, fault.Invalid) {
		return cause
	}
	return nil
}

// stillAllowed says why the grant must not begin; "" when it may. A connector
// that is paused or in trouble only delays: that is an error of kind Pause.
func (h *House) stillAllowed(ctx context.Context, g access.Grant) (string, error) {
	if !h.Now().Before(g.End) {
		return "its end passed before it could begin", nil
	}
	r, err := h.Memory.Request(ctx, g.Request)
	if err != nil {
		return "", err
	}
	f, d, err := h.decide(ctx, g.Connector, r.By, g.Account, g.Resource, g.Slug, g.End.Sub(g.Start))
	if fault.Is(err, fault.NotFound) {
		return "the account or the resource is not in Slack any more", nil
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
	if d.Auto {
		return "", nil
	}
	return h.approversStand(ctx, g, r, d.Rule, f)
}

// approversStand reports why nobody who approved could approve now.
func (h *House) approversStand(ctx context.Context, g access.Grant, r access.Request, rule access.Rule, f facts) (string, error) {
	why := "policy now asks for an approval, and there is none"
	f.ask.Requester.User = r.Requester
	for _, account := range g.Approvers {
		p, err := h.confirmed(ctx, g.Connector, account, rule.Approvers)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		ok, no := rule.MayApprove(p, f.ask)
		if ok {
			return "", nil
		}
		why = "who approved may not any more: " + no
	}
	return why, nil
}

// prepareDefaults makes a grant of its own for every private default channel
// of a user group, and baselines it, before the group is touched: Slack puts
// the group's new members into these channels by itself and never takes them
// out. wait says that a channel is not ready yet.
func (h *House) prepareDefaults(ctx context.Context, g access.Grant) (wait bool, err error) {
	if g.Kind != directory.UserGroup {
		return false, nil
	}
	v, err := h.Slack.View(ctx, connector.Link{Connector: g.Connector, Team: g.Workspace}, directory.Resource{ID: g.Resource, Connector: g.Connector, Workspace: g.Workspace, Kind: g.Kind})
	if err != nil {
		return false, err
	}
	if v.Set()[g.Account] {
		return false, nil // Slack adds nobody who is in already
	}
	for _, id := range v.Resource.Defaults {
		ready, err := h.prepareDefault(ctx, g, id)
		if err != nil {
			return false, err
		}
		wait = wait || !ready
	}
	return wait, nil
}

// prepareDefault makes and baselines the grant of one default channel; its id
// follows from the group's grant, so that it is made once. A public channel is
// no access: anybody may join it.
func (h *House) prepareDefault(ctx context.Context, g access.Grant, channel string) (ready bool, err error) {
	r, err := h.Memory.Resource(ctx, g.Connector, channel)
	if err == nil && !r.Private {
		return true, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	id := g.ID + "." + channel
	child, err := h.Memory.Grant(ctx, id)
	if fault.Is(err, fault.NotFound) {
		child = access.Grant{
			ID: id, Request: g.Request, Item: g.Item, Connector: g.Connector, Workspace: g.Workspace,
			Resource: channel, Kind: directory.Channel, Slug: "member", Account: g.Account, Parent: g.ID,
			Start: g.Start, End: g.End, State: access.Granting, NextTry: h.Now(),
			PolicyVersion: g.PolicyVersion, Rule: g.Rule, Approvers: g.Approvers, Created: h.Now(),
		}
		err = h.Memory.SaveGrants(ctx, []access.Grant{child}, h.grantEvent(child, "a default channel of the user group"))
	}
	if err != nil && !fault.Is(err, fault.Conflict) {
		return false, err
	}
	if err := h.converge(ctx, g.Connector, channel); err != nil && !fault.Is(err, fault.Conflict) {
		return false, err
	}
	child, err = h.Memory.Grant(ctx, id)
	return err == nil && child.State != access.Granting && child.State != access.Stuck, err
}

// Extend moves the end of a live grant further. Policy decides the whole time
// from the start; a grant that is being taken back is not extended.
func (h *House) Extend(ctx context.Context, by access.Actor, id string, more time.Duration) (access.Grant, error) {
	const op = "flow.Extend"
	var out access.Grant
	err := again(func() error {
		g, err := h.Memory.Grant(ctx, id)
		if err != nil {
			return err
		}
		if out, err = h.extend(ctx, by, g, more); err != nil {
			return err
		}
		return nil
	})
	return out, fault.Wrap(op, err)
}

func (h *House) extend(ctx context.Context, by access.Actor, g access.Grant, more time.Duration) (access.Grant, error) {
	const op = "flow.extend"
	switch {
	case g.State != access.Active && g.State != access.Scheduled && g.State != access.Granting || !h.Now().Before(g.End):
		return g, fault.New(op, fault.Invalid, "this grant is %s; ask again with a new request", g.State)
	case more < time.Second:
		return g, fault.At(op, "by", "say by how much, such as 1h")
	case g.Parent != "":
		return g, fault.New(op, fault.Invalid, "this comes with a user group; extend that grant")
	}
	account, err := h.asker(by, g.Connector)
	if err != nil {
		return g, err
	}
	r, err := h.Memory.Request(ctx, g.Request)
	if err != nil {
		return g, err
	}
	if account != g.Account && account != r.By {
		return g, fault.New(op, fault.Forbidden, "only who holds a grant, or who asked for it, can extend it")
	}
	d, err := h.mayExtend(ctx, g, r, account, more)
	if err != nil {
		return g, err
	}
	next := g
	next.End = g.End.Add(more)
	next.PolicyVersion, next.Rule = d.Version, d.Rule.ID
	moved := []access.Grant{next}
	events := []audit.Event{h.extended(next, by, g.End)}
	children, err := h.children(ctx, g)
	if err != nil {
		return g, err
	}
	for _, c := range children {
		if c.Takes() {
			continue
		}
		was := c.End
		c.End = next.End
		moved, events = append(moved, c), append(events, h.extended(c, by, was))
	}
	if err := h.Memory.SaveGrants(ctx, moved, events...); err != nil {
		return g, err
	}
	return h.Memory.Grant(ctx, g.ID)
}

// mayExtend asks policy as for a new request over the whole time. Without
// auto-approval it also needs who approved to be entitled still.
func (h *House) mayExtend(ctx context.Context, g access.Grant, r access.Request, account string, more time.Duration) (access.Decision, error) {
	f, d, err := h.decide(ctx, g.Connector, account, g.Account, g.Resource, g.Slug, g.End.Add(more).Sub(g.Start))
	if err != nil {
		return d, err
	}
	if !d.Allowed {
		return d, fault.New("policy", fault.Forbidden, "%s", d.Because)
	}
	if d.Auto {
		return d, nil
	}
	why, err := h.approversStand(ctx, g, r, d.Rule, f)
	if err == nil && why != "" {
		err = fault.New("policy", fault.Forbidden, "%s", why)
	}
	return d, err
}

func (h *House) extended(g access.Grant, by access.Actor, was time.Time) audit.Event {
	e := h.grantEvent(g, fmt.Sprintf("end moved from %s", stamp(was)))
	e.Action, e.Actor = "grant.extended", who(by)
	return e
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
