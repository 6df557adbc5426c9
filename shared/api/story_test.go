package api_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
)

// resync reads Slack again and gives the run's id.
func (w *world) resync() string {
	w.t.Helper()
	var r struct{ ID string }
	w.want(w.send("root", "POST", w.fill("/v1/connectors/{conn}/syncs"), `{}`), 202, &r)
	for range 100 {
		run, err := w.house.SyncStep(w.t.Context(), r.ID)
		w.ok(err)
		if run.State == connector.Done {
			return r.ID
		}
	}
	w.t.Fatal("the sync did not end")
	return ""
}

// TestStory is the main job over HTTP: asked, approved, given, extended, ended.
func TestStory(t *testing.T) {
	w := newWorld(t)
	id := w.granted()
	if _, err := w.house.Grant(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	var g struct {
		State, Entitlement string
		Resource, Account  struct{ Name string }
	}
	w.want(w.send("ada", "GET", "/v1/grants/"+id, ""), 200, &g)
	if g.State != "active" || g.Entitlement != "usergroup:member" || g.Resource.Name != "@oncall" || g.Account.Name != "Ada Example" {
		t.Fatalf("%+v", g)
	}
	if !slices.Contains(w.slack.GroupMembers(w.oncall), w.account["ada"]) {
		t.Fatal("ada is not in @oncall")
	}
	// Ada's wish for more waits for somebody who may decide; lin's moves it.
	var more struct {
		Grant   struct{ End string }
		Request struct {
			ID    string
			Items []struct{ Extends string }
		}
	}
	w.want(w.send("ada", "POST", "/v1/grants/"+id+"/extend", `{"seconds":3600}`), 200, &more)
	if more.Request.ID == "" || more.Request.Items[0].Extends != id {
		t.Fatalf("%+v", more)
	}
	before := more.Grant.End
	more.Request.ID = ""
	w.want(w.send("lin", "POST", "/v1/grants/"+id+"/extend", `{"seconds":3600}`), 200, &more)
	if more.Request.ID != "" || more.Grant.End <= before {
		t.Fatalf("%+v, and it ended at %s", more, before)
	}
	w.want(w.send("ada", "POST", "/v1/grants/"+id+"/end", ""), 200, nil)
	if _, err := w.house.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.want(w.send("ada", "GET", "/v1/grants/"+id, ""), 200, &g)
	if g.State != "revoked" || slices.Contains(w.slack.GroupMembers(w.oncall), w.account["ada"]) {
		t.Fatalf("%+v", g)
	}
	var e struct{ Items []struct{ Action string } }
	w.want(w.send("auditor", "GET", "/v1/audit/events?aggregate=grant/"+id, ""), 200, &e)
	if len(e.Items) == 0 || e.Items[0].Action != "grant.revoked" {
		t.Fatalf("%+v", e)
	}
}

// pages reads a list to its end and gives the ids in their order.
func (w *world) pages(role, path string, limit int) []string {
	w.t.Helper()
	var ids []string
	cursor := ""
	for range 100 {
		at := fmt.Sprintf("%s%climit=%d", path, map[bool]rune{true: '&', false: '?'}[strings.Contains(path, "?")], limit)
		if cursor != "" {
			at += "&cursor=" + cursor
		}
		var p struct {
			Items  []json.RawMessage
			Cursor string
		}
		w.want(w.send(role, "GET", w.fill(at), ""), 200, &p)
		if len(p.Items) > limit {
			w.t.Fatalf("%d items on a page of %d", len(p.Items), limit)
		}
		for _, raw := range p.Items {
			var x struct {
				ID      string
				Seq     int
				Account struct{ ID string }
			}
			w.ok(json.Unmarshal(raw, &x))
			ids = append(ids, fmt.Sprint(x.ID, x.Account.ID, x.Seq))
		}
		if cursor = p.Cursor; cursor == "" {
			return ids
		}
	}
	w.t.Fatalf("%s does not end", path)
	return nil
}

// TestPages: every page size gives the same things in the same order, each once.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.asked() // all in one moment: ties
	}
	for range 3 {
		w.granted()
	}
	w.resync()
	for _, path := range []string{
		"/v1/requests", "/v1/requests?open=true", "/v1/grants", "/v1/grants?all=true",
		"/v1/connectors/{conn}/accounts", "/v1/connectors/{conn}/resources", "/v1/connectors/{conn}/resources/" + w.slack.General(w.slack.TeamIDs()[0]) + "/members",
		"/v1/connectors/{conn}/syncs", "/v1/connectors/{conn}/log", "/v1/audit/events?aggregate=policy",
	} {
		want := w.pages("root", path, 200)
		if len(want) == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, limit := range []int{1, 2, 3, 7} {
			if got := w.pages("root", path, limit); !slices.Equal(got, want) {
				t.Errorf("%s by %d: %v, want %v", path, limit, got, want)
			}
		}
	}
}

// TestCursorIsAPlace: a grant that ends between two pages loses nobody else.
func TestCursorIsAPlace(t *testing.T) {
	w := newWorld(t)
	var want []string
	for range 4 {
		want = append(want, w.granted())
	}
	var p struct {
		Items  []struct{ ID string }
		Cursor string
	}
	w.want(w.send("root", "GET", "/v1/grants?all=true&limit=2", ""), 200, &p)
	seen := map[string]bool{p.Items[0].ID: true, p.Items[1].ID: true}
	// The last one of the page, where the cursor stands, is withdrawn.
	w.want(w.send("root", "POST", "/v1/grants/"+p.Items[1].ID+"/end", ""), 200, nil)
	w.want(w.send("root", "GET", "/v1/grants?all=true&limit=10&cursor="+p.Cursor, ""), 200, &p)
	for _, x := range p.Items {
		seen[x.ID] = true
	}
	for _, id := range want {
		if !seen[id] {
			t.Errorf("%s was lost", id)
		}
	}
}

// TestIdempotencyKey: the same call again has the same answer; another call
// under the same key is refused, and so is a key that is none.
func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t)
	send := func(key, length string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/v1/requests", strings.NewReader(w.fill(`{"connector":"{conn}","resources":["{oncall}"],"seconds":`+length+`}`)))
		r.Header.Set("Authorization", "Bearer "+w.keys["ada"])
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		return got
	}
	first := send("k1", "60")
	w.want(first, 201, nil)
	if again := send("k1", "60"); again.Code != 201 || again.Body.String() != first.Body.String() {
		t.Errorf("%d %s", again.Code, again.Body)
	}
	var p struct{ Detail string }
	if w.want(send("k1", "61"), 409, &p); !strings.Contains(p.Detail, "another body") {
		t.Errorf("%+v", p)
	}
	for _, bad := range []string{"", "two words", strings.Repeat("x", 201)} {
		w.want(send(bad, "60"), 400, nil)
	}
	if got := w.pages("ada", "/v1/requests", 50); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
