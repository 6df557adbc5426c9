package store

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"

	"github.com/ebb-access/ebb/shared/fault"
)

// What the port forbids, as numbers. They are DynamoDB's limits with room left
// (1,024 bytes of a sort key, 400 KB of an item, 100 items and 4 MB of a
// transaction), so that what passes on a laptop passes there too.
const (
	// MaxKey is the most bytes of one part of a key.
	MaxKey = 512
	// MaxBody is the most bytes of one body.
	MaxBody = 350 << 10
	// MaxWrites is the most lines of one commit.
	MaxWrites = 100
	// MaxCommit is the most bytes of all bodies of one commit.
	MaxCommit = 3 << 20
	// PageRows is how many rows a query gives when nobody said.
	PageRows = 1000
	// PageBytes ends a page: the row that reaches it is the page's last.
	PageBytes = 1 << 20
)

// Check reports what the port forbids about a key, as fault.Invalid.
func (k Key) Check() error {
	if k.Part == "" || k.Sort == "" {
		return fault.At("", "key", "both parts of a key must be given")
	}
	if !clean(k.Part) || !clean(k.Sort) {
		return fault.At("", "key", "each part of a key is UTF-8 without control characters, at most %d bytes", MaxKey)
	}
	return nil
}

// Check reports what the port forbids about a range, as fault.Invalid.
func (r Range) Check() error {
	if r.Part == "" || !clean(r.Part) {
		return fault.At("", "part", "name one partition, in UTF-8 without control characters, at most %d bytes", MaxKey)
	}
	if !clean(r.From) || !clean(r.To) || !clean(r.After) {
		return fault.At("", "range", "bounds are UTF-8 without control characters, at most %d bytes", MaxKey)
	}
	if r.Limit < 0 {
		return fault.At("", "limit", "a limit is not negative")
	}
	return nil
}

// Check reports what the port forbids about one write, as fault.Invalid.
func (w Write) Check() error {
	if w.Action < Put || w.Action > Check {
		return fault.At("", "action", "there is no action %d", w.Action)
	}
	if err := w.Row.Key.Check(); err != nil {
		return err
	}
	if w.Was < 0 {
		return fault.At("", "was", "a version is not negative")
	}
	if w.Action != Put {
		return nil
	}
	return w.Row.check()
}

// CheckCommit reports what the port forbids about a commit, as fault.Invalid.
// Every engine calls it before anything else.
func CheckCommit(writes []Write) error {
	if len(writes) > MaxWrites {
		return fault.At("", "writes", "a commit has at most %d writes, this one has %d", MaxWrites, len(writes))
	}
	size := 0
	for _, w := range writes {
		if w.Action == Put {
			size += len(w.Row.Body)
		}
	}
	if size > MaxCommit {
		return fault.At("", "writes", "the bodies of a commit have at most %d bytes together, these have %d", MaxCommit, size)
	}
	return checkAll(writes)
}

// CheckBatch reports what the port forbids about a batch, as fault.Invalid.
// Every engine calls it before it writes the first row.
func CheckBatch(writes []Write) error {
	for _, w := range writes {
		if w.Action == Check {
			return fault.At("", "action", "a batch looks at no version: use a commit to check one")
		}
	}
	return checkAll(writes)
}

// checkAll wants every line well formed and no key twice.
func checkAll(writes []Write) error {
	seen := make(map[Key]struct{}, len(writes))
	for _, w := range writes {
		if err := w.Check(); err != nil {
			return err
		}
		if _, twice := seen[w.Row.Key]; twice {
			return fault.At("", "key", "a key stands twice in one call")
		}
		seen[w.Row.Key] = struct{}{}
	}
	return nil
}

func (r Row) check() error {
	if r.Expires < 0 {
		return fault.At("", "expires", "a time of expiry is not negative")
	}
	if len(r.Body) > MaxBody {
		return fault.At("", "body", "a body has at most %d bytes, this one has %d", MaxBody, len(r.Body))
	}
	start := bytes.TrimLeft(r.Body, " \t\r\n")
	if len(start) == 0 || start[0] != '{' || !utf8.Valid(r.Body) || !json.Valid(r.Body) {
		return fault.At("", "body", "a body is one JSON object in UTF-8")
	}
	return nil
}

func clean(s string) bool {
	if len(s) > MaxKey || !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if unicode.IsControl(c) {
			return false
		}
	}
	return true
}
