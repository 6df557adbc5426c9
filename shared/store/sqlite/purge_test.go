package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// TestNothingStaysBehind: what was written over or deleted stands nowhere in the
// files, neither in a free page nor in the log; also where somebody reads just then.
func TestNothingStaysBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	table, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	write := func(action store.Action, word string) {
		t.Helper()
		var all []store.Write
		for i := range 50 {
			row := store.Row{Key: store.Key{Part: "people", Sort: fmt.Sprint(i)}}
			if action == store.Put {
				row.Body = fmt.Appendf(nil, `{"name":%q,"more":%q}`, word, strings.Repeat("x", 100*i))
			}
			all = append(all, store.Write{Action: action, Row: row})
		}
		if err := table.Batch(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	standing := func(word string) (n int) {
		t.Helper()
		for _, name := range []string{path, path + "-wal"} {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(raw, []byte(word))
		}
		return n
	}
	purge := func() {
		t.Helper()
		began := time.Now()
		if _, err := table.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("writers waited %s", took)
		}
	}
	write(store.Put, "samantha")
	write(store.Put, "benjamin")
	purge()
	if standing("samantha") > 0 || standing("benjamin") < 50 {
		t.Errorf("written over: %d, kept: %d", standing("samantha"), standing("benjamin"))
	}
	reader, err := zombiezen.OpenConn(path, zombiezen.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	end := sqlitex.Transaction(reader)
	if err := sqlitex.ExecuteTransient(reader, "SELECT count(*) FROM rows", nil); err != nil {
		t.Fatal(err)
	}
	write(store.Delete, "")
	purge() // it cannot yet
	if standing("benjamin") == 0 {
		t.Error("nobody read")
	}
	write(store.Put, "caroline") // nobody is held up
	var done error
	end(&done)
	if purge(); standing("benjamin") > 0 || standing("caroline") < 50 {
		t.Errorf("deleted: %d, kept: %d", standing("benjamin"), standing("caroline"))
	}
}
