package store

import "context"

// Key names one row. Both parts are non-empty UTF-8 of at most 512 bytes and
// hold no control characters. Rows of one partition are ordered by the bytes of Sort.
type Key struct{ Part, Sort string }

// Row is one row of the table. Body is a JSON object of at most 350 KiB whose
// attributes an engine keeps readable (DynamoDB: attributes of their own;
// SQLite: JSON text). Version is 1 at the first write and grows by one with
// each. Expires, in Unix seconds, lets an engine delete the row afterwards;
// reads never return a row whose time has passed (0: never).
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
// differs (nothing was written); fault.Backoff when nothing can have happened;
// fault.Unclear when a Commit or Batch may or may not have happened;
// fault.Invalid for what the port forbids. Each method may be repeated: a
// repeated Commit whose first try happened answers Conflict, and its caller
// reads again.
type Table interface {
	// Get reads one row as it stands now.
	Get(ctx context.Context, key Key) (Row, error)
	// Query reads rows of one partition. more says that rows remain behind
	// the last one; a short page with more is allowed.
	Query(ctx context.Context, r Range) (rows []Row, more bool, err error)
	// Commit applies all writes or none. At most 100, no key twice.
	Commit(ctx context.Context, writes []Write) error
	// Batch writes rows without looking at versions and without atomicity
	// (Put and Delete only, Was is ignored, no key twice, any number): for the
	// directory, which is a cache of Slack and not a decision. The stored version is 1.
	Batch(ctx context.Context, writes []Write) error
}
