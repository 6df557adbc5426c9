package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// led is a company on Business+ whose identity provider names managers: by id, by
// address, by handle, and one who is nobody here. It is not synced yet.
func led(t *testing.T) *company {
	c := hire(t, slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
	c.slack.HandSetManager(c.sam, c.lin)
	c.slack.HandSetManager(c.kit, "Lin@example.com")
	c.slack.HandSetManager(c.ada, "bob")
	c.slack.HandSetManager(c.bob, "00u1of-elsewhere")
	c.slack.HandSetManager(c.lin, c.lin)
	conn, err := c.house.AddConnector(c.ctx, c.root, "", nil)
	c.ok(err)
	c.world.install(conn.ID)
	return c
}

// managers are who manages whom, by name.
func (c *company) managers() string {
	c.t.Helper()
	var out []string
	c.ok(c.store.EachAccount(c.ctx, c.conn.ID, func(a directory.Account) error {
		if a.Manager != "" {
			out = append(out, c.slack.User(a.ID).Name+"<"+c.slack.User(a.Manager).Name)
		}
		return nil
	}))
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestManagersAreReadOnceADay(t *testing.T) {
	c := led(t)
	c.syncOn(20 * time.Minute)
	if got := c.managers(); got != "ada<bob kit<lin sam<lin" {
		t.Errorf("%s; %s", got, c.noted())
	}
	if note := c.lastNote("managers: Slack names"); !strings.Contains(note, "for 1 accounts") {
		t.Errorf("noted %q", note)
	}
	calls := c.slack.Stats()["scim.users"].Calls
	c.slack.HandSetManager(c.sam, "")
	c.slack.HandSetManager(c.kit, c.bob)
	c.clock.move(5 * time.Hour)
	c.syncOn(20 * time.Minute)
	if n := c.slack.Stats()["scim.users"].Calls; n != calls || c.managers() != "ada<bob kit<lin sam<lin" {
		t.Errorf("asked again within the day (%d calls, had %d): %s", n, calls, c.managers())
	}
	c.clock.move(20 * time.Hour)
	c.syncOn(20 * time.Minute)
	if got := c.managers(); got != "ada<bob kit<bob" {
		t.Errorf("a day later: %s", got)
	}
}

// TestManagersMatrix: whatever happens to a call of the first sync from the first
// question to SCIM on, it ends with the same managers, and the same directory.
func TestManagersMatrix(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, at int, how mishap) *company {
		c := led(t)
		for i := range 520 { // two pages
			c.slack.AddUser(slacktest.User{Name: fmt.Sprint("p", i), Manager: c.bob})
		}
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		c.syncOn(20 * time.Minute)
		c.fate.watching = false
		c.synced()
		return c
	}
	clean := run(t, -1, mishap{})
	want, lines := clean.managers(), fmt.Sprint(clean.directory())
	began, over := 0, 0
	for i, call := range clean.fate.calls {
		if strings.Contains(call, "scim.users") {
			if over = i + 5; began == 0 {
				began = i - 1
			}
		}
	}
	if began == 0 || strings.Count(want, "<bob") != 521 {
		t.Fatalf("asked from %d on: %d managers", began, strings.Count(want, "<"))
	}
	for i, call := range clean.fate.calls {
		if i < began || i > over {
			continue
		}
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
				c := run(t, i, how)
				if got := c.managers(); got != want || fmt.Sprint(c.directory()) != lines {
					t.Errorf("%d managers, want %d", strings.Count(got, "<"), strings.Count(want, "<"))
				}
			})
		}
	}
}

// TestManagersAreNotShown: whatever keeps them from being read is said, fails no
// sync, and warns who asks for a review by managers.
func TestManagersAreNotShown(t *testing.T) {
	refuse := func(code string) func(*company) {
		return func(c *company) {
			c.slack.Inject(slacktest.Fault{Method: "scim.users", Kind: slacktest.Fail, HTTPStatus: 403, Error: code, Times: -1})
		}
	}
	for name, x := range map[string]struct {
		spoil func(*company)
		want  string
	}{
		"no scope asked for": {nil, "needs the user scope admin on Business+"},
		"no SCIM":            {refuse("plus_teams_only"), "managers are not shown"},
		"an unknown code":    {refuse("of_tomorrow"), "managers"},
		"nobody has one": {func(c *company) {
			for _, id := range []string{c.ada, c.lin, c.sam, c.kit, c.bob} {
				c.slack.HandSetManager(id, "")
			}
		}, "managers: 0 accounts have one"},
	} {
		t.Run(name, func(t *testing.T) {
			var c *company
			if x.spoil == nil {
				c = newStoryCompany(t)
			} else {
				c = led(t)
				x.spoil(c)
				c.syncOn(6 * time.Hour)
			}
			if note := c.lastNote("managers"); !strings.Contains(note, x.want) {
				t.Errorf("noted %q", note)
			}
			s := c.spec()
			p, err := c.house.PreviewScope(c.ctx, c.root, s)
			c.ok(err)
			if strings.Contains(strings.Join(p.Accuracy.Warnings, "\n"), "manager") {
				t.Errorf("warned without need: %q", p.Accuracy.Warnings)
			}
			s.Levels = []review.Level{{By: review.ByManager}}
			p, err = c.house.PreviewScope(c.ctx, c.root, s)
			c.ok(err)
			if !strings.Contains(strings.Join(p.Accuracy.Warnings, "\n"), "manager") {
				t.Errorf("warnings: %q", p.Accuracy.Warnings)
			}
		})
	}
}

// TestAManagerReviews: whose manager is known is reviewed by them.
func TestAManagerReviews(t *testing.T) {
	c := led(t)
	c.syncOn(20 * time.Minute)
	s := c.spec()
	s.Scope.Resources, s.Fallback = []string{c.oncall}, []string{c.bob}
	s.Levels = []review.Level{{By: review.ByManager}}
	p, err := c.house.PreviewScope(c.ctx, c.root, s)
	c.ok(err)
	if p.Lines != 2 || p.Unassigned != 0 || strings.Contains(strings.Join(p.Accuracy.Warnings, "\n"), "manager") {
		t.Errorf("%+v", p)
	}
	for _, f := range p.Samples {
		if f.Assigned.Source != review.ByManager || f.Assigned.Accounts[0] != c.lin {
			t.Errorf("%s: %+v", f.Account, f.Assigned)
		}
	}
}
