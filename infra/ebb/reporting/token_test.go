package reporting

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var everything = []string{"users:read", "users:read.email", "usergroups:read", "channels:read", "groups:read"}

// simulated is a Slack with one of each kind in it.
func simulated(t *testing.T) (*slacktest.Org, string) {
	t.Helper()
	org := slacktest.New(slacktest.Options{Seed: 3, People: 12, Channels: 2, Groups: 1, Now: func() time.Time { return readAt }})
	gone := org.AddUser(slacktest.User{ID: "U0GONE", Name: "gus", RealName: "Gus Left", Deleted: true})
	org.AddUser(slacktest.User{ID: "U0GUEST", Name: "gia", RealName: "Gia Guest", UltraRestricted: true})
	org.AddUser(slacktest.User{ID: "U0SLY", Name: "sly", RealName: "@SUM(1+1)", Email: "sly@umbra.example"})
	owner := org.PrimaryOwner(org.TeamIDs()[0])
	org.AddChannel(slacktest.Channel{ID: "C0LEFT", Name: "left-behind", Creator: gone, Members: []string{owner}})
	org.AddChannel(slacktest.Channel{ID: "C0EMPTY", Name: "empty"})
	org.AddChannel(slacktest.Channel{ID: "C0BOARD", Name: "board", Private: true, Members: []string{owner, "U0SLY"}})
	org.AddChannel(slacktest.Channel{ID: "C0OLD", Name: "old", Archived: true})
	org.AddGroup(slacktest.Group{ID: "S0CALL", Handle: "oncall", Name: "On call", CreatedBy: gone, Members: []string{owner, "U0GONE"}})
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	return org, server.URL + "/api/"
}

func (c *clerk) withToken(url, token string) Report {
	c.in = token + "\n"
	return Report{TokenFile: "-", SlackAPIURL: url}
}

func TestATokenBecomesAPageAndSheets(t *testing.T) {
	org, url := simulated(t)
	c := newClerk(t)
	said := c.must(c.withToken(url, org.Token(slacktest.TokenSpec{Scopes: everything})))
	files := c.files()
	files["summary.txt"] = strings.ReplaceAll(said, c.dir, "DIR")
	golden(t, "token", files)

	// What was called reads, and no channel's members or messages were asked for.
	for method := range org.Stats() {
		if !slices.Contains([]string{"auth.test", "users.info", "users.list", "usergroups.list", "conversations.list", "team.accessLogs"}, method) {
			t.Errorf("called %s", method)
		}
	}
}

func TestATokenComesFromAFile(t *testing.T) {
	org, url := simulated(t)
	c := newClerk(t)
	c.must(Report{TokenFile: file(t, "token", []byte("  "+org.UserToken()+"\r\n")), SlackAPIURL: url})
	for _, bad := range []struct{ file, in, want string }{
		{"xoxp-1-secret", "", "not the token"},
		{filepath.Join(t.TempDir(), "nothing"), "", "there is no file"},
		{"-", " \n", "holds no token"},
		{"-", "xoxp-1 xoxp-2", "more than a token"},
	} {
		c := newClerk(t)
		c.in = bad.in
		_, err := c.run(Report{TokenFile: bad.file, SlackAPIURL: url})
		wants(t, err, fault.Invalid, bad.want)
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Error("the token is told:", err)
		}
	}
}

// A scope that is missing makes a gap where it matters, and nothing else.
func TestAMissingScopeIsAGap(t *testing.T) {
	for _, c := range []struct {
		without string
		gaps    []string // sheets that are not there
		says    string
	}{
		{"users:read", []string{"accounts.csv", "admins.csv", "guests.csv"}, "needs the scope users:read."},
		{"users:read.email", nil, "need the scope users:read.email."},
		{"usergroups:read", []string{"user-groups.csv"}, "needs the scope usergroups:read."},
		{"channels:read", []string{"public-channels.csv"}, "needs the scope channels:read."},
		{"groups:read", []string{"private-channels.csv"}, "needs the scope groups:read."},
	} {
		t.Run(c.without, func(t *testing.T) {
			org, url := simulated(t)
			scopes := slices.DeleteFunc(slices.Clone(everything), func(s string) bool { return s == c.without })
			k := newClerk(t)
			k.must(k.withToken(url, org.Token(slacktest.TokenSpec{Scopes: scopes})))
			files := k.files()
			for _, name := range []string{"accounts.csv", "admins.csv", "guests.csv", "user-groups.csv", "public-channels.csv", "private-channels.csv"} {
				if _, there := files[name]; there == slices.Contains(c.gaps, name) {
					t.Errorf("%s: written %v", name, there)
				}
			}
			if !strings.Contains(files[pageName], c.says) {
				t.Errorf("the page does not say %q", c.says)
			}
		})
	}
	org, url := simulated(t)
	k := newClerk(t)
	_, err := k.run(k.withToken(url, org.Token(slacktest.TokenSpec{Scopes: []string{"chat:write"}})))
	wants(t, err, fault.Misconfigured, "users:read", "groups:read")
}

func TestATokenThatSlackDoesNotTake(t *testing.T) {
	_, url := simulated(t)
	c := newClerk(t)
	out, err := c.run(c.withToken(url, "xoxp-1-nobody-knows-this"))
	wants(t, err, fault.Reauthorize, "does not accept this token")
	if strings.Contains(out+c.said+err.Error(), "nobody-knows") {
		t.Error("the token is told")
	}
	_, err = c.run(c.withToken("http://127.0.0.1:1/api/", "xoxp-1"))
	wants(t, err, fault.Backoff, "nothing answers", "--slack-api-url")
	_, err = c.run(c.withToken("slack.com", "xoxp-1"))
	wants(t, err, fault.Invalid, "--slack-api-url")
}

