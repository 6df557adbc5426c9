package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
)

// TestContract: what the contract forbids never reaches a handler, and the
// answer names the field.
func TestContract(t *testing.T) {
	w := newWorld(t)
	request := func(more string) string {
		return w.fill(`{"connector":"{conn}","resources":["{oncall}"],"seconds":60` + more + `}`)
	}
	for name, x := range map[string]struct {
		method, path, body string
		status             int
		field              string
	}{
		"unknown field":        {"POST", "/v1/requests", request(`,"approved":true`), 400, ""},
		"field in other case":  {"POST", "/v1/requests", request(`,"Reason":"x"`), 400, ""},
		"unknown query":        {"GET", "/v1/grants?al=true", "", 400, "al"},
		"query twice":          {"GET", "/v1/grants?limit=1&limit=2", "", 400, "limit"},
		"limit too large":      {"GET", "/v1/grants?limit=100000", "", 400, "limit"},
		"limit no number":      {"GET", "/v1/grants?limit=all", "", 400, "limit"},
		"bad id":               {"GET", "/v1/grants/%2e%2e%2fpolicy", "", 400, "grantId"},
		"id with a space":      {"GET", "/v1/grants/g%201", "", 400, "grantId"},
		"long id":              {"GET", "/v1/grants/g_" + strings.Repeat("a", 200), "", 400, "grantId"},
		"bad Slack id":         {"GET", w.fill("/v1/connectors/{conn}/resources/S1%00"), "", 400, "resourceId"},
		"bad aggregate":        {"GET", "/v1/audit/events?aggregate=../secrets", "", 400, "aggregate"},
		"missing aggregate":    {"GET", "/v1/audit/events", "", 400, "aggregate"},
		"bad cursor":           {"GET", "/v1/requests?cursor=%3Cscript%3E", "", 400, "cursor"},
		"no time":              {"POST", "/v1/requests", w.fill(`{"connector":"{conn}","resources":["{oncall}"]}`), 400, "seconds"},
		"no resources":         {"POST", "/v1/requests", w.fill(`{"connector":"{conn}","resources":[],"seconds":60}`), 400, "resources"},
		"same twice":           {"POST", "/v1/requests", w.fill(`{"connector":"{conn}","resources":["S1","S1"],"seconds":60}`), 400, "resources"},
		"a year and more":      {"POST", "/v1/requests", w.fill(`{"connector":"{conn}","resources":["{oncall}"],"seconds":31104001}`), 400, "seconds"},
		"half a second":        {"POST", "/v1/requests", w.fill(`{"connector":"{conn}","resources":["{oncall}"],"seconds":0.5}`), 400, "seconds"},
		"bad start":            {"POST", "/v1/requests", request(`,"start":"tomorrow"`), 400, "start"},
		"other entitlement":    {"POST", "/v1/requests", request(`,"entitlement":"owner"`), 400, "entitlement"},
		"no JSON":              {"POST", "/v1/requests", `{"connector":`, 400, ""},
		"a list":               {"POST", "/v1/requests", `[]`, 400, ""},
		"no body":              {"POST", "/v1/requests", "", 400, ""},
		"unknown duty":         {"POST", "/v1/users", w.fill(`{"connector":"{conn}","account":"{sam}","duties":["god"]}`), 400, "duties.0"},
		"duties of a user":     {"POST", "/v1/users", w.fill(`{"connector":"{conn}","account":"{sam}","user":"u_root","duties":["auditor"]}`), 400, "duties"},
		"unknown address":      {"GET", "/v1/nothing", "", 404, ""},
		"a slash too many":     {"GET", "/v1/grants/", "", 404, ""},
		"other method":         {"DELETE", "/v1/grants", "", 405, ""},
		"huge body":            {"POST", "/v1/requests", request(`,"reason":"` + strings.Repeat("x", 2*api.MostBytes) + `"`), 413, ""},
		"long reason":          {"POST", "/v1/requests", request(`,"reason":"` + strings.Repeat("x", 2001) + `"`), 400, "reason"},
		"kind that is no kind": {"GET", w.fill("/v1/connectors/{conn}/resources?kind=group"), "", 400, "kind"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			var p struct{ Field, Detail string }
			w.want(w.send("root", x.method, x.path, x.body), x.status, &p)
			if p.Field != x.field && x.field != "" {
				t.Errorf("field %q, want %q: %s", p.Field, x.field, p.Detail)
			}
		})
	}
}

func TestContentType(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("POST", "/v1/keys", strings.NewReader(`{"name":"x"}`))
	r.Header.Set("Authorization", "Bearer "+w.keys["root"])
	r.Header.Set("Content-Type", "text/plain")
	got := httptest.NewRecorder()
	w.api.ServeHTTP(got, r)
	var p struct{ Field string }
	if w.want(got, 400, &p); p.Field != "Content-Type" {
		t.Errorf("field %q", p.Field)
	}
}

