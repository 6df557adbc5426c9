package demo

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
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

// still is a whole house in this process over a simulated Slack, on a clock that the
// story moves. Nothing in it is by chance, its keys neither, so that the story makes
// the same package each time: what it signs proves nothing to anybody.
type still struct {
	*flow.House
	slack *slacktest.Org
	root  access.Actor
	conn  string

	mu      sync.Mutex
	at      time.Time
	n       int
	secrets map[string][]byte
}

func newStill(at time.Time) *still {
	s := &still{at: at, secrets: map[string][]byte{}}
	for _, name := range []string{"audit/heads", "audit/pseudonyms"} {
		sum := sha256.Sum256([]byte("the demo's key, known to everybody: " + name))
		s.secrets[name] = sum[:]
	}
	s.slack = slacktest.NewEmpty(slacktest.Options{Seed: 5, Now: s.now, Plan: slacktest.PlanBusiness})
	table := memory.New(s.now)
	s.House = &flow.House{
		Now: s.now, NewID: s.id, NewWord: func() string { return s.id("word") },
		Memory: store.New(table, store.Options{Now: s.now, NewID: s.id}), Secrets: s, Heads: &signed{}, Seals: true, URL: "https://ebb.example",
		Condition: policyfile.NewConditions(), AskSCIM: true,
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: s.slack.Client(), Tokens: s, Now: s.now,
			ClientID: s.slack.ClientID(), ClientSecret: s.slack.ClientSecret(),
		}),
	}
	return s
}

func (s *still) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *still) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// id looks like the house's own, and is the same in every telling.
func (s *still) id(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %d", prefix, s.n)))
	return prefix + "_" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}

// Get, Swap and Delete are flow.Secrets: a version is the value itself.
func (s *still) Get(_ context.Context, name string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.secrets[name]
	if !ok {
		return nil, "", fault.New("demo.Get", fault.NotFound, "no secret %s", name)
	}
	return v, string(v), nil
}

// Swap keeps a value where the old one is still there.
func (s *still) Swap(_ context.Context, name string, value []byte, was string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if string(s.secrets[name]) != was {
		return "", fault.New("demo.Swap", fault.Conflict, "%s was changed", name)
	}
	s.secrets[name] = value
	return string(value), nil
}

// Delete forgets one.
func (s *still) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.secrets, name)
	return nil
}

// Tokens are those that a connector was installed with.
func (s *still) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	value, _, err := s.Get(ctx, flow.TokenName(id))
	var v struct{ User, Bot string }
	if err == nil {
		err = json.Unmarshal(value, &v)
	}
	return connector.Tokens{User: v.User, Bot: v.Bot}, err
}

// signed keeps the heads of the audit's chain.
type signed struct {
	mu   sync.Mutex
	list []audit.Head
}

// Heads gives all of them.
func (s *signed) Heads(context.Context) ([]audit.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list), nil
}

// HeadFrom gives the first at or behind a link.
func (s *signed) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := s.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

// AddHead adds one.
func (s *signed) AddHead(_ context.Context, h audit.Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, h)
	return nil
}

// install goes through Slack's consent as the workspace's primary owner, and syncs.
func (s *still) install(ctx context.Context) error {
	root, err := s.FirstUser(ctx, "u_root", "Robin Castellanos")
	if err != nil {
		return err
	}
	s.root = access.Actor{User: root}
	c, err := s.AddConnector(ctx, s.root, "Umbra", nil)
	if err != nil {
		return err
	}
	s.conn = c.ID
	link, err := s.Invite(ctx, s.root, c.ID)
	if err != nil {
		return err
	}
	authorize, cookie, err := s.OpenInvitation(ctx, strings.TrimPrefix(link, s.URL+"/connect/"))
	if err != nil {
		return err
	}
	client := s.slack.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	team := s.slack.TeamIDs()[0]
	resp, err := client.Get(authorize + "&_as=" + s.slack.PrimaryOwner(team) + "&_team=" + team + "&_approve=1")
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return err
	}
	if _, err = s.FinishInstall(ctx, to.Query().Get("state"), cookie, to.Query().Get("code")); err != nil {
		return err
	}
	return s.sync(ctx)
}

// sync carries a sync to its end, a second a step.
func (s *still) sync(ctx context.Context) error {
	run, err := s.StartSync(ctx, s.root, s.conn, nil)
	for range 200 {
		if err != nil || run.State != connector.Running {
			break
		}
		s.wait(time.Second)
		run, err = s.SyncStep(ctx, run.ID)
	}
	if err == nil && run.State != connector.Done {
		err = fmt.Errorf("the sync is %s: %v", run.State, run.Notes)
	}
	return err
}

// pass lets time go by, with everything done that is due at its end.
func (s *still) pass(ctx context.Context, d time.Duration) error {
	s.wait(d)
	for _, verb := range []func(context.Context) (time.Time, error){s.Sweep, s.Review, s.Sweep, s.told} {
		if _, err := verb(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *still) told(ctx context.Context) (time.Time, error) { return s.Tell(ctx, 0, time.Time{}) }
