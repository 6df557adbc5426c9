package sqlite

import (
	"context"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
)

const purgeSQL = `DELETE FROM rows WHERE rowid IN (SELECT rowid FROM rows WHERE expires > 0 AND expires <= ?1 LIMIT ?2)`

// Purge deletes the rows whose time has passed, and says how many. Reads
// never show them; this gives their place in the file back. Then it empties the
// log, in which what was written over stands until others write over it: that is
// left to the next Purge where somebody reads meanwhile. Errors as Batch's.
func (t *Table) Purge(ctx context.Context) (int, error) {
	const op = "sqlite.Purge"
	total, now := 0, t.now().Unix()
	for {
		gone := 0
		err := t.write(ctx, op, func(conn *sqlite.Conn) error {
			stmt, err := conn.Prepare(purgeSQL)
			if err != nil {
				return err
			}
			stmt.BindInt64(1, now)
			stmt.BindInt64(2, batchRows)
			_, err = stmt.Step()
			gone = conn.Changes()
			return err
		})
		if err != nil {
			return total, err
		}
		if total += gone; gone < batchRows {
			return total, t.emptyLog(ctx, op)
		}
	}
}

// emptyLog folds the log into the file and cuts it to nothing. Writers of this
// process wait for it, readers do not.
func (t *Table) emptyLog(ctx context.Context, op string) error {
	conn, err := t.writer.Take(ctx)
	if err != nil {
		return sorted(op, err)
	}
	defer t.writer.Put(conn)
	waiting, cancel := context.WithTimeout(ctx, foldsFor)
	defer cancel()
	conn.SetInterrupt(waiting.Done())
	defer conn.SetInterrupt(nil)
	err = sqlitex.ExecuteTransient(conn, "PRAGMA wal_checkpoint(TRUNCATE)", nil)
	if waiting.Err() != nil && ctx.Err() == nil {
		return nil // others read: the next time
	}
	if err = sorted(op, err); fault.Is(err, fault.Backoff) {
		return nil
	}
	return err
}
