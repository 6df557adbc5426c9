package glance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// foreign stands in for Slack as somebody else might write it in an afternoon:
// six methods, no scopes, no users.info, only the fields without which nothing
// works. It is strict about what Slack is strict about: the token, and pages of
// at most 999.
type foreign struct {
	teams    []string
	people   int    // in each workspace
	groups   int    // in each workspace
	count    string // how user_count is told: "", "number" or "text"
	refuse   string // the code that listing private channels is refused with
	left     map[string]bool
	asked    map[string]int
	problems []string
}

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	f.asked[method]++
	if r.Header.Get("Authorization") != "Bearer t" {
		fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
		return
	}
	if limit, _ := strconv.Atoi(r.FormValue("limit")); limit > 999 && method != "auth.teams.list" {
		f.problems = append(f.problems, method+" asked for "+r.FormValue("limit"))
	}
	answer, ok := f.answer(method, r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

type object = map[string]any

func (f *foreign) answer(method string, r *http.Request) (object, bool) {
	team := r.FormValue("team_id")
	switch method {
	case "auth.test":
		return object{"ok": true, "user_id": "U1", "team_id": f.teams[0], "team": "Acme"}, true
	case "auth.teams.list":
		var teams []object
		for _, t := range f.teams {
			teams = append(teams, object{"id": t, "name": t})
		}
		return object{"ok": true, "teams": teams}, true
	case "users.list":
		return page("members", f.members(team), r), true
	case "usergroups.list":
		return object{"ok": true, "usergroups": f.usergroups(team)}, true
	case "conversations.list":
		if f.refuse != "" && strings.Contains(r.FormValue("types"), "private") {
			return object{"ok": false, "error": f.refuse}, true
		}
		return page("channels", []object{{"id": "C" + team, "name": "general", "is_private": strings.Contains(r.FormValue("types"), "private")}}, r), true
	case "conversations.members":
		var ids []string
		for _, m := range f.members(strings.TrimPrefix(r.FormValue("channel"), "C")) {
			ids = append(ids, m["id"].(string))
		}
		return page("members", ids, r), true
	}
	return nil, false
}

func (f *foreign) members(team string) (out []object) {
	for i := range f.people {
		id := fmt.Sprintf("U%s%05d", team, i)
		if !f.left[id] {
			out = append(out, object{"id": id, "name": "p" + id, "deleted": i%50 == 49, "profile": object{"email": id + "@acme.example"}})
		}
	}
	return out
}

func (f *foreign) usergroups(team string) []object {
	out := []object{}
	for i := range f.groups {
		users := []string{}
		for _, m := range f.members(team)[:i+2] {
			users = append(users, m["id"].(string))
		}
		g := object{"id": fmt.Sprintf("S%s%d", team, i), "handle": fmt.Sprintf("g%d", i), "users": users}
		switch f.count {
		case "number":
			g["user_count"] = len(users)
		case "text":
			g["user_count"] = strconv.Itoa(len(users))
		}
		out = append(out, g)
	}
	return out
}

// page cuts a list as Slack does; the cursor is where the next page begins.
func page[T any](key string, all []T, r *http.Request) object {
	from, _ := strconv.Atoi(r.FormValue("cursor"))
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 {
		limit = 100
	}
	to := min(len(all), from+min(limit, 999))
	out := object{"ok": true, key: append([]T{}, all[from:to]...)}
	if to < len(all) {
		out["response_metadata"] = object{"next_cursor": strconv.Itoa(to)}
	}
	return out
}

func (f *foreign) visit(t *testing.T) *stranger {
	t.Helper()
	f.asked = map[string]int{}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return &stranger{t: t, url: server.URL + "/api/", token: "t", file: filepath.Join(t.TempDir(), "look.db")}
}

// Whatever the count's form, everything is found, with no call too many.
func TestAForeignSlack(t *testing.T) {
	for _, count := range []string{"", "number", "text"} {
		f := &foreign{teams: []string{"T1", "T2", "T3"}, people: 2500, groups: 12, count: count}
		s := f.visit(t)
		s.kinds = []string{"accounts", "workspaces", "usergroups"}
		out := s.must()
		if number(t, out, "accounts") != 3*2500 || number(t, out, "workspaces") != 3 || number(t, out, "usergroups") != 3*12 || strings.Contains(out, "note") {
			t.Errorf("counted as %q:\n%s", count, out)
		}
		if f.asked["users.list"] != 3*3 || f.asked["usergroups.list"] != 3 || number(t, out, "calls") > 9+3+5 || f.asked["usergroups.users.list"] > 0 {
			t.Errorf("counted as %q: %v", count, f.asked)
		}
		holders := map[any]int{}
		for _, m := range s.list("memberships") {
			holders[m["resource"]]++
		}
		if holders["ST211"] != 13 || holders["T3"] != 2500 {
			t.Errorf("members: %v", holders)
		}
		if again := s.must(); number(t, again, "rows written") != 0 {
			t.Errorf("nothing changed:\n%s", again)
		}
		if len(f.problems) > 0 {
			t.Error(f.problems)
		}
	}
}

// noted reports whether anything is noted but that nobody's last activity and nobody's
// manager are shown, which need more than reading takes.
func noted(out string) bool {
	return strings.Count(out, "note  ") > strings.Count(out, "note         last activity is not shown: it needs the user scope admin")+
		strings.Count(out, "note         managers are not shown: it needs the user scope admin")
}

// Where no scopes are told, private channels are asked for, and a refusal is said.
func TestAForeignSlackWithChannels(t *testing.T) {
	f := &foreign{teams: []string{"T1"}, people: 1500, groups: 2}
	s := f.visit(t)
	out := s.must()
	if number(t, out, "channels") != 1 || number(t, out, "memberships") != 1500+2+3+1500 || noted(out) || f.asked["conversations.list"] != 2 {
		t.Errorf("%v\n%s", f.asked, out)
	}
	f = &foreign{teams: []string{"T1"}, people: 10, refuse: "missing_scope"}
	s = f.visit(t)
	if out := s.must(); !strings.Contains(out, "note         private channels of T1: the token lacks a scope") || number(t, out, "channels") != 1 {
		t.Errorf("%s", out)
	}
}

// Who is listed no more goes only when users.info agrees; here there is none.
func TestAForeignSlackThatKnowsNoUsersInfo(t *testing.T) {
	f := &foreign{teams: []string{"T1"}, people: 100, left: map[string]bool{}}
	s := f.visit(t)
	s.must()
	f.left["UT100007"] = true
	out := s.must()
	if number(t, out, "accounts") != 100 || !strings.Contains(out, "note         1 accounts that T1 lists no more are kept") {
		t.Errorf("%s", out)
	}
	gone := 0
	for _, m := range s.list("memberships") {
		if m["resource"] == "CT1" && m["account"] == "UT100007" {
			gone++
		}
	}
	if gone != 0 {
		t.Error("a complete list of a channel's members is believed")
	}
}
