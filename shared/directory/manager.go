package directory

import "time"

// Managed is who manages an account, in the words of whoever filled it in: the id of
// another account, or an address or a handle.
type Managed struct {
	Account string
	Manager string // "": nobody is named
}

// ManagerSource says how far it is known who manages whom. The zero source was never
// read.
type ManagerSource struct {
	Shown bool
	Why   string // why it is not, in words
	Found int    // accounts that have a manager here
	Read  time.Time
	Next  time.Time // when it is read again
	// Pages and Unknown count of a read that goes on, since Begun; Unknown are names
	// that are nobody's here.
	Begun          time.Time
	Pages, Unknown int
}

// Refuse is the source after Slack, or what is known of the connector, said no.
func (s ManagerSource) Refuse(why string) ManagerSource {
	return ManagerSource{Why: why, Next: s.Next}
}
