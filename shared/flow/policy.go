package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Explanation answers "may Ada have @oncall for 2 hours, now?".
type Explanation struct {
	Decision  access.Decision
	Requester string
	Subject   string
	Resource  string
	Approvers []string // accounts that could approve now, by name; at most 20
	// Asks names who has to say yes, step by step; "": nobody is asked.
	Asks string
	// Course is what becomes of it while nobody decides, in words.
	Course []string
	// Emergency is the answer to an emergency, in words; "" where it is no.
	Emergency string
	// Frozen says that nothing is given now, and since when; "": it would be.
	Frozen string
	// Solo says that this request would approve itself, and how; "": it would not.
	Solo string
}

// givesTo says what else a user group gives, in words. Private default channels
// that the asker does not know are counted and not named.
func (h *House) givesTo(ctx context.Context, by access.Actor, f facts) ([]string, error) {
	var out []string
	unseen := 0
	for _, c := range f.ask.Defaults {
		known := !c.Private || by.Is(access.Auditor) || slices.Contains(f.conn.Owners, by.User.ID)
		if !known {
			var err error
			if known, err = h.knows(ctx, by.User.In(f.conn.ID), c); err != nil {
				return nil, err
			}
		}
		if !known {
			unseen++
			continue
		}
		out = append(out, "puts its members into "+access.Name(c))
	}
	if unseen > 0 {
		out = append(out, fmt.Sprintf("puts its members into %d private channels", unseen))
	}
	return out, nil
}

// Explain asks the policy in force without requesting anything. Everybody may
// ask about themselves; about others, who administers or audits.
func (h *House) Explain(ctx context.Context, by access.Actor, conn, requester, subject, resource, slug string, length time.Duration) (Explanation, error) {
	const op = "flow.Explain"
	own, err := h.asker(by, conn)
	if requester == "" {
		requester = own
	}
	if subject == "" {
		subject = requester
	}
	if !by.Is(access.Auditor) && !by.Is(access.IntegrationAdministrator) && (err != nil || requester != own) {
		return Explanation{}, fault.New(op, fault.Forbidden, "you can ask what you may have yourself; about others, an auditor or administrator can")
	}
	f, d, err := h.decide(ctx, conn, requester, subject, resource, slug, length)
	if err == nil && !d.Allowed && requester == own {
		if hidden := h.denial(ctx, by, f, d); fault.Is(hidden, fault.NotFound) {
			err = hidden
		}
	}
	if err != nil {
		return Explanation{}, fault.Wrap(op, err)
	}
	if d.Gives, err = h.givesTo(ctx, by, f); err != nil {
		return Explanation{}, fault.Wrap(op, err)
	}
	if past := f.ask.Past(); d.Allowed && past != "" {
		d.Gives = append(d.Gives, past)
	}
	if last := d.Rule.LastMember(f.ask); d.Allowed && last != "" {
		d.Gives = append(d.Gives, last)
	}
	x := Explanation{
		Decision: d, Requester: f.ask.Requester.Account.Label(), Subject: f.ask.Subject.Label(), Resource: access.Name(f.ask.Resource),
	}
	if frozen := h.thawed(ctx, conn); fault.Is(frozen, fault.Pause) {
		x.Frozen = fault.TextOf(frozen)
	} else if frozen != nil {
		return Explanation{}, fault.Wrap(op, frozen)
	}
	if x.Emergency, err = h.inEmergency(ctx, f); err != nil {
		return Explanation{}, fault.Wrap(op, err)
	}
	alone, err := h.alone(ctx, f, d.Rule)
	if err == nil && d.Allowed && alone {
		x.Solo = fmt.Sprintf("approves itself after %s, unless %s vetoes it", access.Span(d.Rule.Solo.Wait), d.Rule.Vetoers().Words())
	}
	if err == nil && d.Allowed && !d.Auto {
		if x.Approvers, err = h.couldApprove(ctx, f, d.Rule.At(access.Stage{})); err == nil {
			x.Asks, x.Course = d.Rule.Asks(), d.Rule.Course(d.Hours)
		}
	}
	if err == nil {
		err = h.byName(ctx, conn, &x)
	}
	return x, fault.Wrap(op, err)
}

// byName puts names into the words of an explanation.
func (h *House) byName(ctx context.Context, conn string, x *Explanation) error {
	rule := x.Decision.Rule
	names, err := h.inWords(ctx, conn, rule.Anybody().Approvers.And(rule.Confirmers().Approvers).And(rule.Vetoers()))
	if err != nil {
		return err
	}
	for _, text := range []*string{&x.Decision.Because, &x.Emergency, &x.Solo, &x.Asks} {
		*text = names.Replace(*text)
	}
	for _, list := range []*[]string{&x.Decision.Trail, &x.Course} {
		*list = slices.Clone(*list)
		for i, text := range *list {
			(*list)[i] = names.Replace(text)
		}
	}
	return nil
}

// inEmergency is policy's answer to an emergency, in words; "" where it is no.
func (h *House) inEmergency(ctx context.Context, f facts) (string, error) {
	p, err := h.Memory.Policy(ctx, 0)
	f.ask.Emergency = true
	if d := p.Decide(f.ask); err == nil && d.Allowed && d.Emergency {
		return d.Because, nil
	}
	return "", err
}
