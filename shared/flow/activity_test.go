package flow_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// actives is what is stored of everybody's activity, in days ago, and the source.
func (c *company) actives() (map[string]int, directory.ActivitySource) {
	c.t.Helper()
	days := map[string]int{}
	c.ok(c.store.EachActive(c.ctx, c.conn.ID, "", func(a directory.Activity) error {
		days[a.Account] = int(directory.Day(c.clock.Now()).Sub(a.Last).Hours()) / 24
		return nil
	}))
	src, err := c.store.ActivitySource(c.ctx, c.conn.ID)
	c.ok(err)
	return days, src
}

// used writes into Slack's access logs.
func (c *company) used(account string, daysAgo int) {
	c.slack.Log(slacktest.Access{User: account, Last: c.clock.Now().AddDate(0, 0, -daysAgo)})
}

// logged is a company on Business+ whose token may read the access logs; it is
// installed and not synced yet.
func logged(t *testing.T) *company {
	c := hire(t, slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
	c.used(c.ada, 0)
	c.used(c.bob, 40)
	c.used(c.sam, 120)
	conn, err := c.house.AddConnector(c.ctx, c.root, "", nil)
	c.ok(err)
	c.world.install(conn.ID)
	return c
}

func (c *company) noted() string {
	c.t.Helper()
	return strings.Join(c.synced().Notes, "\n")
}

func (c *company) wantSeen(want map[string]int) directory.ActivitySource {
	c.t.Helper()
	days, src := c.actives()
	if fmt.Sprint(days) != fmt.Sprint(want) {
		c.t.Errorf("active were %v days ago, want %v", days, want)
	}
	return src
}

func TestActivityIsReadOnceADay(t *testing.T) {
	c := logged(t)
	c.syncOn(20 * time.Minute)
	first := c.clock.Now()
	src := c.wantSeen(map[string]int{c.ada: 0, c.bob: 40, c.sam: 120})
	if !src.Shown || !strings.Contains(c.noted(), "1 pages of Slack's access logs") || directory.Day(src.From) != directory.Day(first.AddDate(0, 0, -120)) {
		t.Errorf("%+v, %q", src, c.noted())
	}
	asked := func() (n int) {
		for _, call := range c.slack.Calls() {
			if call.Method == "team.accessLogs" {
				n++
			}
		}
		return n
	}
	if asked() != 1 {
		t.Errorf("asked %d times", asked())
	}
	c.used(c.kit, 0)
	c.used(c.ada, 0)
	c.syncOn(12 * time.Hour) // with every hour's sync
	if src := c.wantSeen(map[string]int{c.ada: 0, c.bob: 40, c.sam: 120}); asked() != 1 {
		t.Errorf("asked again within a day: %d, %+v", asked(), src)
	}
	c.syncOn(24 * time.Hour)
	days, next := c.actives()
	if days[c.kit] > 2 || !next.From.Equal(src.From) || !next.Read.After(src.Read) || asked() != 2 {
		t.Errorf("the next day: %v, %+v, asked %d times", days, next, asked())
	}
	if days[c.ada] != 1 {
		t.Errorf("a day that is younger by less than a week was written: %d", days[c.ada])
	}
	for range 3 {
		c.syncOn(72 * time.Hour)
		c.used(c.ada, 0)
	}
	c.syncOn(48 * time.Hour)
	if days, _ := c.actives(); days[c.ada] > 7 {
		t.Errorf("after a week it is: %d days", days[c.ada])
	}
	if _, known := days[c.lin]; known {
		t.Error("somebody whom no log names is known")
	}
}

// TestActivityMatrix: whatever happens to any call of the first sync, it ends
// with the same days and the same span, and the directory as it is without.
func TestActivityMatrix(t *testing.T) {
	run := func(t *testing.T, at int, how mishap) *company {
		c := logged(t)
		for i := range 1300 { // two pages
			who := []string{c.ada, c.bob, c.lin}[i%3]
			c.slack.Log(slacktest.Access{User: who, IP: fmt.Sprint("192.0.2.", i), Last: c.clock.Now().Add(-time.Duration(i) * time.Hour)})
		}
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		c.syncOn(20 * time.Minute)
		c.fate.watching = false
		c.synced()
		return c
	}
	lines := func(c *company) (out []string) {
		days, src := c.actives()
		for id, n := range days {
			out = append(out, fmt.Sprintf("%s %d", id, n))
		}
		out = append(c.directory(), out...)
		return append(out, fmt.Sprint("source ", src.Shown, src.From.Format(time.RFC3339), src.Reading))
	}
	clean := run(t, -1, mishap{})
	want := lines(clean)
	if days, _ := clean.actives(); len(days) != 4 {
		t.Fatalf("%d accounts were seen", len(days))
	}
	began := 0
	for i, call := range clean.fate.calls {
		if began == 0 && call == "slack team.accessLogs" {
			began = i - 6
		}
	}
	if began == 0 {
		t.Fatal("the logs were not asked for")
	}
	for i, call := range clean.fate.calls {
		if i < began { // TestSyncMatrix has it
			continue
		}
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
				c := run(t, i, how)
				got := lines(c)
				if len(got) != len(want) || got[len(got)-1] != want[len(want)-1] {
					t.Errorf("%d lines, want %d; %s, want %s", len(got), len(want), got[len(got)-1], want[len(want)-1])
				}
			})
		}
	}
}

