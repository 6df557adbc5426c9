package review

import "time"

// Erasure takes the name of somebody who was forgotten out of the rows of reviews.
// Snapshots and lines hold the names of then beside what is under their digests, so
// that no digest changes.
type Erasure struct {
	Connector string
	Account   string
	By        string // user id of who asked for it
	// Behind is the campaign behind which it goes on, in the order of their making;
	// "": with the first. Rows is how many named the account.
	Behind string
	Rows   int
	Next   time.Time // zero: it is over
	Rev    int64
}
