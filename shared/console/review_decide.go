package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// What a reviewer does in their list. A form of the whole page carries everything:
// which button was pressed says what is meant, and a script only spares the reload.

// cameOf is which part of the list a form came from.
func (v *visit) cameOf() ListQuery {
	typed, err := url.ParseQuery(v.field("back"))
	if err != nil {
		return ListQuery{}
	}
	return ListQuery{Show: typed.Get("show"), Search: typed.Get("q"), By: typed.Get("by"), After: typed.Get("after")}
}

// back is where that is.
func (v *visit) back() string {
	q := v.cameOf()
	to := v.listPath()
	if s := q.String(); s != "" {
		to += "?" + s
	}
	return to
}

// notes is what a pressed button says: a line with its verdict, or many.
func (v *visit) notes() flow.Noting {
	n := flow.Noting{Campaign: v.path("id"), Assignment: v.path("list")}
	for name, verdict := range map[string]review.Verdict{"certify": review.Certify, "deny": review.Deny, "clear": ""} {
		if id := v.field(name); id != "" {
			n.Lines, n.Verdict, n.Comment = []string{id}, verdict, v.field("comment:"+id)
			return n
		}
	}
	n.Lines, n.Comment = v.chosenLines(v.cameOf().By == "person"), v.field("comment")
	switch v.field("many") {
	case "certify":
		n.Verdict = review.Certify
	case "deny":
		n.Verdict = review.Deny
	case "clear":
		n.Comment = ""
	case "nothing": // the key Enter in some field
		n.Lines = nil
	default:
		n.Verdict = "?" // the verb refuses it
	}
	return n
}

func (v *visit) note() error {
	n := v.notes()
	if v.field("many") == "reassign" {
		return v.reassignAgain(n.Lines, "")
	}
	if len(n.Lines) == 0 {
		if _, err := v.s.house.ReadReview(v.ctx(), v.by, n.Campaign, n.Assignment, flow.LineFilter{}, flow.Slice{Limit: 1}); err != nil {
			return err
		}
		return v.to(v.back(), "Tick the lines that you mean first, a group's box, or all on this page.")
	}
	got, err := v.s.house.NoteReviews(v.ctx(), v.by, n)
	if err != nil {
		return err
	}
	if v.r.Header.Get("HX-Request") != "" && len(n.Lines) == 1 {
		return v.noted(n.Lines[0], got)
	}
	return v.to(v.back(), notedWords(n.Verdict, got))
}

// noted answers a script with the one line, and how far the list is.
func (v *visit) noted(id string, got flow.Noted) error {
	resource, _, account, _ := review.SplitLineID(id)
	x, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), flow.LineFilter{Resource: resource, Account: account}, flow.Slice{Limit: 20})
	if err != nil {
		return err
	}
	p := v.listHead(x)
	p.part(v.cameOf())
	for _, l := range x.Lines.Items {
		if l.ID != id {
			continue
		}
		line := v.listed(p, l, p.Query.By == "person")
		if v.field("gives-"+line.Key) == "" { // its group says so
			line.Gives = ""
		}
		if why := got.Refused[id]; why != "" {
			line.Refuses = why
		}
		return v.showPart("review_list", "noted", LinePart{ListPage: p, Line: line})
	}
	return fault.New("console.note", fault.NotFound, "there is no such line in this list")
}

// LinePart is one line that was noted just now, and the bar above its list.
type LinePart struct {
	ListPage
	Line ListedLine
}

func notedWords(verdict review.Verdict, got flow.Noted) string {
	word := map[review.Verdict]string{review.Certify: "noted to be certified", review.Deny: "noted to be denied", "": "open again"}[verdict]
	says := count(got.Lines, "line is", "lines are") + " " + word + "."
	if got.Lines > 0 && verdict != "" {
		says += " It counts when you submit."
	}
	if n := len(got.Refused); n > 0 {
		says += " " + count(n, "line was", "lines were") + " left out: " + strings.Join(whys(got.Refused), "; ") + "."
	}
	return says
}

// whys are reasons, each once.
func whys(refused map[string]string) []string {
	var out []string
	for _, why := range refused {
		if !slices.Contains(out, why) {
			out = append(out, why)
		}
	}
	slices.Sort(out)
	return out
}

func (v *visit) noteUnchanged() error {
	got, err := v.s.house.NoteUnchanged(v.ctx(), v.by, v.path("id"), v.path("list"))
	if err != nil {
		return err
	}
	return v.to(v.back(), notedWords(review.Certify, got))
}

// SubmitPage is what review_submit.html shows: what a submission does, before it is
// done.
type SubmitPage struct {
	ListPage
	Certifies, Denies int
	Going             []ListedLine // the first that are denied
	Rest              int          // and how many more
	Next              int          // the level that what is certified goes to; 0: none
}

// Shown is what the page said, for the submission to be held against: a note of
// another window since then was not looked at.
func (p SubmitPage) Shown() string { return fmt.Sprintf("%d/%d", p.Certifies, p.Denies) }

