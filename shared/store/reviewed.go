package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// addReviewed adds lines that were decided: each at the version at which it was
// read, here or where it is moved from.
func (s *Store) addReviewed(ctx context.Context, c *change, x review.Change) error {
	moved := map[string]review.Line{}
	for _, l := range x.Moved {
		moved[l.ID] = l
	}
	for _, l := range x.Lines {
		at := l
		from, moves := moved[l.ID]
		if moves {
			at = from
			delete(moved, l.ID)
		}
		if at.Rev == 0 || moves && (l.Rev > 0 || lineOf(from) == lineOf(l)) {
			return fault.New("", fault.Internal, "the line %s was to be decided where it never was", l.ID)
		}
		rec, err := current[lineRecord](ctx, s, lineOf(at), at.Rev)
		if err != nil {
			return err
		}
		was := rec.line(at.Rev)
		if err := follows(was, l); err != nil {
			return err
		}
		if moves {
			c.delete(lineOf(from), from.Rev)
		}
		c.put(lineOf(l), l.Rev, newLineRecord(l))
		c.takes(was, l)
		if err := s.addEarlier(ctx, c, was, l); err != nil {
			return err
		}
	}
	for id := range moved {
		return fault.New("", fault.Internal, "the line %s was to be taken away", id)
	}
	return nil
}

// follows refuses what would rewrite what was staged or decided.
func follows(was, l review.Line) error {
	n := len(was.Decided)
	switch {
	case was.Campaign != l.Campaign || was.Digest() != l.Digest():
		return fault.New("", fault.Internal, "what was staged of the line %s was to be changed", l.ID)
	case len(l.Decided) < n || !slices.EqualFunc(was.Decided, l.Decided[:n], sameDecision):
		return fault.New("", fault.Internal, "what was decided of the line %s was to be changed", l.ID)
	case was.State == review.LineDenied && was.Assignment != l.Assignment:
		return fault.New("", fault.Internal, "the line %s was denied and was to be moved", l.ID)
	}
	return nil
}

func sameDecision(a, b review.Decision) bool {
	return alike(newDecisionRecord(a), newDecisionRecord(b))
}

// takes points to a line as long as it is to be taken away.
func (c *change) takes(was, l review.Line) {
	c.list(takingKey(l.Campaign, l.ID), was.State == review.LineDenied, l.State == review.LineDenied, l.Assignment)
}

// addEarlier remembers a final verdict for the next campaign.
func (s *Store) addEarlier(ctx context.Context, c *change, was, l review.Line) error {
	n := len(l.Decided)
	if l.State == was.State || n == 0 || l.State != review.LineCertified && l.State != review.LineDenied {
		return nil
	}
	d := l.Decided[n-1]
	k := reviewedKey(l.Fact)
	_, rev, err := maybe[earlierRecord](ctx, s, k)
	c.put(k, rev, newEarlierRecord(review.Earlier{
		Campaign: l.Campaign, Verdict: d.Verdict, By: d.By, At: d.At, Facts: l.Facts,
	}))
	return err
}
