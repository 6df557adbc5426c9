package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
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

// BenchmarkBatchBesideLarge is BenchmarkBatch in a table with 300 large rows:
// they must not slow the search for small ones.
func BenchmarkBatchBesideLarge(b *testing.B) {
	t, rows := opened(b), 0
	for i := range 300 {
		large := members(5000*i, 1)
		large[0].Row.Key.Sort += " large"
		large[0].Row.Body = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 300<<10))
		if err := t.Batch(context.Background(), large); err != nil {
			b.Fatal(err)
		}
	}
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

// BenchmarkGet reads single rows of a directory of 200,000.
func BenchmarkGet(b *testing.B) {
	const count = 200_000
	t := opened(b)
	writes := members(0, count)
	if err := t.Batch(context.Background(), writes); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i = (i + 7919) % count {
		if _, err := t.Get(context.Background(), writes[i].Row.Key); err != nil {
			b.Fatal(err)
		}
	}
}
