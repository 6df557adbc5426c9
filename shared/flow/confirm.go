package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ConfirmAccess settles what an emergency left to do: it was right, or it was not and
// its access ends now. Everything of the request is settled that waits for a
// confirmation and that the actor may confirm as policy and Slack stand now;
// never by who asked or got it. One item is one commit, so who dies half-way
// leaves the rest waiting. What was settled before is fault.Invalid.
func (h *House) ConfirmAccess(ctx context.Context, by access.Actor, id string, right bool, comment string) (access.Request, error) {
	const op = "flow.ConfirmAccess"
	var out access.Request
	settled := 0
	if by.Service {
		return out, fault.New(op, fault.Forbidden, "a service's key cannot confirm; a person has to")
	}
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err != nil {
			return err
		}
		if !r.Unconfirmed() {
			if out = r; settled > 0 {
				return nil
			}
			return fault.New(op, fault.Invalid, "%s", confirmedText(r))
		}
		out, err = h.confirmAll(ctx, by, r, right, comment, &settled)
		return err
	})
	return out, fault.Wrap(op, err)
}

func confirmedText(r access.Request) string {
	for _, it := range r.Items {
		if it.Confirm.By != "" {
			return fmt.Sprintf("this was settled by %s already", it.Confirm.By)
		}
	}
	return "nothing of this request waits for a confirmation"
}

// confirmAll settles each item of one request as it was read.
func (h *House) confirmAll(ctx context.Context, by access.Actor, r access.Request, right bool, comment string, settled *int) (access.Request, error) {
	account, err := h.asker(by, r.Connector)
	if err != nil {
		return r, err
	}
	var refusal error
	for i, it := range r.Items {
		if !it.Confirm.Open() {
			continue
		}
		v, err := h.mayConfirm(ctx, by, account, r, it)
		if err != nil {
			refusal = err
			continue
		}
		if r, err = h.confirmItem(ctx, by, v, r, i, right, comment); err != nil {
			return r, err
		}
		*settled++
	}
	if *settled > 0 {
		return r, nil
	}
	e := h.requestEvent(r, "request.confirmation-refused", who(by), map[string]string{"account": account, "kind": string(fault.KindOf(refusal))})
	if err := h.Memory.SaveEvents(ctx, e); err != nil {
		return r, err
	}
	return r, refusal
}

// confirmItem stores what somebody said of one item; a no ends its grant in the
// same commit.
func (h *House) confirmItem(ctx context.Context, by access.Actor, v access.Vote, r access.Request, i int, right bool, comment string) (access.Request, error) {
	texts, hash, err := h.reason(ctx, "comment/"+r.ID+"/"+v.Account, v.Account, comment)
	if err != nil {
		return r, err
	}
	r.Items = slices.Clone(r.Items)
	it := &r.Items[i]
	it.Confirm.By, it.Confirm.For, it.Confirm.At, it.Confirm.Denied = v.Account, v.For, v.At, !right
	var ended []access.Grant
	var events []audit.Event
	if !right {
		g, err := h.Memory.Grant(ctx, it.Grant)
		if err != nil {
			return r, err
		}
		if !over(g) {
			if ended, events, err = h.ended(ctx, g, who(by)); err != nil {
				return r, err
			}
		}
	}
	action := "request.confirmed"
	if !right {
		action = "request.confirmation-denied"
	}
	e := h.requestEvent(r, action, who(by), map[string]string{
		"item": fmt.Sprint(i), "resource": it.Resource, "rule": it.Rule, "grant": it.Grant, "account": v.Account, "for": v.For, "comment": hash, "key": by.Key,
	})
	if r, err = h.Memory.SaveRequest(ctx, r, ended, texts, append(events, e)...); err != nil {
		return r, err
	}
	h.wake(ctx, ".end", ended...)
	if it.Confirm.Overdue {
		err = h.unfound(ctx, emergencyFinding(r, *it, h.Now()).FindingID())
	}
	return r, err
}

// emergencyFinding is that nobody confirmed an item in time.
func emergencyFinding(r access.Request, it access.Item, now time.Time) directory.Finding {
	return directory.Finding{
		Connector: r.Connector, Resource: it.Resource, Slug: it.Slug, Account: r.Subject, Kind: directory.EmergencyUnconfirmed,
		Seen: now, Request: r.ID,
	}
}

// confirmers is the rule that says who confirms an item. Whom it was handed to
// confirms alone, until it is overdue.
func (h *House) confirmers(ctx context.Context, it access.Item) access.Rule {
	rule := h.confirmersOf(ctx, it)
	if it.Confirm.Handed != "" && !it.Confirm.Overdue {
		rule.Approvers = rule.Circle()
		rule.Approvers.Only = it.Confirm.Handed
	}
	return rule
}

// confirmersOf is the rule of that name in the policy in force, or the one that
// gave the access, with those who confirm as its approvers.
func (h *House) confirmersOf(ctx context.Context, it access.Item) access.Rule {
	rule := h.ruleOf(ctx, 0, it.Rule)
	if rule.ID == "" || rule.Confirmers().Approvers.None() {
		rule = h.ruleOf(ctx, it.PolicyVersion, it.Rule)
	}
	return rule.Confirmers()
}

// mayConfirm says by whose right the account may confirm an item, as Slack has
// it now.
func (h *House) mayConfirm(ctx context.Context, by access.Actor, account string, r access.Request, it access.Item) (access.Vote, error) {
	f, err := h.gather(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if err != nil {
		return access.Vote{}, err
	}
	f.ask.Requester.User = r.Requester
	rule := h.confirmers(ctx, it)
	v, why, err := h.entitled(ctx, by, account, f, rule.Approvers, func(p access.Person) (bool, string) { return rule.MayApprove(p, f.ask) })
	if err == nil && why != "" {
		err = h.refusal(ctx, f, rule, "you cannot confirm this", why)
	}
	return v, err
}

// unconfirmed writes the finding of an emergency that nobody confirmed in time.
// It stays a task.
func (h *House) unconfirmed(ctx context.Context, r access.Request) error {
	var events []audit.Event
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		it := &r.Items[i]
		if !it.Confirm.Open() || it.Confirm.Overdue || h.Now().Before(it.Confirm.Due) {
			continue
		}
		it.Confirm.Overdue = true
		if err := h.found(ctx, emergencyFinding(r, *it, h.Now())); err != nil {
			return err
		}
		events = append(events, h.requestEvent(r, "request.confirmation-overdue", ebb, map[string]string{
			"item": fmt.Sprint(i), "resource": it.Resource, "account": r.Subject, "grant": it.Grant, "due": stamp(it.Confirm.Due),
		}))
	}
	if len(events) == 0 {
		return nil
	}
	_, err := h.Memory.SaveRequest(ctx, r, nil, nil, events...)
	return err
}
