// Package report owns the first look at a Slack: who administers it, who is a
// guest, what is shared, what nobody looks after. A Picture, as an export or a
// token showed it, goes in; a Report comes out, which package reportpage writes as
// a page to print, sheets, and lines for a terminal.
//
// It reads and writes nothing and has no clock: the same picture gives the same
// report. It never takes what a source does not show for
// an absence: a Gap says so in the place of a number, and each section names
// what its source leaves out. It knows of no message.
package report

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Answer is what a source says to a question; the zero value: it does not say.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Said turns a flag that may be missing into an answer.
func Said(flag *bool) Answer {
	switch {
	case flag == nil:
		return ""
	case *flag:
		return Yes
	}
	return No
}

// Account is an account and what only a report tells of it.
type Account struct {
	directory.Account
	SecondFactor Answer    // Account.TwoFactor cannot say that nobody told
	Changed      time.Time // when its profile was changed last, by anybody
}

// Channel is a channel and what only a report tells of it.
type Channel struct {
	directory.Resource
	Created time.Time
	Counted bool     // Count was told
	Members []string // ids, where the source lists them at no cost
	Foreign int      // other organizations that it is shared with; 0: not told
	LastDay string   // the newest day with messages, "2026-11-01", by the names of an export's files
}

// App is the last thing that an export's log of apps says of one.
type App struct {
	Name   string
	ID     string
	Change string // "added", "removed", "enabled", "disabled", "updated", …
	By     string // account id
	ByName string
	At     time.Time
}

// Origin is the kind of source.
type Origin string

// The sources.
const (
	Export Origin = "export"
	Token  Origin = "token"
)

// Source says where a picture comes from.
type Source struct {
	Origin Origin
	Name   string    // the export's file, or the workspace as Slack names it
	Dated  time.Time // when the export says it was made; zero: it does not
	Read   time.Time // when it was read
	Whole  bool      // an export that holds private conversations, too
	Spaces int       // workspaces that were read
}

// Part is a part of the picture that a source may not show.
type Part string

// The parts.
const (
	People    Part = "people"
	Emails    Part = "emails"
	Factors   Part = "second factors"
	Activity  Part = "activity"
	Strangers Part = "people of other organizations"
	Apps      Part = "apps"
	Groups    Part = "user groups"
	Public    Part = "public channels"
	Private   Part = "private channels"
	Shared    Part = "shared channels"
	Days      Part = "days with messages"
)

// Picture is what a source showed. Gaps say of each part that it does not show
// why, and what would.
type Picture struct {
	Source   Source
	Accounts []Account
	Groups   []directory.GroupListing
	Channels []Channel
	Apps     []App
	Directs  int // direct and group conversations that an export lists
	Gaps     map[Part]string
	// Seen is when each account was last active, as far back as SeenFrom; nil where
	// the source does not show it, which Gaps say.
	Seen     map[string]time.Time
	SeenFrom time.Time
}

// Gap says of a part that the source does not show it, and why.
func (p *Picture) Gap(part Part, why string) {
	if p.Gaps == nil {
		p.Gaps = map[Part]string{}
	}
	p.Gaps[part] = why
}

// Options are what a reader may choose. Zero days are the default's.
type Options struct {
	InactiveDays int // without activity, 90
	QuietDays    int // without a message in a channel, 180
}

func (o Options) orDefault() Options {
	if o.InactiveDays <= 0 {
		o.InactiveDays = 90
	}
	if o.QuietDays <= 0 {
		o.QuietDays = 180
	}
	return o
}
