package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
)

// open makes the house of a container: the real verbs and repositories over the
// one table, the real client over the one Slack.
func (w *World) open(c *container) *flow.House {
	now := func() time.Time { return w.now().Add(c.skew) }
	table := &table{c: c}
	table.faulty = porttest.Faulty(w.engine(c), func(porttest.Call) porttest.Mishap {
		return c.how.table
	})
	client := slack.New(slack.Config{
		APIURL: "http://slack.test/api/", HTTP: &http.Client{Transport: transport{w.org.Client().Transport, c}},
		Tokens: tokens{w.vault}, Now: now, ClientID: w.org.ClientID(), ClientSecret: w.org.ClientSecret(),
	})
	h := &flow.House{
		Now: now, NewID: w.id, NewWord: func() string { return w.id("word") },
		Memory: store.New(table, store.Options{Now: now, NewID: w.id}), Slack: client,
		Secrets: secrets{w.vault, c}, Heads: heads{w.chain, c}, Executions: executions{w, c}, Pace: slack.Tier, URL: "http://ebb.test", Condition: policyfile.NewConditions(),
	}
	if w.without.open != nil {
		w.without.open(h)
	}
	return h
}

// engine is the table without its mishaps.
func (w *World) engine(c *container) store.Table {
	var t store.Table = watched{w.raw, c}
	if w.without.table != nil {
		t = w.without.table(w, t)
	}
	return t
}

// table lets every call of the table take its time and go wrong.
type table struct {
	c      *container
	faulty *porttest.FaultyTable
}

func (t *table) Get(ctx context.Context, k store.Key) (store.Row, error) {
	t.c.call("table get", tableReads)
	row, err := t.faulty.Get(ctx, k)
	t.c.answered()
	return row, err
}

func (t *table) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	t.c.call("table query", tableReads)
	rows, more, err := t.faulty.Query(ctx, r)
	t.c.answered()
	return rows, more, err
}

func (t *table) Commit(ctx context.Context, writes []store.Write) error {
	t.c.call("table commit", tableWrites)
	err := t.faulty.Commit(ctx, writes)
	t.land()
	t.c.answered()
	return err
}

func (t *table) Batch(ctx context.Context, writes []store.Write) error {
	t.c.call("table batch", tableWrites)
	err := t.faulty.Batch(ctx, writes)
	t.land()
	t.c.answered()
	return err
}

// land makes a late write arrive: within what a client of DynamoDB's waits.
func (t *table) land() {
	if t.c.how.table != porttest.Late {
		return
	}
	w, task := t.c.w, t.c.task
	w.in(time.Second+time.Duration(w.roll(task.name, task.calls, "late")%uint64(20*time.Second)), func() {
		t.faulty.Land(context.Background())
	})
}

// transport lets every call of Slack take its time and go wrong.
type transport struct {
	http.RoundTripper
	c *container
}

func (s transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w, t := s.c.w, s.c.task
	method := path.Base(r.URL.Path)
	kinds := slackReads
	if writes[method] {
		kinds = slackWrites
	}
	s.c.call("slack "+method, kinds)
	if t == nil {
		return s.RoundTripper.RoundTrip(r)
	}
	about := w.aboutCall(r)
	if how := s.c.how; how.late || how.later || how.slack != nil {
		w.org.Inject(s.faultOf(how, method, about))
	}
	if s.c.how.hand {
		w.meddle(t, about)
	}
	w.writer = t
	send := s.RoundTripper.RoundTrip
	if w.without.read != nil && !writes[method] {
		send = func(r *http.Request) (*http.Response, error) { return w.without.read(s, r) }
	}
	resp, err := send(r)
	if err == nil && resp.StatusCode == http.StatusOK {
		w.sawRead(t, method, about)
	}
	if writes[method] {
		w.truth.look(by{task: t, read: t.read[about], sent: w.now()}, w.truth.touched(about)...)
	}
	if s.c.how.late {
		t.pause(10 * time.Second) // the client gives up
	}
	s.c.answered()
	return resp, err
}

