package access

import (
	"slices"
	"time"
)

// Solo is for a company with one administrator: what they ask for themselves,
// and nobody else could approve, approves itself after Wait unless somebody
// vetoes it. The zero Solo lets nothing approve itself.
type Solo struct {
	Wait time.Duration // 0: never; at least ShortestSolo
	Veto Who           // nobody: all whom the rule names to decide, and the owners
}

// The waits of a solo rule: where it says nothing, and at least.
const (
	UsualSolo    = 24 * time.Hour
	ShortestSolo = time.Hour
)

// Alone reports whether the rule lets this request approve itself where nobody
// else could approve it: only what one of its own approvers asks for
// themselves, so that nobody gains by making a group of approvers look empty.
func (r Rule) Alone(q Ask) bool {
	own := q.Requester.Account.ID == q.Subject.ID
	return r.Solo.Wait >= ShortestSolo && !r.Auto && own && r.deciders().names(q.Requester, q)
}

// Anybody is the rule with all who may come to decide something of it.
func (r Rule) Anybody() Rule {
	var who Who
	for _, s := range r.Way() {
		who = who.And(s.Approvers).And(s.Fallback).And(s.Then.Escalate).And(s.Then.Reassign)
	}
	r.Approvers, r.Steps = who, nil
	return r
}

// Vetoers are those who may veto what would approve itself.
func (r Rule) Vetoers() Who {
	if !r.Solo.Veto.None() {
		return r.Solo.Veto
	}
	return r.Anybody().Approvers.And(Who{ResourceOwners: true, AppOwners: true})
}

// MayVeto reports whether somebody may veto the request, and why not. Whoever
// asked cancels instead.
func (r Rule) MayVeto(p Person, q Ask) (bool, string) {
	a := p.Account
	own := a.ID == q.Requester.Account.ID || p.User != "" && p.User == q.Requester.User
	switch {
	case p.Ended || !a.Live():
		return false, a.Label() + " is not an active member of the organization"
	case own:
		return false, "whoever asks cancels the request instead"
	case r.ID == "" || !r.Vetoers().names(p, q):
		return false, "it is for " + r.Vetoers().Words()
	}
	return true, ""
}

// Solo reports whether nobody but time approved the item.
func (it Item) Solo() bool {
	return !it.SoloAt.IsZero() && it.State == Approved && it.DecidedBy == "" && len(it.Votes) == 0
}

// next is the item's next deadline, reminder or own hour; zero: none.
func (it Item) next() time.Time {
	if it.State != Pending {
		return time.Time{}
	}
	return earliest(it.Deadline, it.Remind, it.SoloAt)
}

// earliest is the first of the times that are set; zero: none.
func earliest(times ...time.Time) time.Time {
	set := slices.DeleteFunc(times, time.Time.IsZero)
	if len(set) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(set, time.Time.Compare)
}

// SoloDue reports whether the item approves itself now. What is due before
// that on its way, a step that took too long, comes first.
func (it Item) SoloDue(now time.Time) bool {
	if it.State != Pending || it.SoloAt.IsZero() || now.Before(it.SoloAt) {
		return false
	}
	return it.Deadline.IsZero() || !it.Deadline.Before(it.SoloAt)
}
