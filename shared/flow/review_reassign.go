package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// ReassignReview gives lines of an assignment, or all of its open ones where none
// is named, to other accounts: by its reviewers and by campaign administrators. Lines
// about a private resource go only to those of them who may know of it.
func (h *House) ReassignReview(ctx context.Context, by access.Actor, campaign, assignment string, lines, to []string) (Reassigned, error) {
	const op = "flow.ReassignReview"
	n, err := h.reassignReview(ctx, by, campaign, assignment, lines, to)
	return n, fault.Wrap(op, err)
}

// Reassigned says what became of lines that were to go to others.
type Reassigned struct {
	Lines int // that went
	Kept  int // about private resources of which none of the others may know: they stay
}

func (h *House) reassignReview(ctx context.Context, by access.Actor, campaign, assignment string, lines, to []string) (Reassigned, error) {
	const op = "flow.reassignReview"
	none := Reassigned{}
	c, err := h.Memory.Campaign(ctx, campaign)
	if fault.Is(err, fault.NotFound) {
		return none, fault.New(op, fault.NotFound, "there is no list %s of yours in this review", assignment)
	}
	if err != nil {
		return none, err
	}
	d := &desk{by: by, campaign: c, account: by.User.In(c.Connector), now: h.Now()}
	runs := h.mayCampaign(by) == nil
	if !runs {
		if d, err = h.reviewing(ctx, by, campaign, assignment, true); err != nil {
			return none, err
		}
		// A right that is borrowed, or a group's, would be theirs for good.
		if (d.place != "" || d.assignment.Group != "") && slices.Contains(to, d.account) {
			return none, fault.At(op, "to", "you review this list for somebody else, or as one of a group; name others")
		}
	}
	if c.State != review.Running && c.State != review.Staged {
		return none, fault.New(op, fault.Invalid, "this review is %s; its lines are with nobody else any more", c.State)
	}
	if len(lines) > MostAtOnce {
		return none, fault.At(op, "lines", "choose at most %d lines, or none for all", MostAtOnce)
	}
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil {
		return none, err
	}
	people := newPeople(h, conn)
	able := people.able(ctx)
	var able2 []string
	for _, id := range to {
		if !able(id) {
			if people.err != nil {
				return none, people.err
			}
			return none, fault.At(op, "to", "%s is no active full member of this Slack", id)
		}
		able2 = append(able2, id)
	}
	slices.Sort(able2)
	able2 = slices.Compact(able2)
	if len(able2) == 0 || len(able2) > 20 {
		return none, fault.At(op, "to", "name 1 to 20 accounts who review instead")
	}
	if len(lines) == 0 {
		err := h.Memory.LinesAfter(ctx, c.ID, assignment, "", func(l review.Line) error {
			if l.State == review.LineOpen {
				lines = append(lines, l.ID)
			}
			return nil
		})
		if err != nil {
			return none, err
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if lines, err = h.handable(ctx, d, assignment, lines); err != nil {
		return none, err
	}
	moved, alone := none, ""
	until := h.Now().Add(submitFor)
	for part := range slices.Chunk(lines, review.MostDecided) {
		if h.Now().After(until) {
			return moved, fault.New(op, fault.Wait, "%d lines are reassigned, and the time of one call is over; do it again for the rest", moved.Lines)
		}
		n, own, err := h.moveLines(ctx, d, people, assignment, part, able2)
		if err != nil {
			return moved, err
		}
		moved.Lines, moved.Kept, alone = moved.Lines+n.Lines, moved.Kept+n.Kept, cmp.Or(alone, own)
	}
	if moved.Lines+moved.Kept == 0 && alone != "" {
		return moved, fault.At(op, "to", "%s would review their own access; name somebody else", alone)
	}
	if moved.Lines == 0 && moved.Kept > 0 {
		return moved, fault.At(op, "to", "these lines are about private channels that none of them may know of; name a member or an owner of the channel, or an owner of the connector")
	}
	return moved, nil
}

// handable leaves out the lines that the actor may not hand on: nobody chooses who
// decides about their own access.
func (h *House) handable(ctx context.Context, d *desk, assignment string, lines []string) ([]string, error) {
	var out []string
	own := 0
	for _, id := range lines {
		l, err := h.Memory.Line(ctx, d.campaign.ID, assignment, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.own(l) {
			own++
			continue
		}
		out = append(out, id)
	}
	if own > 0 && len(out) == 0 {
		return nil, fault.New("flow.handable", fault.Forbidden, "this is your own access, or that of whom you stand in for; somebody else has to say who decides about it")
	}
	return out, nil
}

// moveLines moves some open lines to other accounts. Whoever holds a line is not
// among its reviewers, unless the campaign allows it; nor is who may not know of it.
// Where nobody else is named, the line stays, and alone is who: otherwise nobody could
// take over a list of everybody.
func (h *House) moveLines(ctx context.Context, d *desk, p *people, assignment string, ids, to []string) (moved Reassigned, alone string, err error) {
	c := d.campaign
	err = again(func() error {
		moved, alone = Reassigned{}, ""
		a, err := h.Memory.Assignment(ctx, c.ID, assignment)
		if err != nil {
			return err
		}
		b := &batch{to: map[string]int{a.ID: 0}}
		b.Assignments, b.While = []review.Assignment{a}, c.State
		for _, id := range ids {
			l, err := h.Memory.Line(ctx, c.ID, assignment, id)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err != nil || l.State != review.LineOpen {
				continue
			}
			next := review.Assigned{Source: review.ByNamed, Accounts: slices.Clone(to)}
			if !c.Self {
				next.Accounts = slices.DeleteFunc(next.Accounts, func(x string) bool { return x == l.Account })
			}
			if len(next.Accounts) == 0 {
				alone = l.Account
				continue
			}
			knowing, err := h.knowing(ctx, p, l, next.Accounts)
			if err != nil {
				return err
			}
			if next.Accounts = knowing; len(knowing) == 0 {
				moved.Kept++
				continue
			}
			if review.AssignmentID(c.ID, l.Level, next) == assignment {
				continue
			}
			was := l
			l.Draft = review.Decision{}
			b.Assignments[0].Lines--
			if was.Draft.Verdict != "" {
				b.Assignments[0].Noted--
			}
			if err := h.moveLine(ctx, c, b, was, l, next); err != nil {
				return err
			}
			b.words = append(b.words, l.ID)
		}
		if moved.Lines = len(b.words); moved.Lines == 0 {
			return nil
		}
		b.tell(a.Accounts...)
		e := h.linesEvent(c, assignment, "review.reassigned", who(d.by), b.words, map[string]string{"to": strings.Join(to, ","), "account": d.account, "for": d.place})
		return h.Memory.SaveReviewed(ctx, b.Change, e)
	})
	return moved, alone, err
}

// knowing leaves those accounts who may know of what a line is about.
func (h *House) knowing(ctx context.Context, p *people, l review.Line, accounts []string) ([]string, error) {
	r, err := h.lineResource(ctx, l)
	if err != nil || !r.Private {
		return accounts, err
	}
	knows := p.knows(ctx, r)
	out := slices.DeleteFunc(slices.Clone(accounts), func(a string) bool { return !knows(a) })
	return out, p.err
}