// faultOf is the fault for a mishap. A late write lands at a moment of its own.
func (s transport) faultOf(how mishap, method, about string) slacktest.Fault {
	w, t := s.c.w, s.c.task
	f := slacktest.Fault{}
	if how.slack != nil {
		f = *how.slack
	}
	f.Method = method
	if f.Kind == slacktest.RateLimit {
		f.RetryAfter = 1 + int(w.roll(t.name, t.calls, "retry-after")%60)
	}
	if how.late || how.later {
		who := by{task: t, read: t.read[about], sent: w.now(), late: true}
		wait, kind := 10*time.Second+time.Duration(w.roll(t.name, t.calls, "late")%uint64(100*time.Second)), slacktest.SlowLate
		if how.later {
			wait, kind = wait-9*time.Second, slacktest.DoneLater
		}
		f = slacktest.Fault{Method: method, Kind: kind, Held: func(land func()) {
			w.lateWrites++
			w.in(wait, func() {
				land()
				w.lateWrites--
				w.disturb()
				w.tell("%s: slack %s lands", t.name, method)
				w.truth.look(who, w.truth.touched(about)...)
			})
		}}
	}
	return f
}

// writes are the methods that change who holds what.
var writes = map[string]bool{
	"usergroups.users.update": true, "usergroups.disable": true, "conversations.invite": true, "conversations.kick": true,
}

// aboutCall is the resource that a call names, "" when it names none.
func (w *World) aboutCall(r *http.Request) string {
	if r.GetBody == nil {
		return ""
	}
	body, err := r.GetBody()
	if err != nil {
		return ""
	}
	defer body.Close()
	form := parseForm(body)
	if g := form.Get("usergroup"); g != "" {
		return g
	}
	return form.Get("channel")
}

// sawRead remembers when a task last read who holds what.
func (w *World) sawRead(t *task, method, about string) {
	switch method {
	case "usergroups.list":
		for _, r := range w.resources {
			if strings.HasPrefix(r, "S") {
				t.read[r] = w.now()
			}
		}
	case "usergroups.users.list", "conversations.members":
		if about != "" {
			t.read[about] = w.now()
		}
	}
}

// vault is the secret port in memory.
type vault struct {
	m map[string][]byte
	v map[string]int
}

type secrets struct {
	*vault
	c *container
}

func (s secrets) Get(_ context.Context, name string) ([]byte, string, error) {
	s.c.call("secret get", others)
	if s.c.how.fail {
		return nil, "", failed("secret get")
	}
	value, ok := s.m[name]
	s.c.answered()
	if !ok {
		return nil, "", fault.New("secret get", fault.NotFound, "no %s", name)
	}
	return slices.Clone(value), fmt.Sprint(s.v[name]), nil
}

func (s secrets) Swap(_ context.Context, name string, value []byte, was string) (string, error) {
	s.c.call("secret swap", others)
	if s.c.how.fail {
		return "", failed("secret swap")
	}
	have := ""
	if _, ok := s.m[name]; ok {
		have = fmt.Sprint(s.v[name])
	}
	if have != was {
		s.c.answered()
		return "", fault.New("secret swap", fault.Conflict, "changed")
	}
	s.m[name] = slices.Clone(value)
	s.v[name]++
	version := fmt.Sprint(s.v[name])
	s.c.answered()
	return version, nil
}

func (s secrets) Delete(_ context.Context, name string) error {
	s.c.call("secret delete", others)
	if s.c.how.fail {
		return failed("secret delete")
	}
	delete(s.m, name)
	s.c.answered()
	return nil
}

// tokens makes the vault the client's source of tokens, which the real one keeps
// for a while: reading them is no port call.
type tokens struct{ *vault }

func (s tokens) Tokens(_ context.Context, id string) (connector.Tokens, error) {
	value, ok := s.m[flow.TokenName(id)]
	if !ok {
		return connector.Tokens{}, fault.New("tokens", fault.NotFound, "no tokens of %s", id)
	}
	var v struct{ User, Bot string }
	err := json.Unmarshal(value, &v)
	return connector.Tokens{User: v.User, Bot: v.Bot}, err
}

// chain keeps the signed heads.
type chain struct{ list []audit.Head }

type heads struct {
	*chain
	c *container
}

func (h heads) Heads(context.Context) ([]audit.Head, error) {
	h.c.call("heads list", others)
	if h.c.how.fail {
		return nil, failed("heads list")
	}
	out := slices.Clone(h.list)
	h.c.answered()
	return out, nil
}

func (h heads) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := h.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

func (h heads) AddHead(_ context.Context, x audit.Head) error {
	h.c.call("heads add", others)
	if h.c.how.fail {
		return failed("heads add")
	}
	h.list = append(h.list, x)
	h.c.answered()
	return nil
}

func failed(op string) error { return fault.New(op, fault.Backoff, "this call was told to fail") }
