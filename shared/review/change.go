package review

import "github.com/ebb-access/ebb/shared/access"

// Change is what one commit saves of decisions and what they made. Assignments
// carry the counts that they are to have, each at the version it was read at.
type Change struct {
	Assignments []Assignment
	// Lines where they are now. One that was moved to another assignment has Rev 0
	// there, and stands in Moved as it was read.
	Lines   []Line
	Moved   []Line
	Grants  []access.Grant
	Manuals []access.Manual
	Texts   []access.Text
	// Tell are accounts that are to hear of it, in the campaign's message to them.
	Tell []string
}

// MostNotes is how many lines one commit of notes takes, MostDecided how many
// submitted decisions without a removal. A submitted line takes three rows: itself,
// what is known of the access next time, and a pointer that goes or comes; a
// removal four more, or six with a manual task.
const (
	MostNotes   = 45
	MostDecided = 30
	MostDenied  = 8
)
