// Package housetest is a whole house for the tests of its edges: the verbs over
// a table in memory and a simulated Slack, connected and synced, with somebody
// in every role. It is imported by tests alone, and holds no rule.
package housetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// URL is where people reach the house. It has no TLS, as on a laptop.
const URL = "http://ebb.test"

// Roles is who may or may not do something: nobody is not known, the outsider
// has no account in the connected Slack, ada is an engineer who asks, lin leads
// and approves, the owner owns the connector and nothing else, root is Super
// Administrator.
var Roles = []string{"nobody", "outsider", "guest", "ada", "lin", "owner", "integrator", "auditor", "root"}

// Policy is in force.
const Policy = `
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
  - id: keys
    resources: {kind: usergroup, names: ["keys"]}
    requesters: {anyone: true}
    max: 1h
    risk: high
    approve: {groups: ["@leads"]}
`

// World is the house. sam sits in the private channel Hush, which no rule names,
// and in Incident, which one does.
type World struct {
	*testing.T
	Slack *slacktest.Org
	House *flow.House
	Store *store.Store
	Log   bytes.Buffer
	At    time.Time // the house's clock
	Conn  string    // the connector
	// Account and User are by name; root has no account.
	Account map[string]string
	User    map[string]access.User

	Oncall, Leads, Keys, Incident, Hush, Open string
}

// New makes one; policy "" is Policy.
func New(t *testing.T) *World {
	t.Helper()
	w := &World{
		T: t, At: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
		Account: map[string]string{}, User: map[string]access.User{},
	}
	now := func() time.Time { return w.At }
	w.Slack = slacktest.NewEmpty(slacktest.Options{Seed: 1, Now: now})
	vault := NewSecrets()
	w.Store = store.New(memory.New(now), store.Options{Now: now})
	w.House = &flow.House{
		Now: now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: w.Store, Secrets: vault, Heads: &Heads{}, URL: URL, Seals: true,
		Condition: policyfile.NewConditions(),
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: w.Slack.Client(), Tokens: vault, Now: now,
			ClientID: w.Slack.ClientID(), ClientSecret: w.Slack.ClientSecret(),
		}),
		Log: slog.New(slog.NewTextHandler(&w.Log, nil)),
	}
	w.populate()
	root, err := w.House.FirstUser(t.Context(), "u_root", "Root")
	w.OK(err)
	w.User["root"] = root
	w.connect()
	w.people()
	p, err := policyfile.Parse([]byte(Policy))
	w.OK(err)
	_, _, err = w.House.Publish(t.Context(), w.As("root"), p)
	w.OK(err)
	return w
}

// As is somebody who acts; the zero Actor for nobody.
func (w *World) As(name string) access.Actor { return access.Actor{User: w.User[name]} }

// OK fails the test on an error.
func (w *World) OK(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// Ask requests a resource for two hours.
func (w *World) Ask(name, resource string) access.Request {
	w.Helper()
	r, err := w.House.Request(w.Context(), w.As(name), flow.Asking{
		Connector: w.Conn, Resources: []string{resource}, Length: 2 * time.Hour, Reason: "an <b>incident</b>",
	})
	w.OK(err)
	return r
}

// Sweep does what is due now.
func (w *World) Sweep() {
	w.Helper()
	_, err := w.House.Sweep(w.Context())
	w.OK(err)
}

func (w *World) populate() {
	person := func(name string, u slacktest.User) {
		u.Name, u.RealName, u.Email = name, strings.ToUpper(name[:1])+name[1:]+" Example", name+"@example.com"
		w.Account[name] = w.Slack.AddUser(u)
	}
	for _, name := range []string{"ada", "lin", "sam", "owner", "integrator", "auditor"} {
		person(name, slacktest.User{})
	}
	person("guest", slacktest.User{Restricted: true})
	a := w.Account
	w.Oncall = w.Slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{a["sam"]}})
	w.Leads = w.Slack.AddGroup(slacktest.Group{Handle: "leads", Name: "Leads", Members: []string{a["lin"]}})
	w.Keys = w.Slack.AddGroup(slacktest.Group{Handle: "keys", Name: "Keys", Members: []string{a["sam"]}})
	w.Slack.AddGroup(slacktest.Group{Handle: "engineers", Name: "Engineers", Members: []string{a["ada"]}})
	bot := w.Slack.BotUser(w.Slack.TeamIDs()[0])
	w.Incident = w.Slack.AddChannel(slacktest.Channel{Name: "incident-1", Private: true, Members: []string{a["sam"], bot}})
	w.Hush = w.Slack.AddChannel(slacktest.Channel{Name: "merger-with-acme", Private: true, Members: []string{a["sam"], bot}})
	w.Open = w.Slack.AddChannel(slacktest.Channel{Name: "town", Members: []string{a["sam"], a["guest"]}})
}

