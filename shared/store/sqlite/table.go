// Package sqlite owns the table engine that keeps everything in one SQLite
// file, for a house on one machine: the file opens in any SQLite tool, a row
// of the port is a row of the table "rows", and its body is JSON text.
//
// What is acknowledged is on the disk: the write-ahead log is synced at every
// commit (synchronous=FULL), so a killed process and a power failure lose
// nothing that was answered with success, as far as the disk keeps its word.
// Writers take turns, also across processes; readers never wait for them. The
// file must lie on a local disk: SQLite's locks and shared memory do not work
// over a network.
//
// What is written over or deleted leaves no copy behind: free places are zeroed with
// the commit, and Purge empties the log.
//
// It never looks into a body and never changes a file that is not Ebb's.
package sqlite

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// batchRows is how many rows of a batch share a transaction: enough that the
// sync of each costs little, few enough that other writers wait under 0.1 s.
const batchRows = 5000

const (
	getSQL  = `SELECT version, expires, body FROM rows WHERE part = ?1 AND sort = ?2 AND (expires = 0 OR expires > ?3)`
	liveSQL = `SELECT version FROM rows WHERE part = ?1 AND sort = ?2 AND (expires = 0 OR expires > ?3)`
	putSQL  = `INSERT INTO rows (part, sort, version, expires, body) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (part, sort) DO UPDATE SET version = ?3, expires = ?4, body = ?5`
	deleteSQL = `DELETE FROM rows WHERE part = ?1 AND sort = ?2`
)

// Table is a store.Table in one file. Use Open; Close it at the end.
type Table struct {
	now     func() time.Time
	writer  *sqlitex.Pool // one connection: writers of this process queue here
	readers *sqlitex.Pool
	closing sync.Once
}

var _ store.Table = (*Table)(nil)

// Get implements store.Table.
func (t *Table) Get(ctx context.Context, key store.Key) (row store.Row, err error) {
	const op = "sqlite.Get"
	if err := key.Check(); err != nil {
		return row, fault.Wrap(op, err)
	}
	err = t.read(ctx, op, func(conn *sqlite.Conn) error {
		stmt, err := keyed(conn, getSQL, key)
		if err != nil {
			return err
		}
		stmt.BindInt64(3, t.now().Unix())
		found, err := stmt.Step()
		if err != nil {
			return err
		}
		if !found {
			return fault.New("", fault.NotFound, "there is no such row")
		}
		row = store.Row{Key: key, Version: stmt.ColumnInt64(0), Expires: stmt.ColumnInt64(1), Body: []byte(stmt.ColumnText(2))}
		return stmt.Reset()
	})
	return row, err
}

// Query implements store.Table. A page ends early at store.PageBytes.
func (t *Table) Query(ctx context.Context, r store.Range) (rows []store.Row, more bool, err error) {
	const op = "sqlite.Query"
	if err := r.Check(); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if r.Limit == 0 {
		r.Limit = store.PageRows
	}
	err = t.read(ctx, op, func(conn *sqlite.Conn) error {
		rows, more, err = t.page(conn, r)
		return err
	})
	return rows, more, err
}

func (t *Table) page(conn *sqlite.Conn, r store.Range) (rows []store.Row, more bool, err error) {
	query, low, high := scan(r)
	stmt, err := conn.Prepare(query)
	if err != nil {
		return nil, false, err
	}
	stmt.BindText(1, r.Part)
	stmt.BindText(2, low)
	stmt.BindText(3, high)
	stmt.BindInt64(4, t.now().Unix())
	size := 0
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return rows, false, err
		}
		if len(rows) == r.Limit || size >= store.PageBytes {
			return rows, true, stmt.Reset()
		}
		rows = append(rows, store.Row{
			Key:     store.Key{Part: r.Part, Sort: stmt.ColumnText(0)},
			Version: stmt.ColumnInt64(1), Expires: stmt.ColumnInt64(2), Body: []byte(stmt.ColumnText(3)),
		})
		size += len(rows[len(rows)-1].Body)
	}
}

