package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Asking is what a requester says. Subject "" is the requester. Start zero:
// as soon as approved. Slug "" is what can
// be asked for of the resource (access.Askable). Key is the caller's own word for
// this call, by which it is known when it is sent again ("": every call is new).
type Asking struct {
	Connector string
	Subject   string
	Resources []string
	Profile   string // an access profile instead of resources
	Slug      string
	Start     time.Time
	Length    time.Duration
	Reason    string
	// Emergency skips the approvers, where policy lets the requester: at once,
	// with a reason, and somebody confirms it afterwards.
	Emergency bool
	Key       string
}

// Limits of what a requester may say.
const (
	longestReason = 2000                // characters
	farthestStart = 90 * 24 * time.Hour // ahead
)

// Request asks policy about each item and stores the request, with the grants
// of items that policy approves by itself. What policy denies is an error of
// kind Forbidden with the reason, and an event; nothing is stored then. The
// same Asking with the same Key gives the first one's request, for a day;
// another with that Key is fault.Already.
func (h *House) Request(ctx context.Context, by access.Actor, a Asking) (access.Request, error) {
	o := once[access.Request]{verb: "request", key: a.Key, read: h.Memory.Request}
	a.Key = ""
	o.body = a
	o.make = func(note *access.Once) (access.Request, error) { return h.ask(ctx, by, a, note) }
	r, err := o.do(ctx, h, by)
	return r, fault.Wrap("flow.Request", err)
}

func (h *House) ask(ctx context.Context, by access.Actor, a Asking, note *access.Once) (access.Request, error) {
	const op = "flow.ask"
	now := h.Now()
	account, err := h.asker(by, a.Connector)
	if err != nil {
		return access.Request{}, err
	}
	if a.Subject == "" {
		a.Subject = account
	}
	if a.Profile != "" {
		if a.Resources, err = h.ofProfile(ctx, by, a); err != nil {
			return access.Request{}, err
		}
	}
	if err := a.check(now); err != nil {
		return access.Request{}, err
	}
	if err := h.tooMuch(ctx, a); err != nil {
		return access.Request{}, fault.Wrap(op, err)
	}
	r := access.Request{
		ID: h.NewID("rq"), Requester: by.User.ID, By: account, Subject: a.Subject, Connector: a.Connector,
		Start: a.Start, Length: a.Length, Created: now, Emergency: a.Emergency, Profile: a.Profile,
	}
	var grants []access.Grant
	for i, resource := range a.Resources {
		item, g, err := h.item(ctx, by, &r, i, resource, a.Slug)
		if err != nil {
			return r, h.refuse(ctx, op, by, a, resource, err)
		}
		r.Items = append(r.Items, item)
		if g != nil {
			grants = append(grants, *g)
		}
	}
	return h.storeAsked(ctx, by, r, grants, a.Reason, note)
}

// storeAsked stores a request that policy allows, with what it approved by
// itself.
func (h *House) storeAsked(ctx context.Context, by access.Actor, r access.Request, grants []access.Grant, reason string, note *access.Once) (access.Request, error) {
	texts, hash, err := h.reason(ctx, "request/"+r.ID, r.By, reason)
	if err != nil {
		return r, err
	}
	events := []audit.Event{h.requestEvent(r, "request.made", who(by), map[string]string{"reason": hash, "profile": r.Profile})}
	for _, g := range grants {
		data := map[string]string{"grant": g.ID, "rule": g.Rule, "item": fmt.Sprint(g.Item), "resource": g.Resource}
		note := "approved by policy"
		if c := r.Items[g.Item].Confirm; c.Open() {
			note = "approved as an emergency"
			data["emergency"], data["confirm"] = "true", stamp(c.Due)
			data["skipped"] = h.ruleOf(ctx, r.Items[g.Item].PolicyVersion, g.Rule).Skipped()
		}
		events = append(events, h.requestEvent(r, "request.approved", ebb, data), h.grantEvent(g, note))
	}
	if note != nil {
		note.Answer = r.ID
		r, err = h.Memory.SaveRequestOnce(ctx, *note, r, grants, texts, events...)
	} else {
		r, err = h.Memory.SaveRequest(ctx, r, grants, texts, events...)
	}
	if err != nil {
		return r, err
	}
	h.wake(ctx, "", grants...)
	return r, nil
}

// Most live grants of one account, on one resource and in all: what ends
// together has to fit into what Slack takes in a minute.
const (
	mostOnResource = 20
	mostOfAccount  = 100
)