// TestForgedKeys: unknown, ended, malformed and foreign keys are one answer.
func TestForgedKeys(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	u, err := w.store.User(ctx, "u_outsider")
	w.ok(err)
	u.Ended = true
	_, err = w.store.SaveUser(ctx, u, audit.Event{At: w.at, Aggregate: "person/u_outsider", Action: "person.ended", Actor: "test"})
	w.ok(err)
	first := ""
	for _, header := range []string{
		"Bearer ebbkey_" + strings.Repeat("a", 52), "Bearer x", "Bearer " + w.keys["outsider"], "Bearer " + w.keys["root"] + "x",
		"bearer ebbkey_", "Bearer u_root",
	} {
		r := httptest.NewRequest("GET", "/v1/me", nil)
		r.Header.Set("Authorization", header)
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		if got.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: no challenge", header)
		}
		w.want(got, 401, nil)
		if body := got.Body.String(); first == "" {
			first = body
		} else if body != first {
			t.Errorf("two answers: %s and %s", first, body)
		}
	}
	for _, header := range []string{"", "Basic dTpw", "Bearer", "Bearer "} {
		r := httptest.NewRequest("GET", "/v1/me", nil)
		r.Header.Set("Authorization", header)
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		w.want(got, 401, nil)
	}
}

// TestTokenStaysSecret: a pasted token is in no answer and no log, whatever is
// wrong with it.
func TestTokenStaysSecret(t *testing.T) {
	w := newWorld(t)
	const planted = "xoxp-planted-Zq7"
	for _, body := range []string{
		`{"token":"` + planted + `"}`, `{"token":"` + planted + ` x"}`, `{"token":"xapp-` + planted + `"}`, `{"tokn":"` + planted + `"}`,
		`{"token":"` + planted + strings.Repeat("x", 5000) + `"}`, `{"token":["` + planted + `"]}`, `{"token":"` + planted,
	} {
		got := w.send("owner", "PUT", w.fill("/v1/connectors/{conn}/token"), body)
		if got.Code < 400 {
			t.Errorf("%s was taken", body)
		}
		if strings.Contains(got.Body.String(), planted) || strings.Contains(w.log.String(), planted) {
			t.Errorf("the token came back: %s %s", got.Body, w.log.String())
		}
	}
}

// ill is a store that fails with an error that nobody has sorted.
type ill struct{ flow.Memory }

func (ill) Grants(context.Context, bool, int) ([]access.Grant, error) {
	return nil, errors.New("dial tcp 10.1.2.3: password hunter2 refused")
}

func (ill) Requests(context.Context, bool, int) ([]access.Request, error) { panic("hunter2") }

// TestInternalErrors: the text goes to the log, the answer names where.
func TestInternalErrors(t *testing.T) {
	w := newWorld(t)
	w.house.Memory = ill{w.house.Memory}
	for _, path := range []string{"/v1/grants", "/v1/requests"} {
		w.log.Reset()
		var p struct{ Instance, Detail string }
		got := w.send("root", "GET", path, "")
		w.want(got, 500, &p)
		if strings.Contains(got.Body.String(), "hunter2") || p.Instance == "" {
			t.Errorf("answer: %s", got.Body)
		}
		if log := w.log.String(); !strings.Contains(log, p.Instance) || !strings.Contains(log, "hunter2") {
			t.Errorf("log: %s", log)
		}
	}
}

func TestPolicyProblems(t *testing.T) {
	w := newWorld(t)
	var p struct {
		Field, Detail string
		Problems      []struct {
			Line    int
			Field   string
			Warning bool
		}
	}
	w.want(w.send("root", "PUT", "/v1/policy", "version: 1\nrules:\n  - id: x\n    max: never\n    colour: red\n"), 400, &p)
	if len(p.Problems) < 2 || p.Problems[0].Line == 0 {
		t.Errorf("problems: %+v", p)
	}
	// Well formed, but the approvers approve themselves in.
	circle := "version: 1\nrules:\n  - id: x\n    resources: {kind: usergroup, names: [leads]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {groups: [\"@leads\"]}\n"
	w.want(w.send("root", "PUT", "/v1/policy", circle), 400, &p)
	var c struct {
		OK       bool
		Problems []any
	}
	w.want(w.send("ada", "POST", "/v1/policy/check", circle), 200, &c)
	if c.OK || len(c.Problems) == 0 {
		t.Errorf("check: %+v", c)
	}
	// A billion laughs are refused as text, not expanded.
	bomb := "a: &a [x,x,x,x,x,x,x,x]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("b%d: &b%d [*%s]\n", i, i, strings.TrimSuffix(strings.Repeat("a,*", 8), ",*"))
	}
	w.want(w.send("root", "PUT", "/v1/policy", bomb), 400, nil)
	var now struct{ Version int }
	if w.want(w.send("auditor", "GET", "/v1/policy", ""), 200, &now); now.Version != 1 {
		t.Errorf("version %d", now.Version)
	}
}