// TestActivityIsNotShown: whatever keeps the logs from being read is said, fails
// no sync, and what was known before counts no more.
func TestActivityIsNotShown(t *testing.T) {
	for name, x := range map[string]struct {
		spoil func(*company)
		want  string
	}{
		"no scope asked for": {nil, "needs the user scope admin on a paid plan"},
		"scope lost":         {func(c *company) { c.lose("admin") }, "admin"},
		"no paid plan": {func(c *company) {
			c.slack.Inject(slacktest.Fault{Method: "team.accessLogs", Kind: slacktest.Fail, Error: "paid_only", Times: -1})
		}, "this needs a paid Slack plan"},
		"an unknown code": {func(c *company) {
			c.slack.Inject(slacktest.Fault{Method: "team.accessLogs", Kind: slacktest.Fail, Error: "of_tomorrow", Times: -1})
		}, "last activity"},
		"trouble for hours": {func(c *company) {
			c.slack.Inject(slacktest.Fault{Method: "team.accessLogs", Kind: slacktest.Fail, Error: "fatal_error", Times: -1})
		}, "was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			var c *company
			if x.spoil == nil {
				c = newStoryCompany(t)
			} else {
				c = logged(t)
				c.syncOn(20 * time.Minute)
				x.spoil(c)
				c.clock.move(100 * time.Hour)
				c.syncOn(6 * time.Hour)
			}
			if note := c.lastNote("last activity"); !strings.Contains(note, x.want) {
				t.Errorf("noted %q", note)
			}
			_, src := c.actives()
			if src = src.At(c.clock.Now()); src.Shown || src.Why == "" {
				t.Errorf("shown: %+v", src)
			}
		})
	}
}

// lastNote is the newest note of the runs that begins so.
func (c *company) lastNote(begins string) string {
	c.t.Helper()
	runs, err := c.store.Runs(c.ctx, c.conn.ID, 0)
	c.ok(err)
	for _, r := range runs {
		if r.State != "done" {
			c.t.Errorf("a run is %s: %v", r.State, r.Notes)
		}
		for _, n := range r.Notes {
			if strings.HasPrefix(n, begins) {
				return n
			}
		}
	}
	return ""
}

// lose takes a scope from the user token, in Slack.
func (c *company) lose(scope string) {
	c.t.Helper()
	var now struct{ User string }
	value, _, err := c.vault.Get(c.ctx, flow.TokenName(c.conn.ID))
	c.ok(err)
	c.ok(json.Unmarshal(value, &now))
	var less []string
	for _, s := range c.conn.UserScopes {
		if s != scope {
			less = append(less, s)
		}
	}
	c.slack.SetScopes(now.User, less...)
}

// TestForgottenAndGoneHaveNoActivity: neither comes back with the next read, and
// strangers in the logs are not stored.
func TestForgottenAndGoneHaveNoActivity(t *testing.T) {
	c := logged(t)
	c.syncOn(20 * time.Minute)
	_, err := c.house.Forget(c.ctx, c.root, c.conn.ID, c.bob)
	c.ok(err)
	if days, _ := c.actives(); days[c.bob] != 0 {
		t.Errorf("bob was forgotten, and was active %d days ago", days[c.bob])
	}
	c.used(c.bob, 0)
	c.syncOn(30 * time.Hour)
	days, _ := c.actives()
	if _, known := days[c.bob]; known {
		t.Error("a forgotten person's days came back")
	}
}
