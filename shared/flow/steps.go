package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// enter puts an item at a step. Where none of the step's approvers could decide
// now, its fallback does too; that is looked at here and when somebody is
// deactivated, never in between.
func (h *House) enter(ctx context.Context, f facts, d access.Decision, it access.Item, step int) (access.Item, error) {
	return h.lastly(ctx, f, d.Rule, it.Enter(d.Rule, step, h.Now(), d.Hours))
}

// reach is enter for an item that a vote has moved on from a step, or not.
func (h *House) reach(ctx context.Context, f facts, rule access.Rule, it access.Item, from int) (access.Item, error) {
	if it.Step == from {
		return it, nil
	}
	return h.lastly(ctx, f, rule, it)
}

func (h *House) lastly(ctx context.Context, f facts, rule access.Rule, it access.Item) (access.Item, error) {
	if rule.StepAt(it.Stage).Fallback.None() {
		return it, nil
	}
	people, err := h.approversOf(ctx, f, rule.At(it.Stage))
	it.Fallen = len(people) == 0
	return it, err
}

// approvers are the accounts that said yes to an item, in their order.
func approvers(it access.Item) []string {
	var out []string
	for _, v := range it.Votes {
		out = append(out, v.Account)
	}
	return out
}

// tend does what is due on a request that waits: a step that took too long, a
// reminder, or that it approves itself. It is one commit with its events.
func (h *House) tend(ctx context.Context, r access.Request) error {
	now := h.Now()
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return err
	}
	var events []audit.Event
	var grants []access.Grant
	for i, it := range r.Items {
		if it.State != access.Pending {
			continue
		}
		var what, solo string
		switch {
		case it.SoloDue(now):
			next, gs, word, err := h.solo(ctx, r, i)
			if err != nil {
				return err
			}
			it, what, solo = next, word, "true"
			for _, g := range gs {
				grants, events = append(grants, g), append(events, h.grantEvent(g, "approved itself, and nobody vetoed it"))
			}
		case !it.Deadline.IsZero() && !now.Before(it.Deadline):
			it, what = h.overdue(ctx, it)
		case !it.Remind.IsZero() && !now.Before(it.Remind):
			it, what = it.Reminded(now, p.Hours), "request.reminded"
		default:
			continue
		}
		r.Items[i] = it
		events = append(events, h.requestEvent(r, what, ebb, map[string]string{
			"item": fmt.Sprint(i), "resource": it.Resource, "rule": it.Rule, "step": fmt.Sprint(it.Step + 1), "count": fmt.Sprint(it.Reminders),
			"solo": solo, "grant": it.Grant,
		}))
	}
	if len(events) == 0 {
		return nil
	}
	if _, err := h.Memory.SaveRequest(ctx, r, grants, nil, events...); err != nil {
		return err
	}
	h.wake(ctx, "", grants...)
	return nil
}

// overdue is an item whose step took too long, as the rule that took it says,
// and the word for its event.
func (h *House) overdue(ctx context.Context, it access.Item) (access.Item, string) {
	then := h.ruleOf(ctx, it.PolicyVersion, it.Rule).StepAt(it.Stage).Then
	switch {
	case then.Cancel:
		it.State, it.DecidedAt = access.Canceled, h.Now()
		return it, "request.canceled"
	case !then.Reassign.None():
		it.Overdue, it.Deadline = true, time.Time{}
		return it, "request.reassigned"
	}
	it.Overdue, it.Deadline = true, time.Time{}
	return it, "request.escalated"
}

// approversStand reports why the yeses of a grant would not be enough now: each
// step has to have its own, of people who may still decide it.
func (h *House) approversStand(ctx context.Context, g access.Grant, r access.Request, rule access.Rule, f facts) (string, error) {
	f.ask.Requester.User = r.Requester
	votes := votesOf(g, r)
	for n, step := range rule.Way() {
		why := "policy now asks for an approval, and there is none"
		stand := 0
		for _, v := range votes {
			if v.Stage.Step != n {
				continue
			}
			no, err := h.stands(ctx, g, rule.At(v.Stage), v, f)
			if err != nil {
				return "", err
			}
			if no == "" {
				stand++
				continue
			}
			why = "who approved may not any more: " + no
		}
		if stand < step.Needs() {
			return why, nil
		}
	}
	return "", nil
}

