package access

import (
	"slices"
	"time"
)

// Hold is what Ebb knows of one account on one entitlement. It is written
// under the resource's lock before Ebb first touches the membership, and never
// read anew while a grant covers it: later grants inherit it.
type Hold struct {
	Connector string
	Resource  string
	Slug      string
	Account   string
	// Stood: the account held this before Ebb's first grant. Such access is
	// never removed by an expiry.
	Stood bool
	// Sent: Ebb stored the intent to add this account. Until then whatever is
	// held was given by others.
	Sent bool
	// Since is when the baseline was read.
	Since time.Time
	// GoneAt is when the last grant over it came to its end: a complete read
	// showed our access gone, or left what stood. A later grant starts anew.
	// Not Stood and held again within a day is a finding ("came back").
	GoneAt time.Time
	// GoneDate is the user group's date, as Slack told it with that read (Unix
	// seconds): what happened up to then is older than the end. 0: not told.
	GoneDate int64
	Rev      int64
}

// Open reports whether the hold still speaks for its account.
func (h Hold) Open() bool { return !h.Since.IsZero() && h.GoneAt.IsZero() }

// Ours reports whether the account holds it because Ebb gave it.
func (h Hold) Ours() bool { return h.Open() && h.Sent && !h.Stood }

// Times for writes whose outcome nobody saw. A write may land while its
// caller is dead; nothing becomes final before two complete reads agree.
const (
	FirstReread  = 15 * time.Second
	SecondReread = 2 * time.Minute
)

// Writing is a write to Slack on its way: stored before it is sent, cleared on
// a definite answer that a read confirmed. One stands per resource. Whoever
// takes the lock and finds one knows that its outcome is unclear: its sender
// died or never had an answer.
type Writing struct {
	Owner  string // the lock's owner who sent it
	Add    []string
	Remove []string
	SentAt time.Time
	// From is when the first of the lists in question was sent, where that is not
	// SentAt: a further one, or a read that differed, moves SentAt on.
	From   time.Time
	Reread bool     // the read at +15 s was made
	Seen   []string // of Add and Remove: who was held in it, sorted
	Rev    int64
}

// Began is when the first of the lists in question was sent.
func (w Writing) Began() time.Time {
	if w.From.IsZero() {
		return w.SentAt
	}
	return w.From
}

// Due is when the next re-read of an unclear write is due.
func (w Writing) Due() time.Time {
	if w.Reread {
		return w.SentAt.Add(SecondReread)
	}
	return w.SentAt.Add(FirstReread)
}

// Reading takes what a complete read shows of the accounts in question. It
// gives the row as it stands then, and whether two reads far enough apart now
// agree, so that the row may go.
func (w Writing) Reading(v View, now time.Time) (Writing, bool) {
	if now.Before(w.Due()) {
		return w, false
	}
	seen := w.held(v)
	if !w.Reread {
		w.Reread, w.Seen = true, seen
		return w, false
	}
	if slices.Equal(w.Seen, seen) {
		return w, true
	}
	// Something landed in between: look again as if it had been sent just
	// before the read that is now the first.
	w.From = w.Began()
	w.Seen, w.SentAt = seen, now.Add(-FirstReread)
	return w, false
}

// Follow is the row for a further write while this one is still unclear: the
// accounts of both are in question.
func (w Writing) Follow(next Writing) Writing {
	next.Add, next.Remove, next.Rev, next.From = union(w.Add, next.Add), union(w.Remove, next.Remove), w.Rev, w.Began()
	return next
}

// Confirmed is the row after the further write had a definite answer and was
// read back: what remains unclear is the first write alone.
func (w Writing) Confirmed(first Writing, v View) Writing {
	w.Owner, w.SentAt, w.From, w.Reread = first.Owner, first.SentAt, first.From, true
	w.Seen = w.held(v)
	return w
}

func (w Writing) held(v View) []string {
	in := v.Set()
	var out []string
	for _, a := range union(w.Add, w.Remove) {
		if in[a] {
			out = append(out, a)
		}
	}
	return out
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// Lock is the right to change one resource in Slack for a while.
type Lock struct {
	Connector string
	Resource  string
	Owner     string
	Until     time.Time
	Rev       int64
}

// The lease: taken for 40 s; no write starts after 15 s of it; Slack's call
// has 10 s; the rest is for clocks that differ.
const (
	LeaseTime  = 40 * time.Second
	WriteUntil = 15 * time.Second
	CallTime   = 10 * time.Second
)

// MayWrite reports whether a write may still start under the lease.
func (l Lock) MayWrite(now time.Time) bool {
	return now.Before(l.Until.Add(WriteUntil - LeaseTime))
}

// Free reports whether somebody else may take the lock.
func (l Lock) Free(now time.Time) bool { return l.Owner == "" || !now.Before(l.Until) }
