package flow

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Evidence is a campaign's package, as it is written.
type Evidence struct {
	Campaign review.Campaign
	Key      string // the house's public key, hex
	pack     *evidence.Package
	binding  evidence.Binding
}

// WriteTo writes the package as a zip, the same bytes each time.
func (e *Evidence) WriteTo(w io.Writer) (int64, error) {
	n := &counting{w: w}
	err := e.pack.Write(n, e.binding)
	return n.n, fault.Wrap("flow.WriteTo", err)
}

type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// ReadEvidence makes the evidence package of a campaign that was started: what is
// known of it, bound to a signed head of the audit's chain by an event of the
// campaign that names the manifest's hash. The same campaign gives the same package:
// an event that names the hash already is found again. Before everything is settled
// the package says how things stood at its newest event. For auditors; others who
// know of the campaign are told so. fault.Wait where a seal is still to come, or the
// campaign changed while it was read.
func (h *House) ReadEvidence(ctx context.Context, by access.Actor, campaign string) (*Evidence, error) {
	const op = "flow.ReadEvidence"
	if _, err := h.mayExport(ctx, by, campaign); err != nil {
		return nil, fault.Wrap(op, err)
	}
	var err error
	for range tries {
		var g *gathering
		if err = h.sealHere(ctx); err == nil {
			g, err = h.gatherEvidence(ctx, campaign, nil)
		}
		if err == nil {
			var out *Evidence
			out, err = h.bindEvidence(ctx, by, g)
			return out, fault.Wrap(op, err)
		}
		if !fault.Is(err, fault.Conflict) {
			return nil, fault.Wrap(op, err)
		}
	}
	return nil, fault.Wrap(op, fault.New(op, fault.Wait, "what has just happened in this review is not sealed yet, or it goes on changing; ask again in a minute"))
}

// mayExport gives a campaign to whoever may have its evidence.
func (h *House) mayExport(ctx context.Context, by access.Actor, campaign string) (review.Campaign, error) {
	const op = "flow.mayExport"
	v, err := h.ReadCampaign(ctx, by, campaign)
	switch {
	case err != nil:
		return review.Campaign{}, err
	case !by.Is(access.Auditor):
		return review.Campaign{}, fault.New(op, fault.Forbidden, "the evidence of a review names everything that was reviewed, private channels too; it is for auditors")
	case v.Started.IsZero():
		return review.Campaign{}, fault.New(op, fault.Invalid, "this review is %s and was never started; there is evidence of a review from its start on", v.State)
	}
	return v.Campaign, nil
}

// sealHere seals what is not sealed, where this house may.
func (h *House) sealHere(ctx context.Context) error {
	if !h.Seals {
		return nil
	}
	_, err := h.Seal(ctx)
	return err
}

// bindEvidence finds or makes the event that vouches for what was gathered, and
// leads from its link to the first signed head that covers it.
func (h *House) bindEvidence(ctx context.Context, by access.Actor, g *gathering) (*Evidence, error) {
	out := &Evidence{Campaign: g.campaign, pack: g.pack}
	_, _, err := h.vouch(ctx, g.campaign, g.pack.Hash(), who(by))
	if err == nil {
		err = h.sealHere(ctx)
	}
	if err == nil {
		out.binding, err = h.binding(ctx, g.campaign, g.pack.Hash(), who(by), g.from)
	}
	out.Key = out.binding.Key
	return out, err
}

// vouch finds the event of a campaign that vouches for a package, by the hash of its
// manifest, or makes it.
func (h *House) vouch(ctx context.Context, c review.Campaign, hash, actor string) (e audit.Event, made bool, err error) {
	find := func(e audit.Event) bool { return e.Action == evidence.Action && e.Data["manifest"] == hash }
	e, err = h.firstEvent(ctx, evidence.Aggregate(c.ID), find)
	if err != nil || e.ID != "" {
		return e, false, err
	}
	data := map[string]string{"manifest": hash, "settled": stamp(c.Settled)}
	if err = h.Memory.SaveEvents(ctx, h.campaignEvent(c, evidence.Action, actor, data)); err == nil {
		e, err = h.firstEvent(ctx, evidence.Aggregate(c.ID), find)
	}
	return e, true, err
}

// binding binds a package to the audit: fault.Wait until a signed head covers the
// event that vouches for it, which lies behind link from.
func (h *House) binding(ctx context.Context, c review.Campaign, hash, actor string, from int64) (evidence.Binding, error) {
	var out evidence.Binding
	key, err := h.verifyingKey(ctx)
	if err == nil {
		out.Key = hex.EncodeToString(key)
		out.Event.Event, _, err = h.vouch(ctx, c, hash, actor)
	}
	if err == nil {
		err = h.leadToHead(ctx, &out, from)
	}
	return out, err
}

// firstEvent is the first event of an aggregate that fits; the zero Event where none
// does.
func (h *House) firstEvent(ctx context.Context, aggregate string, fits func(audit.Event) bool) (audit.Event, error) {
	var out audit.Event
	err := h.Memory.EachEventOf(ctx, aggregate, func(e audit.Event) error {
		if out.ID == "" && fits(e) {
			out = e
		}
		return nil
	})
	return out, err
}

// leadToHead finds the binding event's link, behind link from, the first signed head
// that covers it, and the links between.
func (h *House) leadToHead(ctx context.Context, b *evidence.Binding, from int64) error {
	const op = "flow.leadToHead"
	wait := fault.New(op, fault.Wait, "the package is being sealed, which takes a minute; ask again then")
	e := b.Event.Event
	err := h.Memory.SealsAfter(ctx, from, func(s audit.Seal) error {
		if s.Aggregate == e.Aggregate && s.Seq == e.Seq {
			b.Event.Seal = s
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if b.Event.Seal.N == 0 {
		return wait
	}
	if b.Head, err = h.Heads.HeadFrom(ctx, b.Event.Seal.N); err != nil {
		return err
	}
	if b.Head.N == 0 {
		return wait
	}
	if b.Head.N == b.Event.Seal.N {
		return nil
	}
	err = h.Memory.SealsAfter(ctx, b.Event.Seal.N, func(s audit.Seal) error {
		b.Links = append(b.Links, s)
		if s.N == b.Head.N {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	if err == nil {
		err = fault.New(op, fault.Internal, "a signed head says %d links, and the table has fewer; verify the audit", b.Head.N)
	}
	return err
}

// AuditKey is the house's public key, hex, by which its heads are checked: an auditor
// keeps it. For auditors.
func (h *House) AuditKey(ctx context.Context, by access.Actor) (string, error) {
	const op = "flow.AuditKey"
	if err := mayAudit(by); err != nil {
		return "", fault.Wrap(op, err)
	}
	key, err := h.verifyingKey(ctx)
	return hex.EncodeToString(key), fault.Wrap(op, err)
}
