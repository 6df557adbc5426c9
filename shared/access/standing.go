package access

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Standing is all that Ebb remembers of one resource for converge.
type Standing struct {
	Grants  []Grant // live ones
	Holds   map[string]Hold
	Writing *Writing
	// Left are members that Slack made us leave out of the list because they
	// are deactivated; they come back with reactivation.
	Left []Left
	// Meant, Told and Mends are about edits of others that a write of ours
	// overwrote (mend.go); the first two are forgotten after RememberedFor.
	Meant []Meant
	Told  []Told
	Mends []Mend
}

// Step is one commit of converge: everything in it is saved together, or
// nothing. Writing nil leaves the write row alone; Clear removes it.
type Step struct {
	Grants  []Grant
	Holds   []Hold
	Writing *Writing
	Clear   *Writing
	Left    []Left
	Back    []Left // left-out members who were put back, or who stay out
	Meant   *Meant
	Told    *Told
	Mend    []Mend // edits of others that are to be done again
	Mended  []Mend // those that are done, or that nobody stands by any more
	// Findings are what the step shows, or what became of those that it served.
	Findings []directory.Finding
	// Wake moves the resource's own due row (a re-read); zero leaves it, Sleep
	// removes it.
	Wake  time.Time
	Sleep bool
}

// Due is one thing to look at: Kind "grant", "request", "resource",
// "notice", "connector". Urgency 0 goes before 1 before 2. Seq tells apart the
// rows of one aggregate in the lane "tell", where each change of state has its
// own; 0 everywhere else.
type Due struct {
	At        time.Time
	Kind      string
	ID        string
	Connector string
	Urgency   int
	Seq       int64
}

// Wish is what somebody would do with a method of Slack that rests: some calls,
// one every so often, to end access or not.
type Wish struct {
	Calls int
	Every time.Duration
	End   bool
}

// Text is a free text of a person, kept beside what it belongs to so that it
// can be erased. About names the aggregate, "request/rq_1".
type Text struct {
	About   string
	Author  string
	Body    string
	Written time.Time
	Erased  bool
}
