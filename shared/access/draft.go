package access

import "time"

// DraftState is where a policy stands that waits for somebody else's yes.
type DraftState string

// The states. A draft is refused by whoever vetoes it or takes it back, and
// overtaken when another policy came into force first.
const (
	DraftWaits     DraftState = "waits"
	DraftPublished DraftState = "published"
	DraftRefused   DraftState = "refused"
	DraftOvertaken DraftState = "overtaken"
)

// DraftTime is how long a draft waits in a house with one Super Administrator,
// where nobody could confirm it; anybody who may veto it can, meanwhile.
const DraftTime = 24 * time.Hour

// Draft is a policy that gives its publisher more than the one in force, and
// therefore waits for another Super Administrator. The zero Draft is nobody's.
type Draft struct {
	ID     string
	Policy Policy   // without version
	Base   int64    // the version in force that it was held against
	By     string   // user id of the publisher
	Wider  []string // what it gives them more, in words
	At     time.Time
	// Ripe is when it comes into force unless somebody vetoes it; zero: somebody
	// has to confirm it.
	Ripe      time.Time
	State     DraftState
	DecidedBy string // user id; "" when its time came, or it was overtaken
	DecidedAt time.Time
	Rev       int64
}

// Waits reports whether somebody can still decide it.
func (d Draft) Waits() bool { return d.State == DraftWaits }

// News is what should have been told of a draft by now: to those who can confirm
// it, or in a house that has nobody else, veto it; decided by somebody else, to who
// proposed it.
func (d Draft) News() []News {
	switch {
	case d.Waits() && d.Ripe.IsZero():
		return []News{{What: TellDraft, To: ToDeciders}}
	case d.Waits():
		return []News{{What: TellDraft, N: "veto", To: ToVetoers}}
	case d.DecidedBy == d.By:
		return nil
	}
	return []News{{What: TellDraftOutcome, To: ToParties}}
}
