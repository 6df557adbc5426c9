package access

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Doing says whose doing it is that an account holds what nobody knew of.
type Doing uint8

// Unsure is the zero value: Ebb is, or was lately, at it, and the next complete
// read tells. Back is theirs, too: Ebb took that access back within a day, or had
// its user group disabled, and somebody gave it again.
const (
	Unsure Doing = iota
	Ours
	Theirs
	Back
)

// BackWithin is how long after its end an access that is held again is called back.
const BackWithin = 24 * time.Hour

// Look is what shows that somebody holds something: a complete read, or an event.
type Look struct {
	From time.Time // what it shows is not older than this
	// Date is the user group's date in an event (Unix seconds); 0: a complete
	// read, or an event without one.
	Date int64
	Now  time.Time
}

// Outside judges an account that a look shows on the resource r and that was not
// known there.
//
// Events and reads are older than they look: what Ebb gave may be over by the
// time that somebody hears of it. So only what was certainly so after Ebb's last
// word on the account is called theirs.
func (s Standing) Outside(account string, r directory.Resource, l Look) Doing {
	left := slices.IndexFunc(s.Left, func(x Left) bool { return x.Account == account })
	switch i := slices.IndexFunc(s.Mends, func(m Mend) bool { return m.Account == account }); {
	case i >= 0 && s.Mends[i].Back:
		return Theirs // somebody added them, and our list had lost that
	case i >= 0:
		return Ours // our list brought them back, and takes them out again
	case s.Holds[account].Ours() && s.covers(account):
		return Ours
	case slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.Account == account && g.Origin != "" }):
		return Ours // a person has said what becomes of it
	case s.Writing != nil && (r.Kind != directory.Channel || s.Writing.Is(account)):
		return Unsure
	case left >= 0 && s.Left[left].Unseen:
		return Unsure // put back, and others had put them in; told once they are no more left out
	case left >= 0:
		return Ours // put back
	case s.told(account, l):
		return Unsure
	}
	h := s.Holds[account]
	switch {
	case h.Ours() && r.Visible():
		return Back // its group was disabled, and somebody enabled it
	case h.Ours():
		return Unsure
	case h.GoneAt.IsZero():
		return Theirs
	case !l.after(h):
		return Unsure
	case !h.Stood && l.Now.Sub(h.GoneAt) < BackWithin:
		return Back
	}
	return Theirs
}

// covers reports whether a grant on the account is not over.
func (s Standing) covers(account string) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.Account == account })
}

// Is reports whether the write is about the account.
func (w Writing) Is(account string) bool {
	return slices.Contains(w.Add, account) || slices.Contains(w.Remove, account)
}

// told reports whether a list that Ebb sent may be what the look shows: the list
// meant the account, or its answer was lost. A list brings back whom somebody took
// out while it was on its way; for that, see Lost.
func (s Standing) told(account string, l Look) bool {
	return slices.ContainsFunc(s.Meant, func(m Meant) bool {
		in := slices.Contains(m.In, account)
		switch {
		case l.Date == 0: // a read: what was sent around it may have moved anybody
			return m.SentAt.Add(clockSkew).After(l.From)
		case m.Date == 0:
			return in && l.Date >= m.began().Add(-clockSkew).Unix()
		}
		return in && m.Date == l.Date
	})
}

// after reports whether the look shows what is later than the end of the hold, by
// Slack's own dates where it tells them.
func (l Look) after(h Hold) bool {
	if l.Date > 0 && h.GoneDate > 0 {
		return l.Date > h.GoneDate
	}
	return l.From.After(h.GoneAt)
}

// Outlived reports whether by Slack's own dates a list of Ebb's brought the account in
// after a change that took it out: told late, that says nothing of it any more. A list
// whose answer, and its date with it, was lost is no older than when it was first sent.
// Of two changes in one second nobody knows which came last; the next sync does.
func (s Standing) Outlived(account string, date int64) bool {
	return date > 0 && slices.ContainsFunc(s.Meant, func(m Meant) bool {
		return m.notBefore() >= date && slices.Contains(m.In, account)
	})
}

// Wrote reports whether a change of members is a list of Ebb's: then whoever came with
// it came by Ebb's doing. perhaps are those of whom it may be so, because the answer to
// a list was lost.
func (s Standing) Wrote(t Told) (ours bool, perhaps []string) {
	if t.Date == 0 {
		return false, nil
	}
	if slices.ContainsFunc(s.Meant, func(m Meant) bool { return m.Date > 0 && m.Date == t.Date && m.partOf(t) }) {
		return true, nil
	}
	lost, _ := s.Lost(t)
	for _, m := range lost {
		perhaps = append(perhaps, m.Account)
	}
	return false, perhaps
}
