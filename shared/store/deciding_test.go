package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// decided makes the change of one assignment's lines that are decided alike.
func (h *house) decided(x review.Campaign, ls []review.Line, v review.Verdict) (c review.Change) {
	h.t.Helper()
	for _, l := range ls {
		next, err := l.Decide(review.Decision{Verdict: v, By: "u9", Account: "U9", At: h.now}, len(x.Levels))
		h.must(err)
		c.Lines = append(c.Lines, next)
	}
	a := value[review.Assignment](h)(h.Assignment(ctx, x.ID, ls[0].Assignment))
	a.Closed += len(ls)
	c.Assignments = []review.Assignment{a}
	return c
}

func (h *house) earlier(resource string) (out []string) {
	h.t.Helper()
	h.must(h.EachEarlier(ctx, "c1", resource, func(slug, account string, e review.Earlier) error {
		out = append(out, fmt.Sprint(slug, " ", account, " ", e.Campaign, " ", e.Verdict, " ", e.By))
		return nil
	}))
	return out
}

func (h *house) taking(campaign, after string, limit int) (out []string) {
	h.t.Helper()
	for _, l := range value[[]review.Line](h)(h.Taking(ctx, campaign, after, limit)) {
		out = append(out, l.Account)
	}
	return out
}

// Notes are drafts and nothing else.
func TestNotes(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 3, byOne("U9"))
	a := value[[]review.Assignment](h)(h.AssignmentsOf(ctx, "c1", "U9", ""))[0]
	ls := h.linesIn(x.ID, a.ID)
	noted := ls[0]
	noted.Draft = review.Decision{Verdict: review.Deny, By: "u9", Account: "U9", At: h.now, Comment: "hash"}
	a.Noted = 1
	text := access.Text{About: "review/uc_1/" + noted.ID, Author: "U9", Body: "left the team", Written: h.now}
	h.must(h.SaveNotes(ctx, a, []review.Line{noted}, []access.Text{text}))
	h.same("rows", h.table.rows, 4)
	got := value[review.Line](h)(h.Line(ctx, x.ID, a.ID, noted.ID))
	if got.Rev != 2 || got.Draft != noted.Draft || got.State != review.LineOpen {
		t.Errorf("%+v", got)
	}
	h.same("text", value[access.Text](h)(h.Text(ctx, text.About)).Body, "left the team")
	h.refused(h.SaveNotes(ctx, a, []review.Line{ls[1]}, nil), fault.Conflict) // the assignment moved on
	a = value[review.Assignment](h)(h.Assignment(ctx, x.ID, a.ID))
	h.refused(h.SaveNotes(ctx, a, []review.Line{noted}, nil), fault.Conflict) // the line did

	before := h.table.everything()
	for what, change := range map[string]func(*review.Assignment, *review.Line){
		"a decision":           func(_ *review.Assignment, l *review.Line) { l.State = review.LineCertified },
		"a decision, silently": func(_ *review.Assignment, l *review.Line) { l.Decided = []review.Decision{{By: "u9"}} },
		"what was staged":      func(_ *review.Assignment, l *review.Line) { l.Advice.Verdict = review.Deny },
		"another's line":       func(_ *review.Assignment, l *review.Line) { l.Assignment, l.Rev = "as_2", 0 },
		"a new line":           func(_ *review.Assignment, l *review.Line) { l.ID, l.Rev = "S9/member/U1", 0 },
		"counts":               func(a *review.Assignment, _ *review.Line) { a.Closed++ },
		"reviewers":            func(a *review.Assignment, _ *review.Line) { a.Accounts = []string{"U1"} },
		"a new assignment":     func(a *review.Assignment, _ *review.Line) { a.Rev = 0 },
	} {
		a, l := a, ls[1]
		change(&a, &l)
		if err := h.SaveNotes(ctx, a, []review.Line{l}, nil); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if h.table.everything() != before {
		t.Error("something was written")
	}
}

