package flow

import (
	"cmp"
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Some denials nobody can carry out: nobody leaves #general, nobody demotes a primary
// owner. Their manual task is given up, with a reason. The denial stays what it is, the
// line says that the access stands, the reviewer is told (notify_stands.go), and the task
// is listed (ReadGivenUp) for as long as Slack shows it: what a reviewer denied is out of
// nobody's sight.
//
// Who gives up is not who was asked to act. The owners of the resource have the task, and
// could be rid of it with a sentence; who runs reviews answers for their end. About a
// private resource that may be nobody who knows of it, so there the owners of the
// connector may, too. Nobody gives up what is about themselves.

// GiveUpManual closes a review's manual task that will not be done. Given up again, it
// stays as it is.
func (h *House) GiveUpManual(ctx context.Context, by access.Actor, id, why string) (access.Manual, error) {
	const op = "flow.GiveUpManual"
	var out access.Manual
	err := again(func() error {
		m, r, err := h.manualFor(ctx, by, id)
		if err != nil {
			return err
		}
		if out = m; m.State == access.ManualGivenUp {
			return nil
		}
		if no, err := r.keepsUp(ctx, m); no != nil || err != nil {
			return cmp.Or(err, no)
		}
		why := strings.TrimSpace(why)
		switch {
		case why == "":
			return fault.At(op, "reason", "say why this is not done; the review's evidence has it")
		case len([]rune(why)) > longestReason:
			return fault.At(op, "reason", "the reason has more than %d characters", longestReason)
		case (review.Fact{Kind: m.Kind, Slug: m.Slug}).Administers() && by.Stale(h.Now()):
			return stale(op, "to leave who administers a workspace as it is takes a sign-in within the last ten minutes")
		}
		texts, hash, err := h.reason(ctx, access.ManualText(m.ID), writer(by, m.Connector), why)
		if err != nil {
			return err
		}
		if m, err = m.Turn(access.GiveUp, h.Now()); err != nil {
			return err
		}
		m.GivenUpBy, m.Reason = by.User.ID, hash
		e := h.manualEvent(m, "manual.given-up", who(by))
		e.Data["reason"] = hash
		if err := h.Memory.SaveReviewed(ctx, review.Change{Manuals: []access.Manual{m}, Texts: texts}, e); err != nil {
			return err
		}
		out, err = h.Memory.Manual(ctx, m.ID)
		return err
	})
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	return out, fault.Wrap(op, h.lookSoon(ctx, out))
}

// lookSoon has the review of a task looked at by the next round, which closes its line.
func (h *House) lookSoon(ctx context.Context, m access.Manual) error {
	campaign, _ := m.OfReview()
	return again(func() error {
		c, err := h.Memory.Campaign(ctx, campaign)
		if err != nil || !c.Next.After(h.Now()) {
			return err // looked at, settled, or due already
		}
		return h.moveCampaign(ctx, c, h.Now())
	})
}

// manualFor reads a manual task of which the actor may know.
func (h *House) manualFor(ctx context.Context, by access.Actor, id string) (access.Manual, *realm, error) {
	missing := fault.New("flow.manualFor", fault.NotFound, "there is no manual task %s", id)
	m, err := h.Memory.Manual(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return m, nil, missing
	}
	if err != nil {
		return m, nil, err
	}
	s, err := h.sight(by)
	if err != nil {
		return m, nil, err
	}
	r, err := s.manualRealm(ctx, m.Connector)
	if fault.Is(err, fault.NotFound) {
		return m, nil, missing
	}
	if err != nil {
		return m, nil, err
	}
	known, err := r.knowsManual(ctx, m)
	if err == nil && !known {
		err = missing
	}
	return m, r, err
}

// manualRealm is a connector whose manual tasks are read; campaign administrators need
// no account there.
func (s *sight) manualRealm(ctx context.Context, conn string) (*realm, error) {
	if s.h.mayCampaign(s.by) == nil {
		return s.reviewRealm(ctx, conn)
	}
	return s.realm(ctx, conn)
}

// knowsManual reports whether a manual task exists for the actor: who can do it, who
// runs the reviews that it is of and may know of its resource, and auditors.
func (r *realm) knowsManual(ctx context.Context, m access.Manual) (bool, error) {
	x, err := r.look(ctx, m.Resource)
	if err != nil || r.does(m, x) || r.s.by.Is(access.Auditor) {
		return err == nil, err
	}
	return r.runs(ctx, m)
}

// runs reports whether the actor runs the review that a task is of, and may know of its
// resource.
func (r *realm) runs(ctx context.Context, m access.Manual) (bool, error) {
	if _, is := m.OfReview(); !is || r.s.h.mayCampaign(r.s.by) != nil {
		return false, nil
	}
	x, err := r.look(ctx, m.Resource)
	return x.seen || x.known && !x.Private, err
}

// keepsUp says why the actor cannot give a manual task up; nil: they can.
func (r *realm) keepsUp(ctx context.Context, m access.Manual) (no, err error) {
	const op = "flow.GiveUpManual"
	by := r.s.by
	switch _, is := m.OfReview(); {
	case by.User.ID == "" || by.User.Ended:
		return fault.New(op, fault.Unauthenticated, "it is not known who asks"), nil
	case by.Service:
		return fault.New(op, fault.Forbidden, "a service's key gives up nothing; a person has to"), nil
	case !is && m.Give:
		return fault.New(op, fault.Invalid, "this is to be given for a grant, and nobody gives that up here: end the grant (%s), and the task goes", grantOf(m)), nil
	case !is:
		return fault.New(op, fault.Invalid, "this access is past the end of its grant (%s) and would stay without anybody's word: take it away in Slack, or ask for it anew and let somebody approve it", grantOf(m)), nil
	case !m.Waits():
		return fault.New(op, fault.Conflict, "this task is %s already", m.State), nil
	}
	runs, err := r.runs(ctx, m)
	if err != nil {
		return nil, err
	}
	x, err := r.look(ctx, m.Resource)
	switch {
	case err != nil:
		return nil, err
	case !runs && !(r.owns && x.Private):
		return fault.New(op, fault.Forbidden, "who has to carry out a denial does not give it up: ask a campaign administrator"), nil
	case by.User.In(m.Connector) == m.Account:
		return fault.New(op, fault.Forbidden, "this is about your own access; somebody else has to say that it stays"), nil
	case m.Ebb && m.Refused == "":
		return fault.New(op, fault.Invalid, "Ebb does this through Slack's API; there is nothing to give up unless Slack refuses"), nil
	}
	held, err := r.s.h.standsYet(ctx, m)
	if err == nil && !held {
		return fault.New(op, fault.Invalid, "Slack does not show this access any more: the task closes by itself with the next sync (Sync now)"), nil
	}
	return nil, err
}

func grantOf(m access.Manual) string { return strings.TrimPrefix(m.Origin, "grant/") }

// standsYet reports whether what a task is about is held, as far as syncs have shown. Of
// #general, where Slack goes on listing them, deactivated accounts hold nothing: there is
// no other way out of it.
func (h *House) standsYet(ctx context.Context, m access.Manual) (bool, error) {
	held, err := h.holdsYet(ctx, directory.Membership{Connector: m.Connector, Resource: m.Resource, Kind: m.Kind, Slug: m.Slug, Account: m.Account})
	if err != nil || !held || m.Why != access.ManualGeneral {
		return held, err
	}
	a, err := h.Memory.Account(ctx, m.Connector, m.Account)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return a.State != directory.Deactivated, err
}

// whyStands says in words why a denied line stands: what was said, and by whom.
func (h *House) whyStands(ctx context.Context, manual string) (string, error) {
	m, err := h.Memory.Manual(ctx, manual)
	if err != nil {
		return "", err
	}
	name, err := h.doerName(ctx, m.GivenUpBy)
	if err != nil {
		return "", err
	}
	words, erased, err := h.saidOf(ctx, access.ManualText(m.ID))
	return evidence.Stands(words, erased, cmp.Or(name, m.GivenUpBy)), err
}

// ReadGivenUp lists what was denied, given up and still stands, the newest first: as far
// as the actor may know of it.
func (h *House) ReadGivenUp(ctx context.Context, by access.Actor) ([]ManualView, error) {
	const op = "flow.ReadGivenUp"
	out, err := h.manualViews(ctx, by, func(ctx context.Context, conn string) ([]access.Manual, error) { return h.Memory.GivenUp(ctx, conn) })
	var stand []ManualView
	for _, v := range out {
		if v.Stands {
			stand = append(stand, v)
		}
	}
	return stand, fault.Wrap(op, err)
}
