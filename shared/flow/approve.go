package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Approve approves every item of the request that waits and that the actor may
// decide now. The grants are created in the same commit, before anything
// touches Slack. Approving twice changes nothing and is a Conflict that says
// who was first.
func (h *House) Approve(ctx context.Context, by access.Actor, id, comment string) (access.Request, error) {
	return h.settleRequest(ctx, "flow.Approve", by, id, comment, access.Approved)
}

// Deny refuses every waiting item that the actor may decide now.
func (h *House) Deny(ctx context.Context, by access.Actor, id, comment string) (access.Request, error) {
	return h.settleRequest(ctx, "flow.Deny", by, id, comment, access.Denied)
}

func (h *House) settleRequest(ctx context.Context, op string, by access.Actor, id, comment string, to access.ItemState) (access.Request, error) {
	var out access.Request
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err != nil {
			return err
		}
		out, err = h.vote(ctx, by, r, comment, to)
		return err
	})
	return out, fault.Wrap(op, err)
}

// vote decides the waiting items of one request as it was read.
func (h *House) vote(ctx context.Context, by access.Actor, r access.Request, comment string, to access.ItemState) (access.Request, error) {
	const op = "flow.vote"
	if by.Service {
		return r, fault.New(op, fault.Forbidden, "a service's key cannot approve or deny; a person has to")
	}
	account, err := h.asker(by, r.Connector)
	if err != nil {
		return r, err
	}
	if !r.Open() {
		return r, fault.New(op, fault.Invalid, "%s", settledText(r))
	}
	if !h.Now().Before(r.Expires) {
		return r, fault.New(op, fault.Invalid, "this request has expired; ask again")
	}
	texts, hash, err := h.reason(ctx, "comment/"+r.ID+"/"+account, account, comment)
	if err != nil {
		return r, err
	}
	var grants []access.Grant
	var events []audit.Event
	var refusal error
	decided := 0
	for i, it := range r.Items {
		if it.State != access.Pending {
			continue
		}
		gs, more, err := h.voteItem(ctx, by, account, &r, i, to)
		if err != nil {
			refusal = err
			continue
		}
		decided++
		grants, events = append(grants, gs...), append(events, more...)
		data := map[string]string{"item": fmt.Sprint(i), "resource": it.Resource, "rule": it.Rule, "approver": account, "comment": hash, "key": by.Key}
		if len(gs) > 0 {
			data["grant"] = gs[0].ID
		}
		if data["for"] = r.Items[i].DecidedFor; r.Items[i].State == access.Pending {
			data["for"] = r.Items[i].Votes[len(r.Items[i].Votes)-1].For
		}
		if data["step"] = fmt.Sprint(it.Step + 1); r.Items[i].State == access.Pending {
			// A yes on the way: the request waits for more of them.
			events = append(events, h.requestEvent(r, "request.step-approved", who(by), data))
			continue
		}
		events = append(events, h.requestEvent(r, "request."+string(to), who(by), data))
	}
	if decided == 0 {
		e := h.requestEvent(r, "request.decision-refused", who(by), map[string]string{"approver": account, "wanted": string(to), "kind": string(fault.KindOf(refusal))})
		if err := h.Memory.SaveEvents(ctx, e); err != nil {
			return r, err
		}
		return r, refusal
	}
	if r, err = h.Memory.SaveRequest(ctx, r, grants, texts, events...); err != nil {
		return r, err
	}
	h.wake(ctx, "", created(grants)...)
	return r, nil
}

// created leaves out the grants whose end was only moved: their execution runs.
func created(grants []access.Grant) []access.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g access.Grant) bool { return g.Rev > 0 })
}

