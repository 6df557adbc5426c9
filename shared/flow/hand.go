package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Handing says what is handed to whom. Item is the item's place in the request,
// Every all of them; To is an account of the request's connector.
type Handing struct {
	Item    int
	To      string
	Comment string
}

// Every stands for all items of a request that wait.
const Every = -1

// Reassign hands what waits for a decision, or an emergency that waits for its
// confirmation, to somebody by name, who alone decides it from then on, until
// the step is overdue or they leave. By who may decide it now, or an Integration
// or Super Administrator; never by who asked or gets it. And never to anybody: to
// those alone whom the policy's rule may come to ask (approvers, fallback, who
// it escalates to, who confirms) or who own the resource or the application,
// so that nobody chooses an approver whom policy does not know. A step for
// which several have to say yes is not handed to one, and a veto is everybody's.
func (h *House) Reassign(ctx context.Context, by access.Actor, id string, x Handing) (access.Request, error) {
	const op = "flow.Reassign"
	var out access.Request
	if by.Service {
		return out, fault.New(op, fault.Forbidden, "a service's key cannot hand a task on; a person has to")
	}
	x.Comment = strings.TrimSpace(x.Comment)
	if len([]rune(x.Comment)) > longestReason {
		return out, fault.At(op, "comment", "the comment has more than %d characters", longestReason)
	}
	key := h.NewID("cm")
	err := again(func() error {
		r, err := h.Memory.Request(ctx, id)
		if err == nil {
			out, err = h.hand(ctx, by, r, x, key)
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) hand(ctx context.Context, by access.Actor, r access.Request, x Handing, key string) (access.Request, error) {
	const op = "flow.hand"
	if by.User.ID == "" || by.User.Ended {
		return r, fault.New(op, fault.Unauthenticated, "it is not known who asks")
	}
	if x.Item != Every && (x.Item < 0 || x.Item >= len(r.Items)) {
		return r, fault.At(op, "item", "this request has no item %d", x.Item+1)
	}
	if by.User.ID == r.Requester || slices.Contains([]string{r.By, r.Subject}, by.User.In(r.Connector)) {
		return r, fault.New(op, fault.Forbidden, "whoever asks for access or gets it does not choose who decides about it")
	}
	r.Items = slices.Clone(r.Items)
	var events []audit.Event
	refusal := error(fault.New(op, fault.Invalid, "%s", settledText(r)))
	for i := range r.Items {
		it := &r.Items[i]
		if x.Item != Every && x.Item != i || it.State != access.Pending && !it.Confirm.Open() {
			continue
		}
		was := it.Handed + it.Confirm.Handed
		if err := h.handItem(ctx, by, r, it, x.To); err != nil {
			refusal = err
			continue
		}
		if it.Handed+it.Confirm.Handed == was {
			continue // theirs already
		}
		events = append(events, h.requestEvent(r, "request.handed", who(by), map[string]string{
			"item": fmt.Sprint(i), "resource": it.Resource, "rule": it.Rule, "step": fmt.Sprint(it.Step + 1), "was": was, "to": x.To, "key": by.Key,
		}))
		refusal = nil
	}
	if len(events) == 0 {
		return r, refusal
	}
	texts, hash, err := h.reason(ctx, CommentText(r.ID, key), writer(by, r.Connector), x.Comment)
	if err != nil {
		return r, err
	}
	if account := by.User.In(r.Connector); hash != "" && account != "" {
		events = append(events, h.requestEvent(r, "request.commented", who(by), map[string]string{"account": account, "comment": hash, "key": key}))
	} else if hash != "" {
		events[0].Data["comment"] = hash
	}
	return h.Memory.SaveRequest(ctx, r, nil, texts, events...)
}

// handItem names somebody for one item, where the actor may and policy knows
// them.
func (h *House) handItem(ctx context.Context, by access.Actor, r access.Request, it *access.Item, to string) error {
	const op = "flow.handItem"
	f, d, err := h.decide(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if err != nil {
		return err
	}
	rule := d.Rule
	if rule.ID == "" {
		rule = h.ruleOf(ctx, it.PolicyVersion, it.Rule)
	}
	f.ask.Requester.User = r.Requester
	now := asked(rule, *it)
	circle := rule
	circle.Approvers, circle.Auto = rule.Circle(), false
	if it.Confirm.Open() {
		now = h.confirmers(ctx, *it)
		circle = h.confirmersOf(ctx, *it)
		circle.Approvers = circle.Circle()
	} else if n := rule.StepAt(it.Stage).Needs(); n > 1 {
		return fault.New(op, fault.Invalid, "this step needs the yes of %d people, so it is not handed to one", n)
	}
	if !by.Is(access.IntegrationAdministrator) {
		if err := h.mayHand(ctx, by, r, f, now); err != nil {
			return err
		}
	}
	p, err := h.confirmed(ctx, r.Connector, f.ask.Resource.Workspace, to, circle.Approvers)
	if err != nil {
		return err
	}
	if ok, why := circle.MayApprove(p, f.ask); !ok {
		return fault.At(op, "to", "it cannot be handed to %s: %s, or who owns the resource or the application", p.Account.Label(), why)
	}
	if it.Voted(to, p.User) {
		return fault.At(op, "to", "%s has said yes to this already, and it waits for somebody else's", p.Account.Label())
	}
	if it.Confirm.Open() {
		it.Confirm.Handed = to
		return nil
	}
	it.Handed, it.Reminders, it.Remind = to, 0, d.Hours.After(h.Now(), access.FirstReminder)
	return nil
}

// mayHand reports whether the actor could decide it themselves.
func (h *House) mayHand(ctx context.Context, by access.Actor, r access.Request, f facts, rule access.Rule) error {
	account, err := h.asker(by, r.Connector)
	if err != nil {
		return err
	}
	_, why, err := h.entitled(ctx, by, account, f, rule.Approvers, func(p access.Person) (bool, string) { return rule.MayApprove(p, f.ask) })
	if err == nil && why != "" {
		err = fault.New("policy", fault.Forbidden, "you cannot hand this on: %s", why)
	}
	return err
}
