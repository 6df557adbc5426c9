package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	porttest.Table(t, func(t *testing.T, now func() time.Time) store.Table {
		table, err := sqlite.Open(path, sqlite.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := table.Close(); err != nil {
				t.Error(err)
			}
		})
		return table
	})
}
