package access

import "time"

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
	// Since is when the baseline was read.
	Since time.Time
	// GoneAt is when a complete read showed our access gone; held again within
	// a day is a finding ("came back"). A hold that is gone starts anew.
	GoneAt time.Time
	Rev    int64
}

// Open reports whether the hold still speaks for its account: it exists and
// its access has not been seen gone.
func (h Hold) Open() bool { return !h.Since.IsZero() && h.GoneAt.IsZero() }

// Times for writes whose outcome nobody saw. A write may land while its
// caller is dead; nothing becomes final before two complete reads agree.
const (
	FirstReread  = 15 * time.Second
	SecondReread = 2 * time.Minute
)

// Writing is a write to Slack on its way: stored before it is sent, cleared on
// a definite answer that a read confirmed. One stands per resource.
type Writing struct {
	Owner   string // the lock's owner who sent it
	Add     []string
	Remove  []string
	SentAt  time.Time
	Unclear bool     // somebody else found it, or its answer was unclear
	Reread  bool     // the read at +15 s was made
	Seen    []string // of Add and Remove: who was held in it, sorted
	Rev     int64
}

// Due is when the next re-read of an unclear write is due.
func (w Writing) Due() time.Time {
	if w.Reread {
		return w.SentAt.Add(SecondReread)
	}
	return w.SentAt.Add(FirstReread)
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
