package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Killing is what somebody says who presses a kill switch. Confirmed is the
// number of live grants that they were told would end (WouldEnd); a kill that
// ends more than fewAtOnce needs it.
type Killing struct {
	Target    access.Target
	Reason    string
	Confirmed int
}

// fewAtOnce is how many grants end at once without a person's having said how many.
const fewAtOnce = 20

// killFor is how long one call or one sweep turns grants to their end; the rest
// stays due. A Lambda behind the API has 29 seconds.
const killFor = 10 * time.Second

// Ending is what a kill would end, or still has to: live grants that are to be
// turned to their end, and requests of which items wait. A grant of a default
// channel goes with its user group's, which gave it.
type Ending struct {
	Grants   []access.Grant
	Requests []access.Request
}

// WouldEnd says what a kill of the target would end now, and changes nothing.
func (h *House) WouldEnd(ctx context.Context, by access.Actor, t access.Target) (Ending, error) {
	const op = "flow.WouldEnd"
	if err := h.mayKill(ctx, by, t); err != nil {
		return Ending{}, fault.Wrap(op, err)
	}
	e, err := h.wouldEnd(ctx, t, h.Now())
	return e, fault.Wrap(op, err)
}

// Kill ends everything of a target that lives now, early and at once, and
// cancels what of it waits for a decision. It is stored first and then carried
// out, here for some seconds and by sweep from there on, so that nothing is
// left when it dies half-way. What is asked for afterwards is not its matter:
// freeze, end the user, or publish another policy. By Super and Integration
// Administrators; of a resource or an account also by the connector's owners,
// of a resource by its own.
func (h *House) Kill(ctx context.Context, by access.Actor, k Killing) (access.Kill, error) {
	const op = "flow.Kill"
	if err := h.mayKill(ctx, by, k.Target); err != nil {
		return access.Kill{}, fault.Wrap(op, err)
	}
	if k.Reason = strings.TrimSpace(k.Reason); k.Reason == "" || len([]rune(k.Reason)) > longestReason {
		return access.Kill{}, fault.At(op, "reason", "say why, in at most %d characters", longestReason)
	}
	e, err := h.wouldEnd(ctx, k.Target, h.Now())
	if err != nil {
		return access.Kill{}, fault.Wrap(op, err)
	}
	if n := len(e.Grants); n > fewAtOnce && n > k.Confirmed {
		return access.Kill{}, fault.At(op, "confirmed", "this would end %d grants: look at them, and confirm that number", n)
	}
	job := access.Kill{
		ID: h.NewID("kl"), Target: k.Target, By: by.User.ID, At: h.Now(), Next: h.Now(), Grants: len(e.Grants), Requests: len(e.Requests),
	}
	texts, hash, err := h.reason(ctx, job.Text(), writer(by, k.Target.Connector), k.Reason)
	if err != nil {
		return access.Kill{}, fault.Wrap(op, err)
	}
	if job, err = h.Memory.SaveKill(ctx, job, texts, h.killEvent(job, "kill.pressed", who(by), map[string]string{"reason": hash})); err != nil {
		return access.Kill{}, fault.Wrap(op, err)
	}
	// From here on it happens whatever becomes of this call.
	if err := h.carryOut(ctx, job, e); err != nil && !fault.Is(err, fault.Conflict) {
		h.log().Warn("kill", "id", job.ID, "error", err)
	}
	job, err = h.Memory.Kill(ctx, job.ID)
	return job, fault.Wrap(op, err)
}

// wouldEnd is what of a target lives and is not on its way out, and what of it
// waits, as far as it was asked for until a time.
func (h *House) wouldEnd(ctx context.Context, t access.Target, until time.Time) (Ending, error) {
	var out Ending
	accounts, err := h.accountsAimedAt(ctx, t)
	if err != nil {
		return out, err
	}
	open, err := h.Memory.Requests(ctx, true, mostLive)
	if err != nil {
		return out, err
	}
	for _, r := range open {
		asks := func(it access.Item) bool { return it.State == access.Pending && t.Asks(r, it, accounts) }
		if !r.Created.After(until) && slices.ContainsFunc(r.Items, asks) {
			out.Requests = append(out.Requests, r)
		}
	}
	live, err := h.liveAimedAt(ctx, t, accounts)
	if err != nil {
		return out, err
	}
	hit := map[string]bool{}
	for _, g := range live {
		ok, err := h.wasAskedBy(ctx, g, until)
		if err != nil {
			return out, err
		}
		if ok && t.Holds(g, accounts) {
			hit[g.ID] = true
			if g.Parent != "" {
				hit[g.Parent] = true
			}
		}
	}
	for _, g := range live {
		if (hit[g.ID] || hit[g.Parent]) && !over(g) && !g.Takes() {
			out.Grants = append(out.Grants, g)
		}
	}
	return out, nil
}

