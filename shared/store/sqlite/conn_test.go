package sqlite

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

func opened(t *testing.T) *Table {
	t.Helper()
	table, err := Open(filepath.Join(t.TempDir(), "ebb.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})
	return table
}

// TestDurable: what makes an acknowledged commit outlive a loss of power is
// set on every connection; no test here can cut the power.
func TestDurable(t *testing.T) {
	table := opened(t)
	for name, p := range map[string]*sqlitex.Pool{"writer": table.writer, "reader": table.readers} {
		conn, err := p.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if full, err := number(conn, "PRAGMA synchronous"); err != nil || full != 2 {
			t.Errorf("%s: synchronous is %d, error %v; want 2 (FULL)", name, full, err)
		}
		p.Put(conn)
	}
}

// TestUnclear: when the commit itself fails, nobody claims to know; nothing
// half done stays, and the next commit works.
func TestUnclear(t *testing.T) {
	table := opened(t)
	key := store.Key{Part: "p", Sort: "a"}
	err := table.write(t.Context(), "test", func(conn *sqlite.Conn) error {
		return errors.Join(
			apply(conn, store.Write{Action: store.Put, Row: store.Row{Key: key, Body: []byte(`{}`)}}, 1),
			// A constraint that is looked at by COMMIT, and not before.
			sqlitex.ExecuteScript(conn, `
				CREATE TABLE parent (id INTEGER PRIMARY KEY);
				CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);`, nil),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = table.write(t.Context(), "test", func(conn *sqlite.Conn) error {
		return errors.Join(
			apply(conn, store.Write{Action: store.Put, Row: store.Row{Key: key, Body: []byte(`{"n":2}`)}}, 2),
			sqlitex.Execute(conn, "INSERT INTO child VALUES (1)", nil),
		)
	})
	if err != nil { // foreign keys are off unless a connection asks for them
		t.Fatal(err)
	}
	conn, err := table.writer.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := pragma(conn, "foreign_keys = ON"); err != nil {
		t.Fatal(err)
	}
	table.writer.Put(conn)
	err = table.write(t.Context(), "test", func(conn *sqlite.Conn) error {
		return errors.Join(
			apply(conn, store.Write{Action: store.Put, Row: store.Row{Key: key, Body: []byte(`{"n":3}`)}}, 3),
			sqlitex.Execute(conn, "INSERT INTO child VALUES (2)", nil),
		)
	})
	if !fault.Is(err, fault.Unclear) {
		t.Errorf("a commit that failed: error %v, want unclear", err)
	}
	if row, err := table.Get(t.Context(), key); err != nil || row.Version != 2 {
		t.Errorf("version %d, error %v; want 2", row.Version, err)
	}
	if err := table.Commit(t.Context(), []store.Write{{Action: store.Delete, Row: store.Row{Key: key}, Was: 2}}); err != nil {
		t.Errorf("the next commit: %v", err)
	}
}

// TestPlans: every kind of range walks only its own part of the index.
func TestPlans(t *testing.T) {
	table := opened(t)
	conn, err := table.readers.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer table.readers.Put(conn)
	for _, r := range []store.Range{
		{From: "a"},
		{From: "a", To: "b"},
		{From: "a", After: "b"},
		{From: "a", To: "c", After: "b"},
		{To: "b", Reverse: true},
		{From: "a", To: "c", After: "b", Reverse: true},
		{From: "a", After: "b", Reverse: true},
	} {
		query, low, high := scan(r)
		plan := ""
		err := sqlitex.ExecuteTransient(conn, "EXPLAIN QUERY PLAN "+query, &sqlitex.ExecOptions{
			Args: []any{"p", low, high, 0},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				plan += stmt.ColumnText(3) + "\n"
				return nil
			},
		})
		want := "SEARCH rows USING INDEX sqlite_autoindex_rows_1 (part=? AND sort>"
		if r.To != "" || r.Reverse {
			want += "? AND sort<"
		}
		if err != nil || !strings.HasPrefix(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%+v: %s (error %v), want %s", r, plan, err, want)
		}
	}
}
