package access

import "time"

// Freeze stops new access, of one connector or of the whole house (Connector
// ""): whatever was asked for and approved waits, and what was given ends as it
// would. The zero Freeze stops nothing. Why is a text beside it, so that it can
// be erased.
type Freeze struct {
	ID        string // of this freeze; the next one of the same scope has another
	Connector string
	By        string // user id
	Since     time.Time
	Lifted    time.Time // zero: it is on
	LiftedBy  string
	// Waking: it is lifted, and what waited for that is being made due.
	Waking bool
	Rev    int64
}

// On reports whether it stops new access.
func (f Freeze) On() bool { return !f.Since.IsZero() && f.Lifted.IsZero() }

// Stops reports whether it stops new access of a connector.
func (f Freeze) Stops(conn string) bool { return f.On() && (f.Connector == "" || f.Connector == conn) }

// Scope names what it is about in an event: a connector's id, or "house".
func (f Freeze) Scope() string {
	if f.Connector == "" {
		return "house"
	}
	return f.Connector
}

// Text names the text beside it that says why.
func (f Freeze) Text() string { return "freeze/" + f.ID }
