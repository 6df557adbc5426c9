package porttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/store"
)

// testOrder: bytes decide, not languages; U+FFFD sorts before U+1F98A in
// UTF-8 (and behind it in UTF-16), upper case before lower.
func testOrder(_ *testing.T, b bench) {
	want := []string{
		" ", "#", "-", "10", "2", "9", "A", "Z", "_", "a", "a ", "a#1", "a/", "aa", "z", "~",
		"\u00df", "\u00e9", "\u0301", "\u65e5", "\ufb01", "\ufffd", "\U0001f98a", "\U0010ffff",
	}
	writes := make([]store.Write, 0, len(want))
	for i, s := range want {
		writes = append(writes, b.put(s, 0, fmt.Sprintf(`{"n":%d}`, i)))
	}
	slices.SortFunc(writes, func(x, y store.Write) int { return strings.Compare(string(x.Row.Body), string(y.Row.Body)) })
	b.mustCommit(writes...)
	if got := b.sorts(store.Range{}); !slices.Equal(got, want) {
		b.Errorf("order %q, want %q", got, want)
	}
	for i, row := range b.all(store.Range{}) {
		if !sameJSON(row.Body, fmt.Appendf(nil, `{"n":%d}`, i)) {
			b.Errorf("row %q has the body %s", row.Sort, row.Body)
		}
	}
	for n := 1; n < 4; n++ {
		if got := b.sorts(store.Range{Limit: n}); !slices.Equal(got, want) {
			b.Errorf("order in pages of %d: %q, want %q", n, got, want)
		}
	}
	slices.Reverse(want)
	if got := b.sorts(store.Range{Reverse: true, Limit: 5}); !slices.Equal(got, want) {
		b.Errorf("reverse order %q, want %q", got, want)
	}
}

// testRanges tries every combination of bounds, continuation, limit and
// direction over a few rows against the words of the port.
func testRanges(_ *testing.T, b bench) {
	sorts := []string{"b", "b#1", "b#2", "c", "é", "日"}
	for _, s := range sorts {
		b.mustCommit(b.put(s, 0, `{}`))
	}
	for _, near := range []string{b.part + "a", b.part + "\u00e9", cut(b.part, len(b.part)-1)} {
		other := bench{T: b.T, table: b.table, part: near}
		other.mustCommit(other.put("b#1", 0, `{}`), other.put("x", 0, `{}`))
	}
	bounds := []string{"", "a", "b", "b#", "b#2", "b$", "é", "日本", "\U0010ffff"}
	for _, from := range bounds {
		for _, to := range bounds {
			for _, after := range bounds {
				for limit := range 4 {
					for _, reverse := range []bool{false, true} {
						b.oneRange(sorts, store.Range{Part: b.part, From: from, To: to, After: after, Limit: limit, Reverse: reverse})
					}
				}
			}
		}
	}
}

// oneRange asks for one page and compares it with the port's own words.
func (b bench) oneRange(sorts []string, r store.Range) {
	b.Helper()
	want := expect(sorts, r)
	rows, more, err := b.table.Query(b.Context(), r)
	if err != nil {
		b.Fatalf("query %+v: %v", r, err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, row.Sort)
	}
	all := want
	if r.Limit > 0 && len(want) > r.Limit {
		want = want[:r.Limit]
	}
	if !slices.Equal(got, want) || more != (len(all) > len(want)) {
		b.Errorf("query %+v: %q, more %t; want %q of %q", r, got, more, want, all)
	}
}

// expect is the port's definition of a range, without its limit.
func expect(sorts []string, r store.Range) []string {
	var out []string
	for _, s := range sorts {
		behind := r.After == "" || (!r.Reverse && s > r.After) || (r.Reverse && s < r.After)
		if s >= r.From && (r.To == "" || s < r.To) && behind {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	if r.Reverse {
		slices.Reverse(out)
	}
	return out
}

// testPages: 1000 rows unless told otherwise, and more says the truth at the edge.
func testPages(t *testing.T, b bench) {
	var writes []store.Write
	for _, s := range words(2001, "row %05d") {
		writes = append(writes, b.put(s, 0, `{"n":1}`))
	}
	b.mustBatch(writes...)
	for _, c := range []struct {
		limit, rows int
		more        bool
	}{{0, 1000, true}, {1, 1, true}, {2000, 2000, true}, {2001, 2001, false}, {3000, 2001, false}} {
		rows, more, err := b.table.Query(t.Context(), store.Range{Part: b.part, Limit: c.limit})
		if err != nil || len(rows) != c.rows || more != c.more {
			b.Errorf("limit %d: %d rows, more %t, error %v; want %d rows, more %t", c.limit, len(rows), more, err, c.rows, c.more)
		}
	}
	for _, r := range []store.Range{{}, {Reverse: true}, {Limit: 667}, {Limit: 667, Reverse: true}} {
		if got := len(b.sorts(r)); got != 2001 {
			b.Errorf("walk %+v saw %d rows, want 2001", r, got)
		}
	}
	if got := b.sorts(store.Range{From: "row 00998", To: "row 01003", Limit: 2}); len(got) != 5 {
		b.Errorf("five rows in pages of two: %q", got)
	}
}

// testLargeRows: an engine may cut a page that weighs much, never a row, and
// a walk sees them all.
func testLargeRows(_ *testing.T, b bench) {
	const size = 300 << 10
	for _, s := range words(8, "row %d") {
		b.mustCommit(b.put(s, 0, bodyOf(size)))
	}
	for _, r := range []store.Range{{}, {Reverse: true}, {Limit: 3}} {
		rows := b.all(r)
		if len(rows) != 8 {
			b.Errorf("walk %+v saw %d rows, want 8", r, len(rows))
		}
		for _, row := range rows {
			if !sameJSON(row.Body, []byte(bodyOf(size))) {
				b.Errorf("row %q came back with %d bytes", row.Sort, len(row.Body))
			}
		}
	}
}
