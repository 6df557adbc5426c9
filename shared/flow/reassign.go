package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// asked is the rule with those who decide an item at its stage.
func asked(rule access.Rule, it access.Item) access.Rule { return rule.At(it.Stage) }

// reassign gives what waited for the decision of an account that was deactivated
// to others. Tasks are computed, not stored: where the rule names somebody else
// who could decide, the task is theirs already, and the event says so; where
// nobody is left, the owners of the resource and of the application decide from
// now on. Only a deactivation does that, with an event: an approver group that
// looks empty for a moment widens nothing.
func (h *House) reassign(ctx context.Context, conn, account string) error {
	open, err := h.Memory.Requests(ctx, true, 0)
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.Connector != conn {
			continue
		}
		err := again(func() error {
			r, err := h.Memory.Request(ctx, r.ID)
			if err != nil || !r.Open() {
				return err
			}
			return h.reassignRequest(ctx, r, account)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *House) reassignRequest(ctx context.Context, r access.Request, account string) error {
	var events []audit.Event
	changed := false
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		if r.Items[i].State != access.Pending {
			continue
		}
		e, widened, err := h.reassignItem(ctx, r, i, account)
		if err != nil {
			return err
		}
		events = append(events, e...)
		changed = changed || widened
	}
	switch {
	case len(events) == 0:
		return nil
	case !changed:
		return h.Memory.SaveEvents(ctx, events...)
	}
	_, err := h.Memory.SaveRequest(ctx, r, nil, nil, events...)
	return err
}

// reassignItem gives the event of an item that the account could have decided,
// and whether it is the owners' from now on.
func (h *House) reassignItem(ctx context.Context, r access.Request, i int, account string) ([]audit.Event, bool, error) {
	it := &r.Items[i]
	f, d, err := h.decide(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if d.Rule.When != "" && h.Condition == nil {
		// A sync judges no conditions: the rule that took the request, as it stands.
		d.Rule = h.ruleOf(ctx, 0, it.Rule)
	}
	if d.Rule.ID == "" {
		d.Rule = h.ruleOf(ctx, it.PolicyVersion, it.Rule)
	}
	f.ask.Requester.User = r.Requester
	rule := asked(d.Rule, *it)
	if could, err := h.couldHave(ctx, f, rule, account); err != nil || !could {
		return nil, false, err
	}
	dropped := it.Handed != "" // to whom has left: it is everybody's again
	if dropped {
		it.Handed = ""
		rule = asked(d.Rule, *it)
	}
	left, err := h.approversBut(ctx, f, rule, account)
	if err != nil {
		return nil, false, err
	}
	widened := len(left) == 0 && !it.Reassigned
	if widened && !it.Fallen && !d.Rule.StepAt(it.Stage).Fallback.None() {
		it.Fallen = true
		if left, err = h.approversBut(ctx, f, asked(d.Rule, *it), account); err != nil {
			return nil, false, err
		}
	}
	if widened && len(left) == 0 {
		it.Reassigned = true
		if left, err = h.approversBut(ctx, f, asked(d.Rule, *it), account); err != nil {
			return nil, false, err
		}
	}
	return []audit.Event{h.requestEvent(r, "request.reassigned", ebb, map[string]string{
		"item": fmt.Sprint(i), "resource": it.Resource, "rule": d.Rule.ID, "from": account,
		"to": strings.Join(left, " "), "owners": fmt.Sprint(it.Reassigned), "note": noneLeft(left),
	})}, widened || dropped, nil
}

// noneLeft says that a request waits for nobody, which its expiry ends.
func noneLeft(left []string) string {
	if len(left) == 0 {
		return "nobody is left who could decide: say owners of the resource or the connector"
	}
	return ""
}

// couldHave reports whether the account could have decided while it lived.
func (h *House) couldHave(ctx context.Context, f facts, rule access.Rule, account string) (bool, error) {
	p, err := h.person(ctx, f.conn.ID, account)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.Account.State, p.Ended = directory.Active, false
	if slices.Contains(f.conn.Owners, p.User) {
		f.ask.AppOwners = append(slices.Clone(f.ask.AppOwners), account) // who has ended is left out there
	}
	could, _ := rule.MayApprove(p, f.ask)
	return could, nil
}

// approversBut are the accounts that could decide now, without one whose row may
// not say yet that it was deactivated.
func (h *House) approversBut(ctx context.Context, f facts, rule access.Rule, account string) ([]string, error) {
	people, err := h.approversOf(ctx, f, rule)
	var out []string
	for _, p := range people {
		if p.Account.ID != account {
			out = append(out, p.Account.ID)
		}
	}
	return out, err
}
