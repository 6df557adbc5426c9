package glance

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// What the summary and the listings say is what Slack has, each thing once, in
// a workspace and in an organization, with a user's and with a bot's token; a
// second look writes nothing, and no look writes to Slack.
func TestALook(t *testing.T) {
	for name, o := range map[string]slacktest.Options{
		"workspace":    {Seed: 3, People: 1200, Groups: 12, Channels: 30},
		"organization": {Seed: 3, Workspaces: 3, People: 2400, Groups: 12, Channels: 30},
		"free":         {Seed: 3, People: 300, Channels: 10, Plan: slacktest.PlanFree},
	} {
		for _, voice := range []string{"user", "bot"} {
			t.Run(name+" "+voice, func(t *testing.T) {
				s, org := newStranger(t, o)
				if voice == "bot" {
					s.token = org.BotToken()
				}
				out := s.must()
				s.holdAgainst(org, out)
				if total, by := calls(org); number(t, out, "calls") != total || by["usergroups.update"] > 0 {
					t.Errorf("Slack counted %d calls %v, Ebb says:\n%s", total, by, out)
				}
				if out := s.must(); number(t, out, "rows written") != 0 {
					t.Errorf("nothing changed:\n%s", out)
				}
				if free := strings.Contains(out, "this Slack plan has no user groups"); free != (name == "free") {
					t.Errorf("%s", out)
				}
			})
		}
	}
}

// holdAgainst compares the listings with the simulated Slack's own state.
func (s *stranger) holdAgainst(org *slacktest.Org, summary string) {
	s.t.Helper()
	want := map[string]bool{} // accounts
	for _, u := range org.Users() {
		if !u.External {
			want[u.ID] = true
		}
	}
	got := map[string]bool{}
	for _, a := range s.list("accounts") {
		got[a["id"].(string)] = true
	}
	if len(got) != len(want) || number(s.t, summary, "accounts") != len(want) {
		s.t.Errorf("%d accounts listed, Slack has %d:\n%s", len(got), len(want), summary)
	}
	holders := map[string][]string{}
	rows := s.list("memberships")
	for _, m := range rows {
		holders[m["resource"].(string)] = append(holders[m["resource"].(string)], m["account"].(string))
	}
	if number(s.t, summary, "memberships") != len(rows) {
		s.t.Errorf("%d memberships are listed:\n%s", len(rows), summary)
	}
	kinds := map[string]int{}
	for _, r := range s.list("resources") {
		id := r["id"].(string)
		kinds[r["kind"].(string)]++
		slices.Sort(holders[id])
		switch n, read := r["members"].(float64); {
		case r["kind"] == "usergroup" && !slices.Equal(holders[id], org.GroupMembers(id)),
			r["kind"] == "channel" && read && !slices.Equal(holders[id], org.ChannelMembers(id)):
			s.t.Errorf("the members of %s differ from Slack's", id)
		case int(n) != len(holders[id]):
			s.t.Errorf("%s: members says %v, and %d are listed", id, r["members"], len(holders[id]))
		case !read && r["archived"] != true:
			s.t.Errorf("the members of %v were not read", r)
		}
	}
	for _, k := range []string{"workspace", "usergroup", "channel"} {
		if number(s.t, summary, k+"s") != kinds[k] {
			s.t.Errorf("%d resources of kind %s:\n%s", kinds[k], k, summary)
		}
	}
}

func TestTheToken(t *testing.T) {
	s, _ := newStranger(t, slacktest.Options{People: 20})
	s.must(func(c *Sync) { c.Token = "-"; c.Kinds = []string{"workspaces"} })
	for flag, in := range map[string]string{"-": " \n", "": "xoxp-1", " ": ""} {
		if _, err := readToken(flag, strings.NewReader(in)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q from %q: %v", flag, in, err)
		}
	}
	if got, err := readToken("-", strings.NewReader("xoxp-1")); got != "xoxp-1" || err != nil {
		t.Errorf("without a line end: %q, %v", got, err)
	}
}

