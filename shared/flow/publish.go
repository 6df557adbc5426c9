package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Publication is what became of a policy that somebody published. It is in
// force, as Policy; or, because it would give its publisher more than the one
// in force, it waits for somebody else, as Draft. Outside are the live grants
// that it does not allow: they keep their end, and can be ended by a person.
type Publication struct {
	Policy  access.Policy
	Draft   *access.Draft
	Outside []access.Grant
}

// Propose publishes a checked policy, by a Super Administrator: the next
// version, in force at once. Nobody widens their own rights alone: what gives
// its publisher more (access.Widens) waits for another Super Administrator's
// ConfirmPolicy; in a house that has no other, for a day in which anybody
// who may veto it can. A house's first policy is free: before it there is no
// access at all, and nobody else either.
func (h *House) Propose(ctx context.Context, by access.Actor, p access.Policy) (Publication, error) {
	const op = "flow.Propose"
	var out Publication
	if by.Service || !by.Is(access.SuperAdministrator) {
		return out, fault.New(op, fault.Forbidden, "publishing a policy needs the duty super administrator")
	}
	err := again(func() error {
		newest, err := h.Memory.Policy(ctx, 0)
		if err != nil {
			return err
		}
		out = Publication{}
		if newest.Digest == p.Digest && newest.Version > 0 {
			out.Policy = newest
			return nil
		}
		wider, err := h.widerFor(ctx, by.User, newest, p)
		if err != nil {
			return err
		}
		if newest.Version > 0 && len(wider) > 0 {
			d, err := h.draft(ctx, by, newest, p, wider)
			out.Policy, out.Draft = p, &d
			return err
		}
		out.Policy = h.next(newest, p, by.User.ID)
		return h.Memory.SavePolicy(ctx, out.Policy, h.published(out.Policy, who(by), nil))
	})
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	out.Outside, err = h.notAllowedNow(ctx, out.Policy)
	return out, fault.Wrap(op, err)
}

// Waits is the code of the refusal to put a policy in force that waits.
const Waits = "waits"

// Publish is Propose for who needs the policy in force: one that waits is an
// error with the code Waits.
func (h *House) Publish(ctx context.Context, by access.Actor, p access.Policy) (access.Policy, []access.Grant, error) {
	x, err := h.Propose(ctx, by, p)
	if err == nil && x.Draft != nil {
		err = &fault.Error{Op: "flow.Publish", Kind: fault.Pause, Code: Waits, Text: "this policy gives you more than the one in force, so it waits as draft " + x.Draft.ID + ": " + strings.Join(x.Draft.Wider, "; ")}
	}
	return x.Policy, x.Outside, err
}

func (h *House) next(newest, p access.Policy, by string) access.Policy {
	p.Version, p.By, p.Published = newest.Version+1, by, h.Now()
	return p
}

func (h *House) published(p access.Policy, actor string, more map[string]string) audit.Event {
	data := map[string]string{"version": fmt.Sprint(p.Version), "digest": p.Digest, "rules": fmt.Sprint(len(p.Rules)), "by": p.By}
	for k, v := range more {
		data[k] = v
	}
	return h.event("policy", "policy.published", actor, data)
}

// widerFor says what a policy gives a user more than another.
func (h *House) widerFor(ctx context.Context, u access.User, old, next access.Policy) ([]string, error) {
	var persons []access.Person
	for _, r := range u.Accounts {
		p, err := h.person(ctx, r.Connector, r.Account)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		persons = append(persons, p)
	}
	return access.Widens(old, next, persons...), nil
}

// draft stores a policy that waits, once: the same one proposed again is that
// draft.
func (h *House) draft(ctx context.Context, by access.Actor, newest, p access.Policy, wider []string) (access.Draft, error) {
	open, err := h.Memory.Drafts(ctx, mostDrafts)
	if err != nil {
		return access.Draft{}, err
	}
	for _, d := range open {
		if d.Waits() && d.Policy.Digest == p.Digest && d.Base == newest.Version && d.By == by.User.ID {
			return d, nil
		}
	}
	others, err := h.otherSupers(ctx, by.User.ID)
	if err != nil {
		return access.Draft{}, err
	}
	d := access.Draft{ID: h.NewID("df"), Policy: p, Base: newest.Version, By: by.User.ID, Wider: wider, At: h.Now(), State: access.DraftWaits}
	d.Policy.Version, d.Policy.By, d.Policy.Published = 0, "", time.Time{}
	if !others {
		d.Ripe = h.Now().Add(access.DraftTime)
	}
	return h.Memory.SaveDraft(ctx, d, nil, h.draftEvent(d, "policy.proposed", who(by)))
}

// mostDrafts is how many drafts are looked through.
const mostDrafts = 200

// otherSupers reports whether somebody else could confirm what a user proposes.
func (h *House) otherSupers(ctx context.Context, user string) (bool, error) {
	found := false
	err := h.Memory.EachUser(ctx, "", func(u access.User) error {
		if u.ID != user && !u.Ended && u.Has(access.SuperAdministrator) {
			found = true
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

func (h *House) draftEvent(d access.Draft, action, actor string) audit.Event {
	return h.event("policy", action, actor, map[string]string{
		"draft": d.ID, "base": fmt.Sprint(d.Base), "digest": d.Policy.Digest, "rules": fmt.Sprint(len(d.Policy.Rules)), "by": d.By, "ripe": stamp(d.Ripe),
	})
}

// notAllowedNow lists the live grants that a policy would not give.
func (h *House) notAllowedNow(ctx context.Context, p access.Policy) ([]access.Grant, error) {
	live, err := h.Memory.Grants(ctx, true, 10000)
	if err != nil {
		return nil, err
	}
	var out []access.Grant
	for _, g := range live {
		if g.Takes() || g.Parent != "" || g.Origin != "" {
			continue
		}
		r, err := h.Memory.Request(ctx, g.Request)
		if err != nil {
			return nil, err
		}
		f, err := h.gather(ctx, g.Connector, r.By, g.Account, g.Resource, g.Slug, g.End.Sub(g.Start))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		allowed := p.Decide(f.ask).Allowed
		if f.ask.Emergency = r.Emergency; !allowed && r.Emergency {
			allowed = p.Decide(f.ask).Allowed
		}
		if !allowed {
			out = append(out, g)
		}
	}
	return out, nil
}
