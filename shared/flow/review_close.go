package flow

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// reviewGroup are the members of the user group of a level, as far as the directory
// knows; nobody where everybody may edit user groups, or the level has none.
func (h *House) reviewGroup(ctx context.Context, c review.Campaign, level int) ([]string, error) {
	group := c.Levels[level].Group
	if group == "" {
		return nil, nil
	}
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil || conn.OpenGroups {
		return nil, err
	}
	var out []string
	err = h.Memory.EachHolder(ctx, c.Connector, group, func(m directory.Membership) error {
		out = append(out, m.Account)
		return nil
	})
	return out, err
}

// closeOpen skips or denies what is open in a campaign that ends, and completes it
// once nothing is.
func (h *House) closeOpen(ctx context.Context, c review.Campaign, until time.Time) error {
	var left []review.Assignment
	err := h.Memory.EachAssignment(ctx, c.ID, func(a review.Assignment) error {
		if a.Left() > 0 {
			left = append(left, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range left {
		if !h.Now().Before(until) {
			return nil // it stays due
		}
		if err := h.closeAssignment(ctx, c, a); err != nil {
			return err
		}
	}
	if err = h.tellAll(ctx, c); err != nil { // before it is completed: whoever dies in between tells again
		return err
	}
	c, err = c.Turn(review.Complete, h.Now())
	if err != nil {
		return err
	}
	_, err = h.Memory.SaveCampaign(ctx, c, h.campaignEvent(c, "campaign.completed", ebb, nil))
	return err
}

func (h *House) closeAssignment(ctx context.Context, c review.Campaign, a review.Assignment) error {
	var open []string
	err := h.Memory.LinesAfter(ctx, c.ID, a.ID, "", func(l review.Line) error {
		if l.State == review.LineOpen {
			open = append(open, l.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.AtEnd == review.SkipOpen {
		return h.turnLines(ctx, c, a.ID, open, func(l review.Line) (review.Line, error) {
			l, err := l.Turn(review.SkipLine, h.Now())
			l.Outcome = "nobody decided before the review ended"
			return l, err
		}, "review.skipped")
	}
	s := &submission{h: h, desk: &desk{campaign: c, assignment: a}, decide: func(l review.Line) (review.Decision, string) {
		return review.Decision{Verdict: review.Deny, At: h.Now()}, ""
	}, actor: ebb, action: "review.revoked", out: &Submitted{Refused: map[string]string{}}}
	return s.run(ctx, open)
}

// settleDenied closes what was denied and is gone, and says so when that is all.
func (h *House) settleDenied(ctx context.Context, c review.Campaign) error {
	if err := h.settleAll(ctx, c); err != nil {
		return err
	}
	left, err := h.Memory.Taking(ctx, c.ID, "", 1)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		next := settleEvery
		if h.Now().Sub(c.Done) > 24*time.Hour {
			next = settleSlowly
		}
		return h.moveCampaign(ctx, c, h.Now().Add(next))
	}
	c.Settled, c.Next = h.Now(), time.Time{}
	_, err = h.Memory.SaveCampaign(ctx, c, h.campaignEvent(c, "campaign.settled", ebb, nil))
	return err
}

// settleAtOnce is how many denied lines are read together.
const settleAtOnce = 200

// settleAll closes denied lines whose access was seen gone.
func (h *House) settleAll(ctx context.Context, c review.Campaign) error {
	after := ""
	for {
		lines, err := h.Memory.Taking(ctx, c.ID, after, settleAtOnce)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := h.settleLine(ctx, c, l); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
			after = l.ID
		}
		if len(lines) < settleAtOnce {
			return nil
		}
	}
}

// settleLine closes one denied line when what carries its removal out is over.
func (h *House) settleLine(ctx context.Context, c review.Campaign, l review.Line) error {
	if err := h.endLeftovers(ctx, l); err != nil {
		return err
	}
	turn, outcome, at, err := h.removed(ctx, l)
	if err != nil || turn == "" {
		return err
	}
	next, err := l.Turn(turn, at)
	if err != nil {
		return err
	}
	next.Outcome = outcome
	word := l.ID + "=" + string(next.State)
	return h.Memory.SaveReviewed(ctx, review.Change{Lines: []review.Line{next}},
		h.linesEvent(c, l.Assignment, "review."+string(next.State), ebb, []string{word}, map[string]string{"grant": l.Grant, "manual": l.Manual, "seen": stamp(at)}))
}

// removed says what became of a removal; no turn: it is not over.
func (h *House) removed(ctx context.Context, l review.Line) (review.LineTurn, string, time.Time, error) {
	if l.Manual != "" {
		m, err := h.Memory.Manual(ctx, l.Manual)
		if err != nil || m.Waits() {
			return "", "", time.Time{}, err
		}
		if m.State == access.ManualDone {
			return review.TookLine, "done by hand, and seen gone in Slack", m.Closed, nil
		}
		return review.KeepLine, "the manual task was dropped", m.Closed, nil
	}
	g, err := h.Memory.Grant(ctx, l.Grant)
	if err != nil || !g.State.Final() {
		return "", "", time.Time{}, err
	}
	if g.State == access.Ended {
		return review.KeepLine, g.Outcome, g.Closed, nil
	}
	return review.TookLine, "removed, and seen gone in Slack", g.Closed, nil
}

// endLeftovers ends default channels that came with a user group's grant which a
// denial ended, where somebody died before that.
func (h *House) endLeftovers(ctx context.Context, l review.Line) error {
	if l.Kind != directory.UserGroup {
		return nil
	}
	var parents []access.Grant
	for _, f := range l.Grants {
		g, err := h.Memory.Grant(ctx, f.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			parents = append(parents, g)
		}
	}
	return h.endChildren(ctx, parents, ebb)
}

// ReassignReview gives lines of an assignment, or all of its open ones where none
// is named, to other accounts: by its reviewers and by campaign administrators.
func (h *House) ReassignReview(ctx context.Context, by access.Actor, campaign, assignment string, lines, to []string) (int, error) {
	const op = "flow.ReassignReview"
	n, err := h.reassignReview(ctx, by, campaign, assignment, lines, to)
	return n, fault.Wrap(op, err)
}

func (h *House) reassignReview(ctx context.Context, by access.Actor, campaign, assignment string, lines, to []string) (int, error) {
	const op = "flow.reassignReview"
	c, err := h.Memory.Campaign(ctx, campaign)
	if fault.Is(err, fault.NotFound) {
		return 0, fault.New(op, fault.NotFound, "there is no list %s of yours in this review", assignment)
	}
	if err != nil {
		return 0, err
	}
	d := &desk{by: by, campaign: c, account: by.User.In(c.Connector), now: h.Now()}
	runs := h.mayCampaign(by) == nil
	if !runs {
		if d, err = h.reviewing(ctx, by, campaign, assignment, true); err != nil {
			return 0, err
		}
		// A right that is borrowed, or a group's, would be theirs for good.
		if (d.place != "" || d.assignment.Group != "") && slices.Contains(to, d.account) {
			return 0, fault.At(op, "to", "you review this list for somebody else, or as one of a group; name others")
		}
	}
	if c.State != review.Running && c.State != review.Staged {
		return 0, fault.New(op, fault.Invalid, "this review is %s; its lines are with nobody else any more", c.State)
	}
	if len(lines) > MostAtOnce {
		return 0, fault.At(op, "lines", "choose at most %d lines, or none for all", MostAtOnce)
	}
	people := newPeople(h, connector.Connector{ID: c.Connector})
	able := people.able(ctx)
	var able2 []string
	for _, id := range to {
		if !able(id) {
			if people.err != nil {
				return 0, people.err
			}
			return 0, fault.At(op, "to", "%s is no active full member of this Slack", id)
		}
		able2 = append(able2, id)
	}
	slices.Sort(able2)
	able2 = slices.Compact(able2)
	if len(able2) == 0 || len(able2) > 20 {
		return 0, fault.At(op, "to", "name 1 to 20 accounts who review instead")
	}
	if len(lines) == 0 {
		err := h.Memory.LinesAfter(ctx, c.ID, assignment, "", func(l review.Line) error {
			if l.State == review.LineOpen {
				lines = append(lines, l.ID)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if lines, err = h.handable(ctx, d, assignment, lines, runs && slices.Contains(able2, d.account)); err != nil {
		return 0, err
	}
	moved, alone := 0, ""
	until := h.Now().Add(submitFor)
	for part := range slices.Chunk(lines, review.MostDecided) {
		if h.Now().After(until) {
			return moved, fault.New(op, fault.Wait, "%d lines are reassigned, and the time of one call is over; do it again for the rest", moved)
		}
		n, own, err := h.moveLines(ctx, d, assignment, part, able2)
		if err != nil {
			return moved, err
		}
		moved, alone = moved+n, cmp.Or(alone, own)
	}
	if moved == 0 && alone != "" {
		return 0, fault.At(op, "to", "%s would review their own access; name somebody else", alone)
	}
	return moved, nil
}

// handable leaves out the lines that the actor may not hand on: nobody chooses who
// decides about their own access. toSelf: who runs the review takes lines over, and
// comes to know of no private resource by that.
func (h *House) handable(ctx context.Context, d *desk, assignment string, lines []string, toSelf bool) ([]string, error) {
	var in *realm
	if toSelf {
		eye, err := h.sight(d.by)
		if err == nil {
			in, err = eye.reviewRealm(ctx, d.campaign.Connector)
		}
		if err != nil {
			return nil, err
		}
	}
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
		if in != nil {
			if known, err := in.knows(ctx, l.Fact); err != nil {
				return nil, err
			} else if !known {
				continue
			}
		}
		out = append(out, id)
	}
	if own > 0 && len(out) == 0 {
		return nil, fault.New("flow.handable", fault.Forbidden, "this is your own access, or that of whom you stand in for; somebody else has to say who decides about it")
	}
	return out, nil
}

// moveLines moves some open lines to other accounts. Whoever holds a line is not
// among its reviewers, unless the campaign allows it: where nobody else is named, the
// line stays, and alone is who. Otherwise nobody could take over a list of everybody.
func (h *House) moveLines(ctx context.Context, d *desk, assignment string, ids, to []string) (moved int, alone string, err error) {
	c := d.campaign
	err = again(func() error {
		moved, alone = 0, ""
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
		if moved = len(b.words); moved == 0 {
			return nil
		}
		b.tell(a.Accounts...)
		e := h.linesEvent(c, assignment, "review.reassigned", who(d.by), b.words, map[string]string{"to": strings.Join(to, ","), "account": d.account, "for": d.place})
		return h.Memory.SaveReviewed(ctx, b.Change, e)
	})
	return moved, alone, err
}

func number(n int) string { return strconv.Itoa(n) }

// join lists the words of an event.
func join(words []string) string { return strings.Join(words, " ") }
