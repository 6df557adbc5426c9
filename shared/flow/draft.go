package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// ConfirmPolicy puts a draft in force, by a Super Administrator who did not
// propose it. What another policy has overtaken is proposed anew.
func (h *House) ConfirmPolicy(ctx context.Context, by access.Actor, id string) (Publication, error) {
	const op = "flow.ConfirmPolicy"
	var out Publication
	if by.Service || !by.Is(access.SuperAdministrator) {
		return out, fault.New(op, fault.Forbidden, "confirming a policy needs the duty super administrator")
	}
	err := again(func() error {
		d, err := h.Memory.Draft(ctx, id)
		if err != nil {
			return err
		}
		if d.By == by.User.ID {
			return fault.New(op, fault.Forbidden, "this gives you more than you have, so another super administrator has to confirm it")
		}
		if d.State == access.DraftPublished {
			out.Policy, err = h.Memory.Policy(ctx, d.Base+1)
			return err
		}
		out, err = h.enforce(ctx, d, who(by))
		return err
	})
	if err == nil {
		out.Outside, err = h.notAllowedNow(ctx, out.Policy)
	}
	return out, fault.Wrap(op, err)
}

// enforce puts a draft in force that waits and was not overtaken.
func (h *House) enforce(ctx context.Context, d access.Draft, actor string) (Publication, error) {
	const op = "flow.enforce"
	if !d.Waits() {
		return Publication{}, fault.New(op, fault.Invalid, "this draft was %s already", d.State)
	}
	newest, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return Publication{}, err
	}
	d.DecidedAt = h.Now()
	if actor != ebb {
		d.DecidedBy = actor
	}
	if newest.Version != d.Base {
		d.State, d.DecidedBy = access.DraftOvertaken, ""
		if _, err := h.Memory.SaveDraft(ctx, d, nil, h.draftEvent(d, "policy.overtaken", ebb)); err != nil {
			return Publication{}, err
		}
		return Publication{}, fault.New(op, fault.Invalid, "version %d came into force meanwhile; propose this policy again", newest.Version)
	}
	d.State = access.DraftPublished
	p := h.next(newest, d.Policy, d.By)
	d, err = h.Memory.SaveDraft(ctx, d, &p, h.published(p, actor, map[string]string{"draft": d.ID}))
	return Publication{Policy: p, Draft: &d}, err
}

// RefusePolicy vetoes a draft, by any Super Administrator, auditor or owner of a
// connector; its publisher takes it back so.
func (h *House) RefusePolicy(ctx context.Context, by access.Actor, id string) (access.Draft, error) {
	const op = "flow.RefusePolicy"
	var out access.Draft
	if err := h.mayRefuse(ctx, by); err != nil {
		return out, fault.Wrap(op, err)
	}
	err := again(func() error {
		d, err := h.Memory.Draft(ctx, id)
		if out = d; err != nil || d.State == access.DraftRefused {
			return err
		}
		if !d.Waits() {
			return fault.New(op, fault.Invalid, "this draft was %s already", d.State)
		}
		d.State, d.DecidedBy, d.DecidedAt = access.DraftRefused, who(by), h.Now()
		out, err = h.Memory.SaveDraft(ctx, d, nil, h.draftEvent(d, "policy.refused", who(by)))
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) mayRefuse(ctx context.Context, by access.Actor) error {
	if by.User.ID == "" || by.User.Ended {
		return fault.New("flow.mayRefuse", fault.Unauthenticated, "it is not known who asks")
	}
	if !by.Service && by.Is(access.Auditor) {
		return nil
	}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !by.Service && slices.Contains(c.Owners, by.User.ID) {
			return nil
		}
	}
	return fault.New("flow.mayRefuse", fault.Forbidden, "a policy that waits is vetoed by a super administrator, an auditor or an owner of a connector")
}

// serveDraft puts a draft in force whose time has come, unless somebody came
// meanwhile who could confirm it: then it waits for them.
func (h *House) serveDraft(ctx context.Context, id string) error {
	d, err := h.Memory.Draft(ctx, id)
	if err != nil || !d.Waits() || d.Ripe.IsZero() || h.Now().Before(d.Ripe) {
		return err
	}
	u, err := h.Memory.User(ctx, d.By)
	if err != nil {
		return err
	}
	if u.Ended || !u.Has(access.SuperAdministrator) {
		d.State, d.DecidedAt = access.DraftRefused, h.Now()
		_, err := h.Memory.SaveDraft(ctx, d, nil, h.draftEvent(d, "policy.refused", ebb))
		return err
	}
	others, err := h.otherSupers(ctx, d.By)
	if err != nil {
		return err
	}
	if others {
		d.Ripe = time.Time{}
		_, err := h.Memory.SaveDraft(ctx, d, nil, h.draftEvent(d, "policy.waits", ebb))
		return err
	}
	_, err = h.enforce(ctx, d, ebb)
	if fault.Is(err, fault.Invalid) {
		return nil // overtaken
	}
	return err
}
