package porttest

import (
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

func testGet(t *testing.T, b bench) {
	b.wantRow("a", 0, "")
	b.mustCommit(b.put("a", 0, `{"n":1}`))
	b.wantRow("a", 1, `{"n":1}`)
	b.wantRow("A", 0, "")
	b.wantRow("a ", 0, "")
	_, err := b.table.Get(t.Context(), store.Key{Part: b.part + "2", Sort: "a"})
	b.want(fault.NotFound, err, "the same sort in another partition")
}

func testVersions(_ *testing.T, b bench) {
	b.mustCommit(b.put("a", 0, `{"n":1}`))
	b.want(fault.Conflict, b.commit(b.put("a", 0, `{"n":9}`)), "create over an existing row")
	b.mustCommit(b.put("a", 1, `{"n":2}`))
	b.want(fault.Conflict, b.commit(b.put("a", 1, `{"n":9}`)), "put at a stale version")
	b.want(fault.Conflict, b.commit(b.put("a", 3, `{"n":9}`)), "put at a version that was never")
	b.want(fault.Conflict, b.commit(b.put("b", 1, `{"n":9}`)), "put over a missing row")
	b.wantRow("a", 2, `{"n":2}`)
	b.wantRow("b", 0, "")

	b.want(fault.Conflict, b.commit(b.del("a", 1)), "delete at a stale version")
	b.want(fault.Conflict, b.commit(b.del("a", 0)), "delete of a row that must not be there")
	b.want(fault.Conflict, b.commit(b.del("b", 1)), "delete of a missing row")
	b.want("", b.commit(b.del("b", 0)), "delete of a row known to be missing")
	b.wantRow("a", 2, `{"n":2}`)
	b.mustCommit(b.del("a", 2))
	b.wantRow("a", 0, "")
	b.mustCommit(b.put("a", 0, `{"n":3}`))
	b.wantRow("a", 1, `{"n":3}`)

	w := b.put("c", 0, `{}`)
	w.Row.Version = 40
	b.mustCommit(w)
	b.wantRow("c", 1, `{}`)
	b.want("", b.commit(), "a commit of nothing")
}

func testChecks(_ *testing.T, b bench) {
	b.mustCommit(b.put("a", 0, `{"n":1}`))
	b.want("", b.commit(b.check("a", 1)), "check alone")
	b.want("", b.commit(b.check("none", 0)), "check that there is no row")
	b.want(fault.Conflict, b.commit(b.check("a", 0)), "check for no row, but there is one")
	b.want(fault.Conflict, b.commit(b.check("a", 2)), "check of another version")
	b.want(fault.Conflict, b.commit(b.check("none", 1)), "check of a missing row")
	b.wantRow("a", 1, `{"n":1}`)
	b.wantRow("none", 0, "")

	b.mustCommit(b.check("a", 1), b.put("b", 0, `{}`))
	b.wantRow("b", 1, `{}`)
	b.want(fault.Conflict, b.commit(b.put("c", 0, `{}`), b.check("a", 2)), "a failed check behind a put")
	b.wantRow("c", 0, "")
}

// testAtomic lets one line fail at each place of a mixed commit.
func testAtomic(t *testing.T, b bench) {
	other := bench{T: t, table: b.table, part: b.part + " other"}
	b.mustCommit(b.put("put", 0, `{"n":1}`), b.put("del", 0, `{}`), b.put("check", 0, `{}`), other.put("put", 0, `{}`))
	for place := range 6 {
		writes := []store.Write{
			b.put("put", 1, `{"n":2}`), b.del("del", 1), b.check("check", 1),
			b.put("new", 0, `{}`), other.put("put", 1, `{"n":2}`), other.del("none", 0),
		}
		writes[place].Was += 7
		err := b.commit(writes...)
		b.want(fault.Conflict, err, "one line of six fails")
		b.wantStale(place, err)
		b.wantRow("put", 1, `{"n":1}`)
		b.wantRow("del", 1, `{}`)
		b.wantRow("new", 0, "")
		other.wantRow("put", 1, `{}`)
	}
	b.mustCommit(b.put("put", 1, `{"n":2}`), b.del("del", 1), b.check("check", 1), b.put("new", 0, `{}`), other.put("put", 1, `{"n":2}`))
	b.wantRow("put", 2, `{"n":2}`)
	b.wantRow("del", 0, "")
	b.wantRow("check", 1, `{}`)
	b.wantRow("new", 1, `{}`)
	other.wantRow("put", 2, `{"n":2}`)
}

// testRepeated: a commit whose first try happened answers Conflict.
func testRepeated(_ *testing.T, b bench) {
	b.mustCommit(b.put("old", 0, `{}`))
	for _, writes := range [][]store.Write{
		{b.put("a", 0, `{"n":1}`)},
		{b.put("a", 1, `{"n":2}`), b.check("old", 1)},
		{b.del("a", 2)},
	} {
		b.mustCommit(writes...)
		b.want(fault.Conflict, b.commit(writes...), "the same commit again")
	}
}

// testLimits: 100 rows in one commit, 350 KiB in one body and 3 MiB in all
// bodies of a commit pass; one more of each is refused and nothing is written.
func testLimits(_ *testing.T, b bench) {
	var writes []store.Write
	for _, s := range words(100, "row %03d") {
		writes = append(writes, b.put(s, 0, `{"n":1}`))
	}
	b.mustCommit(writes...)
	for i := range writes {
		writes[i].Was = 1
	}
	b.want(fault.Invalid, b.commit(append(writes, b.put("one more", 0, `{}`))...), "101 writes")
	b.wantRow("one more", 0, "")
	b.wantRow("row 000", 1, `{"n":1}`)
	if got := b.sorts(store.Range{}); len(got) != 100 {
		b.Errorf("%d rows, want 100", len(got))
	}

	const large = 350 << 10
	b.mustCommit(b.put("large", 0, bodyOf(large)))
	b.wantRow("large", 1, bodyOf(large))
	b.want(fault.Invalid, b.commit(b.put("large", 1, bodyOf(large+1))), "a body over 350 KiB")
	b.wantRow("large", 1, bodyOf(large))

	var heavy []store.Write
	for _, s := range words(12, "heavy %02d") {
		heavy = append(heavy, b.put(s, 0, bodyOf(256<<10)))
	}
	b.mustCommit(heavy...)
	for i := range heavy {
		heavy[i].Was = 1
	}
	b.want(fault.Invalid, b.commit(append(heavy, b.put("straw", 0, `{}`))...), "bodies over 3 MiB together")
	b.wantRow("straw", 0, "")
	b.wantRow("heavy 00", 1, bodyOf(256<<10))
}
