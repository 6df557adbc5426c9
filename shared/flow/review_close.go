package flow

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
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
		switch m.State {
		case access.ManualDone:
			return review.TookLine, "done by hand, and seen gone in Slack", m.Closed, nil
		case access.ManualGivenUp:
			return review.GiveUpLine, "it could not be removed, and stands", m.Closed, nil
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

func number(n int) string { return strconv.Itoa(n) }

// join lists the words of an event.
func join(words []string) string { return strings.Join(words, " ") }
