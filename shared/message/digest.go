package message

import (
	"fmt"
)

// A digest names so many requests, each in three blocks, and so many reviews: Slack
// takes fifty blocks.
const (
	mostListed  = 12
	mostReviews = 10
)

// mostReason is how much of a reason a list shows, in characters; Details has it all.
const mostReason = 300

// Digest lists what waits for one person's decision, the longest first, each with its
// buttons, and the access reviews in which lines do.
func Digest(waiting []Asked, reviews []Reviewing) Card {
	c := Card{Title: fmt.Sprintf("%d requests wait for you", len(waiting))}
	if len(waiting) == 1 {
		c.Title = "A request waits for you"
	}
	c.Lead = words(c.Title+" to decide, as of today. Ebb's Home tab here always has what still does; so has ", C("ebb tasks"), ".")
	if len(waiting) == 0 { // all of a list was decided
		c.Title = "No request of this list waits for you any more"
		c.Lead = words(c.Title, ". Thank you. What came since is on Ebb's Home tab here.")
	}
	c.Summary = c.Lead
	for _, a := range waiting[:min(len(waiting), mostListed)] {
		c.Rows = append(c.Rows, a.row())
	}
	if more := len(waiting) - mostListed; more > 0 {
		c.Rows = append(c.Rows, Row{Line: words(fmt.Sprintf("and %d more", more))})
	}
	for _, r := range reviews[:min(len(reviews), mostReviews)] { // few have so many; the home tab shows more
		c.Rows = append(c.Rows, Row{Line: words("Access review ", B(r.Name), ": ", r.left(), " left, ", r.due(), ".")})
	}
	return c
}

// row is a request in a list: what it asks for, what stands today, and why.
func (a Asked) row() Row {
	line := words(a.asks(), " It waits since ", a.Created, ". ", C(a.ID))
	if len(a.Items) == 1 {
		line = words(line, "\n"+sentence(a.Items[0].Stands))
	} else {
		line = words(line, "\n", a.named())
	}
	if a.high() && a.Page != "" {
		line = words(line, "\nIt is high-risk: ", URL(a.Page, "decide it in the console"), ".")
	}
	return Row{Line: line, Quote: cutTo(a.Reason, mostReason), Buttons: a.buttons()}
}

// named are the things that are asked for.
func (a Asked) named() Line {
	var out Line
	for i, it := range a.Items {
		if i == mostItems {
			return words(out, fmt.Sprintf(" and %d more", len(a.Items)-i))
		}
		if i > 0 {
			out = words(out, ", ")
		}
		out = words(out, a.Names.what(it.Resource, it.Kind))
	}
	return out
}

// cutTo shortens to a number of characters and says so.
func cutTo(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
