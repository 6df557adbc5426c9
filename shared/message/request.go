package message

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
)

// Asked is a request as its messages tell of it to one reader.
type Asked struct {
	access.Request
	Names
	Reason   string
	Comments map[string]string // by the account that decided
	Items    []AskedItem
	// May: the reader may decide now. Without it a card has no buttons.
	May bool
	// PlaceOf is the account in whose place the reader may; "": by their own right.
	PlaceOf string
	// Page is where the console shows it; "": there is none.
	Page string
}

// AskedItem is an item with what stands beside it: who is asked, in the policy's
// words, how far it got, and what the subject has today.
type AskedItem struct {
	access.Item
	Asks       string // "@sre-leads"
	Step, Of   int    // 1 is the first
	Need, Have int    // how many say yes at this step, and how many have
	Policy     string // "rule oncall: up to 8h, approved by @sre-leads"
	Stands     string // "not a member today; 2 people are"
	Gives      []string
}

// Decide asks those who may decide, and afterwards says to all of them what came
// of it.
func (a Asked) Decide() Card {
	c := Card{
		Title:   a.Names.label(a.By) + " asks for " + a.moreTime() + a.things(),
		Lead:    a.asks(),
		Facts:   a.facts(),
		Quote:   a.Reason,
		Foot:    words("Request ", C(a.ID)),
		Summary: words(a.asks()),
	}
	if !a.Open() {
		c.Lead = words(a.asks(), " ", a.verdict())
		c.Summary = c.Lead
		c.Notes = a.comments()
		return c
	}
	c.Notes = slices.Concat(a.place(), a.policy(), a.comments())
	c.Buttons = a.buttons()
	if a.high() && a.May {
		c.Notes = append(c.Notes, words("This is high-risk, so it is not decided by a click: ", URL(a.Page, "decide it in the console")))
	}
	return c
}

// place says in whose place the reader was asked, who may not know of it otherwise.
func (a Asked) place() []Line {
	if !a.May {
		return nil
	}
	return a.Names.inPlace(a.PlaceOf)
}

// Remind asks again, in a message of its own: a changed one notifies nobody.
func (a Asked) Remind() Card {
	c := a.Decide()
	if a.Open() && a.May {
		c.Title = "Still waiting: " + c.Title
		c.Summary = words("Still waiting for a decision: ", a.asks())
	}
	return c
}

// Outcome tells requester and subject what was decided.
func (a Asked) Outcome(reader string) Card {
	c := Card{Title: a.headline(), Lead: words(a.mine(reader), " ", a.verdict()), Foot: words("Request ", C(a.ID)), Notes: a.comments()}
	if len(a.Items) > 1 {
		c.Facts = a.itemFacts()
	}
	c.Summary = c.Lead
	return c
}

// high reports whether something that waits is of high risk.
func (a Asked) high() bool {
	return slices.ContainsFunc(a.Items, func(it AskedItem) bool { return it.State == access.Pending && it.Risk == access.High })
}

func (a Asked) buttons() []Button {
	if !a.May {
		return nil
	}
	var out []Button
	if !a.high() {
		out = append(
			out,
			Button{Action: Approve, ID: a.ID, Label: "Approve", Look: Good},
			Button{Action: Deny, ID: a.ID, Label: "Deny", Look: Danger},
		)
	}
	return append(out, Button{Action: Comment, ID: a.ID, Label: "Comment"}, Button{Action: Details, ID: a.ID, Label: "Details"})
}

// things is what is asked for, in plain words.
func (a Asked) things() string {
	if len(a.Items) == 1 {
		return a.Names.plain(a.Items[0].Resource, a.Items[0].Kind)
	}
	return fmt.Sprintf("%d things", len(a.Items))
}

func (a Asked) what() Line {
	if len(a.Items) == 1 {
		return words(a.Names.what(a.Items[0].Resource, a.Items[0].Kind))
	}
	return words(a.things())
}

// asks is the request in a sentence.
func (a Asked) asks() Line {
	if extends(a.Items) {
		return words(a.Names.who(a.By), " asks for more time on ", a.what(), a.forWhom(), ": ", access.Span(a.Length), " in all, until ", a.Start.Add(a.Length), ".")
	}
	return words(a.Names.who(a.By), " asks for ", a.what(), a.forWhom(), " for ", access.Span(a.Length), ".")
}

// moreTime stands before what is asked for in an extension.
func (a Asked) moreTime() string {
	if extends(a.Items) {
		return "more time on "
	}
	return ""
}

func extends(items []AskedItem) bool { return len(items) > 0 && items[0].Extends != "" }

func (a Asked) forWhom() Line {
	if a.By == a.Subject {
		return nil
	}
	return words(" for ", a.Names.who(a.Subject))
}

// mine is the request in the words for one of its parties.
func (a Asked) mine(reader string) Line {
	switch {
	case extends(a.Items) && reader == a.By:
		return words("You asked for more time on ", a.what(), a.forWhom(), ": ", access.Span(a.Length), " in all.")
	case reader == a.By && a.By == a.Subject:
		return words("You asked for ", a.what(), " for ", access.Span(a.Length), ".")
	case reader == a.By:
		return words("You asked for ", a.what(), a.forWhom(), " for ", access.Span(a.Length), ".")
	}
	return words(a.Names.who(a.By), " asked for ", a.what(), " for you, for ", access.Span(a.Length), ".")
}

