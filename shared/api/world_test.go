package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/housetest"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

var morning = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// roles of the table of rights. "owner" owns the connector and nothing else;
// "service" is a service's key of ada.
var roles = []string{"nobody", "outsider", "guest", "ada", "service", "lin", "owner", "integrator", "auditor", "root"}

const policy = `
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@leads"]}
  - id: incident
    resources: {kind: channel, names: ["incident*"]}
    requesters: {groups: ["@engineers"]}
    max: 4h
    approve: auto
    unproven_removal: accept
`

// world is the API over the whole house, a table in memory and a simulated
// Slack: ada (an engineer) asks, lin leads, sam sits in a private channel that
// no rule names.
type world struct {
	t     *testing.T
	slack *slacktest.Org
	house *flow.House
	store *store.Store
	api   http.Handler
	log   bytes.Buffer
	at    time.Time
	root  access.Actor

	conn                                string
	account                             map[string]string // by name
	keys                                map[string]string // by role
	oncall, leads, incident, hush, open string
	campaign                            string // started last
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, at: morning, account: map[string]string{}, keys: map[string]string{"nobody": ""}}
	now := func() time.Time { return w.at }
	w.slack = slacktest.NewEmpty(slacktest.Options{Seed: 1, Now: now})
	vault := housetest.NewSecrets()
	w.store = store.New(memory.New(now), store.Options{Now: now})
	w.house = &flow.House{
		Now: now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: w.store, Secrets: vault, Heads: &housetest.Heads{}, URL: "http://ebb.test",
		Condition: policyfile.NewConditions(),
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: w.slack.Client(), Tokens: vault, Now: now,
			ClientID: w.slack.ClientID(), ClientSecret: w.slack.ClientSecret(),
		}),
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	w.api = api.Handler(w.house, api.Options{})
	w.populate()
	w.connect()
	w.people()
	w.want(w.send("root", "PUT", "/v1/policy", policy), 200, nil)
	return w
}

func (w *world) populate() {
	person := func(name string, u slacktest.User) {
		u.Name, u.RealName, u.Email = name, strings.ToUpper(name[:1])+name[1:]+" Example", name+"@example.com"
		w.account[name] = w.slack.AddUser(u)
	}
	for _, name := range []string{"ada", "lin", "sam", "owner", "integrator", "auditor"} {
		person(name, slacktest.User{})
	}
	person("guest", slacktest.User{Restricted: true})
	a := w.account
	w.oncall = w.slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{a["sam"]}})
	w.leads = w.slack.AddGroup(slacktest.Group{Handle: "leads", Name: "Leads", Members: []string{a["lin"]}})
	w.slack.AddGroup(slacktest.Group{Handle: "engineers", Name: "Engineers", Members: []string{a["ada"]}})
	bot := w.slack.BotUser(w.slack.TeamIDs()[0])
	w.incident = w.slack.AddChannel(slacktest.Channel{Name: "incident-1", Private: true, Members: []string{a["sam"], bot}})
	w.hush = w.slack.AddChannel(slacktest.Channel{Name: "merger-with-acme", Private: true, Members: []string{a["sam"], bot}})
	w.open = w.slack.AddChannel(slacktest.Channel{Name: "town", Members: []string{a["sam"], a["guest"]}})
}

// connect installs by OAuth and syncs.
func (w *world) connect() {
	w.t.Helper()
	ctx := w.t.Context()
	root, err := w.house.FirstUser(ctx, "u_root", "Root")
	w.ok(err)
	w.root = access.Actor{User: root}
	c, err := w.house.AddConnector(ctx, w.root, "Umbra", nil)
	w.ok(err)
	w.conn = c.ID
	link, err := w.house.Invite(ctx, w.root, c.ID)
	w.ok(err)
	authorize, cookie, err := w.house.OpenInvitation(ctx, strings.TrimPrefix(link, "http://ebb.test/connect/"))
	w.ok(err)
	client := w.slack.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	team := w.slack.TeamIDs()[0]
	resp, err := client.Get(authorize + "&_as=" + w.slack.PrimaryOwner(team) + "&_team=" + team + "&_approve=1")
	w.ok(err)
	resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	w.ok(err)
	_, err = w.house.FinishInstall(ctx, to.Query().Get("state"), cookie, to.Query().Get("code"))
	w.ok(err)
	run, err := w.house.StartSync(ctx, w.root, c.ID, nil)
	for range 100 {
		w.ok(err)
		if run.State == connector.Done {
			return
		}
		run, err = w.house.SyncStep(ctx, run.ID)
		w.at = w.at.Add(time.Second)
	}
	w.t.Fatalf("the sync did not end: %+v", run)
}

