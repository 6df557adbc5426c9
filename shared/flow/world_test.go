package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
)

// world is the whole house over a simulated Slack on a clock that the test
// moves. The simulated Slack refuses any write whose intent is not stored.
type world struct {
	t     *testing.T
	ctx   context.Context
	clock *clock
	slack *slacktest.Org
	raw   store.Table // what is kept
	rows  func() []store.Row
	table store.Table // raw, or raw with mishaps on the way
	store *store.Store
	house *flow.House
	fate  *fate
	vault *secrets
	heads *heads

	byHand map[string]bool       // accounts that a hand in Slack moves between read and write
	held   map[holding]time.Time // when a watched access was held last
	sweeps int

	askSCIM bool // Install with Slack asks for SCIM's scope too

	root access.Actor
	conn connector.Connector
	n    int
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// secrets is the secret port in memory.
type secrets struct {
	mu sync.Mutex
	m  map[string][]byte
	v  map[string]int
}

func (s *secrets) Get(_ context.Context, name string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.m[name]; !ok {
		return nil, "", fault.New("secrets", fault.NotFound, "no %s", name)
	}
	return slices.Clone(s.m[name]), fmt.Sprint(s.v[name]), nil
}

func (s *secrets) Swap(_ context.Context, name string, value []byte, was string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := ""
	if _, ok := s.m[name]; ok {
		have = fmt.Sprint(s.v[name])
	}
	if have != was {
		return "", fault.New("secrets", fault.Conflict, "changed")
	}
	s.m[name] = slices.Clone(value)
	s.v[name]++
	return fmt.Sprint(s.v[name]), nil
}

func (s *secrets) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, name)
	return nil
}

// tokens makes the secrets the Slack client's source of tokens. The client's own
// reads have no mishaps here: the port lets it keep tokens for a while.
type tokens struct{ *secrets }

func (s tokens) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	value, _, err := s.Get(ctx, flow.TokenName(id))
	if err != nil {
		return connector.Tokens{}, err
	}
	var v struct{ User, Bot string }
	err = json.Unmarshal(value, &v)
	return connector.Tokens{User: v.User, Bot: v.Bot}, err
}

// heads keeps signed heads in memory.
type heads struct {
	mu   sync.Mutex
	list []audit.Head
}

func (h *heads) Heads(context.Context) ([]audit.Head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list), nil
}

// HeadFrom gives the first head at or behind link n.
func (h *heads) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := h.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

func (h *heads) AddHead(_ context.Context, x audit.Head) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, x)
	return nil
}

var morning = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// newWorld builds a house over an empty Slack with one workspace.
func newWorld(t *testing.T, o slacktest.Options) *world { return newWorldOn(t, o, inMemory) }

func newWorldOn(t *testing.T, o slacktest.Options, on engine) *world {
	t.Helper()
	w := &world{
		t: t, ctx: t.Context(), clock: &clock{at: morning}, fate: &fate{},
		vault: &secrets{m: map[string][]byte{}, v: map[string]int{}}, heads: &heads{},
	}
	o.Now = w.clock.Now
	w.slack = slacktest.NewEmpty(o)
	w.raw, w.rows = on(t, w.clock.Now)
	w.askSCIM = o.Plan == slacktest.PlanBusiness
	w.fate.over(w)
	w.build()
	return w
}

func (w *world) build() {
	w.house = w.open()
	w.store = store.New(w.raw, store.Options{Now: w.clock.Now})
	w.slack.OnWrite = w.intended
	root, err := w.house.FirstUser(w.ctx, "u_root", "Root")
	w.ok(err)
	w.root = access.Actor{User: root}
}

// open builds a house, as a process does that starts: over the same table, the
// same secrets, the same heads and the same Slack.
func (w *world) open() *flow.House {
	client := slack.New(slack.Config{
		APIURL: "http://slack.test/api/", HTTP: w.fate.client(w.slack), Tokens: tokens{w.vault}, Now: w.clock.Now,
		ClientID: w.slack.ClientID(), ClientSecret: w.slack.ClientSecret(),
	})
	return &flow.House{
		Now: w.clock.Now, NewID: w.id, NewWord: func() string { return w.id("word") },
		Memory: store.New(w.table, store.Options{Now: w.clock.Now}), Slack: client,
		Secrets: fatedSecrets{w.vault, w.fate}, Heads: fatedHeads{w.heads, w.fate}, URL: "http://ebb.test", Seals: true,
		AskSCIM: w.askSCIM, Condition: policyfile.NewConditions(),
	}
}

