package message

import (
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// Held is a grant as its messages tell of it to one reader.
type Held struct {
	access.Grant
	Names
	Reader string // the account that reads
	By     string // who asked for it; EndedBy of the grant is an account here, too, or a key of Names.People
	Now    time.Time
}

// Given says that the access is there, and until when; once it is over, that it was.
func (g Held) Given() Card {
	c := g.card(g.has("You have ", g.label(g.Account)+" has ")+g.plain(), words(g.who(), g.has(" have ", " has "), g.what(), ". It ends by itself ", g.End, "."))
	if g.State != access.Active {
		c.Lead = words(g.who(), " had ", g.what(), ". ", g.over())
		c.Title, c.Summary = g.overTitle(), c.Lead
		return c
	}
	c.Buttons = g.buttons()
	return c
}

// Ends reminds of an end, some time before it; once it is over, or the end was
// moved, it says so.
func (g Held) Ends(lead time.Duration, end time.Time) Card {
	c := g.card(g.plain()+" ends in "+roughly(lead), words(g.whose(), g.what(), " ends ", end, ", in about ", roughly(lead), "."))
	if g.State == access.Active && end.Unix() != g.End.Unix() { // end is known in whole seconds
		c.Title = g.plain() + " was extended"
		c.Lead = words(g.whose(), g.what(), " was extended: it now ends ", g.End, ".")
		c.Title, c.Summary = sentenceCase(c.Title), c.Lead
		return c
	}
	if g.State != access.Active {
		c.Lead = words(g.whose(), g.what(), " ended. ", g.over())
		if g.Takes() { // nothing has ended that somebody still has
			c.Lead = words(g.whose(), g.what(), " is over. ", g.over())
		}
		c.Title, c.Summary = g.overTitle(), c.Lead
		return c
	}
	c.Buttons = g.buttons()
	return c
}

// overTitle says that it ended, once it has: until Slack shows it gone, the access is
// still there.
func (g Held) overTitle() string {
	title := g.plain() + " ended"
	switch {
	case g.Takes() && g.NeedsAttention(g.Now):
		title = g.plain() + " could not be taken out yet"
	case g.Takes():
		title = g.plain() + " is being taken back"
	}
	return sentenceCase(title)
}

// Ended says that it is over, and how it came.
func (g Held) Ended() Card {
	return g.card(g.plain()+" ended", words(g.whose(), g.what(), " ended. ", g.over()))
}

// NotGiven says that it was not given, and why.
func (g Held) NotGiven() Card {
	c := g.card(g.plain()+" was not given", words(g.who(), g.has(" do not get ", " does not get "), g.what(), "."))
	if g.reviewed() {
		c.Lead = words(c.Lead, " ", g.denied())
	} else if g.EndedBy != "" {
		c.Lead = words(c.Lead, " ", g.person(g.EndedBy), " ended it before it began.")
	} else if why := sentence(why(g.Grant)); why != "" && g.Outcome != access.OutcomeNeverGiven {
		c.Notes = []Line{words(why)}
	}
	c.Summary = c.Lead
	return c
}

// Waits says that a person has to give it, and later that it waits no more.
func (g Held) Waits() Card {
	c := g.card(g.plain()+" waits for a person", words(g.who(), g.has(" do not have ", " does not have "), g.what(), " yet: no API of Slack gives it, so somebody has to by hand. Those who can were asked."))
	if g.State != access.Granting {
		c.Lead = words("No person is waited for any more to give ", g.person(g.Account), " ", g.what(), ".")
		c.Title = g.plain() + " waits for nobody any more"
		c.Title, c.Summary = sentenceCase(c.Title), c.Lead
	}
	return c
}

func why(g access.Grant) string {
	if g.Trouble.Text != "" {
		return g.Trouble.Text
	}
	return g.Outcome
}

// Attention calls the owners: what stands in the way, and what to do.
func (g Held) Attention() Card {
	lead := words("Ebb cannot give ", g.person(g.Account), " ", g.what(), " yet.")
	if g.Takes() {
		lead = words(g.person(g.Account), " still has ", g.what(), ", and should not since ", g.End, ".")
	}
	c := g.card("Needs attention: "+g.plain(), lead)
	if !g.NeedsAttention(g.Now) {
		c.Title = "Solved: " + g.plain()
		c.Lead = words(g.person(g.Account), "'s access to ", g.what(), " needs nobody's attention any more.")
		c.Summary = c.Lead
		return c
	}
	if text := sentence(g.Trouble.Text); text != "" {
		c.Notes = append(c.Notes, words(text))
	}
	c.Notes = append(c.Notes, words("When that is done, let Ebb look again: ", C("ebb grants retry "+g.ID), ". It also tries by itself."))
	c.Buttons = []Button{{Action: Details, ID: g.ID, Label: "Details"}}
	return c
}

// card is the frame of all of them.
func (g Held) card(title string, lead Line) Card {
	foot := words("Grant ", C(g.ID), ", request ", C(g.Request))
	if g.Request == "" {
		foot = words("Grant ", C(g.ID), ": somebody decided that this access ends")
	}
	if g.reviewed() {
		foot = words("Grant ", C(g.ID), ": an access review decided that this access ends")
	}
	return Card{Title: sentenceCase(title), Lead: lead, Summary: lead, Foot: foot}
}

func (g Held) buttons() []Button {
	return []Button{
		{Action: Extend, ID: g.ID, Label: "Extend"},
		{Action: End, ID: g.ID, Label: "End access", Look: Danger, Ask: "The access ends now. Whoever needs it again asks again."},
	}
}

func (g Held) own() bool { return g.Reader == g.Account }

func (g Held) has(mine, theirs string) string {
	if g.own() {
		return mine
	}
	return theirs
}

func (g Held) who() Inline {
	if g.own() {
		return T("You")
	}
	return g.Names.who(g.Account)
}

func (g Held) whose() Line {
	if g.own() {
		return words("Your access to ")
	}
	return words(g.Names.who(g.Account), "'s access to ")
}

func (g Held) person(account string) Inline {
	if account == g.Reader {
		return T("you")
	}
	return g.Names.who(account)
}

func (g Held) what() Inline  { return g.Names.what(g.Resource, g.Kind) }
func (g Held) plain() string { return g.Names.plain(g.Resource, g.Kind) }

// over is how it ended.
func (g Held) over() Line {
	switch {
	case g.State == access.EndedOutside:
		return words("Somebody removed it in Slack.")
	case g.Takes() && g.NeedsAttention(g.Now):
		return words("It could not be taken out in Slack yet; Ebb goes on trying, and its owners were told.")
	case g.State == access.Revoking || g.State == access.Stuck:
		return words("Ebb is taking it back.")
	case g.Outcome == access.OutcomeStood:
		return words("Nothing changed in Slack: it was there without Ebb.")
	case g.Outcome == access.OutcomeCovered:
		return words("Another grant still gives it.")
	case g.Outcome == access.OutcomeGivenAgain:
		return words("Somebody else has given it since.")
	case g.reviewed():
		return g.denied()
	case g.EndedBy == g.Reader && g.EndedBy != "":
		return words("You ended it.")
	case g.EndedBy != "":
		return words(g.Names.who(g.EndedBy), " ended it.")
	case g.State.Final():
		return words("Its time was over at ", g.End, ".")
	}
	return nil
}

// reviewed reports whether an access review took it away: what stood without Ebb, or
// what Ebb gave.
func (g Held) reviewed() bool {
	return strings.HasPrefix(g.Origin, "review/") || strings.HasPrefix(g.EndedFor, "review/")
}

// denied says who decided in the review, to people who may have had the access for
// years, and were asked by nobody.
func (g Held) denied() Line {
	by := words(g.Names.who(g.EndedBy), " denied it in an access review.")
	switch g.EndedBy {
	case g.Reader:
		by = words("You denied it in an access review.")
	case "", "ebb": // its deadline
		by = words("An access review ended, and nobody had certified it.")
	}
	if g.own() {
		return words(by, " If you still need it, ask for it anew.")
	}
	return by
}

func sentenceCase(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// roughly is how long before the end a reminder comes, in words that stay true
// while somebody reads them.
func roughly(d time.Duration) string {
	switch {
	case d >= 20*time.Hour:
		return "a day"
	case d >= 50*time.Minute:
		return "an hour"
	}
	return "ten minutes"
}
