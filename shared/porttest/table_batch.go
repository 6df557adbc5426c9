package porttest

import (
	"fmt"
	"testing"

	"github.com/ebb-access/ebb/shared/store"
)

func testBatch(t *testing.T, b bench) {
	b.want("", b.table.Batch(t.Context(), nil), "a batch of nothing")
	b.mustCommit(b.put("old", 0, `{"n":1}`))
	b.mustCommit(b.put("old", 1, `{"n":2}`), b.put("dead", 0, `{}`))
	writes := []store.Write{b.put("old", 77, `{"n":3}`), b.put("new", 5, `{"n":1}`), b.del("dead", 9), b.del("none", 1)}
	b.mustBatch(writes...)
	for range 2 {
		b.wantRow("old", 1, `{"n":3}`)
		b.wantRow("new", 1, `{"n":1}`)
		b.wantRow("dead", 0, "")
		b.wantRow("none", 0, "")
		b.mustBatch(writes...) // may be repeated
	}
	b.mustCommit(b.put("new", 1, `{"n":2}`))
	b.wantRow("new", 2, `{"n":2}`)
}

// testLargeBatch crosses every engine's own batch size, and partitions.
func testLargeBatch(t *testing.T, b bench) {
	const count = 5501
	other := bench{T: t, table: b.table, part: b.part + " other"}
	var writes []store.Write
	for i, s := range words(count, "row %05d") {
		to := b
		if i%2 == 1 {
			to = other
		}
		writes = append(writes, to.put(s, 0, fmt.Sprintf(`{"n":%d,"name":"somebody"}`, i)))
	}
	b.mustBatch(writes...)
	even, odd := b.all(store.Range{}), other.all(store.Range{})
	if len(even) != (count+1)/2 || len(odd) != count/2 {
		b.Fatalf("%d and %d rows, want %d and %d", len(even), len(odd), (count+1)/2, count/2)
	}
	for i, row := range even {
		if want := fmt.Appendf(nil, `{"n":%d,"name":"somebody"}`, 2*i); row.Version != 1 || !sameJSON(row.Body, want) {
			b.Fatalf("row %q: version %d, body %s", row.Sort, row.Version, row.Body)
		}
	}
	for i := range writes {
		if i%4 == 0 {
			writes[i].Action = store.Delete
		}
	}
	b.mustBatch(writes...)
	if got := len(b.all(store.Range{})); got != count/4 {
		b.Errorf("%d rows after deleting every other one, want %d", got, count/4)
	}
}
