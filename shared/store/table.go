package store

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/fault"
)

// Key names one row. Both parts are non-empty UTF-8 of at most 512 bytes and
// hold no control characters. Rows of one partition are ordered by the bytes of Sort.
type Key struct{ Part, Sort string }

// Row is one row of the table. Body is a JSON object of at most 350 KiB whose
// attributes an engine keeps readable (DynamoDB: attributes of their own;
// SQLite: JSON text). Its meaning comes back, not its bytes: whole numbers exact
// to 2^53, or float64. Version is 1 at the first write and grows by one with
// each; a row that is deleted or expired and written again starts at 1, as does
// every Batch, so a row that guards something (a lock) is overwritten, never
// deleted. A row is gone from the second Expires on (Unix seconds, 0: never),
// for Get, Query and the conditions of Commit alike, whether or not the engine
// has deleted it.
type Row struct {
	Key
	Version int64
	Expires int64
	Body    []byte
}

// Action says what a Write does to its row.
type Action uint8

const (
	// Put stores Body under Key; its new version is Was+1.
	Put Action = iota + 1
	// Delete removes the row.
	Delete
	// Check changes nothing: the commit fails unless the version is still Was.
	Check
)

// Write is one line of a commit. Was is the version at which the row was
// read, 0 when there was no row.
type Write struct {
	Action Action
	Row    Row
	Was    int64
}

// Range asks for a part of a partition, in the order of Sort: From <= Sort < To
// ("" is open). After continues behind a row that was read already. Limit is
// the greatest number of rows (0: 1000).
type Range struct {
	Part     string
	From, To string
	After    string
	Limit    int
	Reverse  bool
}

// Table is the small port under the whole store: one table, two key parts,
// strongly consistent everywhere. Any number of goroutines and processes may
// use it at once.
//
// Errors: fault.NotFound from Get; fault.Conflict from Commit when a version
// differs (nothing was written; Stale in its chain says where); fault.Backoff when nothing can have happened;
// fault.Unclear when a Commit or Batch may or may not have happened;
// fault.Invalid for what the port forbids; fault.Misconfigured where a person
// must act (a damaged or read-only file). Each method may be repeated: a
// repeated Commit whose first try happened answers Conflict, and its caller
// reads again.
type Table interface {
	// Get reads one row as it stands now.
	Get(ctx context.Context, key Key) (Row, error)
	// Query reads rows of one partition. more is exact: expired rows count
	// neither for Limit nor for more, and a page with more has at least one
	// row. A page may end early at 1 MiB.
	Query(ctx context.Context, r Range) (rows []Row, more bool, err error)
	// Commit applies all writes or none. At most 100, no key twice, at most
	// 3 MiB of bodies. What is forbidden is refused before anything is read or
	// written; an empty commit succeeds.
	Commit(ctx context.Context, writes []Write) error
	// Batch writes rows without looking at versions and without atomicity
	// (Put and Delete only, Was is ignored, no key twice, any number): for the
	// directory, which is a cache of Slack and not a decision. The stored
	// version is 1. Once a part is written, an error is Unclear: send it again.
	Batch(ctx context.Context, writes []Write) error
}

// Stale is in the chain of every Conflict of a Commit: First is the place, from
// 0, of the first write whose row was not at its version. Those before it were.
type Stale struct{ First, Of int }

// Error reads "write 3 of 4 met another version".
func (s *Stale) Error() string {
	return fmt.Sprintf("write %d of %d met another version", s.First+1, s.Of)
}

// Outrun is how an engine says that a commit met another version. Which row it was is
// for the log alone: whoever asked knows what they changed.
func Outrun(first, of int) *fault.Error {
	return &fault.Error{
		Kind: fault.Conflict, Text: "somebody else was faster; read it again and decide again", Err: &Stale{First: first, Of: of},
	}
}
