package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/ebb/ownkey"
)

// people, groups and lengths of the company. Every second group needs an
// approval; the person with a group's number stands in it already.
const (
	workers      = 6
	groups       = 12
	longestGrant = 30 // s
)

const policy = `version: 1
rules:
  - id: by-itself
    resources: {kind: usergroup, names: ["crash-auto-*"]}
    requesters: {anyone: true}
    max: 1h
    approve: auto
  - id: by-a-lead
    resources: {kind: usergroup, names: ["crash-ask-*"]}
    requesters: {anyone: true}
    max: 1h
    approve: {groups: ["@leads-of-crash"]}
`

type person struct{ account, key string }

// company is a Slack, a house that is killed over and over, the people, and the
// ledger of what they were told.
type company struct {
	t       *testing.T
	seed    uint64
	house   place
	ledger  *ledger
	root    string // the administrator's key
	lead    person
	conn    string
	groups  []string
	workers []*worker
	tired   atomic.Bool // nobody wants anything more

	starts, early     int
	longest, starting time.Duration
	gone, settled     time.Duration
	waiting           int // grants at the end whose access is gone and that wait for a second look
	events            int
}

// newCompany is connected, synced and furnished, and its house is off.
func newCompany(t *testing.T, seed uint64) *company {
	t.Helper()
	dir, err := os.MkdirTemp("", "ebb-crashed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what was found lies in %s", dir)
			return
		}
		_ = os.RemoveAll(dir)
	})
	s := startSlack(t, seed)
	c := &company{t: t, seed: seed, house: place{dir: filepath.Join(dir, "house"), slack: s}, ledger: newLedger()}
	crew := s.crew()
	if len(crew) < workers+4 {
		t.Fatalf("only %d people", len(crew))
	}
	people, rest := crew[:workers], crew[workers:]
	c.ledger.standing[s.group("leads-of-crash", rest[0])] = rest[:1]
	for i := range groups {
		handle := fmt.Sprintf("crash-%s-%d", []string{"auto", "ask"}[i%2], i)
		stood := []string{rest[1], rest[2], people[i%workers]}
		id := s.group(handle, stood...)
		c.groups, c.ledger.standing[id] = append(c.groups, id), stood
	}
	c.furnish(people, rest[0])
	return c
}

// furnish gives the house its connector, policy and keys.
func (c *company) furnish(people []string, lead string) {
	c.t.Helper()
	h := c.open()
	defer h.kill()
	var err error
	if c.root, err = h.admin(); err != nil {
		c.t.Fatal(err)
	}
	conn := must(said[struct{ ID, Label string }](h.call(c.root, "POST", "/v1/connectors", map[string]any{"name": "Umbra"}, "")))(c.t)
	c.conn = conn.ID
	must(said[struct{}](h.call(c.root, "PUT", "/v1/connectors/"+c.conn+"/token", map[string]any{"token": c.house.slack.UserToken}, "")))(c.t)
	for end := time.Now().Add(30 * time.Second); conn.Label != "Connected"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("the connector is %s", conn.Label)
		}
		conn = must(said[struct{ ID, Label string }](h.call(c.root, "GET", "/v1/connectors/"+c.conn, nil, "")))(c.t)
	}
	must(said[struct{}](h.call(c.root, "PUT", "/v1/policy", policy, "")))(c.t)
	c.lead = c.person(h, lead)
	for i, account := range people {
		c.workers = append(c.workers, &worker{c: c, n: i, me: c.person(h, account)})
	}
}

func (c *company) person(h *house, account string) person {
	c.t.Helper()
	key := must(ownkey.Make(c.t.Context(), h.url, c.house.slack.Teams[0], account, "crash"))(c.t)
	return person{account: account, key: key}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// summary is what the run was like, in a few lines.
func (c *company) summary(killed, whole time.Duration) string {
	l := c.ledger
	lines := []string{
		"",
		fmt.Sprintf("kills                  %d (%d before the house was ready) in %s", l.life, c.early, killed.Round(time.Second)),
		fmt.Sprintf("writes acknowledged    %d, refused %d", l.acknowledged, l.refused),
		fmt.Sprintf("in flight at a kill    %d, of which %d had happened", l.unanswered, l.happened),
		fmt.Sprintf("requests, grants       %d, %d; %d syncs", len(l.requests), len(l.grants), len(l.runs)),
		fmt.Sprintf("restart                %s at the longest, %s on average", c.longest.Round(time.Millisecond), (c.starting / time.Duration(max(1, c.starts))).Round(time.Millisecond)),
		fmt.Sprintf("in peace               all access gone after %s; after %s %d grants wait for a second look", c.gone.Round(time.Second), c.settled.Round(time.Second), c.waiting),
		fmt.Sprintf("events verified        %d", c.events),
		fmt.Sprintf("violations             %d", len(l.violations)),
		fmt.Sprintf("whole run              %s", whole.Round(time.Second)),
	}
	return strings.Join(lines, "\n")
}