// people gives every role its user and key.
func (w *world) people() {
	w.t.Helper()
	ctx := w.t.Context()
	duties := map[string][]access.Duty{"integrator": {access.IntegrationAdministrator}, "auditor": {access.Auditor}}
	key := func(role string, u access.User, service bool) {
		k, _, err := w.house.CreateKey(ctx, access.Actor{User: u}, u.ID, role, service)
		w.ok(err)
		w.keys[role] = k
	}
	key("root", w.root.User, false)
	for _, role := range []string{"guest", "ada", "lin", "sam", "owner", "integrator", "auditor"} {
		u, err := w.house.Bind(ctx, w.root, w.conn, w.account[role], duties[role])
		w.ok(err)
		key(role, u, false)
		if role == "ada" {
			key("service", u, true)
		}
		if role == "owner" {
			c, err := w.store.Connector(ctx, w.conn)
			w.ok(err)
			c.Owners = []string{u.ID}
			_, err = w.store.SaveConnector(ctx, c, audit.Event{At: w.at, Aggregate: "connector/" + c.ID, Action: "connector.owners", Actor: "test"})
			w.ok(err)
		}
	}
	u, err := w.store.SaveUser(ctx, access.User{ID: "u_outsider", Duties: []access.Duty{access.Ordinary}, Created: w.at},
		audit.Event{At: w.at, Aggregate: "person/u_outsider", Action: "person.made", Actor: "test"})
	w.ok(err)
	key("outsider", u, false)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// send calls the API as a role; the body is JSON, except where a policy goes.
func (w *world) send(role, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if key, known := w.keys[role]; !known {
		w.t.Fatalf("no role %q", role)
	} else if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if strings.HasPrefix(path, "/v1/policy") {
		r.Header.Set("Content-Type", "application/yaml")
	}
	got := httptest.NewRecorder()
	w.api.ServeHTTP(got, r)
	return got
}

// want checks the status, decodes the answer, and holds every error to its form.
func (w *world) want(got *httptest.ResponseRecorder, status int, into any) {
	w.t.Helper()
	body := got.Body.Bytes()
	if got.Code != status {
		w.t.Fatalf("status %d, want %d: %s", got.Code, status, body)
	}
	if got.Code >= 400 {
		var p struct {
			Title, Detail string
			Status        int
		}
		if err := json.Unmarshal(body, &p); err != nil || p.Detail == "" || p.Title == "" || p.Status != got.Code ||
			got.Header().Get("Content-Type") != "application/problem+json" {
			w.t.Fatalf("not a problem: %v %s", got.Header(), body)
		}
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			w.t.Fatalf("%v: %s", err, body)
		}
	}
}

// ask requests a resource as a role for two hours.
func (w *world) ask(role, resource string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.send(role, "POST", "/v1/requests", fmt.Sprintf(`{"connector":%q,"resources":[%q],"seconds":7200,"reason":"an incident"}`, w.conn, resource))
}

// asked is the id of a request of ada's for @oncall.
func (w *world) asked() string {
	w.t.Helper()
	var r struct{ ID string }
	w.want(w.ask("ada", w.oncall), 201, &r)
	return r.ID
}

// granted is the id of a scheduled grant of ada's for @oncall.
func (w *world) granted() string {
	w.t.Helper()
	var r struct{ Items []struct{ Grant string } }
	w.want(w.send("lin", "POST", "/v1/requests/"+w.asked()+"/approve", `{"comment":"go ahead"}`), 200, &r)
	return r.Items[0].Grant
}

// text reads all of a response's body.
func text(got *httptest.ResponseRecorder) string {
	b, _ := io.ReadAll(got.Body)
	return string(b)
}