func (v *visit) askSubmit() error {
	x, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), flow.LineFilter{Mine: review.Deny}, flow.Slice{Limit: linesAtOnce})
	if err != nil {
		return err
	}
	p := SubmitPage{ListPage: v.listHead(x), Certifies: x.Mine[review.Certify], Denies: x.Mine[review.Deny]}
	if !p.Own || p.Certifies+p.Denies == 0 {
		return v.to(p.Path, "Nothing is noted that you could submit.")
	}
	if x.List.Level+1 < p.Levels {
		p.Next = x.List.Level + 2
	}
	for _, l := range x.Lines.Items {
		p.Going = append(p.Going, v.listed(p.ListPage, l, false))
	}
	p.Rest = p.Denies - len(p.Going)
	return v.show("review_submit", p)
}

func (v *visit) submit() error {
	if shown := v.field("shown"); shown != "" {
		x, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), flow.LineFilter{}, flow.Slice{Limit: 1})
		if err != nil {
			return err
		}
		now := SubmitPage{Certifies: x.Mine[review.Certify], Denies: x.Mine[review.Deny]}
		if now.Shown() != shown && now.Certifies+now.Denies > 0 {
			return v.to(v.listPath()+"/submit", "Your notes have changed since this page was shown, in another window perhaps. Nothing was submitted: look again.")
		}
	}
	got, err := v.s.house.SubmitReviews(v.ctx(), v.by, v.path("id"), v.path("list"))
	if err != nil {
		return err
	}
	removing := "denied: they are being removed"
	if got.Denied == 1 {
		removing = "denied: it is being removed"
	}
	var parts []string
	for _, x := range []struct {
		n    int
		says string
	}{
		{got.Certified, "certified"}, {got.Passed, "certified and handed to the next level"}, {got.Denied, removing}, {got.Gone, "gone by themselves meanwhile"},
	} {
		if x.n > 0 {
			parts = append(parts, strconv.Itoa(x.n)+" "+x.says)
		}
	}
	says := "Submitted. " + upper(strings.Join(parts, "; ")) + "."
	if n := len(got.Refused); n > 0 {
		says += " " + count(n, "line was", "lines were") + " left out: " + strings.Join(whys(got.Refused), "; ") + "."
	}
	if got.Left > 0 {
		says += " " + count(got.Left, "line is", "lines are") + " left."
	} else {
		says += " Nothing is left in this list."
	}
	return v.to(v.listPath(), says)
}

// ReassignPage is what review_reassign.html shows: who reviews instead.
type ReassignPage struct {
	ListPage
	Lines  []string // by id; none: all that are open
	People Picker
}

func (v *visit) askReassign() error { return v.reassignAgain(v.fields("line"), "") }

func (v *visit) reassignAgain(lines []string, wrong string) error {
	x, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), flow.LineFilter{}, flow.Slice{Limit: 1})
	if err != nil {
		return err
	}
	p := ReassignPage{ListPage: v.listHead(x), Lines: lines}
	if !x.Decides && !x.Campaign.Runs {
		return fault.New("console.reassign", fault.Forbidden, "a list is given to others by its reviewers and by campaign administrators")
	}
	p.People, err = v.pickPeople(x.Campaign.Connector, Picker{
		Field: "to", Label: "Who reviews instead?", Hint: "Any one of those whom you choose decides. Type a part of a name.", Path: p.Path + "/reassign", Wrong: wrong,
	}, v.fields("to"))
	if err != nil {
		return err
	}
	status := 200
	if wrong != "" {
		status = 422
	}
	return v.showAs(status, "review_reassign", p)
}

func (v *visit) reassignList() error {
	lines, to := v.fields("line"), v.fields("to")
	n, err := v.s.house.ReassignReview(v.ctx(), v.by, v.path("id"), v.path("list"), lines, to)
	if fault.Is(err, fault.Invalid) && fault.FieldOf(err) == "to" {
		return v.reassignAgain(lines, v.wordsOf(err, to))
	}
	if err != nil {
		return v.ofReview(err)
	}
	said := count(n.Lines, "line went", "lines went") + " to " + map[bool]string{true: "them", false: "the other reviewer"}[len(to) > 1] + "."
	if n.Kept > 0 {
		said += " " + count(n.Kept, "line stays", "lines stay") + ": about private channels that none of the others may know of."
	}
	if _, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), flow.LineFilter{}, flow.Slice{Limit: 1}); err != nil {
		return v.to("/reviews", said)
	}
	return v.to("/reviews/"+v.path("id"), said)
}

// wordsOf is an error with the names of those whom it is about.
func (v *visit) wordsOf(err error, accounts []string) string {
	says := fault.TextOf(err)
	c, bad := v.s.house.ReadCampaign(v.ctx(), v.by, v.path("id"))
	if bad != nil {
		return upper(says)
	}
	n := namer{v: v, conn: c.Connector}
	for _, id := range accounts {
		if strings.Contains(says, id) {
			says = strings.ReplaceAll(says, id, n.account(id))
		}
	}
	return upper(says)
}
