package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// lineFlags choose lines of a list.
type lineFlags struct {
	In       string `name:"list" placeholder:"LIST" group:"Which lines:" help:"Which list, where you have several, or one of others to look at."`
	Show     string `enum:",left,open,noted,decided,new,changed,unchanged,advised" default:"" placeholder:"PART" group:"Which lines:" help:"Only a part: left (open and not noted), open, noted, decided, new, changed, unchanged, advised (to be denied)."`
	Resource string `placeholder:"RESOURCE" group:"Which lines:" help:"Only of @handle, '#channel' or an id."`
	Person   string `placeholder:"PERSON" group:"Which lines:" help:"Only of somebody."`
	Search   string `placeholder:"WORD" group:"Which lines:" help:"Part of a name."`
}

// lines reads those that fit; the page says of what list.
func (x *lineFlags) lines(ctx context.Context, c *Client, campaign, by string, limit most) (list []apiclient.ReviewLine, page apiclient.ReviewLinePage, cut bool, err error) {
	id, err := c.myList(ctx, campaign, x.In)
	if err != nil {
		return nil, page, false, err
	}
	q := apiclient.ListReviewLinesParams{Show: opt(apiclient.LineShow(x.Show)), Q: opt(x.Search), By: opt(apiclient.ListReviewLinesParamsBy(by))}
	if x.Resource != "" {
		r, err := c.resource(ctx, x.Resource)
		if err != nil {
			return nil, page, false, err
		}
		q.Resource = &r.Id
	}
	if x.Person != "" {
		a, err := c.account(ctx, x.Person)
		if err != nil {
			return nil, page, false, err
		}
		q.Account = &a.Id
	}
	list, cut, err = all(limit, func(cursor string) ([]apiclient.ReviewLine, string, error) {
		q.Limit, q.Cursor = opt(pageSize), opt(cursor)
		if limit > 0 {
			q.Limit = limit.page()
		}
		page, err = call[apiclient.ReviewLinePage](c.api.ListReviewLines(ctx, campaign, id, &q))
		return page.Items, page.Cursor, err
	})
	return list, page, cut, err
}

// ReviewLinesCmd is ebb review lines.
type ReviewLinesCmd struct {
	oneReview
	lineFlags
	By    string `enum:"resource,person" default:"resource" help:"How they are grouped: resource or person."`
	Limit most   `default:"200" help:"How many at most."`
}

// Run lists them.
func (x *ReviewLinesCmd) Run(c *Client) error {
	list, page, cut, err := x.lines(background(), c, string(x.ID), x.By, x.Limit)
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		rows := [][]string{{"LINE", "WHERE", "WHO", "WHAT", "SINCE", "HELD", "ADVICE", "STATE"}}
		for _, l := range list {
			f := l.Fact
			rows = append(rows, []string{f.Id, calledResource(f.Resource), called(f.Account), f.Entitlement, c.clock(f.Since), heldBy(l), advice(f), lineState(l)})
		}
		if len(list) > 0 {
			table(w, rows)
		} else {
			fmt.Fprintln(w, "No line of this list is like that.")
		}
		more(w, cut)
		if page.Hidden > 0 {
			fmt.Fprintf(w, "%d lines are about private resources that you may not know.\n", page.Hidden)
		}
		fmt.Fprintf(w, "%d of %d lines are left, %d noted and not submitted.\n", page.Counts["left"], page.Counts["all"], page.Counts["noted"])
		if page.Decides && page.Counts["left"]+page.Counts["noted"] > 0 {
			fmt.Fprintf(w, "Decide: ebb review certify|deny %s LINE…, then: ebb review submit %s\n", clean(string(x.ID)), clean(string(x.ID)))
		}
	})
}

func heldBy(l apiclient.ReviewLine) string {
	if len(l.GivenBy) > 0 {
		return string(l.Fact.Held) + ", by " + strings.Join(l.GivenBy, ", ")
	}
	return string(l.Fact.Held)
}

