package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
)

const (
	// applicationID ("Ebb" and 1) stands in the file's header, where the file
	// command and SQLite's tools read whose it is.
	applicationID = 0x45626201
	// format is the version of the schema, in the header too. A change of the
	// schema adds a step from each older format.
	format = 1

	readers = 4
	// Caches in KiB, one per connection: 16 MiB altogether, however many rows
	// there are.
	writerCache = 8 << 10
	readerCache = 2 << 10
)

// The table is an ordinary one, and its key an index beside it: in a table
// WITHOUT ROWID, whose tree holds whole rows, each search reads every large
// row that it passes (300 rows of 300 KiB made batches 140 times slower).
const schema = `
CREATE TABLE IF NOT EXISTS rows (
  part    TEXT    NOT NULL,
  sort    TEXT    NOT NULL,
  version INTEGER NOT NULL,
  expires INTEGER NOT NULL, -- Unix seconds; 0: never
  body    TEXT    NOT NULL, -- a JSON object
  PRIMARY KEY (part, sort)
) STRICT;
CREATE INDEX IF NOT EXISTS rows_expiring ON rows (expires) WHERE expires > 0;
`

// Options are what Open may be told. The zero value is ready to use.
type Options struct {
	// Now decides which rows have expired; nil is the system's clock.
	Now func() time.Time
}

// Open opens the table in the file at path, and makes the file (readable for
// its owner alone) if there is none; its folder must exist. Any number of
// processes may have it open. fault.Misconfigured says what is wrong with a
// file that is not Ebb's, newer than this Ebb, or not to be written.
func Open(path string, o Options) (*Table, error) {
	const op = "sqlite.Open"
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := create(path); err != nil {
		return nil, &fault.Error{
			Op: op, Kind: fault.Misconfigured, Err: err,
			Text: "the database cannot be opened: make its folder, and give both to Ebb's user",
		}
	}
	if err := prepare(path); err != nil {
		return nil, sorted(op, err)
	}
	t := &Table{now: o.Now}
	if t.now == nil {
		t.now = time.Now
	}
	if t.writer, err = pool(path, 1, writerCache); err != nil {
		return nil, sorted(op, err)
	}
	if t.readers, err = pool(path, readers, readerCache); err != nil {
		return nil, sorted(op, errors.Join(err, t.writer.Close()))
	}
	return t, nil
}

// Close interrupts what is running, and closes the file. The table is not to
// be used again; a second Close does nothing.
func (t *Table) Close() (err error) {
	t.closing.Do(func() {
		err = fault.Wrap("sqlite.Close", errors.Join(t.readers.Close(), t.writer.Close()))
	})
	return err
}

// create makes the file and lets its name survive a power failure. SQLite
// gives its log and its shared memory the same permissions.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		// Not even opened: closing it again would drop the locks that another
		// Table of this process holds on it (https://sqlite.org/howtocorrupt.html, 2.2).
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// prepare looks whose file it is before anything is changed in it, then makes
// the schema. Several processes may do so at once.
func prepare(path string) (err error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn.SetInterrupt(ctx.Done())
	if err := look(conn, path); err != nil {
		return err
	}
	if err := writeAhead(ctx, conn); err != nil {
		return err
	}
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	if done, err := ours(conn, path); err != nil || done {
		return err
	}
	if err := sqlitex.ExecuteScript(conn, schema, nil); err != nil {
		return err
	}
	return pragma(conn, fmt.Sprintf("application_id = %d", applicationID), fmt.Sprintf("user_version = %d", format))
}

// writeAhead switches the file to a write-ahead log, which it remembers.
// SQLite does not wait here for others who have the file open, as it does
// everywhere else, so that of two who open a new file at once one tries again.
func writeAhead(ctx context.Context, conn *sqlite.Conn) error {
	for {
		err := pragma(conn, "journal_mode = WAL", "synchronous = FULL")
		if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultBusy || ctx.Err() != nil {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// look is ours in a transaction of its own, which only reads: all that it
// looks at is from before or from after another process made the schema.
func look(conn *sqlite.Conn, path string) (err error) {
	defer sqlitex.Transaction(conn)(&err)
	_, err = ours(conn, path)
	return err
}

// ours is whether the schema stands already; false for an empty file.
func ours(conn *sqlite.Conn, path string) (bool, error) {
	id, err := number(conn, "PRAGMA application_id")
	if sqlite.ErrCode(err) == sqlite.ResultNotADB {
		return false, fault.New("", fault.Misconfigured, "%s is not a database of Ebb: name another file, or a new one", path)
	}
	if err != nil {
		return false, err
	}
	version, err := number(conn, "PRAGMA user_version")
	if err != nil {
		return false, err
	}
	objects, err := number(conn, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return false, err
	}
	switch {
	case id == 0 && version == 0 && objects == 0:
		return false, nil
	case id != applicationID:
		return false, fault.New("", fault.Misconfigured, "%s is another program's database: name another file, or a new one", path)
	case version > format:
		return false, fault.New("", fault.Misconfigured,
			"%s was written by a newer Ebb (format %d, this one knows %d): start the newer Ebb, or go back to a backup from before", path, version, format)
	}
	return true, nil
}

func pool(path string, size int, cache int) (*sqlitex.Pool, error) {
	return sqlitex.NewPool(path, sqlitex.PoolOptions{
		Flags:    sqlite.OpenReadWrite,
		PoolSize: size,
		PrepareConn: func(conn *sqlite.Conn) error {
			return pragma(conn,
				"secure_delete = ON",                   // what ebb forget erases is to stand in no free page
				"synchronous = FULL", "fullfsync = ON", // the second is for macOS, whose fsync alone does not reach the disk
				fmt.Sprintf("cache_size = -%d", cache),
				"wal_autocheckpoint = 4000",     // pages: the log is folded in every 16 MiB,
				"journal_size_limit = 67108864", // and cut back to 64 MiB after a reader had held it
			)
		},
	})
}

func pragma(conn *sqlite.Conn, settings ...string) error {
	for _, s := range settings {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+s, nil); err != nil {
			return err
		}
	}
	return nil
}

func number(conn *sqlite.Conn, query string) (n int64, err error) {
	err = sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			n = stmt.ColumnInt64(0)
			return nil
		},
	})
	return n, err
}