// tooMuch refuses what would pile up on one account: more time on what is live
// already is an extension.
func (h *House) tooMuch(ctx context.Context, a Asking) error {
	live, err := h.Memory.GrantsOf(ctx, a.Connector, a.Subject)
	if err != nil {
		return err
	}
	on := map[string]int{}
	for _, g := range live {
		on[g.Resource]++
	}
	if len(live)+len(a.Resources) > mostOfAccount {
		return fault.New("flow.tooMuch", fault.Invalid, "there are %d live grants for this account, and %d are the most; end some first", len(live), mostOfAccount)
	}
	for _, r := range a.Resources {
		if on[r] >= mostOnResource {
			return fault.At("flow.tooMuch", "resources", "there are %d live grants of this for the same account already; extend one of them (ebb extend)", on[r])
		}
	}
	return nil
}

// asker is the account for which the actor asks.
func (h *House) asker(by access.Actor, conn string) (string, error) {
	if by.User.ID == "" || by.User.Ended {
		return "", fault.New("flow.asker", fault.Unauthenticated, "it is not known who asks")
	}
	account := by.User.In(conn)
	if account == "" {
		return "", fault.New("flow.asker", fault.Forbidden, "you have no account in this Slack; an administrator can bind one to you")
	}
	return account, nil
}

func (a Asking) check(now time.Time) error {
	const op = "flow.Asking"
	switch {
	case len(a.Resources) == 0 || len(a.Resources) > access.MaxItems:
		return fault.At(op, "resources", "ask for 1 to %d resources at once", access.MaxItems)
	case a.Length < time.Second:
		return fault.At(op, "length", "say for how long, such as 2h")
	case a.Length > access.Longest:
		return fault.At(op, "length", "the longest grant lasts 360 days")
	case len([]rune(a.Reason)) > longestReason:
		return fault.At(op, "reason", "the reason has more than %d characters", longestReason)
	case a.Emergency && strings.TrimSpace(a.Reason) == "":
		return fault.At(op, "reason", "say why: an emergency skips people, and they will read it")
	case a.Emergency && a.Start.After(now):
		return fault.At(op, "start", "an emergency begins at once; leave the start out, or ask without emergency")
	case !a.Start.IsZero() && a.Start.After(now.Add(farthestStart)):
		return fault.At(op, "start", "a start lies at most 90 days ahead")
	case !a.Start.IsZero() && a.Start.Add(a.Length).Before(now):
		return fault.At(op, "start", "this time is over already")
	}
	seen := map[string]bool{}
	for _, r := range a.Resources {
		if seen[r] {
			return fault.At(op, "resources", "%s is named twice", r)
		}
		seen[r] = true
	}
	return nil
}

// item asks policy about one resource, and makes its grant where policy
// approves by itself.
func (h *House) item(ctx context.Context, by access.Actor, r *access.Request, n int, resource, slug string) (access.Item, *access.Grant, error) {
	f, d, err := h.decideFor(ctx, *r, resource, slug, r.Length)
	if err == nil {
		f, d, err = h.certain(ctx, f, d)
	}
	if err != nil {
		return access.Item{}, nil, err
	}
	cannot := grantable(f.conn, f.ask.Resource.Kind)
	if !d.Allowed {
		err := h.denial(ctx, by, f, d)
		if cannot != nil && fault.Is(err, fault.Forbidden) {
			err = cannot // whatever policy says, nobody could give it
		}
		return access.Item{}, nil, err
	}
	if !f.conn.Usable() {
		return access.Item{}, nil, stopped(f.conn)
	}
	if cannot != nil {
		return access.Item{}, nil, cannot
	}
	it := access.Item{
		Resource: resource, Kind: f.ask.Resource.Kind, Slug: f.ask.Slug, State: access.Pending,
		Rule: d.Rule.ID, PolicyVersion: d.Version, Risk: d.Rule.Risk,
	}
	if end := r.Created.Add(d.Rule.Waits()); r.Expires.IsZero() || end.Before(r.Expires) {
		r.Expires = end // the item that waits least ends the whole request
	}
	if !d.Auto {
		f.ask.Requester.User = by.User.ID
		if it, err = h.enter(ctx, f, d, it, 0); err != nil {
			return it, nil, err
		}
		alone, err := h.alone(ctx, f, d.Rule)
		if alone {
			it.SoloAt = r.Created.Add(d.Rule.Solo.Wait)
		}
		return it, nil, err
	}
	it.State, it.DecidedAt = access.Approved, h.Now()
	if d.Emergency {
		it.Confirm = d.Rule.Emergency.Confirmation(h.Now())
	}
	g := h.newGrant(*r, n, it, f.ask.Resource, nil)
	it.Grant = g.ID
	return it, &g, nil
}

// denial is what the requester is told. A private channel that neither policy
// nor membership lets them know of does not exist for them.
func (h *House) denial(ctx context.Context, by access.Actor, f facts, d access.Decision) error {
	sees := by.Is(access.Auditor) || by.Is(access.IntegrationAdministrator) || slices.Contains(f.conn.Owners, by.User.ID)
	if f.ask.Resource.Private && !sees {
		known, err := h.knows(ctx, f.ask.Requester.Account.ID, f.ask.Resource)
		if err != nil {
			return err
		}
		if !known {
			return fault.New("policy", fault.NotFound, "there is no resource %s", f.ask.Resource.ID)
		}
	}
	return &fault.Error{Op: "policy", Kind: fault.Forbidden, Text: d.Because, Code: d.Rule.ID}
}

