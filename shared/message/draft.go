package message

import (
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
)

// Draft is a policy that waits for somebody else's yes, as its messages tell of it.
type Draft struct {
	access.Draft
	Names
	// Proposer and Decider are accounts of Names, or names.
	Proposer, Decider string
	// More and Less are how many lines of the document are new, and go.
	More, Less int
	Page       string // where the console shows what would change
}

// mostWider is how many of the things that a draft gives more are named.
const mostWider = 5

// Card tells those who can confirm or veto it, and says what became of it.
func (m Draft) Card() Card {
	c := Card{Title: "A policy waits for somebody else's yes", Foot: Line{C(m.ID)}, Buttons: []Button{{Action: Open, ID: m.ID, Label: "See what would change", URL: m.Page}}}
	proposed := words(m.who(m.Proposer), " proposes a policy that gives them more than version ", fmt.Sprint(m.Base), " does")
	switch {
	case !m.Waits():
		c.Title = "The policy that waited: " + m.fate()
		c.Lead = words(proposed, ". ", m.became())
	case m.Ripe.IsZero():
		c.Lead = words(proposed, ", so it waits until another Super Administrator confirms it. That can be you.")
	default:
		c.Lead = words(proposed, ", and no other Super Administrator can confirm it. It comes into force ", m.Ripe, " unless somebody vetoes it. You can.")
	}
	if m.Waits() {
		for _, why := range m.Wider[:min(len(m.Wider), mostWider)] {
			c.Notes = append(c.Notes, words(sentence(why)))
		}
		if n := len(m.Wider) - mostWider; n > 0 {
			c.Notes = append(c.Notes, words("And ", fmt.Sprint(n), " more."))
		}
		c.Notes = append(c.Notes, words(fmt.Sprintf("In the document: %s new, %s gone.", lines(m.More), lines(m.Less))))
	}
	c.Summary = c.Lead
	return c
}

// Outcome tells who proposed it what became of it.
func (m Draft) Outcome() Card {
	c := Card{Title: "Your policy: " + m.fate(), Foot: Line{C(m.ID)}, Buttons: []Button{{Action: Open, ID: m.ID, Label: "Open in the console", URL: m.Page}}}
	c.Lead = words("You proposed a policy that gives you more than version ", fmt.Sprint(m.Base), " does. ", m.became())
	c.Summary = c.Lead
	return c
}

// fate is where it stands, in plain words.
func (m Draft) fate() string {
	switch m.State {
	case access.DraftPublished:
		return "it is in force"
	case access.DraftOvertaken:
		return "another came first"
	case access.DraftRefused:
		if m.DecidedBy == m.By {
			return "it was taken back"
		}
		return "it was refused"
	}
	return "it waits"
}

// became says what became of it, and by whom.
func (m Draft) became() Line {
	var by Line
	if m.Decider != "" {
		by = words(" by ", m.who(m.Decider))
	}
	switch {
	case m.State == access.DraftPublished && m.Decider == "":
		return words("Nobody vetoed it, and it is in force as version ", fmt.Sprint(m.Base+1), ".")
	case m.State == access.DraftPublished:
		return words("It was confirmed", by, " and is in force as version ", fmt.Sprint(m.Base+1), ".")
	case m.State == access.DraftOvertaken:
		return words("Another policy came into force first, so it will not; propose it again.")
	case m.State == access.DraftRefused && m.Decider == "":
		return words("It was refused: who proposed it is no Super Administrator any more.")
	case m.State == access.DraftRefused && m.DecidedBy == m.By:
		return words("It was taken back", by, ".")
	case m.State == access.DraftRefused:
		return words("It was refused", by, ".")
	}
	return words("It waits.")
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