// advice is what is recommended, and why.
func advice(f apiclient.ReviewFact) string {
	out := string(f.Advice.Verdict)
	if out == "" {
		out = "look"
	}
	if len(f.Advice.Why) > 0 {
		out += ": " + strings.Join(f.Advice.Why, ", ")
	}
	return out
}

func lineState(l apiclient.ReviewLine) string {
	switch {
	case l.Note.Verdict != "":
		return "noted: " + string(l.Note.Verdict)
	case l.State == apiclient.ReviewLineStateOpen && l.Refuses != "":
		return "open; not yours: " + l.Refuses
	case l.Outcome != "":
		return string(l.State) + ": " + l.Outcome
	case l.Manual != "":
		return string(l.State) + ", by hand: " + l.Manual
	}
	return string(l.State)
}

// noteFlags choose lines to decide about: by id, or by what the flags say.
type noteFlags struct {
	oneReview
	Lines []string `arg:"" optional:"" name:"line" help:"Lines by id, as ebb review lines shows them; without any, those that the flags choose."`
	lineFlags
}

// mostNoted is how many lines one call takes.
const mostNoted = 1000

// note notes a verdict about the lines that are meant.
func (x *noteFlags) note(c *Client, verdict apiclient.ReviewNotesVerdict, comment string) error {
	ctx := background()
	ids := x.Lines
	list, err := c.myList(ctx, string(x.ID), x.In)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		if x.Show == "" && x.Resource == "" && x.Person == "" && x.Search == "" {
			return fmt.Errorf("name lines, or choose them: --show left, --resource @oncall, --person ada, --search word")
		}
		found, _, _, err := x.lines(ctx, c, string(x.ID), "", 0)
		if err != nil {
			return err
		}
		for _, l := range found {
			if l.State == apiclient.ReviewLineStateOpen {
				ids = append(ids, l.Fact.Id)
			}
		}
	}
	if len(ids) == 0 {
		return fmt.Errorf("no open line is meant by that")
	}
	sum := apiclient.Noted{Refused: map[string]string{}}
	for len(ids) > 0 {
		part := ids[:min(len(ids), mostNoted)]
		ids = ids[len(part):]
		n, err := call[apiclient.Noted](c.api.NoteReviewLines(ctx, string(x.ID), list, apiclient.ReviewNotes{Lines: part, Verdict: verdict, Comment: comment}))
		if err != nil {
			return err
		}
		sum.Lines += n.Lines
		for id, why := range n.Refused {
			sum.Refused[id] = why
		}
	}
	err = c.show(sum, func(w io.Writer) {
		if verdict == "" && sum.Lines > 0 {
			fmt.Fprintf(w, "Taken back: the notes about %s.\n", counted(sum.Lines, "line"))
			tellRefused(w, sum.Refused)
			return
		}
		tellNoted(w, string(x.ID), sum)
	})
	if err == nil && sum.Lines == 0 && len(sum.Refused) > 0 {
		err = errors.New("none of these lines could be noted; ebb review lines lists those of yours")
	}
	return err
}

func tellNoted(w io.Writer, campaign string, n apiclient.Noted) {
	if n.Lines == 0 {
		fmt.Fprintln(w, "Nothing was noted.")
	} else {
		fmt.Fprintf(w, "Noted: %s. Nothing has happened yet: ebb review submit %s\n", counted(n.Lines, "line"), clean(campaign))
	}
	tellRefused(w, n.Refused)
}

func tellRefused(w io.Writer, refused map[string]string) {
	for id, why := range refused {
		fmt.Fprintf(w, "  %s: not, for %s\n", clean(id), clean(why))
	}
}

// ReviewCertifyCmd is ebb review certify.
type ReviewCertifyCmd struct {
	noteFlags
	Comment string `help:"Why."`
}

// Run notes it.
func (x *ReviewCertifyCmd) Run(c *Client) error {
	return x.note(c, apiclient.ReviewNotesVerdictCertify, x.Comment)
}