// knows reports whether an account may know of a private resource without
// policy's help: as its member or owner.
func (h *House) knows(ctx context.Context, account string, r directory.Resource) (bool, error) {
	if slices.Contains(r.Owners, account) {
		return true, nil
	}
	return h.Memory.Holds(ctx, directory.Membership{Connector: r.Connector, Resource: r.ID, Slug: "member", Account: account})
}

// decide gathers the facts and asks the policy in force.
func (h *House) decide(ctx context.Context, conn, requester, subject, resource, slug string, length time.Duration) (facts, access.Decision, error) {
	return h.decideFor(ctx, access.Request{Connector: conn, By: requester, Subject: subject}, resource, slug, length)
}

// decideFor is decide for a request of its requester and subject: one that is an
// emergency skips the approvers.
func (h *House) decideFor(ctx context.Context, r access.Request, resource, slug string, length time.Duration) (facts, access.Decision, error) {
	f, err := h.gather(ctx, r.Connector, r.By, r.Subject, resource, slug, length)
	if err != nil {
		return f, access.Decision{}, err
	}
	f.ask.Emergency = r.Emergency
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return f, access.Decision{}, err
	}
	return f, p.Decide(f.ask), nil
}

func stopped(c connector.Connector) error {
	text := "the connection to Slack is " + string(c.Label) + "; no new access is given until an owner has looked at it"
	if c.Trouble.Text != "" {
		text += ": " + c.Trouble.Text
	}
	return fault.New("flow.stopped", fault.Misconfigured, "%s", text)
}

// grantable refuses what the connector has no authorization for: it would be
// approved, and then stand under Needs attention until somebody connects anew.
func grantable(c connector.Connector, k directory.Kind) error {
	if k == directory.Workspace && c.Linked() {
		return nil // by hand: Ebb only looks
	}
	for _, x := range c.Capabilities() {
		if x.Kind == k && !x.Grant {
			return fault.New("flow.grantable", fault.Misconfigured, "Ebb is not authorized to change this in Slack (%s); an owner of the connector has to install it with an administrator's token: ebb connect --connector %s",
				lacks(x), c.ID)
		}
	}
	return nil
}

func lacks(x connector.Capability) string {
	if len(x.Missing) == 0 {
		return x.Note
	}
	return "missing: " + strings.Join(x.Missing, ", ")
}

// newGrant makes the grant of an approved item, with its start and its end.
func (h *House) newGrant(r access.Request, n int, it access.Item, res directory.Resource, approvers []string) access.Grant {
	now := h.Now()
	start := r.Start
	if start.Before(now) {
		start = now
	}
	return access.Grant{
		ID: h.NewID("g"), Request: r.ID, Item: n, Connector: r.Connector, Workspace: res.Workspace,
		Resource: it.Resource, Kind: it.Kind, Slug: it.Slug, Account: r.Subject,
		Start: start, End: start.Add(r.Length), State: access.Scheduled,
		PolicyVersion: it.PolicyVersion, Rule: it.Rule, Approvers: approvers, Created: now,
	}
}

// refuse records the refusal and gives its error.
func (h *House) refuse(ctx context.Context, op string, by access.Actor, a Asking, resource string, cause error) error {
	if fault.Is(cause, fault.Forbidden, fault.Misconfigured, fault.NotFound) {
		e := h.event("refusals", "request.refused", who(by), map[string]string{
			"connector": a.Connector, "resource": resource, "account": a.Subject, "rule": fault.CodeOf(cause), "kind": string(fault.KindOf(cause)),
		})
		if err := h.Memory.SaveEvents(ctx, e); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, cause)
}

// reason makes the text that lives beside the aggregate, and the keyed hash
// that stands for it in the event.
func (h *House) reason(ctx context.Context, about, author, body string) ([]Text, string, error) {
	body = strings.TrimSpace(body)
	if body == "" {
		return nil, "", nil
	}
	hash, err := h.pseudonym(ctx, body)
	return []Text{{About: about, Author: author, Body: body, Written: h.Now()}}, hash, err
}

func (h *House) requestEvent(r access.Request, action, actor string, more map[string]string) audit.Event {
	data := map[string]string{
		"connector": r.Connector, "subject": r.Subject, "requester": r.By,
		"items": fmt.Sprint(len(r.Items)), "length": access.Span(r.Length), "start": stamp(r.Start),
	}
	for k, v := range more {
		data[k] = v
	}
	return h.event("request/"+r.ID, action, actor, data)
}
