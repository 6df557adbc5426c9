package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Review looks at the access reviews that are due: it carries snapshots on, tells
// reviewers of the start, holds open lines against what a sync has shown since,
// ends what is over, closes what was seen gone, drafts what templates want, and makes
// an evidence package that was asked for, at most one and last: a large one takes
// minutes.
// next is when the lane has something due again (zero: not within an hour).
func (h *House) Review(ctx context.Context) (next time.Time, err error) {
	const op = "flow.Review"
	began := h.Now()
	until := began.Add(ReviewFor)
	due, err := h.Memory.Due(ctx, LaneReview, began, 100)
	if err != nil {
		return began.Add(busyFor), fault.Wrap(op, err)
	}
	var first error
	slices.SortStableFunc(due, func(a, b access.Due) int { return packs(a) - packs(b) })
	for _, d := range due {
		if !h.Now().Before(until) {
			return h.Now(), fault.Wrap(op, first)
		}
		err := h.serveReview(ctx, d, until)
		if err != nil && !fault.Is(err, fault.Conflict) {
			h.log().Error("review", "kind", d.Kind, "id", d.ID, "error", err)
			if first == nil {
				first = err
			}
		}
		if packs(d) > 0 {
			break // what waits is looked at first
		}
	}
	rows, err := h.Memory.Due(ctx, LaneReview, h.Now().Add(time.Hour), 1)
	if err == nil && len(rows) > 0 {
		next = later(rows[0].At, h.Now())
	}
	if first != nil {
		next = h.Now().Add(busyFor)
	}
	return next, fault.Wrap(op, first)
}

// packs is 1 for a package that is to be made.
func packs(d access.Due) int {
	if d.Kind == "evidence" {
		return 1
	}
	return 0
}

func (h *House) serveReview(ctx context.Context, d access.Due, until time.Time) error {
	switch d.Kind {
	case "campaign":
		return h.serveCampaign(ctx, d.ID, until)
	case "template":
		return h.serveTemplate(ctx, d.ID)
	case "erasure":
		return h.serveErasure(ctx, d.Connector, d.ID, until)
	case "evidence":
		return h.servePacking(ctx, d.ID)
	}
	return fault.New("flow.serveReview", fault.Internal, "no verb for a due %s", d.Kind)
}

const (
	// lookEvery is how often a running campaign is held against what syncs showed.
	lookEvery = 15 * time.Minute
	// settleEvery is how often what was denied is looked at until it is gone.
	settleEvery = 5 * time.Minute
	// settleSlowly is the same once it is about what people do by hand.
	settleSlowly = time.Hour
)

// serveCampaign does what a campaign needs now.
func (h *House) serveCampaign(ctx context.Context, id string, until time.Time) error {
	c, err := h.Memory.Campaign(ctx, id)
	if err != nil {
		return err
	}
	if c.Next.IsZero() || c.Next.After(h.Now()) {
		return nil // somebody was here
	}
	switch c.State {
	case review.Staging:
		_, err = h.stage(ctx, c, until)
	case review.Running:
		err = h.run(ctx, c, until)
	case review.Ending:
		err = h.closeOpen(ctx, c, until)
	case review.Completed:
		err = h.settleDenied(ctx, c)
	}
	return err
}

// run keeps a running campaign true: reviewers hear of it, later ones too, lines whose access is
// gone close, and its deadline ends it where it ends by itself.
func (h *House) run(ctx context.Context, c review.Campaign, until time.Time) error {
	if c.Told.IsZero() {
		if err := h.tellAll(ctx, c); err != nil {
			return err
		}
		c.Told = h.Now()
		return h.moveCampaign(ctx, c, h.Now())
	}
	if c.Ends && !h.Now().Before(c.Deadline) {
		_, err := h.endCampaign(ctx, c.ID, ebb, "")
		return err
	}
	if err := h.settleAll(ctx, c); err != nil {
		return err
	}
	if err := h.tellJoined(ctx, c, until); err != nil {
		return err
	}
	c, again, err := h.look(ctx, c, until)
	if err != nil {
		return err
	}
	next := h.Now().Add(lookEvery)
	if again {
		next = h.Now()
	}
	if c.Ends && c.Deadline.Before(next) {
		next = c.Deadline
	}
	return h.moveCampaign(ctx, c, next)
}

// moveCampaign saves where the house stands with a campaign, which is nobody's act.
func (h *House) moveCampaign(ctx context.Context, c review.Campaign, next time.Time) error {
	c.Next = next
	_, err := h.Memory.SaveCampaign(ctx, c)
	return err
}

