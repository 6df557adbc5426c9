package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Page reads a page of a snapshot.
func (s *Store) Page(ctx context.Context, campaign string, n int) (review.Page, error) {
	r, _, err := load[pageRecord](ctx, s, pageKey(campaign, n))
	if fault.Is(err, fault.NotFound) {
		err = fault.New("", fault.NotFound, "review %s has no page %d", campaign, n)
	}
	return r.page(), fault.Wrap("store.Page", err)
}

// SavePage stores a page that is not there yet; it is never written again.
func (s *Store) SavePage(ctx context.Context, p review.Page) error {
	var c change
	c.put(pageKey(p.Campaign, p.N), 0, newPageRecord(p))
	return fault.Wrap("store.SavePage", s.save(ctx, &c, nil))
}

// SaveStaged saves the campaign behind a page and adds the page's lines to its
// assignments, in one commit: of two who counted the same page one is refused by
// the campaign's Rev, and nothing is counted twice.
func (s *Store) SaveStaged(ctx context.Context, x review.Campaign, add []review.Assignment, e ...audit.Event) (review.Campaign, error) {
	const op = "store.SaveStaged"
	var c change
	if err := s.addCampaign(ctx, &c, x, e); err != nil {
		return x, fault.Wrap(op, err)
	}
	for _, a := range add {
		if a.Campaign != x.ID {
			return x, fault.New(op, fault.Internal, "a page was to add to another review's assignment")
		}
		have, rev, err := maybe[assignmentRecord](ctx, s, assignmentKey(a.Campaign, a.ID))
		if err != nil {
			return x, fault.Wrap(op, err)
		}
		if rev > 0 {
			more := a
			a = have.assignment(rev)
			a.Lines += more.Lines
			a.Accounts = merged(a.Accounts, more.Accounts)
		}
		c.put(assignmentKey(a.Campaign, a.ID), rev, newAssignmentRecord(a))
	}
	if err := s.save(ctx, &c, e); err != nil {
		return x, fault.Wrap(op, err)
	}
	x.Rev++
	return x, nil
}

// PutLines writes the lines of a page, and what leads reviewers to them. It
// repeats safely, in pieces that each hold only while the campaign is staged: who
// comes late, when people decide already, puts no line over what they decided, and
// none back to where it was taken from.
func (s *Store) PutLines(ctx context.Context, as []review.Assignment, ls []review.Line) error {
	const op = "store.PutLines"
	if len(ls) == 0 {
		return nil
	}
	campaign := ls[0].Campaign
	x, _, err := find[campaignRecord](ctx, s, campaignKey(campaign), "review", campaign)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.lead(ctx, x.Created, as); err != nil {
		return fault.Wrap(op, err)
	}
	pieces, err := linesInPieces(campaign, ls)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, piece := range pieces {
		if err := s.putPiece(ctx, campaign, piece); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// A commit takes 3 MiB: lines with hundreds of reviewers are more than that.
const pieceBytes = 2 << 20

// linesInPieces makes the rows of commits, each with room for the campaign's.
func linesInPieces(campaign string, ls []review.Line) ([][]Write, error) {
	var out [][]Write
	var piece change
	bytes := 0
	for _, l := range ls {
		if l.Campaign != campaign || l.State != review.LineOpen || l.Rev > 0 {
			return nil, fault.New("", fault.Internal, "a line that is not new was to be staged")
		}
		piece.put(lineOf(l), 0, newLineRecord(l))
		n := len(piece.writes)
		bytes += len(piece.writes[n-1].Row.Body)
		if n == MaxWrites-1 || bytes > pieceBytes {
			out, piece, bytes = append(out, piece.writes), change{err: piece.err}, 0
		}
	}
	if len(piece.writes) > 0 {
		out = append(out, piece.writes)
	}
	return out, piece.err
}

// putPiece commits lines while the campaign is staged. Those that are there
// already, by somebody who died or is as far, stay.
func (s *Store) putPiece(ctx context.Context, campaign string, lines []Write) error {
	for again := false; ; again = true {
		x, rev, err := load[campaignRecord](ctx, s, campaignKey(campaign))
		if err != nil {
			return err
		}
		if x.State != review.Staging {
			return fault.New("", fault.Conflict, "review %s is not being staged any more", campaign)
		}
		var c change
		c.check(campaignKey(campaign), rev)
		for _, w := range lines {
			have := int64(0)
			if again {
				if _, have, err = maybe[lineRecord](ctx, s, w.Row.Key); err != nil {
					return err
				}
			}
			if have == 0 {
				c.writes = append(c.writes, w)
			}
		}
		if err := s.save(ctx, &c, nil); again || !fault.Is(err, fault.Conflict) {
			return err
		}
	}
}

// EachEarlier calls f for what was decided last about a resource's entitlements.
func (s *Store) EachEarlier(ctx context.Context, conn, resource string, f func(slug, account string, e review.Earlier) error) error {
	err := eachRecord(ctx, s, Range{Part: reviewedPart(conn, resource)}, func(r earlierRecord, row Row) error {
		words := split(row.Sort)
		return f(words[0], words[1], r.earlier())
	})
	return fault.Wrap("store.EachEarlier", err)
}