func (a Asked) facts() []Fact {
	out := a.itemFacts()
	out = append(out, Fact{"How long", words(access.Span(a.Length), a.when())})
	if a.By != a.Subject {
		out = append(out, Fact{"For", words(a.Names.who(a.Subject))})
	}
	if a.Open() {
		out = append(out, Fact{"Answer by", words(a.Expires)})
	}
	return out
}

func (a Asked) when() Line {
	switch {
	case extends(a.Items):
		return words(", until ", a.Start.Add(a.Length))
	case a.Start.After(a.Created):
		return words(", from ", a.Start)
	}
	return words(", from the approval on")
}

// mostItems is how many items have a fact each; Details shows the others.
const mostItems = 5

func (a Asked) itemFacts() []Fact {
	var out []Fact
	for i, it := range a.Items {
		if i == mostItems {
			return append(out, Fact{"And", words(fmt.Sprintf("%d more", len(a.Items)-i))})
		}
		label := "What"
		if len(a.Items) > 1 {
			label = fmt.Sprintf("What, %d of %d", i+1, len(a.Items))
		}
		value := words(a.Names.what(it.Resource, it.Kind))
		if it.Stands != "" && it.State == access.Pending {
			value = words(value, "\n"+it.Stands)
		}
		if len(a.Items) > 1 || it.State == access.Pending {
			value = words(value, "\n", a.state(it))
		}
		out = append(out, Fact{label, value})
	}
	return out
}

// state is where an item stands, in words.
func (a Asked) state(it AskedItem) Line {
	if it.State != access.Pending {
		return words(a.settled(it))
	}
	out := words("waits for ", it.Asks)
	if it.Need > 1 {
		out = words(out, fmt.Sprintf(" (%d of %d so far)", it.Have, it.Need))
	}
	if it.Of > 1 {
		out = words(out, fmt.Sprintf(", step %d of %d", it.Step, it.Of))
	}
	if !it.SoloAt.IsZero() {
		out = words("begins by itself ", it.SoloAt, " unless somebody vetoes it")
	}
	return out
}

// settled is what became of an item.
func (a Asked) settled(it AskedItem) Line {
	switch {
	case it.Solo():
		return words("approved by itself: nobody vetoed it")
	case it.State == access.Approved && a.Emergency:
		return words("given at once, as an emergency")
	case it.State == access.Approved && it.DecidedBy == "":
		return words("approved by policy")
	case it.State == access.Approved:
		return words("approved by ", a.Names.people(yeses(it)))
	case it.State == access.Denied:
		return words("denied by ", a.Names.who(it.DecidedBy))
	case it.State == access.Expired:
		return words("expired: nobody decided in time")
	}
	return words("canceled")
}

// yeses are who approved, each once.
func yeses(it AskedItem) []string {
	var out []string
	for _, v := range it.Votes {
		if !slices.Contains(out, v.Account) {
			out = append(out, v.Account)
		}
	}
	if len(out) == 0 {
		return []string{it.DecidedBy}
	}
	return out
}

// verdict is what became of the request, in a sentence.
func (a Asked) verdict() Line {
	if len(a.Items) == 1 {
		it := a.Items[0]
		out := words(a.settled(it), a.after(it), ".")
		out[0].Text = strings.ToUpper(out[0].Text[:1]) + out[0].Text[1:]
		return out
	}
	count := map[access.ItemState]int{}
	for _, it := range a.Items {
		count[it.State]++
	}
	var parts []string
	for _, s := range []access.ItemState{access.Approved, access.Denied, access.Pending, access.Expired, access.Canceled} {
		if n := count[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return words(strings.Join(parts, ", ") + ".")
}

// after is what happens next to what was approved.
func (a Asked) after(it AskedItem) Line {
	switch {
	case it.State != access.Approved:
		return nil
	case it.Extends != "":
		return words("; it now ends ", a.Start.Add(a.Length))
	case a.Start.After(it.DecidedAt):
		return words("; it begins ", a.Start, " and ends ", a.Start.Add(a.Length))
	}
	return words("; it begins now and ends by itself")
}

// headline is the outcome in a few plain words.
func (a Asked) headline() string {
	word := map[access.ItemState]string{
		access.Approved: "Approved", access.Denied: "Denied", access.Expired: "Expired", access.Canceled: "Canceled",
	}
	if len(a.Items) == 1 {
		return word[a.Items[0].State] + ": " + a.moreTime() + a.things()
	}
	return "Decided: " + a.things()
}

// policy is what policy says of what waits, each rule once, and what else it gives.
func (a Asked) policy() []Line {
	var out []Line
	said := map[string]bool{}
	say := func(label, text string) {
		if text != "" && !said[text] {
			said[text] = true
			out = append(out, words(B(label+":"), " "+text))
		}
	}
	for _, it := range a.Items {
		if it.State != access.Pending {
			continue
		}
		say("Policy", it.Policy)
		say("It also gives", strings.Join(it.Gives, "; "))
	}
	return out[:min(len(out), mostItems)]
}

// comments are what those who decided wrote.
func (a Asked) comments() []Line {
	var accounts []string
	for account, text := range a.Comments {
		if text != "" && account != "" {
			accounts = append(accounts, account)
		}
	}
	slices.Sort(accounts)
	var out []Line
	for _, account := range accounts {
		out = append(out, words(a.Names.who(account), " wrote:", Quoted(a.Comments[account])))
	}
	return out
}
