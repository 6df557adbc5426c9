package flow_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// syncOn lets the syncs that are due go on by themselves.
func (w *world) syncOn(d time.Duration) {
	w.t.Helper()
	for end := w.clock.Now().Add(d); ; {
		var next time.Time
		err := w.survive(func() (err error) { next, err = w.house.Sync(w.ctx); return err })
		now := w.clock.Now()
		if next.IsZero() || err != nil && next.After(now.Add(time.Minute)) {
			next = now.Add(time.Minute)
		}
		if next.After(end) || now.After(end) {
			w.clock.move(max(0, end.Sub(now)))
			return
		}
		if w.sweeps++; w.sweeps > 5000 {
			w.t.Fatal("the sync never comes to rest")
		}
		w.clock.move(max(time.Second, next.Sub(now)))
	}
}

// directory is all of the directory, a line each.
func (w *world) directory() []string {
	w.t.Helper()
	var out, people, ids []string
	w.ok(w.store.EachAccount(w.ctx, w.conn.ID, func(a directory.Account) error {
		out = append(out, fmt.Sprintf("account %s %q %s %v", a.ID, a.Name, a.State, a.Roles))
		people = append(people, a.ID)
		return nil
	}))
	for _, id := range people {
		w.ok(w.store.EachHeld(w.ctx, w.conn.ID, id, func(m directory.Membership) error {
			out = append(out, fmt.Sprintf("held %s %s %s", id, m.Resource, m.Slug))
			return nil
		}))
	}
	w.ok(w.store.EachResource(w.ctx, w.conn.ID, "", func(r directory.Resource) error {
		out = append(out, fmt.Sprintf("%s %s %q %d %t", r.Kind, r.ID, r.Name, r.Count, r.Reached))
		ids = append(ids, r.ID)
		return nil
	}))
	for _, id := range ids {
		w.ok(w.store.EachHolder(w.ctx, w.conn.ID, id, func(m directory.Membership) error {
			out = append(out, fmt.Sprintf("holds %s %s %s", id, m.Slug, m.Account))
			return nil
		}))
	}
	slices.Sort(out)
	return out
}

// synced checks that a connector is at rest: connected, its next sync ahead.
func (w *world) synced() connector.Run {
	w.t.Helper()
	c, err := w.store.Connector(w.ctx, w.conn.ID)
	w.ok(err)
	if c.Label != connector.Connected || !c.NextSync.After(w.clock.Now()) {
		w.t.Errorf("connector is %s, next sync %s, now %s", c.Label, c.NextSync, w.clock.Now())
	}
	due, err := w.store.Due(w.ctx, flow.LaneSync, w.clock.Now(), 0)
	w.ok(err)
	if len(due) > 0 {
		w.t.Errorf("due: %+v", due)
	}
	run, err := w.store.Run(w.ctx, c.LastRun)
	w.ok(err)
	if run.State != connector.Done {
		w.t.Errorf("the run is %s: %v", run.State, run.Notes)
	}
	return run
}

// people adds as many.
func (c *company) people(n int) []string {
	var out []string
	for range n {
		out = append(out, c.slack.AddUser(slacktest.User{}))
	}
	return out
}

// installed is a company whose connector is installed and not synced yet; its
// accounts need two pages.
func installed(t *testing.T) *company {
	c := hire(t, slacktest.Options{Seed: 1})
	c.people(1000)
	conn, err := c.house.AddConnector(c.ctx, c.root, "", nil)
	c.ok(err)
	c.world.install(conn.ID)
	return c
}

func firstSync(t *testing.T, at int, how mishap) *company {
	c := installed(t)
	c.fate.at, c.fate.how, c.fate.watching = at, how, true
	c.syncOn(20 * time.Minute)
	c.fate.watching = false
	return c
}

