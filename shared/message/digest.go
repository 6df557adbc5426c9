package message

import (
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
)

// mostListed is how many requests a digest names.
const mostListed = 20

// Digest lists what waits for one person's decision, the longest first, and the
// access reviews in which lines do.
func Digest(n Names, waiting []access.Request, reviews []Reviewing) Card {
	c := Card{Title: fmt.Sprintf("%d requests wait for you", len(waiting))}
	if len(waiting) == 1 {
		c.Title = "A request waits for you"
	}
	c.Lead = words(c.Title+" to decide. Ebb's Home tab here has them all, with their buttons; so has ", C("ebb tasks"), ".")
	c.Summary = c.Lead
	for i, r := range waiting {
		if i == mostListed {
			c.Notes = append(c.Notes, words(fmt.Sprintf("and %d more", len(waiting)-i)))
			break
		}
		a := Asked{Request: r, Names: n}
		for _, it := range r.Items {
			a.Items = append(a.Items, AskedItem{Item: it})
		}
		c.Notes = append(c.Notes, words(C(r.ID), " ", a.asks(), " It waits since ", r.Created, "."))
	}
	for i, r := range reviews {
		if i == mostListed {
			break // few have so many; the home tab shows more
		}
		c.Notes = append(c.Notes, words("Access review ", B(r.Name), ": ", r.left(), " left, ", r.due(), "."))
	}
	return c
}
