package slackapp_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// office is a company at work: a whole house behind its door, and a simulated
// Slack in which people click. Everything goes over HTTP and is signed.
type office struct {
	t     *testing.T
	slack *slacktest.Org
	table *broken
	store *store.Store
	house *flow.House
	door  *httptest.Server
	log   safeLog
	root  access.Actor
	conn  connector.Connector

	ada, lin, bob, guest, outsider string
	oncall, leads, prod            string // user groups
	war, secret                    string // private channels, one that nobody may ask for
	hall                           string // where all of them are

	mu   sync.Mutex
	now  time.Time
	sent []sentForm // what Slack sent to the door, oldest first
}

type sentForm struct {
	path   string
	header http.Header
	body   []byte
}

type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeLog) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeLog) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) move(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// vault has the key of pseudonyms and whatever else is put into it.
type vault struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (v *vault) Get(_ context.Context, name string) ([]byte, string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.m[name]; !ok {
		return nil, "", fault.New("vault", fault.NotFound, "no %s", name)
	}
	return v.m[name], "1", nil
}

func (v *vault) Swap(_ context.Context, name string, value []byte, _ string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.m[name] = value
	return "1", nil
}

func (v *vault) Delete(context.Context, string) error { return nil }

// noHeads keeps none: the audit is sealed all the same.
type noHeads struct{}

func (noHeads) Heads(context.Context) ([]audit.Head, error) { return nil, nil }
func (noHeads) HeadFrom(context.Context, int64) (audit.Head, error) {
	return audit.Head{}, nil
}
func (noHeads) AddHead(context.Context, audit.Head) error { return nil }

func newOffice(t *testing.T, opt slacktest.Options) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	opt.Seed, opt.Now = 1, o.clock
	o.slack = slacktest.NewEmpty(opt)
	o.people()
	api := httptest.NewServer(o.slack)
	t.Cleanup(api.Close)
	o.table = &broken{Table: memory.New(o.clock)}
	o.store = store.New(o.table, store.Options{Now: o.clock})
	client := slack.New(slack.Config{
		APIURL: api.URL + "/api/", Now: o.clock,
		Tokens: slack.Static(connector.Tokens{User: o.slack.UserToken(), Bot: o.slack.BotToken()}),
	})
	o.house = &flow.House{
		Now: o.clock, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: o.store, Slack: client,
		Secrets: &vault{m: map[string][]byte{}}, Heads: noHeads{}, Condition: policyfile.NewConditions(),
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}
	door := slackapp.Handler(o.house, slackapp.Secret(o.slack.SigningSecret()), client)
	o.door = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		o.mu.Lock()
		o.sent = append(o.sent, sentForm{r.URL.Path, r.Header.Clone(), body.Bytes()})
		o.mu.Unlock()
		r.Body = http.NoBody
		again := r.Clone(r.Context())
		again.Body = readCloser{bytes.NewReader(body.Bytes())}
		door.ServeHTTP(w, again)
	}))
	t.Cleanup(o.door.Close)
	o.slack.SetEventsURL(o.door.URL+slackapp.EventsPath, nil)
	o.slack.SetAppURLs(slacktest.AppURLs{
		Commands: o.door.URL + slackapp.CommandsPath, Interaction: o.door.URL + slackapp.InteractionPath,
		Options: o.door.URL + slackapp.OptionsPath, Self: api.URL,
	}, nil)
	o.settle()
	return o
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func (o *office) people() {
	add := func(u slacktest.User) string {
		u.RealName = strings.ToUpper(u.Name[:1]) + u.Name[1:]
		u.Email = u.Name + "@example.com"
		return o.slack.AddUser(u)
	}
	o.ada, o.lin, o.bob = add(slacktest.User{Name: "ada"}), add(slacktest.User{Name: "lin"}), add(slacktest.User{Name: "bob"})
	o.guest = add(slacktest.User{Name: "gil", Restricted: true})
	team := o.slack.TeamIDs()[0]
	o.outsider = add(slacktest.User{Name: "eve", External: true, ExternalTeam: "T0ELSEWHERE", Team: ""})
	owner := o.slack.PrimaryOwner(team)
	o.oncall = o.slack.AddGroup(slacktest.Group{Team: team, Handle: "oncall", Name: "On call", Members: []string{o.bob, owner}})
	o.leads = o.slack.AddGroup(slacktest.Group{Team: team, Handle: "sre-leads", Name: "SRE leads", Members: []string{o.lin, owner}})
	o.prod = o.slack.AddGroup(slacktest.Group{Team: team, Handle: "production", Name: "Production", Members: []string{o.bob, owner}})
	o.war = o.slack.AddChannel(slacktest.Channel{Team: team, Name: "incident-room", Private: true, Creator: o.bob, Members: []string{o.bob}})
	o.hall = o.slack.AddChannel(slacktest.Channel{Team: team, Name: "hall", Creator: o.bob, Members: []string{o.ada, o.lin, o.bob, o.guest, o.outsider}})
	o.secret = o.slack.AddChannel(slacktest.Channel{Team: team, Name: "incident-secret", Private: true, Creator: o.bob, Members: []string{o.bob}})
	for _, c := range []string{o.war, o.secret, o.hall} {
		o.slack.HandInvite(c, o.bot())
	}
}