// stands says why a yes does not count any more, "" when it does.
func (h *House) stands(ctx context.Context, g access.Grant, rule access.Rule, v access.Vote, f facts) (string, error) {
	p, err := h.confirmed(ctx, g.Connector, g.Workspace, v.Account, rule.Approvers)
	if fault.Is(err, fault.NotFound) {
		return "their account is not in Slack", nil
	}
	if err != nil {
		return "", err
	}
	if v.For == "" {
		_, no := rule.MayApprove(p, f.ask)
		return no, nil
	}
	if _, no := access.MayStandIn(p, f.ask); no != "" {
		return no, nil
	}
	v.Account, v.For = v.For, "" // whose right it was
	return h.stands(ctx, g, rule, v, f)
}

// votesOf are the yeses that made a grant. A grant from before there were steps
// has its approvers alone, all of one step.
func votesOf(g access.Grant, r access.Request) []access.Vote {
	var stage access.Stage
	if g.Item < len(r.Items) {
		if it := r.Items[g.Item]; len(it.Votes) > 0 {
			return it.Votes
		}
		stage = r.Items[g.Item].Stage
	}
	var out []access.Vote
	for i, account := range g.Approvers {
		if !slices.Contains(g.Approvers[:i], account) {
			out = append(out, access.Vote{Stage: stage, Account: account})
		}
	}
	return out
}

// Waiting is where an item of a request waits, in words and numbers.
type Waiting struct {
	Step, Steps int    // 1 is the first
	Approvers   string // in the policy's words
	// Who are the same by name, as policy names them: people, user groups by
	// handle, owners and admins in words.
	Who        []string
	Need, Have int // how many have to say yes at this step, and how many have
}

// waits tells of each waiting item at which step it stands, by the policy in
// force. What policy says nothing of any more is left out.
func (h *House) waits(ctx context.Context, r access.Request) (map[int]Waiting, error) {
	out := map[int]Waiting{}
	for i, it := range r.Items {
		if it.State != access.Pending {
			continue
		}
		f, d, err := h.decide(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
		if fault.Is(err, fault.NotFound) || err == nil && d.Rule.ID == "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		way := d.Rule.Way()
		w := Waiting{
			Step: min(it.Step, len(way)-1) + 1, Steps: len(way),
			Approvers: asked(d.Rule, it).Approvers.Words(), Need: d.Rule.StepAt(it.Stage).Needs(),
		}
		groups, err := h.groupNames(ctx, f.conn.ID, asked(d.Rule, it).Approvers)
		if err != nil {
			return nil, err
		}
		w.Approvers = replacer(groups).Replace(w.Approvers)
		if w.Who, err = h.called(ctx, f.conn.ID, asked(d.Rule, it).Approvers, groups); err != nil {
			return nil, err
		}
		for _, v := range it.Votes {
			if v.Stage.Step == it.Step {
				w.Have++
			}
		}
		out[i] = w
	}
	return out, nil
}

// called names those whom policy names as people know them: accounts and groups
// by name, the others in words. What the directory does not know keeps its id.
func (h *House) called(ctx context.Context, conn string, w access.Who, groups map[string]string) ([]string, error) {
	var out []string
	for _, id := range w.Accounts {
		a, err := h.Memory.Account(ctx, conn, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		a.ID = id
		out = append(out, a.Label())
	}
	for _, id := range w.Groups {
		out = append(out, cmp.Or(groups[id], id))
	}
	w.Accounts, w.Groups = nil, nil
	if !w.None() {
		out = append(out, strings.Split(w.Words(), " or ")...)
	}
	return out, nil
}