// TestSyncMatrix: whatever happens to any call of the first sync, it ends with
// the same directory as a clean one.
func TestSyncMatrix(t *testing.T) {
	t.Parallel()
	clean := firstSync(t, -1, mishap{})
	clean.synced()
	want := clean.directory()
	for i, call := range clean.fate.calls {
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
				c := firstSync(t, i, how)
				c.synced()
				same(t, c.directory(), want)
			})
		}
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	without := func(list, others []string) (out []string) {
		for _, l := range list {
			if _, ok := slices.BinarySearch(others, l); !ok {
				out = append(out, l)
			}
		}
		return out
	}
	for word, lines := range map[string][]string{"too much": without(got, want), "missing": without(want, got)} {
		if len(lines) > 0 {
			t.Errorf("%s: %d lines, such as %s", word, len(lines), lines[0])
		}
	}
}

// TestSecondSync: unchanged, it writes no row; cut anywhere, it removes none.
func TestSecondSync(t *testing.T) {
	again := func(t *testing.T, at int, how mishap) *company {
		c := newStoryCompany(t)
		before := c.directory()
		c.clock.move(time.Hour)
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		_ = c.survive(func() error { _, err := c.house.Sync(c.ctx); return err })
		same(t, c.directory(), before)
		c.syncOn(20 * time.Minute)
		c.fate.watching = false
		if run := c.synced(); run.Wrote != 0 {
			t.Errorf("%d rows were written", run.Wrote)
		}
		same(t, c.directory(), before)
		return c
	}
	for i, call := range again(t, -1, mishap{}).fate.calls {
		for _, how := range mishapsOf(call) {
			if strings.HasPrefix(call, "slack ") {
				t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) { again(t, i, how) })
			}
		}
	}
}

// TestDeactivatedInSlack: whatever happens to the sync that finds it, the
// person's grants and user end.
func TestDeactivatedInSlack(t *testing.T) {
	run := func(t *testing.T, at int, how mishap) *company {
		c := newStoryCompany(t)
		id := c.auto(c.ada, c.shift, 8*time.Hour)
		c.slack.HandDeactivate(c.ada)
		c.clock.move(time.Hour)
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		c.syncOn(20 * time.Minute)
		c.fate.watching = false
		c.synced()
		c.on(10 * time.Minute)
		c.state(id, access.Revoked)
		c.members(c.shift, c.sam)
		if u, err := c.store.UserOf(c.ctx, c.conn.ID, c.ada); err != nil || !u.Ended {
			t.Errorf("the user goes on: %v", err)
		}
		return c
	}
	for i, call := range run(t, -1, mishap{}).fate.calls {
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) { run(t, i, how) })
		}
	}
}

// TestManyRemovalsWait: above 20 and above a fifth an owner confirms first;
// everything else of the sync happens.
func TestManyRemovalsWait(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	many := c.people(60)
	big := c.slack.AddGroup(slacktest.Group{Handle: "big", Members: many})
	c.connect()
	c.slack.HandRemoveFromGroup(c.owner(), big, many[:30]...)
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
	c.syncOn(90 * time.Minute)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if conn.Label != connector.NeedsConfirmation {
		t.Fatalf("label %s", conn.Label)
	}
	if n := c.holders(big); n != 60 {
		t.Errorf("%d of 60 are known before anybody confirmed", n)
	}
	if n := c.holders(c.oncall); n != 3 {
		t.Errorf("the rest of the sync did not happen: %d", n)
	}
	_, err = c.house.Confirm(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	c.syncOn(10 * time.Minute)
	c.synced()
	if n := c.holders(big); n != 30 {
		t.Errorf("%d after the confirmation", n)
	}
}

func (c *company) holders(resource string) int {
	c.t.Helper()
	n := 0
	c.ok(c.store.EachHolder(c.ctx, c.conn.ID, resource, func(directory.Membership) error { n++; return nil }))
	return n
}

func TestFreePlan(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1, Plan: slacktest.PlanFree})
	c.connect()
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if run := c.synced(); conn.Plan != connector.PlanFree || len(run.Notes) == 0 || run.Counts["accounts"] == 0 || run.Counts["channels"] == 0 {
		t.Errorf("plan %s, notes %q, counts %v", conn.Plan, run.Notes, run.Counts)
	}
}

