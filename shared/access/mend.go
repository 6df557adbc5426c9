package access

import (
	"slices"
	"time"
)

// Slack's usergroups.users.update replaces a whole list and has no version to
// check against: what somebody else edits between our read and our write is
// overwritten. Slack tells of each change of members afterwards, with what came
// and what went, so that such an edit shows as a change that our write made and
// never meant. What follows decides what is certain enough to be undone.

// Meant is what one whole list that Ebb sent meant, against what was read before.
type Meant struct {
	Owner string // of the lock under which it was sent
	// Date is the group's date_update in Slack's answer, Unix seconds; 0: the
	// answer was lost, and which change was ours stays a guess.
	Date    int64
	In, Out []string // whom the list added to and left out of what was read
	SentAt  time.Time
	From    time.Time // of one without a date, where an earlier list may be it
	Rev     int64
}

// began is when it was sent, at the earliest.
func (m Meant) began() time.Time {
	if m.From.IsZero() {
		return m.SentAt
	}
	return m.From
}

// notBefore is the earliest of Slack's dates that the list can have.
func (m Meant) notBefore() int64 {
	if m.Date > 0 {
		return m.Date
	}
	return m.began().Add(-clockSkew).Unix()
}

// Told is one change of members, as Slack told it. Before and Date are the
// group's dates around it.
type Told struct {
	Notice         string
	Before, Date   int64
	Added, Removed []string
	At             time.Time
	Rev            int64
}

// Mend is an edit of somebody else that a write of ours overwrote and that is to
// be done again: Back puts the account back in, else it is taken out again.
type Mend struct {
	Account string
	Back    bool
	After   int64 // the group's date when the edit was lost
	Since   time.Time
	Rev     int64
}

// RememberedFor is how long what was meant and told is kept.
const RememberedFor = time.Hour

// MeantBy compares a list that was sent with what was read.
func MeantBy(owner string, read, sent []string, date int64, now time.Time) Meant {
	return Meant{Owner: owner, Date: date, In: minus(sent, read), Out: minus(read, sent), SentAt: now}
}

// Lost gives the edits of others that a change of members undid. Events name no
// editor, so whose change it is has to follow from what is known:
//
// Sure: Slack's answer to our write carried this very date, and the change has a
// part of what we meant and nothing against it (another edit in the same second
// has neither). Then the list was ours, as it was sent. Whom it took out without
// our meaning to was not there when we read: somebody added them in between.
// Whom it brought in without our meaning to was there: somebody took them out.
//
// Not sure: the answer to a write of ours was lost. It may have been this change,
// if that holds all that was meant; and it may land late, after others or after
// our own second try, if the change undoes what was told since it was sent. That
// is worth saying and too little to act on.
func (s Standing) Lost(t Told) (lost []Mend, sure bool) {
	for _, m := range s.Meant {
		if m.Date > 0 && m.Date == t.Date && m.partOf(t) {
			return m.lost(t), true
		}
	}
	for _, m := range s.Meant {
		since := m.began().Add(-clockSkew).Unix()
		switch {
		case m.Date > 0 || t.Date < since:
			continue
		case m.wholeOf(t):
			return m.lost(t), false
		}
		if lost = s.undone(m, t, since); len(lost) > 0 {
			return lost, false
		}
	}
	return nil, false
}

// undone are the edits since a date that a change takes back.
func (s Standing) undone(m Meant, t Told, since int64) []Mend {
	return slices.DeleteFunc(m.lost(t), func(x Mend) bool {
		return !slices.ContainsFunc(s.Told, func(e Told) bool {
			edit := e.Removed
			if x.Back {
				edit = e.Added
			}
			return e.Date >= since && e.Date < t.Date && slices.Contains(edit, x.Account)
		})
	})
}

// clockSkew is how far Slack's clock and ours may lie apart.
const clockSkew = time.Minute

func (m Meant) partOf(t Told) bool {
	some := meets(m.In, t.Added) || meets(m.Out, t.Removed)
	return some && !meets(m.In, t.Removed) && !meets(m.Out, t.Added)
}

func (m Meant) wholeOf(t Told) bool {
	return len(m.In)+len(m.Out) > 0 && len(minus(m.In, t.Added))+len(minus(m.Out, t.Removed)) == 0
}

func (m Meant) lost(t Told) []Mend {
	var out []Mend
	for _, a := range minus(t.Removed, m.Out) {
		out = append(out, Mend{Account: a, Back: true, After: t.Date, Since: t.At})
	}
	for _, a := range minus(t.Added, m.In) {
		out = append(out, Mend{Account: a, After: t.Date, Since: t.At})
	}
	return out
}

// Word says whether a mend is still the last that people said of its account.
type Word uint8

// Unheard is the zero value: a change since then was not told yet, and nothing
// may be done.
const (
	Unheard   Word = iota
	Last           // nobody has touched the account since
	Overtaken      // somebody has
)

// Still follows the changes that were told from the mend's date to the group's
// date at a complete read. Each names the date before it, so that a change which
// is missing, or comes late, shows as a gap. What a write of ours meant to do to
// the account is nobody's word.
func (s Standing) Still(m Mend, date int64) Word {
	for at := m.After; ; {
		if at == date {
			return Last
		}
		i := slices.IndexFunc(s.Told, func(t Told) bool { return t.Before == at && t.Date > at })
		if i < 0 {
			return Unheard
		}
		t := s.Told[i]
		if said := slices.Contains(t.Added, m.Account) || slices.Contains(t.Removed, m.Account); said && !s.ours(t, m.Account) {
			return Overtaken
		}
		at = t.Date
	}
}

// ours reports whether a write of ours meant to do this to the account.
func (s Standing) ours(t Told, account string) bool {
	return slices.ContainsFunc(s.Meant, func(m Meant) bool {
		return m.Date > 0 && m.Date == t.Date && m.partOf(t) && (slices.Contains(m.In, account) || slices.Contains(m.Out, account))
	})
}

// Anew reports whether the account was given access by Ebb after the edit: the
// hold was baselined later than Slack's date of it.
func (m Mend) Anew(h Hold) bool { return h.Open() && h.Since.Unix() > m.After }

func meets(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// minus gives what is in a and not in b.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return slices.Contains(b, x) })
}
