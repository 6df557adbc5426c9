package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Pages are stored once, their lines are counted once, whoever repeats what.
func TestStaging(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	p := h.paged(x, 0, 3, byOne("U9"))
	h.must(h.SavePage(ctx, p))
	h.refused(h.SavePage(ctx, p), fault.Conflict)
	got := value[review.Page](h)(h.Page(ctx, "uc_1", 0))
	h.same("digest", got.Link(""), p.Link(""))
	h.refused(second(h.Page(ctx, "uc_1", 1)), fault.NotFound)

	as := p.Assignments("c1", h.now)
	h.must(h.PutLines(ctx, as, linesOf(p)))
	h.same("not counted yet", h.assigned("U9", ""), "[]")
	h.must(h.PutLines(ctx, as, linesOf(p))) // somebody died, and it is done again
	x.Snapshot = x.Snapshot.Add(p)
	before := x
	x = value[review.Campaign](h)(h.SaveStaged(ctx, x, as))
	h.same("counted", h.assigned("U9", ""), "[uc_1 3]")
	h.refused(second(h.SaveStaged(ctx, before, as)), fault.Conflict)
	h.same("counted once", h.assigned("U9", ""), "[uc_1 3]")
	h.same("lines", len(h.linesIn("uc_1", as[0].ID)), 3)

	x = h.staged(x, h.paged(x, 1, 2, byOne("U9")))
	h.same("both pages", h.assigned("U9", "uc_1"), "[uc_1 5]")
	other := h.paged(x, 2, 1, byOne("U9")).Assignments("c1", h.now)
	other[0].Campaign = "uc_2"
	h.refused(second(h.SaveStaged(ctx, x, other)), fault.Internal)
	silent, err := x.Turn(review.StagedAll, h.now)
	h.must(err)
	h.refused(second(h.SaveStaged(ctx, silent, nil)), fault.Internal)
}

// Who puts a page's lines late, when people decide already, puts none: not over
// what was decided, and not back to where it was moved from.
func TestLinesPutTooLate(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 3, byOne("U9"))
	p := value[review.Page](h)(h.Page(ctx, "uc_1", 0))
	as := p.Assignments("c1", h.now)
	h.must(h.SaveReviewed(ctx, h.decided(x, h.linesIn("uc_1", as[0].ID)[:1], review.Certify), h.event("review/uc_1", "review.decided")))
	before := h.table.everything()
	h.refused(h.PutLines(ctx, as, linesOf(p)), fault.Conflict)
	if h.table.everything() != before {
		t.Error("something was written")
	}

	// The campaign starts while a page is put.
	x = h.campaign("uc_2")
	p = h.paged(x, 0, 3, byOne("U9"))
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" {
			h.table.trip = nil
			h.turnedReview(x, review.StagedAll)
		}
		return nil, false
	}
	h.refused(h.PutLines(ctx, p.Assignments("c1", h.now), linesOf(p)), fault.Conflict)
	h.same("lines", len(h.linesIn("uc_2", p.Assignments("c1", h.now)[0].ID)), 0)
}

// Half a page that was put is put to its end.
func TestHalfAPageOfLines(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	p := h.paged(x, 0, review.PageLines, byOne("U9"))
	as := p.Assignments("c1", h.now)
	n := 0
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" {
			n++
		}
		if n == 2 {
			return fault.New("", fault.Unclear, "cut off"), false
		}
		return nil, false
	}
	h.refused(h.PutLines(ctx, as, linesOf(p)), fault.Unclear)
	h.table.trip = nil
	if got := len(h.linesIn("uc_1", as[0].ID)); got == 0 || got == review.PageLines {
		t.Fatalf("%d lines of a page that was cut off", got)
	}
	h.must(h.PutLines(ctx, as, linesOf(p)))
	h.same("lines", len(h.linesIn("uc_1", as[0].ID)), review.PageLines)
	closed := linesOf(p)
	closed[0].State = review.LineCertified
	h.refused(h.PutLines(ctx, as, closed), fault.Internal)
	h.must(h.PutLines(ctx, nil, nil))
}