func TestSlackIsWaitedForAndAskedAgain(t *testing.T) {
	org, url := simulated(t)
	org.Inject(slacktest.Fault{Method: "users.list", Kind: slacktest.RateLimit, RetryAfter: 42})
	org.Inject(slacktest.Fault{Method: "conversations.list", Kind: slacktest.Fail, HTTPStatus: 503, Times: 2})
	org.Inject(slacktest.Fault{Method: "auth.test", Kind: slacktest.Cut})
	c := newClerk(t)
	c.must(c.withToken(url, org.UserToken()))
	if c.slept < 42*time.Second || c.slept > 60*time.Second {
		t.Errorf("slept %s", c.slept)
	}
	if !strings.Contains(c.said, "Slack asked to wait 42s") {
		t.Errorf("%s", c.said)
	}
	org.Inject(slacktest.Fault{Method: "users.list", Kind: slacktest.Fail, HTTPStatus: 503, Times: -1})
	c = newClerk(t)
	_, err := c.run(c.withToken(url, org.UserToken()))
	wants(t, err, fault.Backoff)
	if _, err := os.Stat(c.dir); err == nil {
		t.Error("a reading that failed wrote something")
	}
}

// An account in two workspaces is one, with the higher of its roles.
func TestAnOrganizationIsReadWorkspaceByWorkspace(t *testing.T) {
	org := slacktest.New(slacktest.Options{Seed: 5, Workspaces: 3, People: 60, Channels: 9, Groups: 3, Now: func() time.Time { return readAt }})
	teams := org.TeamIDs()
	org.AddUser(slacktest.User{ID: "U0BOTH", RealName: "In Both", Team: teams[0], Teams: teams[:2], AdminOf: teams[1:2]})
	org.AddChannel(slacktest.Channel{ID: "C0ALL", Name: "for-all", Team: teams[0], Teams: teams})
	server := httptest.NewServer(org)
	defer server.Close()
	c := newClerk(t)
	c.must(c.withToken(server.URL+"/api/", org.Token(slacktest.TokenSpec{OrgWide: true})))
	files := c.files()
	if n := strings.Count(files["accounts.csv"], "U0BOTH"); n != 1 {
		t.Errorf("the account is there %d times", n)
	}
	if !strings.Contains(files["admins.csv"], "U0BOTH") {
		t.Error("a role in the second workspace is lost")
	}
	if n := strings.Count(files["public-channels.csv"], "C0ALL"); n != 1 {
		t.Errorf("the shared channel is there %d times", n)
	}
	if !strings.Contains(files[pageName], "3 workspaces") {
		t.Error("the page does not say how many workspaces were read")
	}
}

// A cursor that Slack forgot begins the listing again, and nobody is counted twice.
func TestAForgottenCursorBeginsAgain(t *testing.T) {
	calls := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := strings.TrimPrefix(r.URL.Path, "/api/")
		calls[method]++
		cursor := r.FormValue("cursor")
		switch {
		case method == "auth.test":
			w.Header().Set("X-OAuth-Scopes", "users:read.email")
			fmt.Fprint(w, `{"ok":true,"user_id":"U1","team_id":"T1","team":"Acme","is_enterprise_install":false}`)
		case method == "users.list" && cursor == "":
			fmt.Fprint(w, `{"ok":true,"members":[{"id":"U1","team_id":"T1","name":"one","has_2fa":false}],"response_metadata":{"next_cursor":"c1"}}`)
		case method == "users.list" && calls[method] == 2:
			fmt.Fprint(w, `{"ok":false,"error":"invalid_cursor"}`)
		case method == "users.list":
			fmt.Fprint(w, `{"ok":true,"members":[{"id":"U2","team_id":"T1","name":"two"}],"response_metadata":{"next_cursor":""}}`)
		case method == "usergroups.list":
			fmt.Fprint(w, `{"ok":false,"error":"plan_upgrade_required"}`)
		case strings.Contains(r.FormValue("types"), "private"):
			fmt.Fprint(w, `{"ok":true,"channels":[]}`)
		default:
			fmt.Fprint(w, `{"ok":true,"channels":[{"id":"C1","name":"plain","creator":"U9"},{"id":"C2","name":"told","creator":"U1","num_members":0,"is_ext_shared":true,"connected_team_ids":["T9"]}]}`)
		}
	}))
	defer server.Close()
	c := newClerk(t)
	c.must(c.withToken(server.URL+"/api/", "xoxp-1-x"))
	files := c.files()
	if n := strings.Count(files["accounts.csv"], "\n"); n != 3 {
		t.Errorf("%d lines: %s", n, files["accounts.csv"])
	}
	page := files[pageName]
	for _, want := range []string{
		"Slack&#39;s plan of this workspace has none.",
		"Slack tells this token about its owner alone.", // U1 is the token's owner
		"Slack shows none to this token.",
		"who created it is not among the accounts (U9)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// A size that was not told is no zero.
	if got := files["public-channels.csv"]; !strings.Contains(got, "#plain,not shown,") || !strings.Contains(got, "#told,0,") {
		t.Error(got)
	}
	if got := files["shared-channels.csv"]; !strings.Contains(got, "#told,no,0,1,") {
		t.Error(got)
	}
	if _, there := files["no-two-factor.csv"]; there {
		t.Error("nobody's second factor is shown, and there is a sheet of those without")
	}
}
