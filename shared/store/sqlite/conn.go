package sqlite

import (
	"context"
	"errors"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
)

// patience is how long a write waits for the lock of other processes, and a
// read for a connection, before it gives up with fault.Backoff.
const patience = 10 * time.Second

// foldsFor is how long emptying the log may keep writers waiting.
const foldsFor = time.Second

// read runs do on a reader's connection. Each statement sees the newest commit.
func (t *Table) read(ctx context.Context, op string, do func(*sqlite.Conn) error) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := t.readers.Take(waiting)
	if err != nil {
		return sorted(op, err)
	}
	defer t.readers.Put(conn)
	conn.SetInterrupt(ctx.Done())
	return sorted(op, do(conn))
}

// write runs do in a transaction and commits it unless do fails. Until the
// commit begins, an error means that nothing happened; the commit itself is
// never interrupted, and its error is fault.Unclear.
func (t *Table) write(ctx context.Context, op string, do func(*sqlite.Conn) error) error {
	conn, err := t.writer.Take(ctx)
	if err != nil {
		return sorted(op, err)
	}
	defer t.writer.Put(conn)
	defer rollback(conn)
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn.SetInterrupt(waiting.Done())
	err = sqlitex.Execute(conn, "BEGIN IMMEDIATE", nil)
	if err == nil {
		// The lock is held: from here only the caller's patience counts, so
		// that a slow disk makes a batch slow and not impossible.
		conn.SetInterrupt(ctx.Done())
		err = do(conn)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return sorted(op, err)
	}
	conn.SetInterrupt(nil)
	if err := sqlitex.Execute(conn, "COMMIT", nil); err != nil {
		return &fault.Error{Op: op, Kind: fault.Unclear, Text: "the disk did not confirm a write: read again", Err: err}
	}
	return nil
}

// rollback ends a transaction that is still open, also after a panic.
func rollback(conn *sqlite.Conn) {
	conn.SetInterrupt(nil)
	if !conn.AutocommitEnabled() {
		// Its error changes nothing: what was not committed does not count.
		_ = sqlitex.Execute(conn, "ROLLBACK", nil)
	}
}

// sorted gives an error of SQLite its kind, once. A fault keeps its own.
func sorted(op string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return fault.Wrap(op, err)
	}
	e := &fault.Error{Op: op, Kind: fault.Backoff, Err: err}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultInterrupt:
		e.Text = "the database was busy, or the caller gave up: try again"
	case sqlite.ResultFull:
		e.Text = "the disk of the database is full: make room"
	case sqlite.ResultReadOnly, sqlite.ResultPerm, sqlite.ResultCantOpen, sqlite.ResultAuth:
		e.Kind, e.Text = fault.Misconfigured, "Ebb may not write the database: give its user the file and its folder"
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		e.Kind, e.Text = fault.Misconfigured, "the database is damaged: stop Ebb and put the newest backup in its place"
	}
	return e
}
