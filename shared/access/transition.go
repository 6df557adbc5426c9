package access

import (
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Turn is something that happens to a grant.
type Turn string

// The turns. End is its time, a person or a kill switch; Vanish is a complete
// read that shows a given access gone; Gone is the same while revoking.
const (
	Begin    Turn = "begin"    // the second decision said yes
	Withdraw Turn = "withdraw" // the second decision said no, or nobody wants it any more
	Give     Turn = "give"     // read back: held
	Vanish   Turn = "vanish"
	End      Turn = "end"
	Gone     Turn = "gone" // read back: not held
	Keep     Turn = "keep" // held, and nothing of it is ours to take
	Stick    Turn = "stick"
	Fail     Turn = "fail" // refused for good, and nothing is held
)

// Turns lists all of them, for tests.
var Turns = []Turn{Begin, Withdraw, Give, Vanish, End, Gone, Keep, Stick, Fail}

var turns = map[State]map[Turn]State{
	Scheduled: {Begin: Granting, Withdraw: Withdrawn, End: Withdrawn},
	Granting:  {Give: Active, End: Revoking, Stick: Stuck, Fail: Failed},
	Active:    {End: Revoking, Vanish: EndedOutside},
	Revoking:  {Gone: Revoked, Keep: Ended, Stick: Stuck},
	Stuck:     {Give: Active, End: Revoking, Fail: Failed},
}

// Turn moves the grant, or says fault.Conflict when the state does not allow
// it: whoever asked read the grant before somebody else moved it. note becomes
// the outcome of a final state.
func (g Grant) Turn(t Turn, now time.Time, note string) (Grant, error) {
	to, ok := turns[g.State][t]
	if !ok || g.State == Stuck && g.Taking && (t == Give || t == Fail) {
		return g, fault.New("access.Turn", fault.Conflict, "a grant that is %s cannot %s", g.State, t)
	}
	switch to {
	case Granting:
		g.NextTry = now
	case Revoking:
		g.Taking, g.NextTry = true, now
	case Stuck:
		g.Taking = g.State == Revoking
		if g.Trouble.Dormant {
			g.Trouble = Trouble{} // it waited for Slack; a person is called from now on
		}
	}
	if g.State != to {
		g.Tries = 0
	}
	if to != Stuck {
		g.Trouble = Trouble{}
	}
	g.State = to
	if to.Final() {
		g.Closed, g.Outcome = now, note
	}
	return g, nil
}

// Trip notes what stands in the way and when to look again. A trouble keeps
// its first Since as long as its code stays the same, and while the grant is
// stuck whatever the code: a person has been called since then, and another
// word of Slack's is no new beginning.
func (g Grant) Trip(t Trouble, now, next time.Time) Grant {
	if same := g.Trouble.Code == t.Code || g.State == Stuck; same && !g.Trouble.Since.IsZero() {
		t.Since = g.Trouble.Since
	} else {
		t.Since = now
	}
	g.Trouble, g.NextTry, g.Tries, g.Tried = t, next, g.Tries+1, now
	return g
}

// Backoff is how long to wait after a number of tries: 5 s doubling to 10 min.
func Backoff(tries int) time.Duration {
	d := 5 * time.Second
	for range min(tries, 10) {
		d = min(2*d, 10*time.Minute)
	}
	return d
}
