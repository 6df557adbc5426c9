package workflow_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
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
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

const policy = `
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 24h
    approve: auto
  - id: incident
    resources: {kind: channel, names: ["incident*"]}
    requesters: {anyone: true}
    max: 24h
    approve: auto
    unproven_removal: accept
`

var morning = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// world is the whole house without a sweep, over a table in memory and a
// simulated Slack, on the interpreter's clock: ada asks, sam stands in
// everything.
type world struct {
	t     *testing.T
	slack *slacktest.Org
	house *flow.House
	store *store.Store
	front *front

	conn             string
	ada              access.Actor
	account, sam     string
	oncall, incident string

	mu sync.Mutex
	at time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, at: morning}
	w.slack = slacktest.NewEmpty(slacktest.Options{Seed: 1, Now: w.now})
	vault := &secrets{m: map[string][]byte{}}
	w.store = store.New(memory.New(w.now), store.Options{Now: w.now})
	w.house = &flow.House{
		Now: w.now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: w.store, Secrets: vault, Heads: &heads{}, URL: "http://ebb.test",
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: w.slack.Client(), Tokens: vault, Now: w.now,
			ClientID: w.slack.ClientID(), ClientSecret: w.slack.ClientSecret(),
		}),
		Log: slog.New(slog.DiscardHandler),
	}
	w.front = newFront(w)
	w.house.Executions = w.front
	w.populate()
	w.connect()
	p, err := policyfile.Parse([]byte(policy))
	w.ok(err)
	root := access.Actor{User: access.User{ID: "u_root", Duties: []access.Duty{access.SuperAdministrator}}}
	_, _, err = w.house.Publish(t.Context(), root, p)
	w.ok(err)
	u, err := w.house.Bind(t.Context(), root, w.conn, w.account, nil)
	w.ok(err)
	w.ada = access.Actor{User: u}
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// reach moves the clock on; it never goes back.
func (w *world) reach(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.After(w.at) {
		w.at = t
	}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) populate() {
	w.account = w.slack.AddUser(slacktest.User{Name: "ada", RealName: "Ada", Email: "ada@example.com"})
	w.sam = w.slack.AddUser(slacktest.User{Name: "sam", RealName: "Sam", Email: "sam@example.com"})
	w.oncall = w.slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{w.sam}})
	bot := w.slack.BotUser(w.slack.TeamIDs()[0])
	w.incident = w.slack.AddChannel(slacktest.Channel{Name: "incident-1", Private: true, Members: []string{w.sam, bot}})
}

// connect installs by OAuth and syncs.
func (w *world) connect() {
	w.t.Helper()
	ctx := w.t.Context()
	user, err := w.house.FirstUser(ctx, "u_root", "Root")
	w.ok(err)
	root := access.Actor{User: user}
	c, err := w.house.AddConnector(ctx, root, "Umbra", nil)
	w.ok(err)
	w.conn = c.ID
	link, err := w.house.Invite(ctx, root, c.ID)
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
	run, err := w.house.StartSync(ctx, root, c.ID, nil)
	for range 100 {
		w.ok(err)
		if run.State == connector.Done {
			return
		}
		w.reach(w.now().Add(time.Second))
		run, err = w.house.SyncStep(ctx, run.ID)
	}
	w.t.Fatalf("the sync did not end: %+v", run)
}

// ask has ada ask for a resource; policy says yes. It gives the grant.
func (w *world) ask(resource string, start time.Time, length time.Duration) string {
	w.t.Helper()
	r, err := w.house.Request(w.t.Context(), w.ada, flow.Asking{Connector: w.conn, Resources: []string{resource}, Start: start, Length: length, Reason: "because"})
	w.ok(err)
	return r.Items[0].Grant
}

func (w *world) state(id string, want access.State) {
	w.t.Helper()
	g, err := w.store.Grant(w.t.Context(), id)
	w.ok(err)
	if g.State != want {
		w.t.Errorf("at %s grant %s is %s, want %s (%+v)", w.now().Format(time.TimeOnly), id, g.State, want, g.Trouble)
	}
}

func (w *world) inGroup() bool {
	return slices.Contains(w.slack.GroupMembers(w.oncall), w.account)
}

// secrets is the secret port in memory, and the Slack client's tokens.
type secrets struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (s *secrets) Get(_ context.Context, name string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.m[name]
	if !ok {
		return nil, "", fault.New("secrets", fault.NotFound, "no %s", name)
	}
	return slices.Clone(v), string(v), nil
}

func (s *secrets) Swap(_ context.Context, name string, value []byte, was string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if string(s.m[name]) != was {
		return "", fault.New("secrets", fault.Conflict, "changed")
	}
	s.m[name] = slices.Clone(value)
	return string(value), nil
}

func (s *secrets) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, name)
	return nil
}

func (s *secrets) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	value, _, err := s.Get(ctx, flow.TokenName(id))
	if err != nil {
		return connector.Tokens{}, err
	}
	var v struct{ User, Bot string }
	err = json.Unmarshal(value, &v)
	return connector.Tokens{User: v.User, Bot: v.Bot}, err
}

// HeadFrom gives the first head at or behind link n.
func (h *heads) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := h.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

type heads struct{ list []audit.Head }

func (h *heads) Heads(context.Context) ([]audit.Head, error) { return h.list, nil }

func (h *heads) AddHead(_ context.Context, x audit.Head) error {
	h.list = append(h.list, x)
	return nil
}
