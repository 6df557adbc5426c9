package slack_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Slack takes as many calls as Tier says; the next one waits until when Slack
// has room again, and says so.
func TestTiersOfSlack(t *testing.T) {
	now := clock
	o := slacktest.NewEmpty(slacktest.Options{Seed: 2, Tiers: true, Now: func() time.Time { return now }})
	c := simulated(o, func(cfg *slack.Config) { cfg.Now = func() time.Time { return now } })
	l := connector.Link{Connector: "co_1", Team: o.TeamIDs()[0]}
	for range slack.Tier("users.list") {
		if _, err := c.Accounts(ctx(t), l, ""); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	_, err := c.Accounts(ctx(t), l, "")
	wantKind(t, err, fault.Wait, "ratelimited")
	if until := fault.UntilOf(err); !until.After(now) || until.After(clock.Add(time.Minute)) {
		t.Errorf("until %v", until)
	}
	now = fault.UntilOf(err)
	if _, err := c.Accounts(ctx(t), l, ""); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// Through the consent page to tokens, their identity, and out again.
func TestInstallation(t *testing.T) {
	for _, enterprise := range []bool{false, true} {
		opt := slacktest.Options{Seed: 3}
		if enterprise {
			opt.Workspaces = 2
		}
		o := slacktest.NewEmpty(opt)
		server := httptest.NewServer(o)
		defer server.Close()
		c := simulated(o, func(cfg *slack.Config) { cfg.APIURL, cfg.HTTP = server.URL+"/api", nil })
		where, owner := o.TeamIDs()[0], o.PrimaryOwner(o.TeamIDs()[0])
		if enterprise {
			where = o.EnterpriseID()
		}
		code := consent(t, c.AuthorizeURL("st", "https://ebb.example/back", []string{"users:read", "channels:read"}, []string{"users:read", "usergroups:write"}), owner, where)
		in := must[connector.Installation](t)(c.Exchange(ctx(t), code, "https://ebb.example/back"))
		if in.Installer != owner || in.OrgWide != enterprise || in.Tokens.User == "" || in.Tokens.Bot == "" || (in.Team == "") != enterprise ||
			in.Enterprise != o.EnterpriseID() || !slices.Contains(in.UserScopes, "usergroups:write") {
			t.Errorf("installed %+v", in)
		}
		_, err := c.Exchange(ctx(t), code, "https://ebb.example/back")
		if !fault.Is(err, fault.Reauthorize) {
			t.Errorf("the code a second time: %v", err)
		}
		id := must[connector.Identity](t)(c.Identify(ctx(t), in.Tokens.User))
		if id.Account != owner || !id.Admin || !id.Owner || id.Bot || id.OrgWide != enterprise || id.Team != in.Team || id.Enterprise != in.Enterprise {
			t.Errorf("the user token is %+v", id)
		}
		if id = must[connector.Identity](t)(c.Identify(ctx(t), in.Tokens.Bot)); !id.Bot || id.Account != in.BotUser || id.Admin {
			t.Errorf("the bot token is %+v", id)
		}
		for range 2 {
			if err := c.Revoke(ctx(t), in.Tokens.User); err != nil {
				t.Error(err)
			}
		}
		_, err = c.Identify(ctx(t), in.Tokens.User)
		wantKind(t, err, fault.Reauthorize, "token_revoked")
	}
}

// consent agrees on Slack's page as a person and gives the code.
func consent(t *testing.T, page, as, where string) string {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res := must[*http.Response](t)(browser.Get(fmt.Sprintf("%s&_approve=1&_as=%s&_team=%s", page, as, where)))
	defer res.Body.Close()
	back := must[*url.URL](t)(url.Parse(res.Header.Get("Location")))
	if back.Query().Get("state") != "st" || back.Query().Get("code") == "" {
		t.Fatalf("HTTP %d, back to %s", res.StatusCode, back)
	}
	return back.Query().Get("code")
}
