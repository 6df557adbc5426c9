package flow

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Making is how far a package is that somebody waits for.
type Making struct {
	review.Campaign
	// AtOnce: it is a small one, made while its reader waits.
	AtOnce bool
	// Ready: it is there, in so many parts. Otherwise Says says how far it is.
	Ready  bool
	Size   int64
	Parts  int
	SHA256 string
	Says   string
}

// askAgain is when it is worth asking again for what is being made.
const askAgain = 15 * time.Second

// AskEvidence notes that a campaign's package is wanted, where it is too large to be
// made at once and is not there, and says how far it is. For auditors. It may be
// repeated.
func (h *House) AskEvidence(ctx context.Context, by access.Actor, campaign string) (Making, error) {
	const op = "flow.AskEvidence"
	c, err := h.mayExport(ctx, by, campaign)
	if err != nil {
		return Making{}, fault.Wrap(op, err)
	}
	out := Making{Campaign: c, AtOnce: h.EvidenceAtOnce == 0 || c.Snapshot.Lines <= h.EvidenceAtOnce}
	if out.AtOnce {
		return out, nil
	}
	p, err := h.wanted(ctx, by, c)
	if out.Ready = err == nil && p.There(); out.Ready {
		out.Size, out.Parts, out.SHA256 = p.Ready.Size, parts(p.Ready.Size), p.Ready.SHA256
	} else {
		out.Says = making(c, p)
	}
	return out, fault.Wrap(op, err)
}

// keptPart gives a part of a package from the table. Who has the first part takes the
// others of the same package, as long as the table has it; each asks anew who may.
func (h *House) keptPart(ctx context.Context, by access.Actor, c review.Campaign, n int, sum string) (EvidencePart, error) {
	const op = "flow.keptPart"
	var p review.Packing
	var err error
	if sum == "" {
		p, err = h.wanted(ctx, by, c)
		if err == nil && !p.There() {
			err = &fault.Error{Op: op, Kind: fault.Wait, Text: making(c, p), Until: h.Now().Add(askAgain)}
		}
	} else if p, err = h.Memory.Packing(ctx, c.ID); err == nil && !p.Given(h.Now()) {
		err = fault.New(op, fault.Conflict, "the package is not kept any more; begin again with the first part")
	}
	if err != nil {
		return EvidencePart{}, err
	}
	out := EvidencePart{Campaign: c.ID, N: n, Of: parts(p.Ready.Size), Size: p.Ready.Size, SHA256: p.Ready.SHA256}
	if err := out.check(sum); err != nil {
		return out, err
	}
	from, to := out.bounds()
	out.Bytes, err = h.Memory.Packed(ctx, p.Ready.ID, from, to)
	if fault.Is(err, fault.NotFound) {
		p.Ready = review.Pack{} // so that whoever begins again has it made
		if _, err = h.Memory.SavePacking(ctx, p); err == nil {
			err = fault.New(op, fault.Conflict, "the package is not kept any more; begin again with the first part")
		}
	}
	return out, err
}

// making says how far a package is. Why is of a try that is over, and not of one that
// goes on.
func making(c review.Campaign, p review.Packing) string {
	says := "the package is too large to be made at once; it is begun within a minute"
	switch {
	case p.Made.ID != "":
		says = "the package is made, and waits for the audit to be sealed, which takes a minute or two"
	case p.Why != "":
		return "the package could not be made yet: " + p.Why + "; it is begun anew from " + p.Next.UTC().Format("15:04") + " UTC on, ask again then"
	case p.Read > 0:
		says = "the package is being made: " + number(p.Read) + " of " + number(c.Snapshot.Lines) + " lines are read"
	case p.Tries > 0:
		says = "the package is being made"
	}
	if p.Tries > 1 && p.Made.ID == "" {
		says += " (try " + number(p.Tries) + ")"
	}
	return says + "; ask again in a minute"
}

// wanted gives the package of a campaign where it is there and says what the campaign
// was when it was made or, given before, what it is now; otherwise it sees to it that
// it is made. Its end is written here, by whoever asks once its files are made.
func (h *House) wanted(ctx context.Context, by access.Actor, c review.Campaign) (review.Packing, error) {
	if err := h.sealHere(ctx); err != nil {
		return review.Packing{}, err
	}
	var out review.Packing
	err := again(func() error {
		p, err := h.Memory.Packing(ctx, c.ID)
		if out = p; err != nil || !p.Next.IsZero() {
			return err
		}
		if p.Made.ID != "" && h.Now().Before(p.Made.Expires.Add(-2*partsTime)) {
			out, err = h.finishPacking(ctx, p)
			if err == nil || !fault.Is(err, fault.Wait, fault.NotFound) {
				return err
			}
			if fault.Is(err, fault.Wait) {
				out = p
				return nil
			}
		} else if p.Given(h.Now()) {
			changed, err := h.changedSince(ctx, c.ID, p.Ready)
			if err != nil || !changed {
				return err
			}
		}
		p.Campaign, p.Connector, p.By, p.Next, p.Tries, p.Read, p.Made = c.ID, c.Connector, who(by), h.Now(), 0, 0, review.MadeFiles{}
		out, err = h.Memory.SavePacking(ctx, p)
		return err
	})
	return out, err
}

// changedSince reports whether the audit has sealed something of a campaign that a
// package of it does not know.
func (h *House) changedSince(ctx context.Context, campaign string, known review.Pack) (bool, error) {
	err := h.Memory.SealsAfter(ctx, known.Link, func(s audit.Seal) error {
		if !evidence.Ours(campaign, s.Aggregate) || s.Aggregate == evidence.Aggregate(campaign) && s.Seq == known.Seq {
			return nil
		}
		if id, ok := strings.CutPrefix(s.Aggregate, "manual/"); ok {
			m, err := h.Memory.Manual(ctx, id)
			if fault.Is(err, fault.NotFound) || err == nil && !strings.HasPrefix(m.Origin, "review/"+campaign+"/") {
				return nil
			}
			if err != nil {
				return err
			}
		}
		return errEnough
	})
	if errors.Is(err, errEnough) {
		return true, nil
	}
	return false, err
}
