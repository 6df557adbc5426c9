package review

import "github.com/ebb-access/ebb/shared/access"

// Change is what one commit saves of decisions and what they made. Assignments
// carry the counts that they are to have, each at the version it was read at.
type Change struct {
	// While is the state in which the campaign of the assignments has to be when it is
	// saved, so that nothing comes after its end; "": any.
	While       State
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

// MostNotes is how many lines one commit of notes takes, or a third of them with a
// text each; MostDecided how many submitted decisions without a removal, MostDenied
// how many with one, beside a handful of accounts that are told. Rows of a line: a
// note 1, and 2 for a first text; a certified line 2, itself and what is known of
// the access next time; one that passes on 3, here, there and the next assignment;
// a denied line 3, with what leads to it until it is gone. A removal's grant takes
// 6 more with its event, a manual task 7, and a text that came with the decision 2.
const (
	MostNotes   = 45
	MostDecided = 30
	MostDenied  = 7
)