// ReviewDenyCmd is ebb review deny.
type ReviewDenyCmd struct {
	noteFlags
	Comment string `help:"Why."`
}

// Run notes it.
func (x *ReviewDenyCmd) Run(c *Client) error {
	return x.note(c, apiclient.ReviewNotesVerdictDeny, x.Comment)
}

// ReviewClearCmd is ebb review clear.
type ReviewClearCmd struct{ noteFlags }

// Run takes notes back.
func (x *ReviewClearCmd) Run(c *Client) error { return x.note(c, "", "") }

// oneList names a review and a list in it.
type oneList struct {
	oneReview
	In string `name:"list" placeholder:"LIST" help:"Which list, where you have several."`
}

// ReviewUnchangedCmd is ebb review unchanged.
type ReviewUnchangedCmd struct{ oneList }

// Run notes them.
func (x *ReviewUnchangedCmd) Run(c *Client) error {
	list, err := c.myList(background(), string(x.ID), x.In)
	if err != nil {
		return err
	}
	n, err := call[apiclient.Noted](c.api.NoteUnchanged(background(), string(x.ID), list))
	if err != nil {
		return err
	}
	return c.show(n, func(w io.Writer) {
		tellNoted(w, string(x.ID), n)
		if n.Lines == 0 {
			fmt.Fprintln(w, "No open line is as it was when somebody certified it last: decide the lines one by one.")
		}
	})
}

// ReviewSubmitCmd is ebb review submit.
type ReviewSubmitCmd struct{ oneList }

// Run submits what was noted.
func (x *ReviewSubmitCmd) Run(c *Client) error {
	list, err := c.myList(background(), string(x.ID), x.In)
	if err != nil {
		return err
	}
	s, err := call[apiclient.Submitted](c.api.SubmitReviews(background(), string(x.ID), list))
	if err != nil {
		return err
	}
	return c.show(s, func(w io.Writer) {
		fmt.Fprintf(w, "Submitted: %d certified, %d passed to the next level, %d denied, %d not held any more. %d are left.\n", s.Certified, s.Passed, s.Denied, s.Gone, s.Left)
		tellRefused(w, s.Refused)
		if s.Denied > 0 {
			fmt.Fprintf(w, "What was denied goes now. When Slack shows it gone, or what a person has to do for it: ebb review lines %s --show decided\n", clean(string(x.ID)))
		}
		if s.More > 0 {
			fmt.Fprintf(w, "%d noted lines are not submitted yet, for one call has an end: the same command again\n", s.More)
		}
	})
}

// ReviewReassignCmd is ebb review reassign.
type ReviewReassignCmd struct {
	oneList
	Lines []string `arg:"" optional:"" name:"line" help:"Lines by id; all open ones when missing."`
	To    []string `required:"" placeholder:"PERSON" help:"Who reviews them instead."`
}

// Run moves them.
func (x *ReviewReassignCmd) Run(c *Client) error {
	ctx := background()
	list, err := c.myList(ctx, string(x.ID), x.In)
	if err != nil {
		return err
	}
	to, err := c.accounts(ctx, x.To)
	if err != nil {
		return err
	}
	n, err := call[struct{ Lines, Kept int }](c.api.ReassignReview(ctx, string(x.ID), list, apiclient.ReviewReassignment{Lines: x.Lines, To: to}))
	if err != nil {
		return err
	}
	if n.Lines+n.Kept == 0 {
		return fmt.Errorf("nothing went to others: the list has no such open line, or they review it already; see ebb review lists %s", x.ID)
	}
	return c.show(n, func(w io.Writer) {
		fmt.Fprintf(w, "%s went to others.\n", counted(n.Lines, "line"))
		if n.Kept > 0 {
			fmt.Fprintf(w, "%s stay: about private channels that none of them may know of. Name a member or an owner of the channel.\n", counted(n.Kept, "line"))
		}
	})
}
