package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Rows of the directory: accounts and resources, memberships both ways, owners, and
// what leads to any of them.
const directoryRows = `(part GLOB 'dir#*' OR part GLOB 'mem#*' OR part GLOB 'held#*' OR part GLOB 'own#*' OR part GLOB 'named#*' OR part GLOB 'called#*' OR part GLOB 'facet#*' OR part = 'indexed')`

func open(t *testing.T, file string) *sqlite.Conn {
	t.Helper()
	conn, err := sqlite.OpenConn(file, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// digest sums up every row of the directory in the file, with its version.
func digest(t *testing.T, file string) string {
	t.Helper()
	conn := open(t, file)
	defer conn.Close()
	sum := sha256.New()
	err := sqlitex.Execute(conn, "SELECT part, sort, version, expires, body FROM rows WHERE "+directoryRows+" ORDER BY part, sort", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			for i := range 5 {
				sum.Write([]byte(stmt.ColumnText(i)))
				sum.Write([]byte{0})
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// watchWrites lets SQLite itself count what is written to the directory, by
// whichever process: a row that is written as it was leaves no trace in a digest.
func watchWrites(t *testing.T, file string) {
	t.Helper()
	conn := open(t, file)
	defer conn.Close()
	script := "CREATE TABLE bench_writes (n INTEGER);"
	for _, on := range []string{"INSERT", "UPDATE", "DELETE"} {
		row := "NEW."
		if on == "DELETE" {
			row = "OLD."
		}
		script += "CREATE TRIGGER bench_" + on + " AFTER " + on + " ON rows WHEN " + row + "part GLOB 'dir#*' OR " + row + "part GLOB 'mem#*' OR " +
			row + "part GLOB 'held#*' OR " + row + "part GLOB 'own#*' OR " + row + "part GLOB 'named#*' OR " + row + "part GLOB 'called#*' OR " +
			row + "part GLOB 'facet#*' OR " + row + "part = 'indexed' BEGIN INSERT INTO bench_writes VALUES (1); END;"
	}
	if err := sqlitex.ExecuteScript(conn, script, nil); err != nil {
		t.Fatal(err)
	}
}

// writes is how many rows of the directory were written since watchWrites.
func writes(t *testing.T, file string) (n int) {
	t.Helper()
	conn := open(t, file)
	defer conn.Close()
	err := sqlitex.Execute(conn, "SELECT count(*) FROM bench_writes", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			n = stmt.ColumnInt(0)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The watch sees what a digest cannot.
func TestTheWatchSeesARowWrittenAsItWas(t *testing.T) {
	file := t.TempDir() + "/x.db"
	conn, err := sqlite.OpenConn(file)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	do := func(script string) {
		t.Helper()
		if err := sqlitex.ExecuteScript(conn, script, nil); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE TABLE rows (part TEXT, sort TEXT, version INTEGER, expires INTEGER, body TEXT, PRIMARY KEY (part, sort)) STRICT, WITHOUT ROWID;
		INSERT INTO rows VALUES ('mem#1', 'a', 1, 0, '{}'), ('run#1', 'a', 1, 0, '{}');`)
	before := digest(t, file)
	watchWrites(t, file)
	do(`INSERT OR REPLACE INTO rows VALUES ('run#1', 'a', 1, 0, '{}');`)
	if n := writes(t, file); n != 0 {
		t.Errorf("a row that is not of the directory: %d", n)
	}
	do(`INSERT OR REPLACE INTO rows VALUES ('mem#1', 'a', 1, 0, '{}');`)
	if n := writes(t, file); n == 0 || digest(t, file) != before {
		t.Errorf("%d writes seen", n)
	}
	do(`DELETE FROM rows WHERE part = 'mem#1';`)
	if digest(t, file) == before {
		t.Error("the digest does not see a row that went")
	}
}