func (w *world) id(prefix string) string {
	w.n++
	return fmt.Sprintf("%s_%06d", prefix, w.n)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// connect installs Slack as OAuth does, with the administrator's and the bot's
// token, and syncs.
func (w *world) connect() {
	w.t.Helper()
	c, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	w.install(c.ID)
	w.sync()
}

func (w *world) install(id string) {
	w.t.Helper()
	link, err := w.house.Invite(w.ctx, w.root, id)
	w.ok(err)
	authorize, cookie, err := w.house.OpenInvitation(w.ctx, link[len("http://ebb.test/connect/"):])
	w.ok(err)
	code, state := w.consent(authorize, w.slack.PrimaryOwner(w.slack.TeamIDs()[0]))
	w.conn, err = w.house.FinishInstall(w.ctx, state, cookie, code)
	w.ok(err)
}

// sync runs until no sync is due.
func (w *world) sync() {
	w.t.Helper()
	run, err := w.house.StartSync(w.ctx, w.root, w.conn.ID, nil)
	w.ok(err)
	for range 100 {
		run, err = w.house.SyncStep(w.ctx, run.ID)
		w.ok(err)
		if run.State != connector.Running {
			break
		}
		w.clock.move(time.Second)
	}
	if run.State != connector.Done {
		w.t.Fatalf("sync ended %s: %v", run.State, run.Notes)
	}
	w.conn, err = w.store.Connector(w.ctx, w.conn.ID)
	w.ok(err)
}

// publish puts a policy in force.
func (w *world) publish(yaml string) {
	w.t.Helper()
	p, err := policyfile.Parse([]byte(yaml))
	w.ok(err)
	_, _, err = w.house.Publish(w.ctx, w.root, p)
	w.ok(err)
}

// actor is the user of a Slack account.
func (w *world) actor(account string) access.Actor {
	w.t.Helper()
	u, err := w.house.Bind(w.ctx, w.root, w.conn.ID, account, nil)
	w.ok(err)
	return access.Actor{User: u}
}

// request asks as an account for itself.
func (w *world) request(account, resource string, d time.Duration) (access.Request, error) {
	return w.house.Request(w.ctx, w.actor(account), flow.Asking{Connector: w.conn.ID, Resources: []string{resource}, Length: d, Reason: "because"})
}

// sweep lets everything that is due happen, for a while of virtual time.
func (w *world) sweep(d time.Duration) {
	w.t.Helper()
	end := w.clock.Now().Add(d)
	for {
		next, err := w.house.Sweep(w.ctx)
		w.ok(err)
		if next.IsZero() {
			next = w.clock.Now().Add(30 * time.Minute)
		}
		if next.After(end) {
			w.clock.move(max(0, end.Sub(w.clock.Now())))
			return
		}
		w.clock.move(max(time.Second, next.Sub(w.clock.Now())))
	}
}

func (w *world) grant(id string) access.Grant {
	w.t.Helper()
	g, err := w.store.Grant(w.ctx, id)
	w.ok(err)
	return g
}

func (w *world) state(id string, want access.State) access.Grant {
	w.t.Helper()
	g := w.grant(id)
	if g.State != want {
		w.t.Fatalf("grant %s is %s, want %s (outcome %q, trouble %+v)", id, g.State, want, g.Outcome, g.Trouble)
	}
	return g
}

func (w *world) members(group string, want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if got := w.slack.GroupMembers(group); !slices.Equal(got, want) {
		w.t.Fatalf("members of %s: %v, want %v", group, got, want)
	}
}

// event is any event, for rows that a test makes by hand.
func (w *world) event(aggregate string) audit.Event {
	return audit.Event{At: w.clock.Now(), Aggregate: aggregate, Action: "test.made", Actor: "test"}
}

// asking is a request for one resource with a start.
func asking(c *company, resource string, start time.Time, d time.Duration) flow.Asking {
	return flow.Asking{Connector: c.conn.ID, Resources: []string{resource}, Start: start, Length: d, Reason: "because"}
}
