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

// soloAgain is when an item whose hour came is looked at again while the
// connector gives nothing.
const soloAgain = time.Hour

// alone reports whether a request approves itself after a wait: the rule lets
// it, and nobody but its requester could approve it now.
func (h *House) alone(ctx context.Context, f facts, rule access.Rule) (bool, error) {
	if !rule.Alone(f.ask) {
		return false, nil
	}
	others, err := h.approversOf(ctx, f, rule.Anybody())
	return err == nil && len(others) == 0, err
}

// solo is an item whose hour came, as policy decides now: approved with its
// grant, or waiting for people, or for another hour. what is the event's word.
func (h *House) solo(ctx context.Context, r access.Request, i int) (it access.Item, grants []access.Grant, what string, err error) {
	now := h.Now()
	it = r.Items[i]
	f, d, err := h.decideFor(ctx, r, it.Resource, it.Slug, r.Length)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return it, nil, "", err
	}
	f.ask.Requester.User = r.Requester
	alone := false
	if err == nil && d.Allowed {
		if alone, err = h.alone(ctx, f, d.Rule); err != nil {
			return it, nil, "", err
		}
	}
	switch from := r.Created.Add(d.Rule.Solo.Wait); {
	case !alone:
		it.SoloAt = time.Time{}
		return it, nil, "request.solo-stopped", nil
	case now.Before(from): // the wait has grown
		it.SoloAt = from
		return it, nil, "request.solo-moved", nil
	case !f.conn.Usable():
		it.SoloAt = now.Add(soloAgain)
		return it, nil, "request.solo-moved", nil
	}
	it.State, it.DecidedAt, it.Rule, it.PolicyVersion = access.Approved, now, d.Rule.ID, d.Version
	g := h.newGrant(r, i, it, f.ask.Resource, nil)
	it.Grant = g.ID
	return it, []access.Grant{g}, "request.approved", nil
}

// Veto denies what would approve itself, by anybody whom policy names for it,
// as policy and Slack stand now. What was decided before is fault.Invalid.
func (h *House) Veto(ctx context.Context, by access.Actor, id, comment string) (access.Request, error) {
	const op = "flow.Veto"
	var out access.Request
	if by.Service {
		return out, fault.New(op, fault.Forbidden, "a service's key cannot veto; a person has to")
	}
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err == nil {
			out, err = h.veto(ctx, by, r, comment)
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) veto(ctx context.Context, by access.Actor, r access.Request, comment string) (access.Request, error) {
	account, err := h.asker(by, r.Connector)
	if err != nil {
		return r, err
	}
	if !r.Open() {
		return r, fault.New("flow.veto", fault.Invalid, "%s", settledText(r))
	}
	texts, hash, err := h.reason(ctx, "comment/"+r.ID+"/"+account, account, comment)
	if err != nil {
		return r, err
	}
	r.Items = slices.Clone(r.Items)
	var events []audit.Event
	refusal := error(fault.New("flow.veto", fault.Invalid, "nothing of this request approves itself; who decides can deny it"))
	for i := range r.Items {
		it := &r.Items[i]
		if it.State != access.Pending || it.SoloAt.IsZero() {
			continue
		}
		v, err := h.mayVeto(ctx, by, account, r, *it)
		if err != nil {
			refusal = err
			continue
		}
		it.State, it.DecidedBy, it.DecidedFor, it.DecidedAt = access.Denied, v.Account, v.For, v.At
		events = append(events, h.requestEvent(r, "request.vetoed", who(by), map[string]string{
			"item": fmt.Sprint(i), "resource": it.Resource, "rule": it.Rule, "account": account, "for": v.For, "comment": hash, "key": by.Key,
		}))
	}
	if len(events) == 0 {
		return r, refusal
	}
	return h.Memory.SaveRequest(ctx, r, nil, texts, events...)
}

// mayVeto says by whose right the account may veto an item, as Slack has it now.
func (h *House) mayVeto(ctx context.Context, by access.Actor, account string, r access.Request, it access.Item) (access.Vote, error) {
	f, err := h.gather(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if err != nil {
		return access.Vote{}, err
	}
	f.ask.Requester.User = r.Requester
	rule := h.soloRule(ctx, it)
	v, why, err := h.entitled(ctx, by, account, f, rule.Vetoers(), func(p access.Person) (bool, string) { return rule.MayVeto(p, f.ask) })
	if err == nil && why != "" {
		rule.Approvers = rule.Vetoers()
		err = h.refusal(ctx, f, rule, "you cannot veto this", why)
	}
	return v, err
}

// soloRule is the rule of an item's name in the policy in force, or the one that
// took the request.
func (h *House) soloRule(ctx context.Context, it access.Item) access.Rule {
	if rule := h.ruleOf(ctx, 0, it.Rule); rule.ID != "" {
		return rule
	}
	return h.ruleOf(ctx, it.PolicyVersion, it.Rule)
}

// mayVeto reports whether the actor could veto an item of the request, as far
// as the directory knows.
func (r *realm) mayVeto(ctx context.Context, q access.Request, place *string) (bool, error) {
	if r.s.by.Service || !r.me.Account.Live() || r.is(q.By) {
		return false, nil
	}
	for _, it := range q.Items {
		if it.State != access.Pending || it.SoloAt.IsZero() {
			continue
		}
		f, err := r.s.h.gather(ctx, q.Connector, q.By, q.Subject, it.Resource, it.Slug, q.Length)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		f.ask.Requester.User = q.Requester
		rule := r.s.h.soloRule(ctx, it)
		if r.could(f, place, func(p access.Person) bool { ok, _ := rule.MayVeto(p, f.ask); return ok }) {
			return true, nil
		}
	}
	return false, nil
}
