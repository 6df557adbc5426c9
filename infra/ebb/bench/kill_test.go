package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/housetest"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack"
	simulated "github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// A thousand grants that live, 50 people in each of 20 user groups, and a kill
// switch on the rule that gave them all.
const (
	killPeople = 50
	killGroups = 20

	killTurned = 10.0 // s, until every grant is turned to its end
	killGone   = 60.0 // s, until Slack lists nobody of them
	killCalls  = 500  // of Slack: half a call a grant
)

const killPolicy = `
version: 1
rules:
  - id: bench
    resources: {kind: usergroup, names: ["kill-*"]}
    requesters: {anyone: true}
    for_others: {anyone: true}
    max: 8h
    approve: auto
`

// killHouse is a house in this process over an engine that counts its rows and a
// simulated Slack that counts its calls.
type killHouse struct {
	*flow.House
	t     *testing.T
	slack *simulated.Org
	table *counting
	mem   *store.Store
	calls atomic.Int64
	root  access.Actor
	conn  string
}

func newKillHouse(t *testing.T) *killHouse {
	t.Helper()
	h := &killHouse{t: t, slack: simulated.NewEmpty(simulated.Options{Seed: 1, Plan: simulated.PlanBusiness, Now: time.Now})}
	lite, err := sqlite.Open(filepath.Join(t.TempDir(), "ebb.db"), sqlite.Options{Now: time.Now})
	h.ok(err)
	t.Cleanup(func() { _ = lite.Close() })
	h.table = &counting{Table: lite}
	h.mem = store.New(h.table, store.Options{Now: time.Now})
	vault := housetest.NewSecrets()
	h.House = &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: h.mem, Secrets: vault, Heads: &housetest.Heads{}, Seals: true,
		URL: housetest.URL, Condition: policyfile.NewConditions(),
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: h.slack.Client(), Tokens: vault, Now: time.Now,
			ClientID: h.slack.ClientID(), ClientSecret: h.slack.ClientSecret(), OnCall: func(slack.Call) { h.calls.Add(1) },
		}),
	}
	root, err := h.FirstUser(t.Context(), "u_root", "Root")
	h.ok(err)
	h.root = access.Actor{User: root}
	return h
}

func (h *killHouse) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// connect pastes the owner's token and syncs.
func (h *killHouse) connect(ctx context.Context) {
	h.t.Helper()
	c, err := h.AddConnector(ctx, h.root, "Umbra", nil)
	h.ok(err)
	h.conn = c.ID
	_, err = h.PasteToken(ctx, h.root, c.ID, h.slack.UserToken())
	h.ok(err)
	run, err := h.StartSync(ctx, h.root, c.ID, nil)
	for range 100 {
		h.ok(err)
		if run.State == connector.Done {
			return
		}
		run, err = h.SyncStep(ctx, run.ID)
	}
	h.t.Fatalf("the sync did not end: %+v", run)
}

// until sweeps until it is so.
func (h *killHouse) until(ctx context.Context, what string, so func() bool) {
	h.t.Helper()
	for end := time.Now().Add(3 * time.Minute); !so(); {
		if time.Now().After(end) {
			h.t.Fatalf("after 3 minutes still not: %s", what)
		}
		next, err := h.Sweep(ctx)
		h.ok(err)
		if rest := time.Until(next); rest > 0 {
			time.Sleep(min(rest, 100*time.Millisecond))
		}
	}
}

// live counts the grants that are in a state.
func (h *killHouse) live(ctx context.Context, state access.State) int {
	h.t.Helper()
	all, err := h.mem.Grants(ctx, true, 10_000)
	h.ok(err)
	return len(slices.DeleteFunc(all, func(g access.Grant) bool { return g.State != state }))
}

// TestAKillOf1000: the preview, the press, and how long until all are turned to
// their end and Slack lists nobody any more; what that writes and calls.
func TestAKillOf1000(t *testing.T) {
	heavy(t)
	ctx := t.Context()
	h := newKillHouse(t)
	stays := h.slack.AddUser(simulated.User{Name: "stays", RealName: "Stays Example"})
	asks := h.slack.AddUser(simulated.User{Name: "asks", RealName: "Asks Example"})
	var people, groups []string
	for i := range killPeople {
		people = append(people, h.slack.AddUser(simulated.User{Name: fmt.Sprint("person", i), RealName: fmt.Sprint("Person ", i)}))
	}
	for i := range killGroups {
		groups = append(groups, h.slack.AddGroup(simulated.Group{Handle: fmt.Sprint("kill-", i), Name: fmt.Sprint("Kill ", i), Members: []string{stays}}))
	}
	h.connect(ctx)
	p, err := policyfile.Parse([]byte(strings.TrimSpace(killPolicy)))
	h.ok(err)
	_, _, err = h.Publish(ctx, h.root, p)
	h.ok(err)
	u, err := h.Bind(ctx, h.root, h.conn, asks, nil)
	h.ok(err)
	for _, who := range people {
		_, err := h.Request(ctx, access.Actor{User: u}, flow.Asking{Connector: h.conn, Subject: who, Resources: groups, Length: 8 * time.Hour, Reason: "bench"})
		h.ok(err)
	}
	const all = killPeople * killGroups
	h.until(ctx, "all grants are given", func() bool { return h.live(ctx, access.Active) == all })

	target := access.Target{Rule: "bench"}
	began := time.Now()
	e, err := h.WouldEnd(ctx, h.root, target)
	h.ok(err)
	exactly(t, "a kill of 1,000 grants: it would end", len(e.Grants), all, "")
	told("the same: said in", time.Since(began).Seconds(), "s")

	h.table.rows.Store(0)
	h.calls.Store(0)
	began = time.Now()
	k, err := h.Kill(ctx, h.root, flow.Killing{Target: target, Reason: "bench", Confirmed: all})
	h.ok(err)
	told("the same: answered in", time.Since(began).Seconds(), "s")
	h.until(ctx, "all are turned", func() bool {
		k, err = h.mem.Kill(ctx, k.ID)
		h.ok(err)
		return !k.Done.IsZero()
	})
	atMost(t, "the same: all turned to their end in", time.Since(began).Seconds(), killTurned, "s")
	told("the same: rows written for a grant until then", float64(h.table.rows.Load())/all, "")
	h.until(ctx, "nobody is listed", func() bool {
		for _, g := range groups {
			if len(h.slack.Group(g).Members) > 1 {
				return false
			}
		}
		return true
	})
	atMost(t, "the same: Slack lists nobody of them after", time.Since(began).Seconds(), killGone, "s")
	h.until(ctx, "every grant is seen gone", func() bool { return h.live(ctx, access.Active)+h.live(ctx, access.Revoking) == 0 })
	told("the same: each seen gone after", time.Since(began).Seconds(), "s")
	atMost(t, "the same: calls of Slack", h.calls.Load(), killCalls, "")
	told("the same: rows written for a grant in all", float64(h.table.rows.Load())/all, "")
	for _, g := range groups {
		if got := h.slack.Group(g).Members; !slices.Equal(got, []string{stays}) {
			t.Errorf("%s has %v, and who stood before should be alone", g, got)
		}
	}
}
