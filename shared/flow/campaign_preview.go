package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Preview is what a spec would stage now.
type Preview struct {
	Accuracy Accuracy
	Lines    int
	// Reviewers is how many lists they would be; Unassigned are lines that nobody
	// could be found for.
	Reviewers, Unassigned int
	// Seen and Left are as in review.Snapshot; Denies counts what is advised to be
	// denied, New what was not certified before.
	Seen, Left  map[string]int
	Denies, New int
	// Samples are of every page the first, at most samples. Hidden counts those that
	// would have been, about private resources that the actor may not know.
	Samples []review.Fact
	Hidden  int
	Cut     bool // the time was over before everything was looked at
}

const (
	samples    = 20
	previewFor = 8 * time.Second
)

// PreviewScope counts what a spec would stage, and shows samples; nothing is
// stored, and nobody is told.
func (h *House) PreviewScope(ctx context.Context, by access.Actor, s review.Spec) (Preview, error) {
	const op = "flow.PreviewScope"
	out := Preview{}
	if err := h.mayCampaign(by); err != nil {
		return out, fault.Wrap(op, err)
	}
	eye, err := h.sight(by)
	if err == nil {
		err = h.checkSpec(ctx, by, s)
	}
	if err == nil {
		s, err = h.specOf(ctx, s)
	}
	if err == nil {
		out.Accuracy, err = h.ReviewAccuracy(ctx, by, s.Connector)
	}
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	realm, err := eye.reviewRealm(ctx, s.Connector)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	more, err := h.warnOfManagers(ctx, s, realm.conn)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	out.Accuracy.Warnings = append(out.Accuracy.Warnings, more...)
	stage := newStager(h, review.Campaign{ID: "preview", Spec: s}, realm.conn)
	var snap review.Snapshot
	lists := map[string]bool{}
	for until := h.Now().Add(previewFor); ; {
		if out.Cut = !h.Now().Before(until); out.Cut {
			break
		}
		p, err := stage.page(ctx, snap)
		if err != nil {
			return out, fault.Wrap(op, err)
		}
		snap = snap.Add(p)
		for i, f := range p.Facts {
			lists[review.AssignmentID("", 0, f.Assigned)] = true
			if f.Advice.Verdict == review.Deny {
				out.Denies++
			}
			if f.New {
				out.New++
			}
			if len(out.Samples) >= samples || i >= 5 && f.Advice.Verdict != review.Deny {
				continue
			}
			known, err := realm.knows(ctx, f)
			switch {
			case err != nil:
				return out, fault.Wrap(op, err)
			case known:
				out.Samples = append(out.Samples, f)
			default:
				out.Hidden++
			}
		}
		if p.Last {
			break
		}
	}
	out.Lines, out.Unassigned, out.Reviewers = snap.Lines, snap.Unassigned, len(lists)
	out.Seen, out.Left = snap.Seen, snap.Left
	return out, nil
}