// Lines of a group of thousands are more than one commit holds.
func TestLinesOfALargeGroup(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	var crowd []string
	for i := range 4000 {
		crowd = append(crowd, fmt.Sprintf("U%010d", i))
	}
	p := h.paged(x, 0, review.PageLines, func(int) review.Assigned {
		return review.Assigned{Source: review.ByGroup, Group: "S1", Accounts: crowd}
	})
	x = h.staged(x, p)
	h.same("found by a member", h.assigned(crowd[3999], x.ID), "[uc_1 150]")
	h.same("found by the group", h.assigned("S1", x.ID), "[uc_1 150]")
}

// Members of a group who leave out themselves make one assignment, of all of them.
func TestAGroupsAssignmentGrows(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	group := func(accounts ...string) func(int) review.Assigned {
		return func(int) review.Assigned {
			return review.Assigned{Source: review.ByGroup, Group: "S1", Accounts: accounts}
		}
	}
	x = h.staged(x, h.paged(x, 0, 1, group("U2", "U4")))
	h.same("not yet", h.assigned("U3", ""), "[]")
	x = h.staged(x, h.paged(x, 1, 1, group("U1", "U3", "U4")))
	for _, who := range []string{"U1", "U2", "U3", "U4", "S1"} {
		h.same(who, h.assigned(who, ""), "[uc_1 2]")
	}
	var all []review.Assignment
	h.must(h.EachAssignment(ctx, x.ID, func(a review.Assignment) error { all = append(all, a); return nil }))
	if len(all) != 1 || fmt.Sprint(all[0].Accounts) != "[U1 U2 U3 U4]" || all[0].Rev != 2 {
		t.Errorf("%+v", all)
	}
}

// Whoever opens a list reads its lines, from where they stopped, and no others.
func TestAListOfLines(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 10, func(i int) review.Assigned { return owner(fmt.Sprint("U9", i%2)) })
	first := review.AssignmentID(x.ID, 0, owner("U90"))
	var ids []string
	stop := errors.New("enough")
	err := h.LinesAfter(ctx, x.ID, first, "S0/member/U002", func(l review.Line) error {
		if ids = append(ids, l.ID); len(ids) == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	h.same("behind the second", ids, "[S0/member/U004 S0/member/U006]")
	l := value[review.Line](h)(h.Line(ctx, x.ID, first, ids[0]))
	if l.Rev != 1 || l.Account != "U004" || l.State != review.LineOpen {
		t.Errorf("%+v", l)
	}
	h.refused(second(h.Line(ctx, x.ID, first, "S0/member/U001")), fault.NotFound) // another's
	h.refused(second(h.Assignment(ctx, x.ID, "as_0")), fault.NotFound)
	h.same("lines", value[review.Assignment](h)(h.Assignment(ctx, x.ID, first)).Lines, 5)

	h.now = h.now.Add(time.Hour)
	h.started("uc_0", 1, byOne("U90"))
	h.same("the newest first", h.assigned("U90", ""), "[uc_0 1 uc_1 5]")
	h.same("of one", h.assigned("U90", "uc_1"), "[uc_1 5]")
}

// What one page and one decision cost in rows; `make bench` shows the times.
func TestRowsOfAPageAndADecision(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	n := len(h.table.keys)
	x = h.staged(x, h.paged(x, 0, review.PageLines, func(i int) review.Assigned { return owner(fmt.Sprint("U9", i%review.PageReviewers)) }))
	page := len(h.table.keys) - n
	if want := 1 + review.PageLines + 2*review.PageReviewers; page != want {
		t.Errorf("a page made %d rows, want %d: itself, its lines, its assignments and what leads to them", page, want)
	}
	if h.table.rows > 1+review.PageReviewers {
		t.Errorf("%d rows count a page", h.table.rows)
	}
	x = h.turnedReview(h.turnedReview(x, review.StagedAll), review.Start)
	as := review.AssignmentID(x.ID, 0, owner("U90"))
	h.must(h.SaveReviewed(ctx, h.decided(x, h.linesIn(x.ID, as)[:1], review.Certify), h.event("review/uc_1", "review.decided")))
	h.same("rows of a decision alone", h.table.rows, 5) // line, what is known next time, assignment, event and its place
	t.Logf("a page of %d lines and %d reviewers: %d rows; a decision: %d rows", review.PageLines, review.PageReviewers, page, h.table.rows)
}