// wasAskedBy reports whether a grant was there at a time, or came of a request
// that was.
func (h *House) wasAskedBy(ctx context.Context, g access.Grant, until time.Time) (bool, error) {
	if !g.Created.After(until) {
		return true, nil
	}
	r, err := h.Memory.Request(ctx, g.Request)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && !r.Created.After(until), err
}

// liveAimedAt lists live grants, those of the target surely among them.
func (h *House) liveAimedAt(ctx context.Context, t access.Target, accounts []access.Ref) ([]access.Grant, error) {
	switch t.Kind() {
	case "user":
		var out []access.Grant
		for _, a := range accounts {
			gs, err := h.Memory.GrantsOf(ctx, a.Connector, a.Account)
			if err != nil {
				return nil, err
			}
			out = append(out, gs...)
		}
		return out, nil
	case "account":
		return h.Memory.GrantsOf(ctx, t.Connector, t.Account)
	}
	return h.liveOf(ctx, t.Connector)
}

// accountsAimedAt are the accounts of a user who is the target.
func (h *House) accountsAimedAt(ctx context.Context, t access.Target) ([]access.Ref, error) {
	if t.User == "" {
		return nil, nil
	}
	u, err := h.Memory.User(ctx, t.User)
	return u.Accounts, err
}

func (h *House) mayKill(ctx context.Context, by access.Actor, t access.Target) error {
	if err := h.mayAim(ctx, by, t); err != nil {
		return err
	}
	return h.isThere(ctx, by, t)
}

// mayAim reports whether the actor may press a kill switch on a target.
func (h *House) mayAim(ctx context.Context, by access.Actor, t access.Target) error {
	const op = "flow.mayAim"
	if by.User.ID == "" || by.User.Ended {
		return fault.New(op, fault.Unauthenticated, "it is not known who asks")
	}
	kind := t.Kind()
	if kind == "" {
		return fault.At(op, "target", "name one thing: a person, a resource, or a rule or version of the policy")
	}
	if by.Is(access.IntegrationAdministrator) {
		return nil
	}
	refusal := fault.New(op, fault.Forbidden, "a kill switch needs the duty integration administrator; of what is in their connector also its owners, of a resource its own")
	if t.Connector == "" || by.Service {
		return refusal
	}
	c, err := h.Memory.Connector(ctx, t.Connector)
	if err != nil || slices.Contains(c.Owners, by.User.ID) {
		return err
	}
	if kind != "resource" {
		return refusal
	}
	r, err := h.Memory.Resource(ctx, t.Connector, t.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if a := by.User.In(t.Connector); a == "" || !slices.Contains(r.Owners, a) {
		return refusal
	}
	return nil
}

// isThere refuses a target that names nothing, or nothing that the actor may
// know of: a typing error must not look like nothing to end. What has left Slack
// may still have grants, and who may see those may end them.
func (h *House) isThere(ctx context.Context, by access.Actor, t access.Target) error {
	var err error
	switch t.Kind() {
	case "user":
		_, err = h.Memory.User(ctx, t.User)
		return err
	case "account":
		_, err = h.Memory.Account(ctx, t.Connector, t.Account)
	case "resource":
		var r *realm
		if r, err = h.realm(ctx, by, t.Connector); err == nil {
			_, err = r.resource(ctx, t.Resource)
		}
	default:
		return h.ruleIsThere(ctx, t)
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if e, lerr := h.wouldEnd(ctx, t, h.Now()); lerr != nil || len(e.Grants) > 0 {
		return lerr
	}
	return err
}

func (h *House) ruleIsThere(ctx context.Context, t access.Target) error {
	p, err := h.Memory.Policy(ctx, t.Version)
	for err == nil && t.Rule != "" {
		if slices.ContainsFunc(p.Rules, func(r access.Rule) bool { return r.ID == t.Rule }) {
			return nil
		}
		if t.Version > 0 || p.Version <= 1 {
			return fault.New("flow.ruleIsThere", fault.NotFound, "the policy never had a rule %q there", t.Rule)
		}
		p, err = h.Memory.Policy(ctx, p.Version-1)
	}
	return err
}

func (h *House) killEvent(k access.Kill, action, actor string, data map[string]string) audit.Event {
	all := map[string]string{"kill": k.ID, "grants": fmt.Sprint(k.Grants), "requests": fmt.Sprint(k.Requests)}
	maps.Copy(all, k.Target.Data())
	maps.Copy(all, data)
	return h.event("kill/"+k.ID, action, actor, all)
}
