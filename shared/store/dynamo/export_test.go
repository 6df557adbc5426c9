package dynamo

import "time"

// Quick makes a table try again after milliseconds.
func Quick(t *Table) *Table {
	t.pause = time.Millisecond
	return t
}
