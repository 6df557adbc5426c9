package access

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// State is where a grant stands.
type State string

// The states; the table in the package comment says what moves them.
const (
	Scheduled    State = "scheduled"
	Withdrawn    State = "withdrawn"
	Granting     State = "granting"
	Active       State = "active"
	EndedOutside State = "ended outside"
	Revoking     State = "revoking"
	Revoked      State = "revoked"
	Ended        State = "ended"
	Stuck        State = "stuck"
	Failed       State = "failed"
)

// States lists all of them, for tests and checks.
var States = []State{Scheduled, Withdrawn, Granting, Active, EndedOutside, Revoking, Revoked, Ended, Stuck, Failed}

// Longest is the longest time that a grant may last; renewal is a new decision.
const Longest = 360 * 24 * time.Hour

// Grant is time-boxed access given by Ebb: one account, one entitlement, from
// Start until End. Rev is the version it was read at, 0 for new.
type Grant struct {
	ID        string
	Request   string
	Item      int
	Connector string
	Workspace string
	Resource  string
	Kind      directory.Kind
	Slug      string
	Account   string
	// Parent is the grant of a user group that puts its members into this
	// default channel; "" for a grant that was asked for. Slack gives such
	// access by itself; Ebb only takes it back.
	Parent string
	// Origin names what a person said about access that others gave, which is to
	// end ("finding/fd_…"); "" for a grant that was asked for. Such a grant has no
	// request and gives nothing.
	Origin string

	Start, End time.Time
	State      State
	// Taking is the direction while stuck: true when access has to go.
	Taking bool
	// Added: Slack definitely took our addition. Each grant is added once.
	Added bool
	// Early: the end was moved forward by a person, EndedBy.
	EndedBy string
	// EndedFor is the line of an access review because of which it was ended early
	// ("review/uc_…/S1/member/U1").
	EndedFor string
	// Outcome says in words what the end found: "gone", "kept: stood before",
	// "kept: covered by another grant", "never given", or a refusal.
	Outcome string
	// Trouble is what stands in the way now, with the remedy in words; Since
	// is when it began. Dormant trouble waits for Slack, not for a person.
	Trouble Trouble
	Tries   int
	Tried   time.Time // when it was last held up, or tried again by hand
	// NextTry is when to look again while granting, revoking or stuck, and
	// while a start that came is held up.
	NextTry time.Time

	PolicyVersion int64
	Rule          string
	Approvers     []string // account ids that approved; empty: policy alone
	Created       time.Time
	Closed        time.Time // when a final state was reached
	Rev           int64
}

// Trouble is an obstacle: Slack's code and a sentence that says what to do.
type Trouble struct {
	Code    string
	Text    string
	Since   time.Time
	Dormant bool
}

// Final reports whether nothing is left to do.
func (s State) Final() bool {
	switch s {
	case Withdrawn, EndedOutside, Revoked, Ended, Failed:
		return true
	}
	return false
}

// Validate refuses a word that is no state.
func (s State) Validate() error {
	for _, k := range States {
		if s == k {
			return nil
		}
	}
	return fault.New("access.State", fault.Internal, "no such state %q", string(s))
}

// Gives reports whether the grant wants its account to hold the entitlement at
// now: it is being given or was given, and its end has not come.
func (g Grant) Gives(now time.Time) bool {
	switch g.State {
	case Granting, Active:
		return now.Before(g.End)
	case Stuck:
		return !g.Taking && now.Before(g.End)
	}
	return false
}

// Takes reports whether the grant wants its access taken back.
func (g Grant) Takes() bool { return g.State == Revoking || g.State == Stuck && g.Taking }

// Next is when the grant has to be looked at, false when it is over. It is
// where the grant's one due row stands.
func (g Grant) Next() (time.Time, bool) {
	switch g.State {
	case Scheduled:
		if g.NextTry.After(g.Start) {
			return g.NextTry, true
		}
		return g.Start, true
	case Active:
		return g.End, true
	case Granting, Revoking, Stuck:
		return g.NextTry, true
	}
	return time.Time{}, false
}

// Urgency orders what is due together: ends before starts before the rest.
func (g Grant) Urgency() int {
	if g.State == Active || g.Takes() {
		return 0
	}
	return 1
}

// AttentionAfter is how long a removal may go on before people are called.
const AttentionAfter = 3 * time.Minute

// NeedsAttention reports whether a person has to look: the grant is stuck, or
// its access stands well past its end and Slack is not merely hiding it.
func (g Grant) NeedsAttention(now time.Time) bool {
	if g.State == Stuck {
		return true
	}
	return g.State == Revoking && !g.Trouble.Dormant && now.Sub(g.End) > AttentionAfter
}
