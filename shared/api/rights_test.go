package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
)

// rights is who gets what on which route. Statuses stand in the order of
// roles. {…} are filled in.
var rights = []struct {
	method, path, body string
	//        nobody outsider guest ada service lin owner integrator auditor root
	want string
}{
	{"GET", "/v1/me", "", "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/users", `{"connector":"{conn}","account":"{sam}"}`, "401 403 403 403 403 403 403 403 403 200"},
	{"POST", "/v1/keys", `{"name":"mine"}`, "401 201 201 201 403 201 201 201 201 201"},
	{"POST", "/v1/keys", `{"name":"root's","user":"u_root"}`, "401 403 403 403 403 403 403 403 403 201"},
	{"POST", "/v1/keys", `{"name":"another's","user":"{someone}"}`, "401 403 403 403 403 403 403 403 403 403"},
	{"POST", "/v1/keys", `{"name":"another's","user":"{someone}","service":true}`, "401 403 403 403 403 403 403 403 403 201"},
	{"GET", "/v1/tasks", "", "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/users", "", "401 403 403 403 403 403 403 200 200 200"},
	{"POST", "/v1/users/{someone}/end", "", "401 403 403 403 403 403 403 403 403 200"},
	{"PUT", "/v1/users/{someone}/duties", `{"duties":["auditor"]}`, "401 403 403 403 403 403 403 403 403 200"},
	{"PUT", "/v1/users/u_root/duties", `{"duties":["user"]}`, "401 403 403 403 403 403 403 403 403 400"},
	{"PUT", "/v1/users/{someone}/identity", `{"issuer":"https://idp.example","subject":"sam"}`, "401 403 403 403 403 403 403 403 403 200"},
	{"DELETE", "/v1/users/{someone}/identity", "", "401 403 403 403 403 403 403 403 403 200"},
	{"GET", "/v1/sessions", "", "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/sessions?user=u_root", "", "401 403 403 403 403 403 403 200 200 200"},
	{"POST", "/v1/sessions/{session}/end", "", "401 404 404 204 403 404 404 403 403 204"},
	{"GET", "/v1/signin", "", "401 403 403 403 403 403 403 200 200 200"},
	{"PUT", "/v1/signin", `{"byEmail":true}`, "401 403 403 403 403 403 403 403 403 200"},
	{"GET", "/v1/keys", "", "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/keys?user=u_root", "", "401 403 403 403 403 403 403 200 200 200"},
	{"POST", "/v1/keys/{key}/end", "", "401 404 404 200 403 404 404 403 403 200"},

	{"GET", "/v1/connectors", "", "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/connectors", `{"name":"Second"}`, "401 403 403 403 403 403 403 201 403 201"},
	{"GET", "/v1/connectors/{conn}", "", "401 404 200 200 200 200 200 200 200 200"},
	{"PATCH", "/v1/connectors/{conn}", `{"name":"Third","everySeconds":900}`, "401 404 403 403 403 403 200 403 403 200"},
	{"POST", "/v1/connectors/{conn}/invitations", "", "401 404 403 403 403 403 201 403 403 201"},
	{"PUT", "/v1/connectors/{conn}/token", `{"token":"xoxb-no"}`, "401 404 403 403 403 403 400 403 403 400"},
	{"POST", "/v1/connectors/{conn}/syncs", `{}`, "401 404 403 403 403 403 202 403 403 202"},
	{"POST", "/v1/connectors/{conn}/confirmation", "", "401 404 403 403 403 403 400 403 403 400"},
	{"POST", "/v1/connectors/{conn}/pause", "", "401 404 403 403 403 403 200 403 403 200"},
	{"POST", "/v1/connectors/{conn}/resume", "", "401 404 403 403 403 403 200 403 403 200"},
	{"POST", "/v1/connectors/{conn}/drain", "", "401 404 403 403 403 403 200 403 403 200"},
	{"POST", "/v1/connectors/{conn}/disconnect", "{}", "401 404 403 403 403 403 200 403 403 200"},
	{"GET", "/v1/connectors/{conn}/log", "", "401 404 403 403 403 403 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/syncs", "", "401 404 403 403 403 403 200 200 200 200"},
	{"GET", "/v1/syncs/{run}", "", "401 404 404 404 404 404 200 200 200 200"},

	{"GET", "/v1/freezes", "", "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/freezes", `{"reason":"drill"}`, "401 403 403 403 403 403 403 201 403 201"},
	{"POST", "/v1/freezes/lift", `{}`, "401 403 403 403 403 403 403 200 403 200"},
	{"POST", "/v1/freezes", `{"connector":"{conn}","reason":"drill"}`, "401 404 403 403 403 403 201 201 403 201"},
	{"POST", "/v1/freezes/lift", `{"connector":"{conn}"}`, "401 404 403 403 403 403 200 200 403 200"},

	{"GET", "/v1/kills", "", "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/kill-preview", `{"connector":"{conn}","resource":"{oncall}"}`, "401 404 404 403 403 403 200 200 403 200"},
	{"POST", "/v1/kill-preview", `{"connector":"{conn}","resource":"{hush}"}`, "401 404 404 404 404 404 200 404 403 200"},
	{"POST", "/v1/kill-preview", `{"connector":"{conn}","account":"{sam}"}`, "401 404 404 403 403 403 200 200 403 200"},
	{"POST", "/v1/kills", `{"target":{"connector":"{conn}","account":"{sam}"},"reason":"drill"}`, "401 404 404 403 403 403 202 202 403 202"},
	{"POST", "/v1/kills", `{"target":{"rule":"nothing"},"reason":"drill"}`, "401 403 403 403 403 403 403 404 403 404"},
	{"GET", "/v1/kills/{grant}", "", "401 404 404 404 404 404 404 404 404 404"},

	{"GET", "/v1/connectors/{conn}/accounts", "", "401 404 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/accounts/{sam}", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/accounts?standing=admin", "", "401 404 403 403 403 403 403 200 200 200"},
	{"GET", "/v1/connectors/{conn}/accounts?inactive=90", "", "401 404 403 403 403 403 403 400 400 400"},
	{"GET", "/v1/connectors/{conn}/accounts/{sam}/holdings", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/accounts/{sam}/grants", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/accounts/{sam}/owned", "", "401 404 404 200 200 200 200 200 200 200"},
	{"POST", "/v1/connectors/{conn}/accounts/{sam}/forget", "", "401 403 403 403 403 403 403 403 403 200"},
	{"GET", "/v1/connectors/{conn}/resources", "", "401 404 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{oncall}", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{town}", "", "401 404 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{incident}", "", "401 404 404 200 200 404 200 404 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{hush}", "", "401 404 404 404 404 404 200 404 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{hush}/members", "", "401 404 404 404 404 404 200 404 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{oncall}/members", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources?unowned=true", "", "401 404 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{oncall}/grants", "", "401 404 404 200 200 200 200 200 200 200"},
	{"GET", "/v1/connectors/{conn}/resources/{hush}/grants", "", "401 404 404 404 404 404 200 404 200 200"},
	{"POST", "/v1/connectors/{conn}/owners", `{"lines":[{"resource":"{oncall}","owners":["{sam}"]}]}`, "401 404 403 403 403 403 200 200 403 200"},
	{"POST", "/v1/connectors/{conn}/owners", `{"preview":true,"csv":"resource,owners\n{hush},\n"}`, "401 404 403 403 403 403 200 200 403 200"},
	{"POST", "/v1/connectors/{conn}/owners", `{"csv":"resource,owners\n{hush},\n"}`, "401 404 403 403 403 403 200 400 403 200"},
	{"PUT", "/v1/connectors/{conn}/resources/{oncall}/owners", `{"owners":["{sam}"]}`, "401 404 404 403 403 403 200 200 403 200"},
	{"PUT", "/v1/connectors/{conn}/resources/{hush}/owners", `{"owners":["{sam}"]}`, "401 404 404 404 404 404 200 404 403 200"},

	{"GET", "/v1/connectors/{conn}/delegations", "", "401 404 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/connectors/{conn}/delegations", `{"account":"{sam}","end":"2100-01-01T00:00:00Z"}`, "401 404 400 400 403 400 400 400 400 403"},
	{"POST", "/v1/delegations/{grant}/end", "", "401 404 404 404 403 404 404 404 404 404"},
	{"GET", "/v1/policy", "", "401 403 403 403 403 403 403 200 200 200"},
	{"PUT", "/v1/policy", policy, "401 403 403 403 403 403 403 403 403 200"},
	{"POST", "/v1/policy/would-end", policy, "401 403 403 403 403 403 403 200 200 200"},
	{"GET", "/v1/policy/versions", "", "401 403 403 403 403 403 403 200 200 200"},
	{"GET", "/v1/policy/versions/{version}", "", "401 403 403 403 403 403 403 200 200 200"},
	{"GET", "/v1/policy/diff", "", "401 403 403 403 403 403 403 200 200 200"},
	{"GET", "/v1/policy/drafts", "", "401 403 403 403 403 403 200 200 200 200"},
	{"POST", "/v1/policy/drafts/{grant}/confirm", "", "401 403 403 403 403 403 403 403 403 404"},
	{"POST", "/v1/policy/drafts/{grant}/refuse", "", "401 403 403 403 403 403 404 403 404 404"},
	{"POST", "/v1/policy/check", policy, "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/policy/explain?connector={conn}&resource={oncall}&seconds=60", "", "401 404 404 200 200 200 200 200 200 404"},
	{"GET", "/v1/policy/explain?connector={conn}&resource={hush}&seconds=60", "", "401 404 404 404 404 404 200 404 200 404"},
	{"GET", "/v1/policy/explain?connector={conn}&resource={oncall}&seconds=60&requester={sam}", "", "401 404 404 403 403 403 403 200 200 200"},

	{"GET", "/v1/connectors/{conn}/profiles", "", "401 404 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/requests", `{"connector":"{conn}","profile":"nothing","seconds":60}`, "401 403 404 404 404 404 404 404 404 403"},
	{"GET", "/v1/requests", "", "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/requests", `{"connector":"{conn}","resources":["{oncall}"],"seconds":60}`, "401 404 404 201 201 201 201 201 201 403"},
	{"POST", "/v1/requests", `{"connector":"{conn}","resources":["{hush}"],"seconds":60}`, "401 404 404 404 404 404 403 404 403 403"},
	{"POST", "/v1/requests", `{"connector":"{conn}","resources":["{incident}"],"seconds":60}`, "401 404 404 201 201 404 403 404 403 403"},
	{"GET", "/v1/requests/{request}", "", "401 404 404 200 200 200 200 200 200 200"},
	{"POST", "/v1/requests/{request}/approve", `{}`, "401 404 404 403 403 200 403 403 403 403"},
	{"POST", "/v1/requests/{request}/deny", `{}`, "401 404 404 403 403 200 403 403 403 403"},
	{"POST", "/v1/requests/{request}/reassign", `{"to":"{sam}"}`, "401 404 404 403 403 400 403 400 403 400"},
	{"POST", "/v1/requests-approve", `{"requests":["{request}"]}`, "401 200 200 200 200 200 200 200 200 200"},
	{"POST", "/v1/requests/{request}/confirm", `{"right":true}`, "401 404 404 400 403 400 400 400 400 400"},
	{"POST", "/v1/requests/{request}/veto", `{}`, "401 404 404 400 403 400 400 400 400 403"},
	{"POST", "/v1/requests/{request}/cancel", "", "401 404 404 200 200 403 403 403 403 200"},

	{"GET", "/v1/audit/search?person={sam}", "", "401 403 403 403 403 403 403 403 200 200"},
	{"GET", "/v1/audit/export", "", "401 403 403 403 403 403 403 403 200 200"},
	{"GET", "/v1/grants", "", "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/grants/{grant}", "", "401 404 404 200 200 200 200 200 200 200"},
	{"POST", "/v1/grants/{grant}/extend", `{"seconds":60}`, "401 404 404 200 200 200 403 403 403 403"},
	{"POST", "/v1/grants/{grant}/end", "", "401 404 404 200 200 403 200 403 403 200"},
	{"POST", "/v1/grants/{grant}/retry", "", "401 404 404 200 200 403 200 200 403 200"},

	{"GET", "/v1/findings?all=true", "", "401 200 200 200 200 200 200 200 200 200"},
	{"GET", "/v1/findings/{finding}", "", "401 404 404 404 404 404 200 200 200 200"},
	{"GET", "/v1/findings/{hushed}", "", "401 404 404 404 404 404 200 404 200 200"},
	{"POST", "/v1/findings/{finding}/accept", `{"until":"2026-11-24T08:00:00Z"}`, "401 404 404 404 404 404 200 200 403 200"},
	{"POST", "/v1/findings/{finding}/remove", `{"comment":"no"}`, "401 404 404 404 404 404 200 200 403 200"},
	{"POST", "/v1/findings/{finding}/keep", `{}`, "401 404 404 404 404 404 200 200 403 200"},
	{"POST", "/v1/findings/{hushed}/remove", `{}`, "401 404 404 404 404 404 200 404 403 200"},

	{"GET", "/v1/audit/events?aggregate=policy", "", "401 403 403 403 403 403 403 403 200 200"},
	{"GET", "/v1/audit/key", "", "401 403 403 403 403 403 403 403 200 200"},
	{"POST", "/v1/audit/verify", "", "401 403 403 403 403 403 403 403 200 200"},
}

func TestRights(t *testing.T) {
	for _, x := range rights {
		t.Run(strings.NewReplacer("/", "·").Replace(x.method+x.path), func(t *testing.T) {
			t.Parallel()
			want := strings.Fields(x.want)
			if len(want) != len(roles) {
				t.Fatalf("%d statuses for %d roles", len(want), len(roles))
			}
			w := newWorld(t)
			for i, role := range roles {
				got := w.send(role, x.method, w.fill(x.path), w.fill(x.body))
				if fmt.Sprint(got.Code) != want[i] {
					t.Errorf("%s: %d, want %s: %s", role, got.Code, want[i], got.Body)
				}
				if role != "owner" && role != "auditor" && role != "root" && got.Code >= 400 && strings.Contains(got.Body.String(), "merger") {
					t.Errorf("%s learns the name of a private channel: %s", role, got.Body)
				}
				if x.method != "GET" && got.Code < 400 {
					w = newWorld(t) // what one role has changed is not there for the next
				}
			}
		})
	}
}

// TestEveryRouteHasRights keeps the table whole: a route that is added to the
// contract has to say who may use it.
func TestEveryRouteHasRights(t *testing.T) {
	for _, op := range operations(t) {
		found := false
		for _, x := range rights {
			path, _, _ := strings.Cut(x.path, "?")
			found = found || x.method == op.method && sameShape(op.path, path)
		}
		if !found {
			t.Errorf("%s %s has no row in rights", op.method, op.path)
		}
	}
}

func sameShape(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if strings.HasPrefix(x[i], "{") != strings.HasPrefix(y[i], "{") || !strings.HasPrefix(x[i], "{") && x[i] != y[i] {
			return false
		}
	}
	return true
}