// scan writes the query of a range, so that both bounds are the index's own:
// a short range at the start of a long partition must not walk to its end.
func scan(r store.Range) (query, low, high string) {
	above, order := "sort >= ?2", "ASC"
	low, high = r.From, r.To
	switch {
	case r.Reverse:
		order = "DESC"
		if r.After != "" && (high == "" || r.After < high) {
			high = r.After
		}
	case r.After != "" && r.After >= low:
		above, low = "sort > ?2", r.After
	}
	below := "sort < ?3"
	if high == "" {
		below = "?3 = ''"
	}
	return strings.Join([]string{
		"SELECT sort, version, expires, body FROM rows WHERE part = ?1 AND", above, "AND", below,
		"AND (expires = 0 OR expires > ?4) ORDER BY sort", order,
	}, " "), low, high
}

// Commit implements store.Table.
func (t *Table) Commit(ctx context.Context, writes []store.Write) error {
	const op = "sqlite.Commit"
	if err := store.CheckCommit(writes); err != nil {
		return fault.Wrap(op, err)
	}
	return t.write(ctx, op, func(conn *sqlite.Conn) error {
		now := t.now().Unix()
		for i, w := range writes {
			have, err := version(conn, w.Row.Key, now)
			if err != nil {
				return err
			}
			if have != w.Was {
				return store.Outrun(i, len(writes))
			}
		}
		for _, w := range writes {
			if err := apply(conn, w, w.Was+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// Batch implements store.Table. It writes in transactions of 5,000 rows: one
// that fails half-way is fault.Unclear, and may simply be repeated.
func (t *Table) Batch(ctx context.Context, writes []store.Write) error {
	const op = "sqlite.Batch"
	if err := store.CheckBatch(writes); err != nil {
		return fault.Wrap(op, err)
	}
	// Neighbours share pages of the file, whatever order they came in.
	writes = slices.Clone(writes)
	slices.SortFunc(writes, func(a, b store.Write) int {
		if c := strings.Compare(a.Row.Part, b.Row.Part); c != 0 {
			return c
		}
		return strings.Compare(a.Row.Sort, b.Row.Sort)
	})
	done := false
	for chunk := range slices.Chunk(writes, batchRows) {
		err := t.write(ctx, op, func(conn *sqlite.Conn) error { return applyAll(conn, chunk) })
		if err != nil && done {
			return &fault.Error{Op: op, Kind: fault.Unclear, Text: "a part of the batch is written: send it again", Err: err}
		}
		if err != nil {
			return err
		}
		done = true
	}
	return nil
}

// version is that of the row as the port shows it: 0 when it is not there or
// its time has passed.
func version(conn *sqlite.Conn, key store.Key, now int64) (int64, error) {
	stmt, err := keyed(conn, liveSQL, key)
	if err != nil {
		return 0, err
	}
	stmt.BindInt64(3, now)
	found, err := stmt.Step()
	if err != nil || !found {
		return 0, err
	}
	v := stmt.ColumnInt64(0)
	return v, stmt.Reset()
}

func applyAll(conn *sqlite.Conn, writes []store.Write) error {
	for _, w := range writes {
		if err := apply(conn, w, 1); err != nil {
			return err
		}
	}
	return nil
}

func apply(conn *sqlite.Conn, w store.Write, version int64) error {
	switch w.Action {
	case store.Put:
		stmt, err := keyed(conn, putSQL, w.Row.Key)
		if err != nil {
			return err
		}
		stmt.BindInt64(3, version)
		stmt.BindInt64(4, w.Row.Expires)
		stmt.BindText(5, string(w.Row.Body))
		return run(stmt)
	case store.Delete:
		stmt, err := keyed(conn, deleteSQL, w.Row.Key)
		if err != nil {
			return err
		}
		return run(stmt)
	case store.Check: // has been looked at; changes nothing
	}
	return nil
}

// keyed prepares a statement (once per connection) whose first two parameters
// are a key.
func keyed(conn *sqlite.Conn, query string, key store.Key) (*sqlite.Stmt, error) {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	stmt.BindText(1, key.Part)
	stmt.BindText(2, key.Sort)
	return stmt, nil
}

func run(stmt *sqlite.Stmt) error {
	_, err := stmt.Step()
	return err
}
