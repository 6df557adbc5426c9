package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Assignment reads one.
func (s *Store) Assignment(ctx context.Context, campaign, id string) (review.Assignment, error) {
	r, rev, err := find[assignmentRecord](ctx, s, assignmentKey(campaign, id), "assignment", id)
	return r.assignment(rev), fault.Wrap("store.Assignment", err)
}

// EachAssignment calls f for those of a campaign, by id.
func (s *Store) EachAssignment(ctx context.Context, campaign string, f func(review.Assignment) error) error {
	err := eachRecord(ctx, s, below(campaignPart(campaign), "assignment"), func(r assignmentRecord, row Row) error {
		return f(r.assignment(row.Version))
	})
	return fault.Wrap("store.EachAssignment", err)
}

// AssignmentsOf lists those of an account, or of a user group by its id, the
// newest campaign first; campaign "" is every campaign.
func (s *Store) AssignmentsOf(ctx context.Context, conn, account, campaign string) ([]review.Assignment, error) {
	var out []review.Assignment
	r := Range{Part: join("assigned", conn, account), Reverse: true}
	err := eachRecord(ctx, s, r, func(p pointer, row Row) error {
		in := split(row.Sort)[1]
		if campaign != "" && in != campaign {
			return nil
		}
		r, rev, err := maybe[assignmentRecord](ctx, s, assignmentKey(in, p.ID))
		a := r.assignment(rev)
		if err == nil && rev > 0 && slices.Contains(whoReviews(a), account) { // else it was reassigned, or never came to be
			out = append(out, a)
		}
		return err
	})
	return out, fault.Wrap("store.AssignmentsOf", err)
}

// whoReviews are all under whose id an assignment is found.
func whoReviews(a review.Assignment) []string {
	if a.Group == "" {
		return a.Accounts
	}
	return append(slices.Clone(a.Accounts), a.Group)
}

// lead points from all who review to their assignments. It is a hint, in plain
// batches: a group may be more than a commit holds. Whoever follows a pointer
// looks whether the assignment is theirs.
func (s *Store) lead(ctx context.Context, created stamp, as []review.Assignment) error {
	type lead struct {
		who string
		a   review.Assignment
	}
	var leads []lead
	for _, a := range as {
		for _, who := range whoReviews(a) {
			leads = append(leads, lead{who, a})
		}
	}
	return write(ctx, s, leads,
		func(l lead) Key { return assignedKey(l.a.Connector, l.who, created.time(), l.a.Campaign, l.a.ID) },
		func(l lead) any { return pointer{ID: l.a.ID} })
}

// Line reads one line of an assignment.
func (s *Store) Line(ctx context.Context, campaign, assignment, id string) (review.Line, error) {
	r, rev, err := find[lineRecord](ctx, s, lineKey(campaign, assignment, id), "line", id)
	return r.line(rev), fault.Wrap("store.Line", err)
}

// LinesAfter calls f for an assignment's lines by id, behind one, until f fails.
func (s *Store) LinesAfter(ctx context.Context, campaign, assignment, after string, f func(review.Line) error) error {
	r := behind(linesPart(campaign, assignment), after)
	r.Limit = fewRows
	err := eachRecord(ctx, s, r, func(r lineRecord, row Row) error { return f(r.line(row.Version)) })
	return fault.Wrap("store.LinesAfter", err)
}

// Taking lists at most limit (0: 1000) denied lines of a campaign whose removal is
// not over, by id, behind one.
func (s *Store) Taking(ctx context.Context, campaign, after string, limit int) ([]review.Line, error) {
	if limit <= 0 {
		limit = pageSize
	}
	var out []review.Line
	r := behind(takingPart(campaign), after)
	r.Limit = limit
	err := eachRecord(ctx, s, r, func(p pointer, row Row) error {
		r, rev, err := maybe[lineRecord](ctx, s, lineKey(campaign, p.ID, split(row.Sort)[0]))
		if err != nil {
			return err
		}
		if r.State == review.LineDenied { // else it came to its end while we were reading
			out = append(out, r.line(rev))
		}
		if len(out) == limit {
			return errStop
		}
		return nil
	})
	return out, fault.Wrap("store.Taking", err)
}
