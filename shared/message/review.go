package message

import (
	"fmt"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/review"
)

// Reviewing is an access review as its messages tell of it to one reviewer: Of sums
// up what they have to decide, at one level or at all of them.
type Reviewing struct {
	review.Campaign
	Of    review.Assignment
	Level int    // 0: the first, or all of them
	Page  string // where the console shows the list
	Now   time.Time
	// PlaceOf is the account in whose place the reader is told, a name of Names; "": in
	// nobody's.
	PlaceOf string
	// Back: the reader stands in for them no more.
	Back bool
	Names
}

// Card says how much is left and until when, and at the end that it is over.
func (r Reviewing) Card() Card {
	c := Card{Title: cutTitle("Access review: " + r.Name), Facts: r.facts()}
	switch {
	case r.Back:
		c.Lead, c.Facts = words("Access review ", B(r.Name), ": you are not asked in the place of ", r.who(r.PlaceOf), " any more."), nil
	case r.State != review.Running:
		c.Lead = words("The access review ", B(r.Name), " is over. ", r.ended())
	case r.Of.Left() == 0:
		c.Lead = words("Access review ", B(r.Name), ": everything that waited for you is decided. Thank you.")
	default:
		c.Lead = words("Access review ", B(r.Name), ": ", r.left(), " left for you to decide, ", r.due(), ".")
		c.Notes = append(r.inPlace(r.PlaceOf), r.advice()...)
		c.Buttons = r.open()
	}
	c.Summary = c.Lead
	return c
}

// Remind is a reminder of lines that wait; n names it as review.Reminder does. now:
// it is the newest one, and the lines still wait.
func (r Reviewing) Remind(n string, now bool) Card {
	c := Card{Title: cutTitle("Reminder of an access review: " + r.Name)}
	switch {
	case r.Back, r.State != review.Running, r.Of.Left() == 0:
		return r.Card()
	case !now:
		c.Lead = words("This was a reminder of the access review ", B(r.Name), "; there is a newer message.")
	default:
		c.Lead = words("Still waiting for you: ", r.left(), " of the access review ", B(r.Name), ", ", r.due(), ".")
		if strings.HasPrefix(n, "late-") {
			c.Title = cutTitle("Overdue access review: " + r.Name)
		}
		c.Facts, c.Notes, c.Buttons = r.facts(), r.inPlace(r.PlaceOf), r.open()
	}
	c.Summary = c.Lead
	return c
}

// left is "4 of 12 lines".
func (r Reviewing) left() string {
	if r.Of.Lines == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d of %d lines", r.Of.Left(), r.Of.Lines)
}

func (r Reviewing) due() Line {
	if r.Now.After(r.Deadline) {
		return words("due since ", On(r.Deadline))
	}
	return words("due ", On(r.Deadline))
}

// barCells is how wide progress is drawn.
const barCells = 10

func (r Reviewing) facts() []Fact {
	a := r.Of
	if a.Lines == 0 {
		return nil
	}
	full := a.Closed * barCells / a.Lines
	out := []Fact{{"Progress", words(strings.Repeat("█", full) + strings.Repeat("░", barCells-full) + fmt.Sprintf(" %d of %d", a.Closed, a.Lines))}}
	var counts []string
	for _, x := range []struct {
		n    int
		word string
	}{
		{a.Certified + a.Passed, "certified"},
		{a.Denied, "denied"},
		{a.Gone, "gone by themselves"},
		{a.Skips, "skipped"},
		{a.Closed - a.Certified - a.Passed - a.Denied - a.Gone - a.Skips, "handed on"},
	} {
		if x.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", x.n, x.word))
		}
	}
	if len(counts) > 0 {
		out = append(out, Fact{"So far", words(strings.Join(counts, ", "))})
	}
	if r.Level > 0 {
		out = append(out, Fact{"Level", words(fmt.Sprintf("%d of %d: what others certified before you", r.Level+1, max(len(r.Levels), r.Level+1)))})
	}
	return out
}

// advice says what a decision does, and what happens without one.
func (r Reviewing) advice() []Line {
	out := []Line{words("Certify or deny each line, then submit. Before you submit nothing changes for anybody; after it, what you denied is removed.")}
	switch {
	case !r.Ends:
	case r.AtEnd == review.RevokeOpen:
		out = append(out, words("What nobody decides until then is removed, too."))
	default:
		out = append(out, words("What nobody decides until then stays as it is, and the record says so."))
	}
	return out
}

func (r Reviewing) ended() string {
	switch {
	case r.Of.Left() > 0:
		return "What is left is being closed."
	case r.Of.Skips > 0:
		return r.undecided()
	}
	return "Nothing waits for you any more."
}

func (r Reviewing) undecided() string {
	which := fmt.Sprintf("%d of your %d lines", r.Of.Skips, r.Of.Lines)
	switch {
	case r.Of.Lines == 1:
		which = "your line"
	case r.Of.Skips == r.Of.Lines:
		which = fmt.Sprintf("your %d lines", r.Of.Lines)
	}
	if r.Of.Skips == 1 {
		return "Nobody decided " + which + "; it stays as it is."
	}
	return "Nobody decided " + which + "; they stay as they are."
}

func (r Reviewing) open() []Button {
	if r.Page == "" {
		return nil
	}
	return []Button{{Action: Open, ID: r.ID, Label: "Open the list", Look: Good, URL: r.Page}}
}

// cutTitle keeps a title as long as a card takes.
func cutTitle(text string) string {
	if runes := []rune(text); len(runes) > 150 {
		return string(runes[:149]) + "…"
	}
	return text
}
