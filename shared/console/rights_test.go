package console_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/housetest"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var update = flag.Bool("update", false, "write what was found to testdata")

// TestRights holds every role against every route: testdata/rights.txt says what
// each answers, and is read like a table of rights. Things are made anew for each
// cell, so that no role profits from what another did.
func TestRights(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	roles := append(slices.Clone(housetest.Roles), "campaigner")
	patterns, open := console.Patterns(w.House)
	slices.SortFunc(patterns, func(a, b string) int {
		_, x, _ := strings.Cut(a, " ")
		_, y, _ := strings.Cut(b, " ")
		return strings.Compare(x+a, y+b)
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s", "")
	for _, role := range roles {
		fmt.Fprintf(&b, " %10s", role)
	}
	b.WriteString("\n")
	for _, pattern := range patterns {
		fmt.Fprintf(&b, "%-40s", pattern)
		for _, role := range roles {
			method, path, _ := strings.Cut(pattern, " ")
			path, form := w.example(pattern, strings.TrimSuffix(path, "{$}"))
			got := w.do(role, method, path, form)
			if strings.HasPrefix(path, "/sign") {
				delete(w.browsers, role) // it may be signed out, or be somebody else
			}
			word := fmt.Sprint(got.code)
			switch {
			case got.code >= 500:
				t.Errorf("%s as %s: %d: %s\n%s", pattern, role, got.code, between(got.text, "<main", "</main>"), w.Log.String())
			case got.code == 303 && strings.HasPrefix(got.to, "/signin"):
				word = "sign in"
			case role == "nobody" && !open[pattern]:
				t.Errorf("%s as nobody: %d", pattern, got.code)
			case role == "auditor" && method == "POST" && got.code < 400 && !mayEverybody(pattern):
				t.Errorf("%s: an auditor changes nothing, and this answered %d", pattern, got.code)
			}
			fmt.Fprintf(&b, " %10s", word)
		}
		b.WriteString("\n")
	}
	const file = "testdata/rights.txt"
	if *update {
		w.OK(os.MkdirAll("testdata", 0o755))
		w.OK(os.WriteFile(file, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	w.OK(err)
	if b.String() != string(want) {
		t.Errorf("the rights are not those of %s (-update writes them; read what changed):\n%s", file, b.String())
	}
}

// mayEverybody reports whether a form is about the sender's own things alone, or
// changes nothing.
func mayEverybody(pattern string) bool {
	return slices.Contains([]string{"POST /zone", "POST /signout", "POST /ask", "POST /tasks", "POST /signin/first", "POST /keys", "POST /audit/verify", "POST /policies/check"}, pattern)
}

// example fills a route with things that were made just now: a request of ada's, a
// grant of hers that lives, a connector of its own.
func (w *world) example(pattern, path string) (string, string) {
	w.Helper()
	w.At = w.At.Add(time.Second)
	_, err := w.House.Thaw(w.Context(), w.As("root"), "") // somebody may have frozen all of it
	w.OK(err)
	_, verb, _ := strings.Cut(path, "{id}/")
	form := url.Values{"comment": {"because"}, "right": {"yes"}, "name": {"Umbra"}, "zone": {"UTC"}}
	id := ""
	switch {
	case strings.Contains(path, "/requests/{id}"):
		id = w.Ask("ada", w.Oncall).ID
	case strings.Contains(path, "/grants/{id}"):
		g := w.Granted()
		id = g.ID
		form.Set("from", g.End.UTC().Format(time.RFC3339))
		form.Set("by", "1h")
	case strings.Contains(path, "/reviews/{id}"):
		var list string
		id, list = w.reviewed(strings.HasPrefix(verb, "edit") || verb == "stage" || verb == "cancel", verb == "start")
		path = strings.Replace(path, "{list}", list, 1)
		form = w.specForm(url.Values{"at_end": {"skip"}, "confirm": {"9999"}, "to": {w.Account["owner"], w.Account["ada"]}})
		if list != "" {
			form.Set("certify", w.lines("lin", id)[0].ID)
			if strings.Contains(verb, "/submit") {
				w.notes(id, list, review.Certify, form.Get("certify"))
			}
		}
	case strings.Contains(path, "/templates/{id}"):
		id = w.templated()
	case pattern == "POST /reviews/new", pattern == "POST /templates/new":
		form = w.specForm(url.Values{"every": {"monthly"}, "first": {w.At.Format(time.DateOnly)}})
	case pattern == "POST /reviews/sync":
		w.rest()
		form = url.Values{"connector": {w.Conn}, "at": {"/reviews/new"}}
	case strings.Contains(path, "/manual/{id}"):
		id = w.byHand()
	case strings.Contains(path, "/findings/{id}"):
		id = w.found(w.Oncall, w.Slack.AddUser(slacktest.User{}))
		form.Set("from", w.At.UTC().Format(time.RFC3339))
		form.Set("for", "7d")
	case strings.Contains(path, "/integrations/{id}"):
		id = w.Conn
		if verb != "" && pattern[:3] != "GET" {
			c, err := w.House.AddConnector(w.Context(), w.As("root"), "Umbra", []string{w.User["owner"].ID})
			w.OK(err)
			id = c.ID
		}
		form.Set("every", "1h")
		form.Set("owner", w.User["owner"].ID)
		form.Set("token", "xoxp-not-a-token")
	case strings.Contains(path, "/users/{id}"):
		id = w.User["ada"].ID
		if pattern[:3] != "GET" {
			u, err := w.Store.SaveUser(w.Context(), access.User{ID: w.House.NewID("u"), Name: "New", Duties: []access.Duty{access.Ordinary}}, w.made("New"))
			w.OK(err)
			id = u.ID
		}
		form.Set("duty", "auditor")
		form.Set("confirm", id)
		form.Set("issuer", "https://idp.example")
		form.Set("subject", id)
	case strings.Contains(path, "/sessions/{id}"):
		w.SignIn("ada")
		all, err := w.House.ReadSessions(w.Context(), w.As("ada"), "")
		w.OK(err)
		id = all[0].ID
	case strings.Contains(path, "/keys/{id}"):
		_, k, err := w.House.CreateKey(w.Context(), w.As("ada"), w.User["ada"].ID, "terminal", false)
		w.OK(err)
		id = k.ID
	case strings.Contains(path, "/accounts/{id}"):
		id = w.Account["sam"]
	case strings.Contains(path, "/resources/{id}"):
		id = w.Hush // a private channel that few may know
		if pattern[:3] != "GET" {
			id = w.Oncall
		}
		form.Set("owners", w.Account["sam"]) // who is none of the roles
	case pattern == "POST /resources/owners":
		form = url.Values{"connector": {w.Conn}, "do": {"change"}, "csv": {"resource,owners\n@oncall,sam\n"}}
	case pattern == "POST /tasks":
		form.Set("id", w.Ask("ada", w.Oncall).ID)
	case pattern == "POST /ask":
		form = url.Values{"key": {w.House.NewID("form")}, "r": {w.Oncall}, "length": {"1h"}, "reason": {"x"}}
	case pattern == "GET /ask/check":
		path += "?length=1h&r=" + w.Oncall
	case pattern == "POST /policies", pattern == "POST /policies/check":
		p, err := w.Store.Policy(w.Context(), 0)
		w.OK(err)
		form = url.Values{"document": {p.Source}}
	case strings.Contains(path, "/policies/drafts/{id}"):
		id = "df_none"
		if strings.HasPrefix(pattern, "GET") {
			id = w.drafted()
		}
	case pattern == "GET /audit/export":
		path += "?format=csv"
	case pattern == "POST /freeze":
		form.Set("reason", "a drill")
	case pattern == "GET /kill":
		path += "?connector=" + w.Conn + "&account=" + w.Account["sam"]
	case pattern == "POST /kill":
		form = url.Values{"connector": {w.Conn}, "account": {w.Account["sam"]}, "reason": {"a drill"}}
	case pattern == "GET /kills/{id}":
		k, err := w.House.Kill(w.Context(), w.As("root"), flow.Killing{Target: access.Target{Connector: w.Conn, Account: w.Account["sam"]}, Reason: "a drill"})
		w.OK(err)
		id = k.ID
	case pattern == "POST /integrations/new":
		form = url.Values{"key": {w.House.NewID("form")}, "kind": {"application"}, "by_idp": {"no"}, "owner": {w.User["owner"].ID}}
	}
	return strings.NewReplacer("{id}", id, "{connector}", w.Conn).Replace(path), form.Encode()
}

// Granted is a grant of ada's that lives.
func (w *world) Granted() access.Grant {
	w.Helper()
	old, err := w.Store.GrantsOf(w.Context(), w.Conn, w.Account["ada"])
	w.OK(err)
	for _, g := range old {
		if g.Takes() {
			continue
		}
		_, err := w.House.EndAccess(w.Context(), w.As("root"), g.ID)
		w.OK(err)
	}
	w.At = w.At.Add(5 * time.Second)
	w.Sweep()
	q := w.Ask("ada", w.Oncall)
	_, err = w.House.Approve(w.Context(), w.As("lin"), q.ID, "")
	w.OK(err)
	w.Sweep()
	live, err := w.Store.GrantsOf(w.Context(), w.Conn, w.Account["ada"])
	w.OK(err)
	for _, g := range live {
		if g.Request == q.ID {
			return g
		}
	}
	w.Fatalf("no grant of %s", q.ID)
	return access.Grant{}
}

// drafted is a policy of sam's that waits.
func (w *world) drafted() string {
	w.Helper()
	p, err := w.Store.Policy(w.Context(), 0)
	w.OK(err)
	base := p.Version
	p.Source += "\n# with a remark <b>\n"
	d, err := w.Store.SaveDraft(w.Context(), access.Draft{
		ID: w.House.NewID("df"), Policy: p, Base: base, By: w.User["sam"].ID, Wider: []string{`rule "oncall" is longer`}, At: w.At, State: access.DraftWaits,
	}, nil, w.made("draft"))
	w.OK(err)
	return d.ID
}

// made is the event of somebody who was made.
func (w *world) made(name string) audit.Event {
	return audit.Event{At: w.At, Aggregate: "person/" + name, Action: "person.made", Actor: "test"}
}
