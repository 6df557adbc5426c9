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
	"github.com/ebb-access/ebb/shared/fault"
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

// TestInactiveAccounts: only who surely was not active is listed, whatever leads
// to the accounts; what cannot be known is refused with its reason.
func TestInactiveAccounts(t *testing.T) {
	c := logged(t)
	c.used(c.kit, 93) // maybe until 87 days ago
	add := func(u slacktest.User) string { return c.slack.AddUser(u) }
	guest := add(slacktest.User{Name: "gus", RealName: "Gus Guest", Restricted: true})
	c.used(guest, 150)
	add(slacktest.User{Name: "una", RealName: "Una Never"})
	add(slacktest.User{Name: "new", RealName: "Newt Invited", Invited: true})
	add(slacktest.User{Name: "robot", RealName: "Robot", Bot: true})
	add(slacktest.User{Name: "ext", RealName: "Exter Nal", External: true})
	c.used(c.lin, 140)
	c.used(c.lin, 1)
	c.used(c.owner(), 0)
	team := c.slack.TeamIDs()[0]
	ask := func(by access.Actor, q flow.AccountQuery) error {
		_, err := c.house.ReadAccounts(c.ctx, by, c.conn.ID, q, flow.Slice{})
		return err
	}
	wants := func(err error, kind fault.Kind, text string) {
		t.Helper()
		if !fault.Is(err, kind) || !strings.Contains(fault.TextOf(err), text) {
			t.Errorf("got %v, want %s with %q", err, kind, text)
		}
	}
	wants(ask(c.root, flow.AccountQuery{Inactive: 90}), fault.Invalid, "first read of Slack's access logs is not done yet")
	c.syncOn(20 * time.Minute)
	wants(ask(c.root, flow.AccountQuery{Inactive: 200}), fault.Invalid, "known since")
	wants(ask(c.root, flow.AccountQuery{Inactive: 6}), fault.Invalid, "7 to 400")
	wants(ask(c.root, flow.AccountQuery{Inactive: -1}), fault.Invalid, "7 to 400")
	wants(ask(c.actor(c.ada), flow.AccountQuery{Inactive: 90}), fault.Forbidden, "auditor")
	for name, x := range map[string]struct {
		q    flow.AccountQuery
		want []string
	}{
		"all":         {flow.AccountQuery{Inactive: 90}, []string{"Gus Guest", "Una Never", "sam"}},
		"to a week":   {flow.AccountQuery{Inactive: 86}, []string{"Gus Guest", "Una Never", "kit", "sam"}},
		"longer":      {flow.AccountQuery{Inactive: 140}, []string{"Gus Guest", "Una Never"}},
		"a kind":      {flow.AccountQuery{Inactive: 90, Filter: directory.Filter{Kind: directory.MultiChannelGuest}}, []string{"Gus Guest"}},
		"bots":        {flow.AccountQuery{Inactive: 90, Filter: directory.Filter{Kind: directory.Bot}}, nil},
		"a workspace": {flow.AccountQuery{Inactive: 90, Filter: directory.Filter{Workspace: team}}, []string{"Gus Guest", "Una Never", "sam"}},
		"a search":    {flow.AccountQuery{Inactive: 90, Search: "una"}, []string{"Una Never"}},
		"found, seen": {flow.AccountQuery{Inactive: 90, Search: "ada"}, nil},
	} {
		for _, limit := range []int{2, 100} {
			got := c.accountsOf(c.root, x.q, limit)
			slices.Sort(got)
			if !slices.Equal(got, x.want) {
				t.Errorf("%s, %d a page: %v, want %v", name, limit, got, x.want)
			}
		}
	}
	says := func(by access.Actor, account string) string {
		v, err := c.house.ReadAccount(c.ctx, by, c.conn.ID, account)
		c.ok(err)
		return v.Activity.Says()
	}
	day := func(ago int) string { return c.clock.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	if got := says(c.root, c.bob); got != day(40)+", or up to six days later" {
		t.Errorf("bob: %s", got)
	}
	if got := says(c.root, c.slack.BotUser(team)); got != "not known: Slack logs no activity of bots" {
		t.Errorf("the app: %s", got)
	}
	if v, err := c.house.ReadAccount(c.ctx, c.actor(c.ada), c.conn.ID, c.bob); err != nil || !v.Activity.Last.IsZero() {
		t.Errorf("ada sees when bob was active: %+v, %v", v.Activity, err)
	}
	c.clock.move(4 * 24 * time.Hour) // no sync goes on
	wants(ask(c.root, flow.AccountQuery{Inactive: 90}), fault.Invalid, "were last read on")
	if got := says(c.root, c.bob); !strings.HasPrefix(got, "not known: Slack's access logs were last read on") {
		t.Errorf("bob, unread for days: %s", got)
	}
}

// TestActivityOfOrganizations: an organization's token is asked without a
// workspace, since with one Slack tells of third parties alone; a workspace of an
// organization is not asked.
func TestActivityOfOrganizations(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 1, Workspaces: 2})
	c := &company{world: w}
	var people []string
	for _, team := range w.slack.TeamIDs() {
		u := w.slack.AddUser(slacktest.User{Team: team})
		people = append(people, u)
		c.used(u, 20)
		w.slack.HandGrantTeam(team)
	}
	conn, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	w.conn, err = w.house.PasteToken(w.ctx, w.root, conn.ID, w.slack.UserToken())
	w.ok(err)
	c.syncOn(20 * time.Minute)
	if src := c.wantSeen(map[string]int{people[0]: 20, people[1]: 20}); !src.Shown {
		t.Errorf("%+v", src)
	}
	one := connector.Connector{Label: connector.Connected, UserScopes: []string{connector.ActivityScope}, Team: "T1", Grid: "E1"}
	if !strings.Contains(one.NoActivity(), "connect the organization") {
		t.Errorf("a workspace of an organization: %q", one.NoActivity())
	}
}

// TestActivityIsCutOff: a read that ends before the logs do says so, and knows
// only what it covers; the next one goes on from there.
func TestActivityIsCutOff(t *testing.T) {
	c := logged(t)
	c.house.ActivityPages = 1
	for i := range 1300 {
		c.slack.Log(slacktest.Access{User: c.lin, IP: fmt.Sprint("192.0.2.", i), Last: c.clock.Now().Add(-time.Duration(i) * time.Hour)})
	}
	c.syncOn(20 * time.Minute)
	days, src := c.actives()
	if _, known := days[c.sam]; known || !strings.Contains(c.noted(), "which is the most") {
		t.Errorf("%v, %q", days, c.noted())
	}
	if back := int(c.clock.Now().Sub(src.From).Hours()) / 24; back != 41 {
		t.Errorf("999 hours are %d days, and bob's 40 are in them", back)
	}
	was := src.From
	c.syncOn(26 * time.Hour)
	if _, src = c.actives(); !src.From.Equal(was) || !src.Read.After(was) {
		t.Errorf("the span: %+v, was from %s", src, was)
	}
}