// What is decided, denied and seen gone stands where it is looked for.
func TestDecisions(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 3, byOne("U9"))
	e := h.event("review/uc_1", "review.decided")
	ls := h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U9")))
	c := h.decided(x, ls[:1], review.Certify)
	c.Tell = []string{"U9"}
	c.While = review.Ending
	h.refused(h.SaveReviewed(ctx, c, e), fault.Conflict) // it came to another state meanwhile
	c.While = review.Running
	h.refused(h.SaveReviewed(ctx, c), fault.Internal) // silently
	h.must(h.SaveReviewed(ctx, c, e))
	h.refused(h.SaveReviewed(ctx, c, e), fault.Conflict)
	h.same("told", h.due("tell"), "[reviewer uc_1/U9 c1 0s]")
	h.same("known next time", h.earlier("S0"), "[member U000 uc_1 certify u9]")
	h.same("of others", h.earlier("S1"), "[]")

	c = h.decided(x, ls[1:], review.Deny)
	for i, l := range c.Lines {
		g := access.TakeOver(fmt.Sprint("g_", i), access.Removal{Origin: "review/uc_1/" + l.ID, By: "u9", Account: l.Account}, h.userGroup(l), h.now)
		c.Grants, c.Lines[i].Grant = append(c.Grants, g), g.ID
	}
	h.must(h.SaveReviewed(ctx, c, e))
	h.same("to be removed", h.taking(x.ID, "", 0), "[U001 U002]")
	h.same("behind one", h.taking(x.ID, ls[1].ID, 0), "[U002]")
	h.same("limit", h.taking(x.ID, "", 1), "[U001]")
	h.same("of another", h.taking("uc_2", "", 0), "[]")
	h.same("grants", len(value[[]access.Grant](h)(h.Grants(ctx, true, 0))), 2)
	a := value[review.Assignment](h)(h.Assignment(ctx, x.ID, ls[0].Assignment))
	h.same("left", a.Left(), 0)

	gone := value[[]review.Line](h)(h.Taking(ctx, x.ID, "", 1))[0]
	same := gone
	same.Outcome = "is on its way"
	h.must(h.SaveReviewed(ctx, review.Change{Lines: []review.Line{same}}, e)) // it stays denied
	gone = value[[]review.Line](h)(h.Taking(ctx, x.ID, "", 1))[0]
	gone, err := gone.Turn(review.TookLine, h.now)
	h.must(err)
	h.must(h.SaveReviewed(ctx, review.Change{Lines: []review.Line{gone}}, e))
	h.same("to be removed", h.taking(x.ID, "", 0), "[U002]")
	h.same("known next time", h.earlier("S0"), "[member U000 uc_1 certify u9 member U001 uc_1 deny u9 member U002 uc_1 deny u9]")

	x = h.started("uc_2", 1, byOne("U8")) // the next campaign's word is the last
	ls = h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U8")))
	h.must(h.SaveReviewed(ctx, h.decided(x, ls, review.Deny), e))
	h.same("known next time", h.earlier("S0")[0], "member U000 uc_2 deny u9")
}

func (h *house) userGroup(l review.Line) directory.Resource {
	return directory.Resource{ID: l.Resource, Connector: l.Connector, Workspace: l.Workspace, Kind: l.Kind}
}

// Nothing that was staged or decided is changed, and no line comes or goes.
func TestDecisionsRefused(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 2, byOne("U9"))
	e := h.event("review/uc_1", "review.decided")
	as := review.AssignmentID(x.ID, 0, owner("U9"))
	h.must(h.SaveReviewed(ctx, h.decided(x, h.linesIn(x.ID, as)[:1], review.Deny), e))
	ls := h.linesIn(x.ID, as)
	before := h.table.everything()
	for what, change := range map[string]func(c *review.Change){
		"what was staged":  func(c *review.Change) { c.Lines[0].Account = "U7" },
		"what was decided": func(c *review.Change) { c.Lines[0].Decided[0].Verdict = review.Certify },
		"a word less":      func(c *review.Change) { c.Lines[0].Decided = nil },
		"a line made up":   func(c *review.Change) { c.Lines[1].ID, c.Lines[1].Rev = "S9/member/U1", 0 },
		"a line taken":     func(c *review.Change) { c.Moved = c.Lines[1:]; c.Lines = c.Lines[:1] },
		"a denied line moved": func(c *review.Change) {
			c.Moved = []review.Line{c.Lines[0]}
			c.Lines[0].Assignment, c.Lines[0].Rev = "as_2", 0
		},
		"a line moved nowhere": func(c *review.Change) { c.Moved = []review.Line{c.Lines[1]} },
		"nobody's news":        func(c *review.Change) { c.Lines, c.Tell = nil, []string{"U1"} },
	} {
		c := review.Change{Lines: []review.Line{ls[0], ls[1]}}
		c.Lines[0].Decided = append([]review.Decision(nil), ls[0].Decided...)
		change(&c)
		if err := h.SaveReviewed(ctx, c, e); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if h.table.everything() != before {
		t.Error("something was written")
	}
}

