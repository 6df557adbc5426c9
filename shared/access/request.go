package access

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// ItemState is where one item of a request stands.
type ItemState string

// The states of an item.
const (
	Pending  ItemState = "pending"
	Approved ItemState = "approved"
	Denied   ItemState = "denied"
	Canceled ItemState = "canceled"
	Expired  ItemState = "expired"
)

// MaxItems is how many entitlements one request may name.
const MaxItems = 20

// Request asks for a subject (oneself or another), 1 to 20 items, a time and a
// reason. The reason lives beside it (a text), so that it can be erased.
type Request struct {
	ID        string
	Requester string // user id
	By        string // the requester's account in this connector
	Subject   string // account id
	Connector string
	Items     []Item
	Start     time.Time     // zero: at once when approved
	Length    time.Duration // each grant's time
	Created   time.Time
	Expires   time.Time // pending items expire then
	// Emergency: whoever may skipped the approvers, and somebody confirms
	// afterwards (Item.Confirm).
	Emergency bool
	Profile   string // the access profile that was asked for; "": the items one by one
	Rev       int64
}

// Item is one entitlement asked for, with its own decision and grant.
type Item struct {
	Resource      string
	Kind          directory.Kind
	Slug          string
	State         ItemState
	Rule          string
	PolicyVersion int64
	DecidedBy     string // account id; "" when policy decided
	DecidedFor    string // account in whose place, as its delegate; "": their own right
	DecidedAt     time.Time
	Grant         string
	// Stage is the step at which it waits, and who decides there (Rule.At).
	// Since it has waited there; at Deadline the step has taken too long (zero:
	// it may take until the request expires). Remind is the next reminder, zero
	// for what was asked for before there were any.
	Stage
	Since     time.Time
	Deadline  time.Time
	Remind    time.Time
	Reminders int
	Votes     []Vote // who said yes, in their order
	Risk      Risk
	// Extends: the item asks to move this grant's end; the request's Start and
	// Length are then the grant's start and its whole new time.
	Extends string
	// Confirm is what an emergency left to do; zero: nothing.
	Confirm Confirm
	// SoloAt is when a waiting item approves itself unless somebody named vetoes
	// it; zero: it does not.
	SoloAt time.Time
}

// Confirm is the confirmation of an emergency, afterwards. The zero Confirm
// asks for none.
type Confirm struct {
	Due     time.Time // from then on its lack is a finding
	By      string    // account id of who confirmed or ended it; "": nobody yet
	For     string    // account in whose place, as its delegate
	At      time.Time
	Denied  bool // By said no, which ended the access
	Overdue bool // Due passed, and the finding is written
	// Handed is the account to whom somebody gave it by hand; it alone confirms.
	Handed string
}

// Open reports whether somebody still has to confirm.
func (c Confirm) Open() bool { return !c.Due.IsZero() && c.By == "" }

// Open reports whether an item waits for a decision.
func (r Request) Open() bool {
	for _, it := range r.Items {
		if it.State == Pending {
			return true
		}
	}
	return false
}

// Next is when the request has to be looked at, false when nothing waits: the
// first reminder, deadline of a step, its expiry, or a confirmation that is due.
func (r Request) Next() (at time.Time, waits bool) {
	sooner := func(t time.Time) {
		if !t.IsZero() && (!waits || t.Before(at)) {
			at, waits = t, true
		}
	}
	if r.Open() {
		at, waits = r.Expires, true
	}
	for _, it := range r.Items {
		sooner(it.next())
		if it.Confirm.Open() && !it.Confirm.Overdue {
			sooner(it.Confirm.Due)
		}
	}
	return at, waits
}

// Unconfirmed reports whether somebody still has to confirm an item.
func (r Request) Unconfirmed() bool {
	for _, it := range r.Items {
		if it.Confirm.Open() {
			return true
		}
	}
	return false
}
