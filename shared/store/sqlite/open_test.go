package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	zombie "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

func open(tb testing.TB, path string) *sqlite.Table {
	tb.Helper()
	table, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := table.Close(); err != nil {
			tb.Error(err)
		}
	})
	return table
}

// tool opens a file as any other SQLite program does.
func tool(tb testing.TB, path string) *zombie.Conn {
	tb.Helper()
	conn, err := zombie.OpenConn(path, zombie.OpenReadWrite|zombie.OpenCreate)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ask gives the first column of the first row.
func ask(tb testing.TB, path, query string) (answer string) {
	tb.Helper()
	err := sqlitex.ExecuteTransient(tool(tb, path), query, &sqlitex.ExecOptions{ResultFunc: func(s *zombie.Stmt) error {
		answer = s.ColumnText(0)
		return nil
	}})
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return answer
}

func put(part, sort string, was int64, body string) []store.Write {
	return []store.Write{{Action: store.Put, Row: store.Row{Key: store.Key{Part: part, Sort: sort}, Body: []byte(body)}, Was: was}}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(path string)
		says string
	}{
		"text": {func(path string) {
			_ = os.WriteFile(path, []byte(strings.Repeat("not a database\n", 200)), 0o600)
		}, "is not a database"},
		"another program's id": {func(path string) {
			_ = sqlitex.ExecuteScript(tool(t, path), "PRAGMA application_id = 7; CREATE TABLE x (a);", nil)
		}, "another program's"},
		"tables without an id": {func(path string) {
			_ = sqlitex.ExecuteScript(tool(t, path), "CREATE TABLE x (a);", nil)
		}, "another program's"},
		"newer": {func(path string) {
			if table, err := sqlite.Open(path, sqlite.Options{}); err == nil {
				_ = table.Close()
			}
			_ = sqlitex.ExecuteScript(tool(t, path), "PRAGMA user_version = 99;", nil)
		}, "newer Ebb"},
		"folder": {func(path string) { _ = os.Mkdir(path, 0o700) }, ""},
		"in a folder that is not there": {func(path string) {
			_ = os.Remove(filepath.Dir(path))
		}, "make its folder"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "folder", "file")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			c.make(path)
			before, _ := os.ReadFile(path)
			table, err := sqlite.Open(path, sqlite.Options{})
			if table != nil || !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), c.says) {
				t.Errorf("error %v, want misconfigured and %q", err, c.says)
			}
			after, _ := os.ReadFile(path)
			if string(before) != string(after) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestOpenReadable: only the owner reads the file and what lies beside it, an
// empty file is taken, and the rows are there for any SQLite tool.
func TestOpenReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	table := open(t, path)
	if err := table.Commit(t.Context(), put("user#u1", "user", 0, `{"name":"Ada","tags":["a"]}`)); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	open(t, fresh)
	for _, file := range []string{path, path + "-wal", fresh, fresh + "-wal", fresh + "-shm"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", filepath.Base(file), info.Mode())
		}
	}
	for query, want := range map[string]string{
		"SELECT body ->> 'name' FROM rows WHERE part = 'user#u1' AND version = 1": "Ada",
		"SELECT typeof(body) FROM rows":                                           "text",
		"PRAGMA journal_mode":                                                     "wal",
		"PRAGMA user_version":                                                     "1",
	} {
		if got := ask(t, path, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestOpenAtOnce: many open one new file at the same time and share it.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			table, err := sqlite.Open(path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := table.Commit(t.Context(), put("part", fmt.Sprint(i), 0, `{}`)); err != nil {
				t.Error(err)
			}
			if err := table.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(partition(t, open(t, path), "part")); got != 8 {
		t.Errorf("%d rows, want 8", got)
	}
}

// TestTwoHandles: two tables on one file, as two processes would have them,
// see each other's commits at once and lose no update.
func TestTwoHandles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	handles := []*sqlite.Table{open(t, path), open(t, path)}
	key := store.Key{Part: "p", Sort: "n"}
	if err := handles[0].Commit(t.Context(), put("p", "n", 0, `{}`)); err != nil {
		t.Fatal(err)
	}
	const writers, each = 4, 50
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for done := 0; done < each; {
				row, err := handles[i%2].Get(t.Context(), key)
				if err == nil {
					err = handles[(i+1)%2].Commit(t.Context(), put("p", "n", row.Version, `{}`))
				}
				switch {
				case err == nil:
					done++
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	for _, table := range handles {
		if row, err := table.Get(t.Context(), key); err != nil || row.Version != writers*each+1 {
			t.Errorf("version %d, error %v; want %d", row.Version, err, writers*each+1)
		}
	}
}

// TestLocked: while another program holds the write lock, reads go on, and a
// write gives up when its caller does, with nothing done.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	table := open(t, path)
	if err := table.Commit(t.Context(), put("p", "a", 0, `{}`)); err != nil {
		t.Fatal(err)
	}
	other := tool(t, path)
	if err := sqlitex.ExecuteTransient(other, "BEGIN IMMEDIATE", nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := table.Commit(ctx, put("p", "a", 1, `{"n":2}`))
	if took := time.Since(begun); !fault.Is(err, fault.Backoff) || took > 2*time.Second {
		t.Errorf("commit: error %v after %v, want back off after 0.1 s", err, took)
	}
	if row, err := table.Get(t.Context(), store.Key{Part: "p", Sort: "a"}); err != nil || row.Version != 1 {
		t.Errorf("get: version %d, error %v", row.Version, err)
	}
	if err := sqlitex.ExecuteTransient(other, "ROLLBACK", nil); err != nil {
		t.Fatal(err)
	}
	if err := table.Commit(t.Context(), put("p", "a", 1, `{"n":2}`)); err != nil {
		t.Errorf("commit after the lock was given back: %v", err)
	}
}

// TestDamaged: a file damaged behind our back is said to be so.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	table := open(t, path)
	if err := table.Batch(t.Context(), members(0, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(1); page < 100; page++ {
		if _, err := f.WriteAt([]byte(strings.Repeat("\xaa", 512)), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	table, err = sqlite.Open(path, sqlite.Options{})
	if err == nil {
		_, err = table.Get(t.Context(), store.Key{Part: "mem#con_1#S000000000", Sort: "member#U00000000001"})
		_ = table.Close()
	}
	if !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), "backup") {
		t.Errorf("error %v, want misconfigured, and a backup named", err)
	}
}