// An assignment that goes to others as a whole is theirs alone; a line that goes
// to others is in one list.
func TestReassigned(t *testing.T) {
	h := newHouse(t)
	x := h.started("uc_1", 2, byOne("U9"))
	e := h.event("review/uc_1", "review.reassigned")
	a := value[[]review.Assignment](h)(h.AssignmentsOf(ctx, "c1", "U9", ""))[0]
	a.Accounts = []string{"U8"}
	h.must(h.SaveReviewed(ctx, review.Change{Assignments: []review.Assignment{a}}, e))
	h.same("before", h.assigned("U9", ""), "[]")
	h.same("now", h.assigned("U8", ""), "[uc_1 2]")

	a = value[review.Assignment](h)(h.Assignment(ctx, x.ID, a.ID))
	l := h.linesIn(x.ID, a.ID)[0]
	to := review.Assignment{ID: "as_7", Campaign: x.ID, Connector: "c1", Assigned: owner("U7"), Lines: 1, Made: h.now}
	at := l
	at.Assignment, at.Rev = to.ID, 0
	a.Lines--
	c := review.Change{Assignments: []review.Assignment{a, to}, Lines: []review.Line{at}, Moved: []review.Line{l}}
	h.must(h.SaveReviewed(ctx, c, e))
	h.refused(h.SaveReviewed(ctx, c, e), fault.Conflict)
	h.same("theirs", h.assigned("U7", ""), "[uc_1 1]")
	h.same("before", len(h.linesIn(x.ID, a.ID)), 1)
	h.same("now", len(h.linesIn(x.ID, to.ID)), 1)
}

// Two who tell at the same time are two rows: who serves one leaves the other.
func TestTellReviewers(t *testing.T) {
	h := newHouse(t)
	h.must(h.TellReviewers(ctx, "uc_1", "c1", []string{"U1", "U2"}))
	h.must(h.TellReviewers(ctx, "uc_1", "c1", []string{"U1"}))
	h.must(h.TellReviewers(ctx, "uc_1", "c1", nil))
	due := value[[]access.Due](h)(h.Due(ctx, "tell", h.now, 0))
	h.same("rows", len(due), 3)
	served := due[:1]
	_, err := h.SaveTelling(ctx, access.Telling{Kind: "reviewer", ID: due[0].ID, Connector: "c1"}, nil, served)
	h.must(err)
	left := value[[]access.Due](h)(h.Due(ctx, "tell", h.now, 0))
	h.same("left", left, due[1:])
}

