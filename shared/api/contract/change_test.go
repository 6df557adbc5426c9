package contract_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// odd are values to put in the place of good ones.
var odd = []any{
	nil, true, false, 0, 1, -1, 200, 201, 31104000, 31104001, 0.5, 1e300, "", "a", "A0", "..", "../x", "a b", "a\x00b", "é", "member", "usergroup",
	"2026-11-23T10:00:00Z", "2026-13-23T10:00:00Z", "tomorrow", "xoxp-1", strings.Repeat("x", 80), strings.Repeat("x", 81), strings.Repeat("y", 2001),
	strings.Repeat("é", 100),
	[]any{},
	[]any{"a", "a"},
	[]any{"a", "b"},
	[]any{1},
	[]any{nil},
	map[string]any{},
	map[string]any{"a": 1},
}

// changed makes one or two changes. stricter: one of a kind that this package
// refuses and a document cannot: a query parameter sent twice, and what follows
// a body's value.
func changed(rng *rand.Rand, good draft) (d draft, stricter bool) {
	d = good
	d.query, d.header = url.Values{}, good.header.Clone()
	for k, v := range good.query {
		d.query[k] = slices.Clone(v)
	}
	for range 1 + rng.IntN(2) {
		switch rng.IntN(8) {
		case 0:
			d.path = spoilPath(rng, d.path)
		case 1:
			d.method = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"}[rng.IntN(6)]
		case 2:
			stricter = spoilQuery(rng, d.query) || stricter
		case 3:
			spoilHeader(rng, d.header)
		case 4:
			d.body = [][]byte{nil, []byte("{"), []byte("null"), []byte("[]"), []byte(`"x"`), append(slices.Clone(d.body), " {}"...)}[rng.IntN(6)]
			stricter = stricter || strings.HasSuffix(string(d.body), " {}")
		default:
			d.body = spoilBody(rng, d.body)
		}
	}
	return d, stricter
}

func spoilPath(rng *rand.Rand, path string) string {
	parts := strings.Split(path, "/")
	i := 1 + rng.IntN(len(parts)-1)
	parts[i] = []string{"", "a", "x.y", "a%20b", "a%2Fb", "%2e%2e", "%00", "A_1", "-a", strings.Repeat("z", 81), "me"}[rng.IntN(11)]
	if rng.IntN(5) == 0 {
		parts = append(parts, "more")
	}
	return strings.Join(parts, "/")
}

func spoilQuery(rng *rand.Rand, q url.Values) (stricter bool) {
	names := append([]string{"unknown", "limit", "cursor", "q", "kind", "aggregate"}, slices.Sorted(keys(q))...)
	name := names[rng.IntN(len(names))]
	if rng.IntN(4) == 0 {
		q.Del(name)
		return false
	}
	text := []string{"", "a", "0", "1", "200", "201", "1.5", "all", "true", "<script>", "usergroup", strings.Repeat("q", 101), "a/b"}[rng.IntN(13)]
	if rng.IntN(5) == 0 {
		q.Add(name, text)
		return true
	}
	q.Set(name, text)
	return false
}

func keys(q url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range q {
			if !yield(k) {
				return
			}
		}
	}
}

func spoilHeader(rng *rand.Rand, h http.Header) {
	switch rng.IntN(4) {
	case 0:
		h.Del("Content-Type")
	case 1:
		h.Set("Content-Type", []string{"text/plain", "application/json; charset=utf-8", "application/yaml", "application/xml", "json"}[rng.IntN(5)])
	default:
		h.Set("Idempotency-Key", []string{"a", "a b", strings.Repeat("k", 201), "é"}[rng.IntN(4)])
	}
}

// spoilBody changes a field of an object: another value, none, or a new one.
func spoilBody(rng *rand.Rand, body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return body
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) == 0 || rng.IntN(8) == 0 {
		names = append(names, "unknown")
	}
	name := names[rng.IntN(len(names))]
	switch list, ok := fields[name].([]any); {
	case rng.IntN(5) == 0:
		delete(fields, name)
	case ok && len(list) > 0 && rng.IntN(2) == 0:
		list[0] = odd[rng.IntN(len(odd))]
	case rng.IntN(8) == 0:
		fields[strings.ToUpper(name)] = fields[name]
	default:
		fields[name] = odd[rng.IntN(len(odd))]
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return out
}
