package porttest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

func (b bench) until(sort string, was, expires int64, body string) store.Write {
	w := b.put(sort, was, body)
	w.Row.Expires = expires
	return w
}

// testExpiry: a row whose second has come is not there, for reads and for the
// conditions of a commit alike, whether the engine has deleted it or not.
func testExpiry(t *testing.T, b bench) {
	now := time.Now().Unix()
	past, future := now-10, now+3600
	b.mustCommit(
		b.until("gone", 0, past, `{"n":1}`), b.until("kept", 0, future, `{"n":1}`),
		b.until("ancient", 0, 1, `{}`), b.put("for ever", 0, `{}`),
	)
	b.wantRow("gone", 0, "")
	b.wantRow("ancient", 0, "")
	b.wantRow("kept", 1, `{"n":1}`)
	row, err := b.table.Get(t.Context(), b.key("kept"))
	if err != nil || row.Expires != future {
		b.Errorf("get kept: expires %d, error %v; want %d", row.Expires, err, future)
	}
	if got := b.sorts(store.Range{}); !slices.Equal(got, []string{"for ever", "kept"}) {
		b.Errorf("query shows %q", got)
	}

	b.want(fault.Conflict, b.commit(b.put("gone", 1, `{"n":2}`)), "put over an expired row at its version")
	b.want(fault.Conflict, b.commit(b.del("gone", 1)), "delete of an expired row at its version")
	b.want(fault.Conflict, b.commit(b.check("gone", 1)), "check of an expired row at its version")
	b.want("", b.commit(b.check("gone", 0), b.put("witness", 0, `{}`)), "an expired row counts as absent")
	b.mustCommit(b.until("gone", 0, future, `{"n":3}`), b.del("ancient", 0))
	b.wantRow("gone", 1, `{"n":3}`)

	b.mustCommit(b.until("kept", 1, past, `{"n":2}`))
	b.wantRow("kept", 0, "")
	b.mustCommit(b.put("gone", 1, `{"n":4}`))
	if row, err = b.table.Get(t.Context(), b.key("gone")); err != nil || row.Expires != 0 {
		b.Errorf("a put without expiry leaves %d, error %v", row.Expires, err)
	}
	b.mustBatch(b.until("cached", 0, past, `{}`), b.until("fresh", 0, future, `{}`))
	b.wantRow("cached", 0, "")
	b.wantRow("fresh", 1, `{}`)
}

// testExpiryComes: the clock alone takes a row away, and its place may be
// taken as if it had never been there.
func testExpiryComes(t *testing.T, b bench) {
	soon := time.Now().Add(time.Hour).Unix()
	b.mustCommit(b.until("a", 0, soon, `{"n":1}`), b.put("b", 0, `{}`))
	b.mustBatch(b.until("c", 0, soon, `{"n":1}`), b.until("d", 0, soon+7200, `{"n":1}`))
	b.wantRow("a", 1, `{"n":1}`)
	b.ahead.Store(int64(time.Hour + time.Second))
	b.wantRow("a", 0, "")
	b.wantRow("c", 0, "")
	b.wantRow("d", 1, `{"n":1}`)
	if got := b.sorts(store.Range{Reverse: true}); !slices.Equal(got, []string{"d", "b"}) {
		b.Errorf("query shows %q", got)
	}
	b.want(fault.Conflict, b.commit(b.put("a", 1, `{"n":2}`)), "put over a row that has expired")
	b.mustCommit(b.put("a", 0, `{"n":3}`), b.del("c", 0))
	b.wantRow("a", 1, `{"n":3}`)
	purge(t, b.table)
	b.wantRow("a", 1, `{"n":3}`)
	b.wantRow("c", 0, "")
	b.wantRow("d", 1, `{"n":1}`)
}

// purge lets an engine that has to be asked forget what has expired.
func purge(t *testing.T, table store.Table) {
	t.Helper()
	p, ok := table.(interface {
		Purge(ctx context.Context) (int, error)
	})
	if !ok {
		return
	}
	if _, err := p.Purge(t.Context()); err != nil {
		t.Errorf("purge: %v", err)
	}
	if n, err := p.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("a second purge found %d rows, error %v", n, err)
	}
}

// testExpiryInPages: expired rows count neither for the limit nor for more,
// so that a page is never empty while rows remain.
func testExpiryInPages(t *testing.T, b bench) {
	past := time.Now().Unix() - 10
	var writes []store.Write
	for i, s := range words(300, "row %03d") {
		w := b.put(s, 0, `{}`)
		if i%100 != 50 {
			w.Row.Expires = past
		}
		writes = append(writes, w)
	}
	b.mustBatch(writes...)
	want := []string{"row 050", "row 150", "row 250"}
	for limit := range 4 {
		if got := b.sorts(store.Range{Limit: limit}); !slices.Equal(got, want) {
			b.Errorf("limit %d: %q, want %q", limit, got, want)
		}
	}
	rows, more, err := b.table.Query(t.Context(), store.Range{Part: b.part, Limit: 3})
	if err != nil || len(rows) != 3 || more {
		b.Errorf("three living rows: %d rows, more %t, error %v", len(rows), more, err)
	}
}