// tellAll puts a row for each reviewer, at the start, and at the end. Put again, it tells nobody twice: what a
// reviewer was told is held against what there is to tell.
func (h *House) tellAll(ctx context.Context, c review.Campaign) error {
	seen := map[string]bool{}
	var batch []string
	flush := func(most int) error {
		if len(batch) <= most {
			return nil
		}
		err := h.Memory.TellReviewers(ctx, c.ID, c.Connector, batch)
		batch = nil
		return err
	}
	err := h.Memory.EachAssignment(ctx, c.ID, func(a review.Assignment) error {
		for _, account := range a.Accounts {
			if !seen[account] {
				seen[account], batch = true, append(batch, account)
			}
		}
		return flush(500)
	})
	if err != nil {
		return err
	}
	return flush(0)
}

// look closes open lines whose access is gone, once after each sync, assignment by
// assignment; again says that it is not through.
func (h *House) look(ctx context.Context, c review.Campaign, until time.Time) (_ review.Campaign, again bool, err error) {
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil || !conn.LastGood.After(c.Looked) && c.Looking == "" {
		return c, false, err
	}
	var left []review.Assignment
	err = h.Memory.EachAssignment(ctx, c.ID, func(a review.Assignment) error {
		if a.ID > c.Looking && a.Left() > 0 {
			left = append(left, a)
		}
		return nil
	})
	if err != nil {
		return c, false, err
	}
	for _, a := range left {
		if !h.Now().Before(until) {
			return c, true, nil
		}
		if err := h.lookAt(ctx, c, a); err != nil {
			return c, false, err
		}
		c.Looking = a.ID
	}
	c.Looked, c.Looking = conn.LastGood, ""
	return c, false, nil
}

// lookAt closes the open lines of one assignment whose access is gone.
func (h *House) lookAt(ctx context.Context, c review.Campaign, a review.Assignment) error {
	var gone []string
	err := h.Memory.LinesAfter(ctx, c.ID, a.ID, "", func(l review.Line) error {
		if l.State != review.LineOpen {
			return nil
		}
		held, err := h.stillHeld(ctx, l)
		if err == nil && !held {
			gone = append(gone, l.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return h.turnLines(ctx, c, a.ID, gone, func(l review.Line) (review.Line, error) {
		l, err := l.Turn(review.VanishLine, h.Now())
		l.Outcome = "not held any more when somebody looked"
		return l, err
	}, "review.gone")
}

// stillHeld reports whether the access of a line is held, as far as the directory
// knows. Who was deactivated since it was staged holds nothing.
func (h *House) stillHeld(ctx context.Context, l review.Line) (bool, error) {
	if l.Facts.AccountState == directory.Deactivated {
		return h.Memory.Holds(ctx, directory.Membership{Connector: l.Connector, Resource: l.Resource, Slug: l.Slug, Account: l.Account})
	}
	held, err := h.holdsYet(ctx, directory.Membership{Connector: l.Connector, Resource: l.Resource, Kind: l.Kind, Slug: l.Slug, Account: l.Account})
	if err != nil || !held {
		return false, err
	}
	a, err := h.Memory.Account(ctx, l.Connector, l.Account)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return a.State != directory.Deactivated, err
}

// turnLines turns lines of an assignment and counts those that are closed, some in
// a commit, with an event that names them.
func (h *House) turnLines(ctx context.Context, c review.Campaign, assignment string, ids []string, turn func(review.Line) (review.Line, error), action string) error {
	for len(ids) > 0 {
		n := min(len(ids), review.MostDecided)
		part := ids[:n]
		err := again(func() error {
			a, err := h.Memory.Assignment(ctx, c.ID, assignment)
			if err != nil {
				return err
			}
			var ch review.Change
			var named []string
			for _, id := range part {
				l, err := h.Memory.Line(ctx, c.ID, assignment, id)
				if err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
				if err != nil || l.State != review.LineOpen {
					continue // moved, or decided meanwhile
				}
				noted := l.Draft.Verdict != ""
				if l, err = turn(l); err != nil {
					return err
				}
				a = a.Count(l.State, noted)
				ch.Lines, named = append(ch.Lines, l), append(named, l.ID)
			}
			if len(ch.Lines) == 0 {
				return nil
			}
			ch.Assignments, ch.While = []review.Assignment{a}, c.State
			ch.Tell = a.Accounts[:min(len(a.Accounts), mostHear)]
			return h.Memory.SaveReviewed(ctx, ch, h.linesEvent(c, assignment, action, ebb, named, nil))
		})
		if err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// linesEvent is an event of an assignment that names lines, each with a word of its
// own where it has one: "S1/member/U1=certify". The aggregate is the assignment's,
// so that reviewers do not wait for each other.
func (h *House) linesEvent(c review.Campaign, assignment, action, actor string, lines []string, more map[string]string) audit.Event {
	data := map[string]string{"campaign": c.ID, "n": number(len(lines)), "lines": join(lines)}
	for k, v := range more {
		data[k] = v
	}
	return h.event("review/"+c.ID+"/"+assignment, action, actor, data)
}
