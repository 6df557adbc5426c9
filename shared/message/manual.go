package message

import (
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
)

// ByHand is a manual task as its messages tell of it.
type ByHand struct {
	access.Manual
	Names
	Steps []string
	// Said is who said that it is done, or gave it up: an account of Names, or a name.
	// Reason is why, of one that was given up; "": erased.
	Said   string
	Reason string
	// PlaceOf is the account in whose place the reader is told; "": in nobody's.
	PlaceOf string
	Page    string // where the console shows it
}

// Card asks for it with the steps, and says what became of it.
func (m ByHand) Card() Card { return m.card("To do by hand: ", "") }

// Remind asks once more; now: it is the newest reminder.
func (m ByHand) Remind(now bool) Card {
	if !now && m.State == access.ManualWaits {
		lead := words("This was a reminder: ", m.task(), ". There is a newer message.")
		return Card{Title: cutTitle("To do by hand: " + m.plainTask()), Lead: lead, Summary: lead, Foot: Line{C(m.ID)}}
	}
	return m.card("Still to do by hand: ", "Still waiting for somebody: ")
}

func (m ByHand) card(title, lead string) Card {
	c := Card{Title: cutTitle(title + m.plainTask()), Foot: Line{C(m.ID)}}
	switch m.State {
	case access.ManualDone:
		c.Title = cutTitle("Done: " + m.plainTask())
		c.Lead = words(m.task(), ": seen done in Slack ", m.Closed, ".")
	case access.ManualDropped:
		c.Title = cutTitle("Not needed any more: " + m.plainTask())
		c.Lead = words("Nobody has to do this any more: ", m.task(), ".")
	case access.ManualGivenUp:
		c.Title = cutTitle("Given up: " + m.plainTask())
		c.Lead = words(m.task(), ": denied in an access review. ", m.who(m.Said), " gave it up ", m.Closed, ": the access stands.")
		c.Quote = m.Reason
		c.Buttons = m.open()
	case access.ManualSaid:
		c.Lead = words(m.task(), ": ", m.who(m.Said), " says that it is done. The task closes when Slack shows it.")
		c.Buttons = m.open()
	default:
		c.Lead = words(lead, m.task(), ". No API of Slack does this, so a person has to.")
		c.Notes = append(m.inPlace(m.PlaceOf), words(m.Because()))
		steps := Line{}
		for i, s := range m.Steps {
			if i > 0 {
				s = "\n" + fmt.Sprintf("%d. ", i+1) + s
			} else {
				s = "1. " + s
			}
			steps = append(steps, T(s))
		}
		c.Notes = append(c.Notes, steps)
		c.Buttons = append([]Button{{Action: Done, ID: m.ID, Label: "I did this", Look: Good}}, m.open()...)
	}
	c.Summary = c.Lead
	return c
}

// Stands tells who denied something in a review that nobody carries it out.
func (m ByHand) Stands(review string) Card {
	c := Card{Title: cutTitle("Not removed: " + m.plainHeld()), Quote: m.Reason, Foot: Line{C(m.ID)}}
	if m.Page != "" {
		c.Buttons = []Button{{Action: Open, ID: m.ID, Label: "Open the review", URL: m.Page}}
	}
	c.Lead = words("You denied this in the access review ", B(review), ", and it stands: ", m.held(), ". ", m.who(m.Said), " gave its removal up ", m.Closed, ".")
	c.Notes = []Line{words("There is nothing for you to do. The review's evidence keeps your denial, and beside it who gave the removal up and why; the next review of this access says that it was denied.")}
	c.Summary = c.Lead
	return c
}

// held is the access that a task takes away.
func (m ByHand) held() Line {
	if m.OfRole() {
		return words(m.who(m.Account), "'s role of "+m.Slug+" in ", m.what(m.Resource, m.Kind))
	}
	return words(m.who(m.Account), " in ", m.what(m.Resource, m.Kind))
}

func (m ByHand) plainHeld() string {
	if m.OfRole() {
		return m.label(m.Account) + "'s role of " + m.Slug + " in " + m.plain(m.Resource, m.Kind)
	}
	return m.label(m.Account) + " in " + m.plain(m.Resource, m.Kind)
}

// task is what has to be done, in a line; it begins with a capital.
func (m ByHand) task() Line {
	if m.Give {
		return words("Make ", m.who(m.Account), " "+m.role()+" of ", m.what(m.Resource, m.Kind))
	}
	if m.OfRole() {
		return words("Take the role of "+m.Slug+" in ", m.what(m.Resource, m.Kind), " away from ", m.who(m.Account))
	}
	return words("Take ", m.who(m.Account), " out of ", m.what(m.Resource, m.Kind))
}

func (m ByHand) plainTask() string {
	if m.Give {
		return "make " + m.label(m.Account) + " " + m.role() + " of " + m.plain(m.Resource, m.Kind)
	}
	if m.OfRole() {
		return "take the role of " + m.Slug + " in " + m.plain(m.Resource, m.Kind) + " away from " + m.label(m.Account)
	}
	return "take " + m.label(m.Account) + " out of " + m.plain(m.Resource, m.Kind)
}

func (m ByHand) role() string {
	if m.Slug == "admin" || m.Slug == "owner" {
		return "an " + m.Slug
	}
	return "a " + m.Slug
}

func (m ByHand) open() []Button {
	if m.Page == "" {
		return nil
	}
	return []Button{{Action: Open, ID: m.ID, Label: "Open in the console", URL: m.Page}}
}