// connect installs by OAuth and syncs.
func (w *World) connect() {
	w.Helper()
	c, err := w.House.AddConnector(w.Context(), w.As("root"), "Umbra", nil)
	w.OK(err)
	w.Conn = c.ID
	w.Install(c.ID)
	w.Sync(c.ID)
}

// Install goes through OAuth as the workspace's primary owner.
func (w *World) Install(conn string) {
	w.Helper()
	link, err := w.House.Invite(w.Context(), w.As("root"), conn)
	w.OK(err)
	w.Consent(strings.TrimPrefix(link, URL+"/connect/"))
}

// Consent follows a start link's word to the end.
func (w *World) Consent(word string) {
	w.Helper()
	authorize, cookie, err := w.House.OpenInvitation(w.Context(), word)
	w.OK(err)
	client := w.Slack.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	team := w.Slack.TeamIDs()[0]
	resp, err := client.Get(authorize + "&_as=" + w.Slack.PrimaryOwner(team) + "&_team=" + team + "&_approve=1")
	w.OK(err)
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	w.OK(err)
	_, err = w.House.FinishInstall(w.Context(), to.Query().Get("state"), cookie, to.Query().Get("code"))
	w.OK(err)
}

// Sync carries a sync to its end; the clock goes on by a second a step.
func (w *World) Sync(conn string) connector.Run {
	w.Helper()
	run, err := w.House.StartSync(w.Context(), w.As("root"), conn, nil)
	for range 100 {
		w.OK(err)
		if run.State != connector.Running {
			return run
		}
		run, err = w.House.SyncStep(w.Context(), run.ID)
		w.At = w.At.Add(time.Second)
	}
	w.Fatalf("the sync did not end: %+v", run)
	return run
}

// people gives every role its user.
func (w *World) people() {
	w.Helper()
	duties := map[string][]access.Duty{"integrator": {access.IntegrationAdministrator}, "auditor": {access.Auditor}}
	for _, name := range []string{"guest", "ada", "lin", "sam", "owner", "integrator", "auditor"} {
		u, err := w.House.Bind(w.Context(), w.As("root"), w.Conn, w.Account[name], duties[name])
		w.OK(err)
		w.User[name] = u
	}
	_, err := w.House.EditConnector(w.Context(), w.As("root"), w.Conn, flow.ConnectorEdit{Owners: []string{w.User["owner"].ID}})
	w.OK(err)
	u, err := w.Store.SaveUser(context.Background(), access.User{ID: "u_outsider", Name: "Outsider", Duties: []access.Duty{access.Ordinary}, Created: w.At},
		audit.Event{At: w.At, Aggregate: "person/u_outsider", Action: "person.made", Actor: "test"})
	w.OK(err)
	w.User["outsider"] = u
}

// SignIn begins a session of somebody and gives its word, as if they had signed in
// just now.
func (w *World) SignIn(name string) string {
	w.Helper()
	u := w.User[name]
	word := "ebbsession_" + flow.RandomWord()
	sum := sha256.Sum256([]byte(word))
	w.OK(w.Store.SaveSession(w.Context(), access.Session{
		ID: flow.RandomID("ses"), Hash: hex.EncodeToString(sum[:]), User: u.ID, Means: access.ByIssuer, Standing: u.Standing(),
		Created: w.At, Authenticated: w.At, Seen: w.At.Truncate(access.SessionSeen), Ends: w.At.Add(access.SessionTime),
	}, audit.Event{At: w.At, Aggregate: "person/" + u.ID, Action: "session.begun", Actor: u.ID}))
	return word
}