func (o *office) bot() string { return o.slack.BotUser(o.slack.TeamIDs()[0]) }

// settle connects, reads the directory and puts a policy in force.
func (o *office) settle() {
	team := o.slack.TeamIDs()[0]
	u, err := o.house.FirstUser(o.ctx(), "u_root", "Root")
	o.ok(err)
	o.root = access.Actor{User: u}
	c := connector.Connector{
		ID: "con_1", Label: connector.Connected, Team: team, Workspaces: o.slack.TeamIDs(), Owners: []string{"u_root"},
		Installer: o.slack.PrimaryOwner(team), UserScopes: connector.InstallUserScopes, BotScopes: connector.InstallBotScopes, BotUser: o.bot(),
	}
	if e := o.slack.EnterpriseID(); e != "" {
		c.Enterprise, c.Team = e, ""
	}
	_, err = o.store.SaveConnector(o.ctx(), c, audit.Event{At: o.clock(), Aggregate: "connector/con_1", Action: "test.made"})
	o.ok(err)
	o.syncs()
	o.conn, err = o.store.Connector(o.ctx(), "con_1")
	o.ok(err)
	o.publish(`version: 1
rules:
  - id: production
    resources: {kind: usergroup, names: ["production"]}
    requesters: {anyone: true}
    risk: high
    max: 4h
    unproven_removal: accept
    approve: {groups: [` + o.leads + `]}
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    for_others: {groups: [` + o.leads + `]}
    max: 8h
    unproven_removal: accept
    approve: {groups: [` + o.leads + `]}
  - id: room
    resources: {kind: channel, names: ["incident-room"]}
    requesters: {anyone: true}
    max: 1h
    unproven_removal: accept
    approve: auto
`)
	o.slack.TakeEvents()
}

// syncs reads the directory.
func (o *office) syncs() {
	o.t.Helper()
	run, err := o.house.StartSync(o.ctx(), o.root, "con_1", nil)
	o.ok(err)
	for range 100 {
		if run, err = o.house.SyncStep(o.ctx(), run.ID); run.State != connector.Running {
			break
		}
		o.ok(err)
		o.move(time.Second)
	}
	if run.State != connector.Done {
		o.t.Fatalf("the sync ended %s: %v", run.State, run.Notes)
	}
}

func (o *office) ctx() context.Context { return o.t.Context() }

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatalf("%v\n%s", err, o.log.String())
	}
}

func (o *office) publish(yaml string) {
	o.t.Helper()
	p, err := policyfile.Parse([]byte(yaml))
	o.ok(err)
	_, _, err = o.house.Publish(o.ctx(), o.root, p)
	o.ok(err)
}

func (o *office) actor(account string) access.Actor {
	o.t.Helper()
	by, _, err := o.house.Colleague(o.ctx(), flow.Caller{Enterprise: o.slack.EnterpriseID(), Team: o.slack.TeamIDs()[0], Account: account})
	o.ok(err)
	return by
}

// asks makes a request without Slack.
func (o *office) asks(account, resource string, d time.Duration) access.Request {
	o.t.Helper()
	r, err := o.house.Request(o.ctx(), o.actor(account), flow.Asking{Connector: "con_1", Resources: []string{resource}, Length: d, Reason: "the <!channel> is *slow*"})
	o.ok(err)
	return r
}

func (o *office) request(id string) access.Request {
	o.t.Helper()
	r, err := o.store.Request(o.ctx(), id)
	o.ok(err)
	return r
}

// requests are all, the newest first.
func (o *office) requests() []access.Request {
	o.t.Helper()
	all, err := o.store.Requests(o.ctx(), false, 0)
	o.ok(err)
	return all
}

func (o *office) grants() []access.Grant {
	o.t.Helper()
	all, err := o.store.Grants(o.ctx(), true, 0)
	o.ok(err)
	return all
}