// What MostNotes, MostDecided and MostDenied promise: it is one commit.
func TestAsManyDecisionsAsOneCommitHolds(t *testing.T) {
	for _, n := range []struct{ lines, texts int }{{review.MostNotes, 0}, {review.MostNotes / 3, 1}} {
		t.Run(fmt.Sprint("notes with ", n.texts, " first text each"), func(t *testing.T) {
			h := newHouse(t)
			x := h.started("uc_1", n.lines, byOne("U9"))
			a := value[[]review.Assignment](h)(h.AssignmentsOf(ctx, "c1", "U9", ""))[0]
			ls := h.linesIn(x.ID, a.ID)
			var texts []access.Text
			for i := range ls {
				ls[i].Draft = review.Decision{Verdict: review.Deny, By: "u9", At: h.now}
				texts = append(texts, access.Text{About: "review/uc_1/" + ls[i].ID, Author: "U9", Body: "left"})
			}
			a.Noted = len(ls)
			h.must(h.SaveNotes(ctx, a, ls, texts[:n.texts*n.lines]))
			t.Log(h.table.rows, "rows")
		})
	}
	t.Run("certified", func(t *testing.T) {
		h := newHouse(t)
		x := h.started("uc_1", review.MostDecided, byOne("U9"))
		c := h.decided(x, h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U9"))), review.Certify)
		c.Tell = h.handful()
		h.must(h.SaveReviewed(ctx, c, h.event("review/uc_1", "review.decided")))
		h.same("known next time", len(h.earlier("S0")), review.MostDecided)
		t.Log(h.table.rows, "rows")
	})
	t.Run("passed to a manager each", func(t *testing.T) {
		h := newHouse(t)
		x := h.started("uc_1", review.MostDecided, byOne("U9"))
		x.Levels = append(x.Levels, review.Level{By: review.ByManager})
		c := h.decided(x, h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U9"))), review.Certify)
		var events []audit.Event
		for i := range c.Lines {
			l := &c.Lines[i]
			to := review.Assigned{Source: review.ByManager, Accounts: []string{fmt.Sprint("U5", i)}}
			a := review.Assignment{ID: review.AssignmentID(x.ID, 1, to), Campaign: x.ID, Connector: "c1", Level: 1, Assigned: to, Lines: 1, Made: h.now}
			c.Assignments = append(c.Assignments, a)
			c.Moved = append(c.Moved, *l)
			l.Assignment, l.Rev = a.ID, 0
			events = append(events, h.event("review/uc_1", "review.decided"))
		}
		c.Tell = h.handful()
		h.must(h.SaveReviewed(ctx, c, events...))
		h.same("the last manager's", h.assigned(fmt.Sprint("U5", review.MostDecided-1), ""), "[uc_1 1]")
		h.same("known next time", len(h.earlier("S0")), 0)
		t.Log(h.table.rows, "rows")
	})
	for _, by := range []string{"grants", "manual tasks"} {
		t.Run("denied with "+by+" and a text each", func(t *testing.T) {
			h := newHouse(t)
			x := h.started("uc_1", review.MostDenied, byOne("U9"))
			c := h.decided(x, h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U9"))), review.Deny)
			var events []audit.Event
			for _, l := range c.Lines {
				origin := "review/uc_1/" + l.ID
				if by == "grants" {
					g := access.TakeOver("g_"+l.Account, access.Removal{Origin: origin, By: "u9", Account: l.Account}, h.userGroup(l), h.now)
					c.Grants = append(c.Grants, g)
					events = append(events, h.event("grant/"+g.ID, "grant.revoking"))
				} else {
					m := h.manual(origin, l.Resource, l.Account)
					c.Manuals = append(c.Manuals, m)
					events = append(events, h.event("manual/"+m.ID, "manual.made"))
				}
				c.Texts = append(c.Texts, access.Text{About: origin, Author: "U9", Body: "left"})
				events = append(events, h.event("review/uc_1", "review.decided"))
			}
			c.Tell = h.handful()
			h.must(h.SaveReviewed(ctx, c, events...))
			h.same("to be removed", len(h.taking(x.ID, "", 0)), review.MostDenied)
			t.Log(h.table.rows, "rows")
		})
	}
	t.Run("live grants that end, one of each line", func(t *testing.T) {
		h := newHouse(t)
		x := h.started("uc_1", review.MostDenied, byOne("U9"))
		c := h.decided(x, h.linesIn(x.ID, review.AssignmentID(x.ID, 0, owner("U9"))), review.Deny)
		events := []audit.Event{h.event("review/uc_1", "review.decided")}
		for _, l := range c.Lines {
			g := h.turned(h.turned(h.made("g_"+l.Account, l.Resource, l.Account), access.Begin), access.Give)
			g.End = h.now.Add(-time.Second)
			g, err := g.Turn(access.End, h.now, "")
			h.must(err)
			c.Grants = append(c.Grants, g)
			events = append(events, h.event("grant/"+g.ID, "grant.revoking"))
		}
		c.Tell = h.handful()
		h.must(h.SaveReviewed(ctx, c, events...))
		t.Log(h.table.rows, "rows")
	})
}

// handful are accounts that hear of a change.
func (h *house) handful() []string { return []string{"U91", "U92", "U93", "U94", "U95"} }
