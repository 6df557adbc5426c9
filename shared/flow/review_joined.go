package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// tellJoined lets those hear of a running campaign who came into one of its reviewing
// user groups since their lines were given to it. Who was told already is told nothing;
// who left again before somebody looked, neither.
func (h *House) tellJoined(ctx context.Context, c review.Campaign, until time.Time) error {
	for level, l := range c.Levels {
		if l.By != review.ByGroup {
			continue
		}
		to := review.Assigned{Source: review.ByGroup, Group: l.Group}
		a, err := h.Memory.Assignment(ctx, c.ID, review.AssignmentID(c.ID, level, to))
		if fault.Is(err, fault.NotFound) || err == nil && a.Left() == 0 {
			continue
		}
		if err != nil {
			return err
		}
		joined, err := h.joined(ctx, c, a, until)
		if err != nil || len(joined) == 0 {
			return err
		}
		if err := h.Memory.TellReviewers(ctx, c.ID, c.Connector, joined); err != nil {
			return err
		}
	}
	return nil
}

// joined are the members of an assignment's group to whom nothing was said yet, as
// many as there is time for.
func (h *House) joined(ctx context.Context, c review.Campaign, a review.Assignment, until time.Time) ([]string, error) {
	g, err := h.Memory.Resource(ctx, c.Connector, a.Group)
	if fault.Is(err, fault.NotFound) || err == nil && g.Disabled {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	members, err := h.reviewGroup(ctx, c, a.Level)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, account := range members {
		if !h.Now().Before(until) {
			break // the next look goes on
		}
		if slices.Contains(a.Accounts, account) {
			continue // told at the start
		}
		t, err := h.Memory.Telling(ctx, "reviewer", c.ID+"/"+account)
		if err != nil {
			return nil, err
		}
		if _, told := t.Find(access.News{What: access.TellReview, N: levelWord(a.Level)}, account); told {
			continue
		}
		p, err := h.someone(ctx, c.Connector, account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil && p.Account.Live() && !p.Ended && p.Account.Kind == directory.Human {
			out = append(out, account)
		}
	}
	return out, nil
}
