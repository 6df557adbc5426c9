package glance

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Many removals wait for a second look with --confirm, which is about the kinds
// of the first; few are believed at once.
func TestRemovals(t *testing.T) {
	s, org := newStranger(t, slacktest.Options{People: 200, Channels: 4})
	var people []string
	for _, u := range org.Users() {
		if !u.Bot && !u.Restricted && !u.Deleted && !u.Invited && !u.External && u.ID != slacktest.USLACKBOT {
			people = append(people, u.ID)
		}
	}
	few, many := org.AddGroup(slacktest.Group{Members: people[:8]}), org.AddGroup(slacktest.Group{Members: people[:60]})
	s.kinds = []string{"accounts", "usergroups"}
	s.must()
	owner := org.PrimaryOwner(org.TeamIDs()[0])
	org.HandRemoveFromGroup(owner, few, org.GroupMembers(few)[1:4]...)
	if out := s.must(); strings.Contains(out, "waits") || number(t, out, "rows written") != 4 { // and the group's count
		t.Errorf("three left:\n%s", out)
	}
	gone := org.GroupMembers(many)[1:]
	org.HandRemoveFromGroup(owner, many, gone...)
	out := s.must()
	if number(t, out, "waits") != len(gone) || !strings.Contains(out, "--confirm") {
		t.Fatalf("%d left at once:\n%s", len(gone), out)
	}
	if out := s.must(); number(t, out, "waits") != len(gone) {
		t.Errorf("nobody confirmed:\n%s", out)
	}
	if out := s.must(confirm); strings.Contains(out, "waits") || strings.Contains(out, "channels") {
		t.Errorf("confirmed, and about the same kinds:\n%s", out)
	}
	held := 0
	for _, m := range s.list("memberships") {
		if m["resource"] == many {
			held++
		}
	}
	if held != 1 {
		t.Errorf("%d are still in", held)
	}
}

// Accounts that a workspace lists no more go when users.info agrees. A pause
// that Slack asks for in the middle costs what was asked before nothing; where
// users.info cannot be asked, they stay, and that is said.
func TestAccountsThatAreListedNoMore(t *testing.T) {
	org := slacktest.New(slacktest.Options{People: 80})
	hidden, asked, answer := map[string]bool{}, 0, "unknown_method"
	server := httptest.NewServer(hiding(org, hidden, func(w http.ResponseWriter) {
		if asked++; asked == 5 { // the fourth of the six, after one that was refused
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = w.Write([]byte(`{"ok":false,"error":"` + answer + `"}`))
	}))
	t.Cleanup(server.Close)
	s := &stranger{t: t, url: server.URL + "/api/", token: org.BotToken(), file: t.TempDir() + "/look.db", kinds: []string{"accounts"}}
	all := number(t, s.must(), "accounts")
	for _, u := range org.Users()[10:16] {
		hidden[u.ID] = true
	}
	if out := s.must(); !strings.Contains(out, "6 accounts that "+org.TeamIDs()[0]+" lists no more are kept") || number(t, out, "accounts") != all {
		t.Errorf("users.info is not there:\n%s", out)
	}
	answer = "user_not_found"
	out := s.must()
	if asked != 1+6+1 || !strings.Contains(s.said, "Slack asked to wait 1s (users.info)") {
		t.Errorf("users.info was asked %d times: %s", asked, s.said)
	}
	if number(t, out, "accounts") != all-6 || len(s.list("accounts")) != all-6 {
		t.Errorf("%d of %d:\n%s", len(s.list("accounts")), all, out)
	}
}

// hiding is a Slack that lists some accounts no more and does not know them.
func hiding(org http.Handler, hidden map[string]bool, asked func(http.ResponseWriter)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/users.info") && hidden[r.FormValue("user")] {
			asked(w)
			return
		}
		rec := httptest.NewRecorder()
		org.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		if strings.HasSuffix(r.URL.Path, "/users.list") {
			body = without(body, hidden)
		}
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

// without leaves accounts out of an answer of users.list.
func without(body []byte, hidden map[string]bool) []byte {
	var page map[string]any
	if err := json.Unmarshal(body, &page); err != nil {
		return body
	}
	left := []any{}
	for _, m := range page["members"].([]any) {
		if !hidden[m.(map[string]any)["id"].(string)] {
			left = append(left, m)
		}
	}
	page["members"] = left
	body, _ = json.Marshal(page)
	return body
}
