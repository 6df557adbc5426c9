package message

import (
	"github.com/ebb-access/ebb/shared/access"
)

// EmergencyCard tells those whom an emergency skipped, and asks for the
// confirmation afterwards. late: its time is over.
func (a Asked) EmergencyCard(late bool) Card {
	lead := words(a.Names.who(a.By), " took ", a.what(), a.forWhom(), " for ", access.Span(a.Length), " in an emergency, without the approval that it needs otherwise.")
	c := Card{
		Title: "Emergency: " + a.Names.label(a.By) + " took " + a.things(), Lead: lead, Summary: lead,
		Facts: a.itemFacts(), Quote: a.Reason, Foot: words("Request ", C(a.ID)),
	}
	open, by := a.unconfirmed()
	switch {
	case open != nil && late:
		c.Title = "Not confirmed: " + a.things()
		c.Notes = []Line{words("Nobody confirmed this until ", open.Confirm.Due, ", which is a finding now. It can still be confirmed.")}
	case open != nil:
		c.Notes = []Line{words("Somebody has to confirm by ", open.Confirm.Due, " that it was right.")}
	case by != nil && by.Confirm.Denied:
		c.Notes = []Line{words(a.Names.who(by.Confirm.By), " said that it was not right, and the access ended.")}
	case by != nil:
		c.Notes = []Line{words(a.Names.who(by.Confirm.By), " confirmed it.")}
	}
	if open != nil {
		c.Notes = append(c.Notes, a.place()...)
	}
	if open != nil && a.May {
		c.Buttons = append(c.Buttons, Button{Action: Confirm, ID: a.ID, Label: "It was right", Look: Good})
	}
	if open != nil {
		c.Buttons = append(c.Buttons, Button{Action: Details, ID: a.ID, Label: "Details"})
	}
	return c
}

// unconfirmed is an item that waits for a confirmation, and one that has it.
func (a Asked) unconfirmed() (open, settled *AskedItem) {
	for i := range a.Items {
		switch it := &a.Items[i]; {
		case it.Confirm.Open():
			open = it
		case it.Confirm.By != "":
			settled = it
		}
	}
	return open, settled
}

// Solo announces what approves itself because nobody else could approve it, and
// asks for a veto.
func (a Asked) Solo() Card {
	c := a.Decide()
	c.Buttons = nil
	if !a.Open() {
		return c
	}
	for _, it := range a.Items {
		if it.State == access.Pending && !it.SoloAt.IsZero() {
			c.Lead = words(a.asks(), " Nobody else could approve it, so it begins by itself ", it.SoloAt, " unless somebody vetoes it.")
		}
	}
	c.Summary = c.Lead
	if a.May {
		c.Buttons = []Button{{Action: Veto, ID: a.ID, Label: "Veto", Look: Danger}, {Action: Details, ID: a.ID, Label: "Details"}}
	}
	return c
}

// Commented is what somebody said of a request; alone: not in the thread of the
// question, so that it says which request it is about.
func (a Asked) Commented(author, said string, alone bool) Card {
	lead := words(a.Names.who(author), " says:")
	if alone {
		lead = words(a.Names.who(author), " says about the request for ", a.what(), ":")
	}
	c := Card{Lead: lead, Summary: words(lead, " "+said), Quote: said}
	if alone {
		c.Foot = words("Request ", C(a.ID))
		c.Buttons = []Button{{Action: Comment, ID: a.ID, Label: "Answer"}, {Action: Details, ID: a.ID, Label: "Details"}}
	}
	return c
}
