package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Extension is what became of the wish for more time: the grant, with its new
// end if it was moved, and otherwise the request that waits for approval.
type Extension struct {
	Grant   access.Grant
	Request *access.Request
}

// Extend asks for more time on a live grant; it moves an end and makes no
// second grant. Policy decides the whole time from the start. What policy
// approves by itself, and what somebody asks who may approve it, moves at once;
// the rest becomes a request, because who approved two hours did not approve
// three. A grant that is being taken back is not extended.
func (h *House) Extend(ctx context.Context, by access.Actor, id string, more time.Duration) (Extension, error) {
	const op = "flow.Extend"
	var out Extension
	err := again(func() error {
		g, err := h.Memory.Grant(ctx, id)
		if err != nil {
			return err
		}
		out, err = h.extend(ctx, by, g, more)
		return err
	})
	return out, fault.Wrap(op, err)
}

// ExtendTo is Extend up to a time. A grant that lasts so long already is left as
// it is, so that the same wish sent twice moves the end once.
func (h *House) ExtendTo(ctx context.Context, by access.Actor, id string, end time.Time) (Extension, error) {
	const op = "flow.ExtendTo"
	var out Extension
	err := again(func() error {
		g, err := h.Memory.Grant(ctx, id)
		if err != nil {
			return err
		}
		if out = (Extension{Grant: g}); !end.After(g.End) {
			return nil
		}
		out, err = h.extend(ctx, by, g, end.Sub(g.End))
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) extend(ctx context.Context, by access.Actor, g access.Grant, more time.Duration) (Extension, error) {
	const op = "flow.extend"
	switch {
	case !extendable(g, h.Now()):
		return Extension{}, fault.New(op, fault.Invalid, "this grant is %s; ask again with a new request", g.State)
	case more < time.Second:
		return Extension{}, fault.At(op, "by", "say by how much, such as 1h")
	case g.Origin != "":
		return Extension{}, fault.New(op, fault.Invalid, "somebody decided that this access ends then; ask for more with a new request")
	case g.Parent != "":
		return Extension{}, fault.New(op, fault.Invalid, "this comes with a user group; extend that grant")
	}
	account, err := h.asker(by, g.Connector)
	if err != nil {
		return Extension{}, err
	}
	r, err := h.Memory.Request(ctx, g.Request)
	if err != nil {
		return Extension{}, err
	}
	whole := g.End.Add(more).Sub(g.Start)
	f, d, err := h.decide(ctx, g.Connector, r.By, g.Account, g.Resource, g.Slug, whole)
	if err == nil {
		f, d, err = h.certain(ctx, f, d)
	}
	if err != nil {
		return Extension{}, err
	}
	f.ask.Requester.User = r.Requester
	rule := d.Rule.At(access.Stage{})
	p, err := h.confirmed(ctx, g.Connector, g.Workspace, account, rule.Approvers)
	if err != nil {
		return Extension{}, err
	}
	p.User = by.User.ID
	approves, _ := rule.MayApprove(p, f.ask)
	approves = approves && !by.Service && d.Rule.Single()
	switch {
	case account != g.Account && account != r.By && !approves:
		return Extension{}, fault.New(op, fault.Forbidden, "only who holds a grant, who asked for it, or who approves it can extend it")
	case !d.Allowed:
		return Extension{}, fault.New("policy", fault.Forbidden, "%s", d.Words())
	case !f.conn.Usable():
		return Extension{}, stopped(f.conn)
	case d.Auto || approves:
		return h.moveEnd(ctx, by, g, g.End.Add(more), d)
	}
	return h.askForMore(ctx, by, account, g, whole, f, d)
}

// extendable: live, and not on its way out.
func extendable(g access.Grant, now time.Time) bool {
	switch g.State {
	case access.Scheduled, access.Granting, access.Active:
		return now.Before(g.End)
	}
	return false
}

func (h *House) moveEnd(ctx context.Context, by access.Actor, g access.Grant, end time.Time, d access.Decision) (Extension, error) {
	moved, events, err := h.moved(ctx, by, g, end, d)
	if err != nil {
		return Extension{}, err
	}
	if err := h.Memory.SaveGrants(ctx, moved, events...); err != nil {
		return Extension{}, err
	}
	g, err = h.Memory.Grant(ctx, g.ID)
	return Extension{Grant: g}, err
}

// moved is the grant with its new end, with the default channels that came
// with it.
func (h *House) moved(ctx context.Context, by access.Actor, g access.Grant, end time.Time, d access.Decision) ([]access.Grant, []audit.Event, error) {
	if f, on, err := h.FrozenIn(ctx, g.Connector); err != nil {
		return nil, nil, err
	} else if on {
		return nil, nil, &fault.Error{
			Op: "flow.moved", Kind: fault.Misconfigured, Code: codeFrozen,
			Text: "an administrator has frozen new access since " + minute(f.Since) + ", and more time is new access; ask again when the freeze is lifted",
		}
	}
	children, err := h.children(ctx, g)
	if err != nil {
		return nil, nil, err
	}
	g.PolicyVersion, g.Rule = d.Version, d.Rule.ID
	var out []access.Grant
	var events []audit.Event
	for _, one := range append([]access.Grant{g}, children...) {
		if one.Takes() {
			continue
		}
		was := one.End
		one.End = end
		e := h.grantEvent(one, fmt.Sprintf("end moved from %s", stamp(was)))
		e.Action, e.Actor = "grant.extended", who(by)
		out, events = append(out, one), append(events, e)
	}
	return out, events, nil
}

// askForMore makes the request that waits for approval, or gives the one by which
// the same person asked for the very same before.
func (h *House) askForMore(ctx context.Context, by access.Actor, account string, g access.Grant, whole time.Duration, f facts, d access.Decision) (Extension, error) {
	now := h.Now()
	asked, err := h.askedForMore(ctx, account, g, whole)
	if err != nil || asked != nil {
		return Extension{Grant: g, Request: asked}, err
	}
	f.ask.Requester.User = by.User.ID
	it, err := h.enter(ctx, f, d, access.Item{
		Resource: g.Resource, Kind: g.Kind, Slug: g.Slug, State: access.Pending, Rule: d.Rule.ID,
		PolicyVersion: d.Version, Extends: g.ID, Risk: d.Rule.Risk,
	}, 0)
	if err != nil {
		return Extension{}, err
	}
	r := access.Request{
		ID: h.NewID("rq"), Requester: by.User.ID, By: account, Subject: g.Account, Connector: g.Connector,
		Start: g.Start, Length: whole, Created: now, Expires: g.End, // after the end there is nothing to extend
		Items: []access.Item{it},
	}
	r, err = h.Memory.SaveRequest(ctx, r, nil, nil, h.requestEvent(r, "request.made", who(by), map[string]string{"extends": g.ID}))
	return Extension{Grant: g, Request: &r}, err
}

// mostAsked is how many of somebody's newest requests are looked through.
const mostAsked = 50

// askedForMore finds the request that waits already for that end; nil: none.
func (h *House) askedForMore(ctx context.Context, account string, g access.Grant, whole time.Duration) (*access.Request, error) {
	all, err := h.Memory.RequestsOf(ctx, g.Connector, account, mostAsked)
	for _, r := range all {
		if r.By == account && r.Open() && r.Length == whole && r.Items[0].Extends == g.ID {
			return &r, nil
		}
	}
	return nil, err
}

// approveExtension is voteItem's part for an item that extends: the grant with
// its new end, to be saved with the decision.
func (h *House) approveExtension(ctx context.Context, by access.Actor, r access.Request, it access.Item, d access.Decision) ([]access.Grant, []audit.Event, error) {
	g, err := h.Memory.Grant(ctx, it.Extends)
	if err != nil {
		return nil, nil, err
	}
	if !extendable(g, h.Now()) {
		return nil, nil, fault.New("flow.approveExtension", fault.Invalid, "the grant is %s and cannot be extended any more", g.State)
	}
	end := g.Start.Add(r.Length)
	if !end.After(g.End) {
		return nil, nil, fault.New("flow.approveExtension", fault.Invalid, "the grant lasts longer than this already")
	}
	g.Approvers = append(slices.Clone(g.Approvers), approvers(it)...)
	return h.moved(ctx, by, g, end, d)
}
