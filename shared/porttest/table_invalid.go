package porttest

import (
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

func testInvalidKeys(t *testing.T, b bench) {
	long := strings.Repeat("x", 513)
	for name, bad := range map[string]string{
		"empty": "", "too long": long, "too long in bytes": strings.Repeat("é", 257),
		"NUL": "a\x00b", "line feed": "a\nb", "tab": "\ta", "unit separator": "a\x1f", "DEL": "a\x7f",
		"not UTF-8": "a\xff", "cut UTF-8": "a\xc3", "surrogate": "a\xed\xa0\x80",
	} {
		for side, key := range map[string]store.Key{
			"part": {Part: bad, Sort: "a"}, "sort": {Part: b.part, Sort: bad},
		} {
			what := name + " " + side
			_, err := b.table.Get(t.Context(), key)
			b.want(fault.Invalid, err, "get: "+what)
			for _, action := range []store.Action{store.Put, store.Delete, store.Check} {
				w := store.Write{Action: action, Row: store.Row{Key: key, Body: []byte(`{}`)}}
				b.want(fault.Invalid, b.commit(b.put("good", 0, `{}`), w), "commit: "+what)
				if action != store.Check {
					b.want(fault.Invalid, b.table.Batch(t.Context(), []store.Write{b.put("good", 0, `{}`), w}), "batch: "+what)
				}
			}
		}
	}
	b.wantRow("good", 0, "")

	longest := strings.Repeat("x", 512)
	for _, good := range []string{longest, " ", "#", `a'b"c\d%_*`, "über/日本語/🦊", "a\u0301"} {
		b.mustCommit(b.put(good, 0, `{"n":1}`))
		b.wantRow(good, 1, `{"n":1}`)
		other := bench{T: t, table: b.table, part: cut(b.part+good, 512)}
		other.mustCommit(other.put("a", 0, `{}`))
		other.wantRow("a", 1, `{}`)
	}
	// The two ways to write é are two keys: bytes count, not looks.
	b.wantRow("\u00e1", 0, "")
}

// cut keeps at most n bytes.
func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(n, len(s))], "") }

func testInvalidBodies(t *testing.T, b bench) {
	for name, bad := range map[string]string{
		"nothing": "", "blank": "  ", "null": "null", "array": `[{}]`, "string": `"a"`, "number": "1",
		"cut": `{"a":1`, "two": `{} {}`, "trailing": `{}x`, "not JSON": `{a:1}`, "NaN": `{"a":NaN}`,
		"not UTF-8": "{\"a\":\"\xff\"}", "control character": "{\"a\":\"\x01\"}",
		"too large": bodyOf(350<<10 + 1),
	} {
		b.want(fault.Invalid, b.commit(b.put("good", 0, `{}`), b.put("a", 0, bad)), "commit: "+name)
		b.want(fault.Invalid, b.table.Batch(t.Context(), []store.Write{b.put("good", 0, `{}`), b.put("a", 0, bad)}), "batch: "+name)
	}
	b.wantRow("good", 0, "")
	b.wantRow("a", 0, "")
	b.mustCommit(b.put("spaced", 0, " \r\n\t{ \"a\" : 1 } \n"))
	b.wantRow("spaced", 1, `{"a":1}`)
}

func testInvalidWrites(t *testing.T, b bench) {
	b.mustCommit(b.put("a", 0, `{}`))
	expired := b.put("b", 0, `{}`)
	expired.Row.Expires = -1
	for name, writes := range map[string][]store.Write{
		"no action":           {{Row: store.Row{Key: b.key("b"), Body: []byte(`{}`)}}},
		"unknown action":      {{Action: store.Check + 1, Row: store.Row{Key: b.key("b"), Body: []byte(`{}`)}}},
		"put twice":           {b.put("b", 0, `{}`), b.put("b", 0, `{}`)},
		"check, then put":     {b.check("a", 1), b.put("a", 1, `{}`)},
		"delete, then put":    {b.del("a", 1), b.put("a", 0, `{}`)},
		"negative version":    {b.put("b", -1, `{}`)},
		"negative expiry":     {expired},
		"good, then negative": {b.put("b", 0, `{}`), b.check("a", -1)},
	} {
		b.want(fault.Invalid, b.commit(writes...), name)
	}
	for name, writes := range map[string][]store.Write{
		"no action":        {{Row: store.Row{Key: b.key("b"), Body: []byte(`{}`)}}},
		"check":            {b.put("b", 0, `{}`), b.check("a", 1)},
		"put twice":        {b.put("b", 0, `{}`), b.put("c", 0, `{}`), b.put("b", 0, `{}`)},
		"put, then delete": {b.put("b", 0, `{}`), b.del("b", 0)},
		"negative expiry":  {expired},
	} {
		b.want(fault.Invalid, b.table.Batch(t.Context(), writes), "batch: "+name)
	}
	b.wantRow("a", 1, `{}`)
	b.wantRow("b", 0, "")
}

func testInvalidRanges(t *testing.T, b bench) {
	for name, r := range map[string]store.Range{
		"no partition":            {},
		"control character":       {Part: "a\nb"},
		"partition not UTF-8":     {Part: "a\xff"},
		"partition too long":      {Part: strings.Repeat("x", 513)},
		"from not UTF-8":          {Part: b.part, From: "\xff"},
		"to not UTF-8":            {Part: b.part, To: "a\xff"},
		"after control character": {Part: b.part, After: "a\x00"},
		"negative limit":          {Part: b.part, Limit: -1},
	} {
		_, _, err := b.table.Query(t.Context(), r)
		b.want(fault.Invalid, err, name)
	}
}