// What is wrong is said in the stranger's words, and no file is left behind.
func TestWhatIsWrong(t *testing.T) {
	s, _ := newStranger(t, slacktest.Options{People: 20})
	for _, c := range []struct {
		flags func(*Sync)
		kind  fault.Kind
		says  string
	}{
		{func(c *Sync) { c.Token = "xoxp-wrong-token" }, fault.Reauthorize, "does not accept this token"},
		{func(c *Sync) { c.SlackAPIURL = "http://127.0.0.1:1/api/" }, fault.Backoff, "nothing answers at http://127.0.0.1:1/api/"},
		{func(c *Sync) { c.SlackAPIURL = strings.TrimSuffix(s.url, "api/") }, fault.Misconfigured, "not Slack"},
		{func(c *Sync) { c.SlackAPIURL = "slack.com/api" }, fault.Invalid, "--slack-api-url"},
		{func(c *Sync) { c.SlackAPIURL = "ftp://slack.com/api/" }, fault.Invalid, "--slack-api-url"},
		{func(c *Sync) { c.Kinds = []string{"usergroup"} }, fault.Invalid, "usergroups"},
		{confirm, fault.Invalid, "nothing waits"},
	} {
		_, err := s.sync(c.flags)
		wantError(t, err, c.kind, c.says)
		if strings.Contains(fault.TextOf(err), "Install with Slack") || strings.Contains(fault.TextOf(err), "Ebb tries again") {
			t.Errorf("said to somebody who has only a token: %q", fault.TextOf(err))
		}
		if _, err := os.Stat(s.file); err == nil && c.kind != fault.Invalid {
			t.Errorf("%q left a file", c.says)
		}
	}
	_, err := s.sync(func(c *Sync) { c.Data = filepath.Join(t.TempDir(), "no", "where.db") })
	wantError(t, err, fault.Misconfigured, "cannot be opened")
	var progress bytes.Buffer
	if err := CheckURL("ebb sync", "http://slack.example/api/", &progress); err != nil || !strings.Contains(progress.String(), "without encryption") {
		t.Errorf("%v, %q", err, progress.String())
	}
}

// A scope that is missing leaves its kind out, and the summary says so.
func TestMissingScopesAreSaid(t *testing.T) {
	s, org := newStranger(t, slacktest.Options{People: 40, Groups: 3, Channels: 8})
	for _, c := range []struct {
		scopes string
		says   []string
	}{
		{"users:read team:read usergroups:read channels:read", []string{"e-mail addresses are left out", "private channels are left out"}},
		{"users:read users:read.email channels:read groups:read", []string{"user groups of", "usergroups:read"}},
		{"users:read users:read.email usergroups:read", []string{"channels of", "channels:read"}},
		{"usergroups:read channels:read groups:read", []string{"accounts of", "users:read"}},
	} {
		s.token = org.Token(slacktest.TokenSpec{Scopes: strings.Fields(c.scopes)})
		s.file = filepath.Join(t.TempDir(), "look.db")
		out := s.must()
		for _, w := range c.says {
			if !strings.Contains(out, w) {
				t.Errorf("with %s it is not said: %s\n%s", c.scopes, w, out)
			}
		}
		if strings.Contains(out, "Install with Slack") || strings.Contains(out, "the connector's") {
			t.Errorf("said to somebody who has only a token:\n%s", out)
		}
	}
	s.token, s.file = org.UserToken(), filepath.Join(t.TempDir(), "look.db")
	if out := s.must(); noted(out) || !strings.Contains(out, "last activity is not shown") {
		t.Errorf("nothing else is missing:\n%s", out)
	}
	// With the scope, last activity is read, and no note says otherwise.
	s.token, s.file = org.Token(slacktest.TokenSpec{Scopes: append(strings.Fields("admin users:read users:read.email team:read"), "usergroups:read", "channels:read", "groups:read")}), filepath.Join(t.TempDir(), "look.db")
	org.HandUse(org.PrimaryOwner(org.TeamIDs()[0]))
	if out := s.must(); !strings.Contains(out, "last activity: 1 pages of Slack's access logs were read") {
		t.Errorf("with the scope admin:\n%s", out)
	}
}

// Stopped at any call, the same command goes on and ends at the same picture;
// another one finishes the interrupted sync and then does its own.
func TestInterrupted(t *testing.T) {
	s, org := newStranger(t, slacktest.Options{People: 2500, Groups: 6, Channels: 12})
	s.must()
	want, total := s.print("memberships", "csv"), 0
	for _, st := range org.Stats() {
		total += st.Calls
	}
	for stop := 2; stop <= total; stop += 3 {
		s.file = filepath.Join(t.TempDir(), "look.db")
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		org.OnCall = func(slacktest.Call) {
			if n++; n == stop {
				cancel()
			}
		}
		_, err := s.syncUntil(ctx)
		wantError(t, err, fault.Backoff)
		org.OnCall = nil
		s.must()
		if got := s.print("memberships", "csv"); got != want {
			t.Errorf("stopped at call %d of %d: another picture", stop, total)
		}
		cancel()
	}
}

func TestInterruptedAndThenAskedForLess(t *testing.T) {
	s, org := newStranger(t, slacktest.Options{People: 50, Groups: 3, Channels: 5})
	ctx, cancel := context.WithCancel(t.Context())
	org.OnCall = func(c slacktest.Call) {
		if c.Method == "users.list" {
			cancel()
		}
	}
	_, err := s.syncUntil(ctx, func(c *Sync) { c.Kinds = []string{"accounts"} })
	wantError(t, err, fault.Backoff, "the same command goes on")
	org.OnCall = nil
	out := s.must(func(c *Sync) { c.Kinds = []string{"usergroups"} })
	if number(t, out, "usergroups") != 3 || strings.Contains(out, "channels") || len(s.list("accounts")) == 0 {
		t.Errorf("%s%s", s.said, out)
	}
}
