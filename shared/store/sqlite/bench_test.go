package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

const member = `{"account":"U%011d","resource":"S%09d","slug":"member","standing":true,"seen":"2025-11-03T10:00:00.000Z","name":"Ada Lovelace"}`

func opened(tb testing.TB) *sqlite.Table {
	tb.Helper()
	t, err := sqlite.Open(filepath.Join(tb.TempDir(), "ebb.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := t.Close(); err != nil {
			tb.Error(err)
		}
	})
	return t
}

func members(from, n int) []store.Write {
	writes := make([]store.Write, 0, n)
	for i := from; i < from+n; i++ {
		writes = append(writes, store.Write{Action: store.Put, Row: store.Row{
			Key:  store.Key{Part: fmt.Sprintf("mem#con_1#S%09d", i/1000), Sort: fmt.Sprintf("member#U%011d", i)},
			Body: fmt.Appendf(nil, member, i, i/1000),
		}})
	}
	return writes
}

// BenchmarkBatch writes new rows of a directory; rows/s is what counts.
func BenchmarkBatch(b *testing.B) {
	t, rows := opened(b), 0
	for b.Loop() {
		b.StopTimer()
		writes := members(rows, 20_000)
		b.StartTimer()
		if err := t.Batch(context.Background(), writes); err != nil {
			b.Fatal(err)
		}
		rows += len(writes)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkCommit makes small commits, one after the other, each of them synced.
func BenchmarkCommit(b *testing.B) {
	t, rows := opened(b), 0
	for b.Loop() {
		writes := members(rows, 5)
		if err := t.Commit(context.Background(), writes); err != nil {
			b.Fatal(err)
		}
		rows += len(writes)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
