package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// lists are all that are paged.
var lists = []string{
	"/v1/users", "/v1/connectors/{conn}/log", "/v1/connectors/{conn}/syncs", "/v1/connectors/{conn}/accounts",
	"/v1/connectors/{conn}/resources", "/v1/connectors/{conn}/resources/{oncall}/members", "/v1/requests", "/v1/grants",
	"/v1/audit/events?aggregate=policy",
}

// FuzzCursor sends forged cursors to every list, as every role: a cursor says
// where to go on, and shows nothing that the list without one does not show.
func FuzzCursor(f *testing.F) {
	for i := range lists {
		for _, key := range []string{"", "A", "u_root", "S0", "0/09223372036854775807/g_1", "dir#con_1#acct", "\x00", "\xff", "zzzz", "merger-with-acme"} {
			for _, role := range []string{"outsider", "ada", "owner", "auditor"} {
				f.Add(uint8(i), uint8(slices.Index(roles, role)), key, true, uint8(i))
			}
		}
		f.Add(uint8(i), uint8(9), "no base64", false, uint8(1))
	}
	var w *world
	whole := map[string][]string{}
	f.Fuzz(func(t *testing.T, list, as uint8, key string, encode bool, limit uint8) {
		if w == nil {
			w = newWorld(t)
			w.granted()
			w.asked()
		}
		w.t = t
		path, role := lists[int(list)%len(lists)], roles[int(as)%len(roles)]
		if encode {
			key = base64.RawURLEncoding.EncodeToString([]byte(key))
		}
		all, known := whole[path+role]
		if !known {
			all = w.listed(role, path, url.Values{"limit": {"200"}})
			whole[path+role] = all
		}
		q := url.Values{"cursor": {key}}
		if limit > 0 {
			q.Set("limit", fmt.Sprint(limit))
		}
		for _, item := range w.listed(role, path, q) {
			if !slices.Contains(all, item) {
				t.Errorf("%s reads by a forged cursor %q: %s", role, key, item)
			}
		}
	})
}

// listed are the items of a list, none where it is refused.
func (w *world) listed(role, path string, more url.Values) []string {
	w.t.Helper()
	u, err := url.Parse("http://ebb.test" + w.fill(path))
	w.ok(err)
	q := u.Query()
	for k, v := range more {
		q[k] = v
	}
	u.RawQuery = q.Encode()
	r := httptest.NewRequest(http.MethodGet, u.String(), nil)
	got := w.serve(role, r)
	w.sound(role, r, "", got)
	if got.Code != http.StatusOK {
		return nil
	}
	var p struct{ Items []json.RawMessage }
	w.ok(json.Unmarshal(got.Body.Bytes(), &p))
	var out []string
	for _, i := range p.Items {
		out = append(out, string(i))
	}
	return out
}
