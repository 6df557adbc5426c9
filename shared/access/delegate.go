package access

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Delegation lets somebody do for a while what waits for somebody else: decide,
// confirm or veto a request, review a list, do by hand what no API does. It gives no
// duty and owns nothing. The zero Delegation lets nobody.
type Delegation struct {
	ID         string
	Connector  string
	From       string // account of who delegates
	FromUser   string
	To         string // account of who decides instead
	Start, End time.Time
	Ended      bool // taken back
	Created    time.Time
	Rev        int64
}

// LongestDelegation is the longest time from start to end.
const LongestDelegation = 90 * 24 * time.Hour

// Holds reports whether it lets its delegate decide now.
func (d Delegation) Holds(now time.Time) bool {
	return d.ID != "" && !d.Ended && !now.Before(d.Start) && now.Before(d.End)
}

// Over reports whether nothing will come of it any more.
func (d Delegation) Over(now time.Time) bool { return d.Ended || !now.Before(d.End) }

// MayStandIn reports whether somebody may decide about a request for anybody at
// all, and why not: neither the requester nor the subject ever, nor who is not
// an active full member.
func MayStandIn(p Person, q Ask) (bool, string) {
	a := p.Account
	switch {
	case !a.Live() || a.Kind != directory.Human || p.Ended:
		return false, a.Label() + " is not an active member of the organization"
	case a.ID == q.Requester.Account.ID || p.User != "" && p.User == q.Requester.User:
		return false, "whoever asks does not approve"
	case a.ID == q.Subject.ID || p.User != "" && p.User == q.SubjectUser:
		return false, "whoever gets the access does not approve it"
	}
	return true, ""
}

// Voted reports whether this person has said yes to the item already, at any
// step, or somebody in their place: a second account of theirs is the same
// person, and so is a delegate, who has one yes for both.
func (it Item) Voted(account, user string) bool {
	return slices.ContainsFunc(it.Votes, func(v Vote) bool {
		return v.Account == account || v.For == account || user != "" && (v.User == user || v.ForUser == user)
	})
}