// TestMissingScope: each kind whose scope is missing is left out with a note,
// the others are synced, and nothing of the kind is removed.
func TestMissingScope(t *testing.T) {
	for _, scope := range []string{"users:read", "usergroups:read", "channels:read", "groups:read"} {
		t.Run(scope, func(t *testing.T) {
			c := newStoryCompany(t)
			before := c.directory()
			var now struct{ User, Bot string }
			value, _, err := c.vault.Get(c.ctx, flow.TokenName(c.conn.ID))
			c.ok(err)
			c.ok(json.Unmarshal(value, &now))
			less := func(scopes []string) []string {
				return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == scope })
			}
			c.slack.SetScopes(now.User, less(c.conn.UserScopes)...)
			c.slack.SetScopes(now.Bot, less(c.conn.BotScopes)...)
			c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
			c.slack.HandJoin(slacktest.User{ID: "U0NEW", Name: "new"})
			c.syncOn(70 * time.Minute)
			if run := c.synced(); len(run.Notes) == 0 && scope != "groups:read" {
				t.Error("no note")
			}
			after := c.directory()
			for _, l := range before {
				_, ok := slices.BinarySearch(after, l)
				if !ok && !strings.HasPrefix(l, "usergroup "+c.oncall) && !strings.HasPrefix(l, "channel ") && !strings.HasPrefix(l, "workspace ") {
					t.Errorf("removed: %s", l)
				}
			}
			if n := c.holders(c.oncall); (n == 3) != (scope != "usergroups:read") {
				t.Errorf("%d hold @oncall", n)
			}
			_, err = c.store.Account(c.ctx, c.conn.ID, "U0NEW")
			if (err == nil) != (scope != "users:read") {
				t.Errorf("the new account: %v", err)
			}
		})
	}
}

func TestForgottenNamesStayForgotten(t *testing.T) {
	c := newStoryCompany(t)
	_, err := c.house.Forget(c.ctx, c.root, c.conn.ID, c.bob)
	c.ok(err)
	c.syncOn(2 * time.Hour)
	a, err := c.store.Account(c.ctx, c.conn.ID, c.bob)
	c.ok(err)
	if a.Name+a.Email+a.Handle != "" {
		t.Errorf("back: %+v", a)
	}
}

func TestCursorThatExpired(t *testing.T) {
	c := installed(t)
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "users.list" {
			c.slack.OnCall = nil
			c.slack.Inject(slacktest.Fault{Method: "users.list", Error: "invalid_cursor"})
		}
	}
	c.syncOn(20 * time.Minute)
	c.synced()
	same(t, c.directory(), firstSync(t, -1, mishap{}).directory())
}

// TestOneWorkspaceRefuses: the app is taken out of one workspace of three while
// the sync goes on; the others are synced.
func TestOneWorkspaceRefuses(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 1, Workspaces: 3})
	c := &company{world: w}
	teams := w.slack.TeamIDs()
	var groups []string
	for _, team := range teams {
		u := w.slack.AddUser(slacktest.User{Team: team})
		groups = append(groups, w.slack.AddGroup(slacktest.Group{Team: team, Handle: "g", Members: []string{u}}))
		w.slack.HandGrantTeam(team)
	}
	conn, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	w.conn, err = w.house.PasteToken(w.ctx, w.root, conn.ID, w.slack.UserToken())
	w.ok(err)
	w.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "auth.teams.list" {
			w.slack.HandRevokeTeam(teams[1])
		}
	}
	w.syncOn(20 * time.Minute)
	run := w.synced()
	if len(run.Notes) == 0 {
		t.Error("no note")
	}
	for i, g := range groups {
		if n := c.holders(g); (n == 1) != (i != 1) {
			t.Errorf("workspace %d: %d hold its group", i, n)
		}
	}
}
