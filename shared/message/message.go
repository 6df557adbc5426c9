// Package message owns what Ebb tells people: cards of facts, words and buttons
// that know nothing of where they are shown. Slack's blocks, mail and pages are
// made of them by adapters, so that a text is written once, nothing that a
// person typed can become markup, and times appear in the reader's zone.
//
// The composers (a file per kind of message) are pure: values in, a Card out.
package message

import "time"

// Card is one message. The zero parts are left out.
type Card struct {
	// Summary is the whole message in one line: what a notification, a screen
	// reader and a client without blocks show.
	Summary Line
	Title   string // plain words, at most 150 characters
	Lead    Line   // what happened or is asked, in a sentence
	Facts   []Fact
	// Quote is what a person wrote (a reason, a comment), shown as theirs.
	Quote string
	Notes []Line // one paragraph each: what policy says, what else it gives, a remedy
	Rows  []Row  // a list of things that each have buttons of their own
	// Buttons are in their order, at most five.
	Buttons []Button
	Foot    Line // small: ids, who decided, where to look
}

// Row is one of a list: what it is, what somebody wrote of it, and its buttons.
type Row struct {
	Line    Line
	Quote   string
	Buttons []Button
}

// Fact is a label and what stands there.
type Fact struct {
	Label string
	Value Line
}

// Line is inline text in parts, each escaped by whoever renders it.
type Line []Inline

// Inline is one part of a line.
type Inline struct {
	Kind InlineKind
	Text string    // words; the id of a person, channel or group; the address of a link
	Name string    // a person's, channel's or group's name where mentions do not work; a link's words
	Time time.Time // for Moment and Day
}

// InlineKind says what a part is.
type InlineKind int

// The kinds of parts.
const (
	Words   InlineKind = iota
	Strong             // emphasized words
	Code               // a command, an id
	Person             // an account: mentioned where the place can
	Channel            // a channel
	Group              // a user group, named and not notified
	Moment             // an instant, as date and time in the reader's zone
	Day                // an instant, as its date
	Link               // an https address
	Said               // what a person wrote, in lines of its own, shown as theirs
)

// T, B, C and the others make parts.
func T(text string) Inline            { return Inline{Kind: Words, Text: text} }
func B(text string) Inline            { return Inline{Kind: Strong, Text: text} }
func C(text string) Inline            { return Inline{Kind: Code, Text: text} }
func At(t time.Time) Inline           { return Inline{Kind: Moment, Time: t} }
func On(t time.Time) Inline           { return Inline{Kind: Day, Time: t} }
func Who(account, name string) Inline { return Inline{Kind: Person, Text: account, Name: name} }
func Place(channel, name string) Inline {
	return Inline{Kind: Channel, Text: channel, Name: name}
}
func Team(group, name string) Inline { return Inline{Kind: Group, Text: group, Name: name} }
func Quoted(text string) Inline      { return Inline{Kind: Said, Text: text} }
func URL(address, words string) Inline {
	return Inline{Kind: Link, Text: address, Name: words}
}

// Button is something to press. Its value is an id alone: who presses, whether
// they may, and what it means now is decided by the verb that serves it.
type Button struct {
	Action Action
	ID     string // of the request or grant
	Label  string
	Look   Look
	Ask    string // what is asked before it counts, "" for nothing
	URL    string // what it opens in a browser; "": nothing
}

// Look is how a button looks.
type Look int

// The looks.
const (
	Plain  Look = iota
	Good        // what is asked for
	Danger      // what cannot be undone
)

// Action is what a button does; in Slack it is the block element's action_id.
type Action string

// The actions. Each is served by shared/slackapp.
const (
	Approve Action = "approve" // a request
	Deny    Action = "deny"    // a request; asks for a reason
	Comment Action = "comment" // on a request; asks for words
	Cancel  Action = "cancel"  // one's own request
	Veto    Action = "veto"    // a request of a company's only administrator
	Confirm Action = "confirm" // an emergency, afterwards
	Extend  Action = "extend"  // a grant; asks for how long
	End     Action = "end"     // a grant
	Details Action = "details" // a request or grant, to its reader alone
	Request Action = "request" // opens the form
	Done    Action = "done"    // a manual task, which Slack has to show before it is over
	Open    Action = "open"    // a page, by the button's address; nothing happens by it
)