// user is the user of somebody's account.
func (w *world) user(name string) access.User {
	w.t.Helper()
	u, err := w.store.UserOf(w.t.Context(), w.conn, w.account[name])
	w.ok(err)
	return u
}

// fill names what a row speaks of, making it where it needs to be made.
func (w *world) fill(s string) string {
	w.t.Helper()
	made := func(mark string, f func() string) {
		if strings.Contains(s, mark) {
			s = strings.ReplaceAll(s, mark, f())
		}
	}
	made("{request}", w.asked)
	made("{grant}", w.granted)
	made("{finding}", func() string { return w.foundIn(w.oncall, "auditor") })
	made("{hushed}", func() string { return w.foundIn(w.hush, "auditor") })
	made("{draft}", w.drafted)
	made("{campaign}", w.started)
	made("{list}", w.linsList)
	made("{manual}", w.manual)
	made("{template}", w.templated)
	made("{version}", func() string { return "1" })
	made("{someone}", func() string { return w.user("sam").ID })
	made("{key}", func() string {
		keys, err := w.store.KeysOf(w.t.Context(), w.user("ada").ID)
		w.ok(err)
		return keys[0].ID
	})
	made("{session}", func() string {
		u, now, id := w.user("ada"), w.house.Now(), flow.RandomID("ses")
		w.ok(w.store.SaveSession(w.t.Context(), access.Session{
			ID: id, Hash: id, User: u.ID, Means: access.ByIssuer, Standing: u.Standing(), Created: now, Authenticated: now, Seen: now, Ends: now.Add(time.Hour),
		}, audit.Event{At: now, Aggregate: "person/" + u.ID, Action: "session.begun", Actor: u.ID}))
		return id
	})
	made("{run}", func() string {
		c, err := w.store.Connector(w.t.Context(), w.conn)
		w.ok(err)
		return c.LastRun
	})
	return strings.NewReplacer("{conn}", w.conn, "{sam}", w.account["sam"], "{ada}", w.account["ada"], "{lin}", w.account["lin"], "{oncall}", w.oncall, "{incident}", w.incident,
		"{hush}", w.hush, "{town}", w.open).Replace(s)
}