// voteItem judges approver and item as policy stands now. Approved, it gives
// the new grant, or the one whose end moved.
func (h *House) voteItem(ctx context.Context, by access.Actor, account string, r *access.Request, i int, to access.ItemState) ([]access.Grant, []audit.Event, error) {
	it := &r.Items[i]
	f, d, err := h.decide(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if err != nil {
		return nil, nil, err
	}
	if !d.Allowed && to == access.Approved {
		return nil, nil, fault.New("policy", fault.Forbidden, "policy does not allow this any more: %s", d.Because)
	}
	if d.Rule.ID == "" {
		d.Rule = h.ruleOf(ctx, it.PolicyVersion, it.Rule)
	}
	rule := asked(d.Rule, *it)
	f.ask.Requester.User = r.Requester
	v, why, err := h.entitled(ctx, by, account, f, rule.Approvers, func(p access.Person) (bool, string) { return rule.MayApprove(p, f.ask) })
	if err != nil {
		return nil, nil, err
	}
	if why != "" {
		return nil, nil, h.refusal(ctx, f, rule, "you cannot decide this", why)
	}
	if to == access.Approved && (rule.Risk == access.High || it.Risk == access.High) && by.Stale(h.Now()) {
		return nil, nil, stale("flow.vote", "policy calls this access high-risk, and you signed in more than ten minutes ago")
	}
	if to == access.Approved && (it.Voted(account, by.User.ID) || v.For != "" && it.Voted(v.For, v.ForUser)) {
		return nil, nil, fault.New("policy", fault.Forbidden, "you cannot decide this: you have said yes already, or somebody for whom or in whose place you decide, and it waits for somebody else's")
	}
	if to == access.Approved && !f.conn.Usable() {
		return nil, nil, stopped(f.conn)
	}
	return h.settleItem(ctx, by, v, r, it, i, to, f, d)
}

// settleItem puts the decision on the item and makes what follows from it.
func (h *House) settleItem(ctx context.Context, by access.Actor, v access.Vote, r *access.Request, it *access.Item, i int, to access.ItemState, f facts, d access.Decision) ([]access.Grant, []audit.Event, error) {
	next := *it
	next.Rule, next.PolicyVersion = d.Rule.ID, max(d.Version, it.PolicyVersion)
	if to == access.Approved {
		voted, done := next.Vote(d.Rule, v, d.Hours)
		if !done {
			moved, err := h.reach(ctx, f, d.Rule, voted, it.Step)
			if err == nil {
				*it = moved
			}
			return nil, nil, err
		}
		next = voted
	}
	next.State, next.DecidedBy, next.DecidedFor, next.DecidedAt = to, v.Account, v.For, h.Now()
	var grants []access.Grant
	var events []audit.Event
	switch {
	case to != access.Approved:
	case it.Extends != "":
		var err error
		if grants, events, err = h.approveExtension(ctx, by, *r, next, d); err != nil {
			return nil, nil, err
		}
		next.Grant = it.Extends
	default:
		g := h.newGrant(*r, i, next, f.ask.Resource, approvers(next))
		next.Grant = g.ID
		grants, events = []access.Grant{g}, []audit.Event{h.grantEvent(g, "approved")}
	}
	*it = next
	return grants, events, nil
}

// ruleOf is a rule of an older policy, for denying what the newest no longer
// speaks of; unknown: the zero Rule, which lets nobody decide.
func (h *House) ruleOf(ctx context.Context, version int64, id string) access.Rule {
	p, err := h.Memory.Policy(ctx, version)
	if err != nil {
		return access.Rule{}
	}
	for _, r := range p.Rules {
		if r.ID == id {
			return r
		}
	}
	return access.Rule{}
}

func settledText(r access.Request) string {
	for _, it := range r.Items {
		if it.DecidedBy != "" {
			return fmt.Sprintf("this was %s by %s already", it.State, it.DecidedBy)
		}
	}
	return "nothing of this request waits for a decision any more"
}

// Cancel takes a request back: by its requester or subject, or a Super
// Administrator. Grants that it already made go on; end them with EndAccess.
func (h *House) Cancel(ctx context.Context, by access.Actor, id string) (access.Request, error) {
	const op = "flow.Cancel"
	var out access.Request
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err != nil {
			return err
		}
		account := by.User.In(r.Connector)
		if by.User.ID == "" || account == "" || account != r.By && account != r.Subject {
			if !by.Is(access.SuperAdministrator) {
				return fault.New(op, fault.Forbidden, "only who asked, or for whom it was asked, can cancel a request")
			}
		}
		out, err = h.close(ctx, r, access.Canceled, who(by))
		return err
	})
	return out, fault.Wrap(op, err)
}

// close gives every waiting item the same end.
func (h *House) close(ctx context.Context, r access.Request, to access.ItemState, actor string) (access.Request, error) {
	if !r.Open() {
		return r, fault.New("flow.close", fault.Invalid, "%s", settledText(r))
	}
	for i := range r.Items {
		if r.Items[i].State == access.Pending {
			r.Items[i].State, r.Items[i].DecidedAt = to, h.Now()
		}
	}
	return h.Memory.SaveRequest(ctx, r, nil, nil, h.requestEvent(r, "request."+string(to), actor, nil))
}

// expire ends a request whose time to decide is over, and tends it until then;
// of one that was decided it looks after the confirmations.
func (h *House) expire(ctx context.Context, id string) error {
	return again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err == nil && !r.Open() {
			return h.unconfirmed(ctx, r)
		}
		if err != nil {
			return err
		}
		if h.Now().Before(r.Expires) {
			return h.tend(ctx, r)
		}
		_, err = h.close(ctx, r, access.Expired, ebb)
		return err
	})
}
