package slack_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

func TestAuthorizeURL(t *testing.T) {
	for api, want := range map[string]string{
		"":                          "https://slack.com/oauth/v2/authorize",
		slack.GovAPIURL:             "https://slack-gov.com/oauth/v2/authorize",
		"http://127.0.0.1:8080/api": "http://127.0.0.1:8080/oauth/v2/authorize",
	} {
		c := slack.New(slack.Config{APIURL: api, ClientID: "11.22"})
		got := c.AuthorizeURL("st&te", "https://ebb.example/back", []string{"users:read", "commands"}, []string{"usergroups:write"})
		if want += "?client_id=11.22&redirect_uri=https%3A%2F%2Febb.example%2Fback&scope=users%3Aread%2Ccommands&state=st%26te&user_scope=usergroups%3Awrite"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	c := slack.New(slack.Config{AuthorizeURL: "https://elsewhere.example/go", ClientID: "11.22"})
	if got := c.AuthorizeURL("s", "", []string{"users:read"}, nil); got != "https://elsewhere.example/go?client_id=11.22&scope=users%3Aread&state=s" {
		t.Errorf("got %s", got)
	}
}

func TestExchange(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   connector.Installation
	}{
		"one workspace": {documented(t, "oauth.v2.access", "success"), connector.Installation{
			Tokens: connector.Tokens{User: "xoxp-example-user", Bot: "xoxb-example-bot"}, Installer: "U1234", Team: "T9TK3CUKW",
			TeamName: "Slack Softball Team", Enterprise: "E12345678", UserScopes: []string{"chat:write"}, BotScopes: []string{"commands"}, BotUser: "U0KRQLJ9H",
		}},
		"the organization": {
			`{"ok":true,"token_type":"bot","access_token":"b","scope":"users:read","team":null,"enterprise":{"id":"E1","name":"Umbra"},"is_enterprise_install":true,"authed_user":{"id":"U1","access_token":"u","scope":"users:read,usergroups:write"}}`,
			connector.Installation{
				Tokens: connector.Tokens{User: "u", Bot: "b"}, Installer: "U1", TeamName: "Umbra", Enterprise: "E1", OrgWide: true,
				UserScopes: []string{"users:read", "usergroups:write"}, BotScopes: []string{"users:read"},
			},
		},
		"a user token alone": {
			`{"ok":true,"team":{"id":"T1","name":"Acme"},"enterprise":null,"authed_user":{"id":"U1","access_token":"u","scope":"users:read"}}`,
			connector.Installation{Tokens: connector.Tokens{User: "u"}, Installer: "U1", Team: "T1", TeamName: "Acme", UserScopes: []string{"users:read"}},
		},
	} {
		f := newFake(t).says("oauth.v2.access", c.answer)
		got := must[connector.Installation](t)(f.client().Exchange(ctx(t), "code-1", "https://ebb.example/back"))
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: another installation than wanted: %+v", name, got)
		}
		id, secret, _ := (&http.Request{Header: f.last().header}).BasicAuth()
		if q := f.last().args.Encode(); q != "code=code-1&redirect_uri=https%3A%2F%2Febb.example%2Fback" || id != "11.22" || secret != "client-secret" {
			t.Errorf("asked %s as %s", q, id)
		}
	}
}

func TestExchangeRefused(t *testing.T) {
	for answer, want := range map[string]struct {
		kind fault.Kind
		code string
	}{
		refused("invalid_code"):                                         {fault.Reauthorize, "invalid_code"},
		refused("code_already_used"):                                    {fault.Reauthorize, "code_already_used"},
		refused("code_expired"):                                         {fault.Reauthorize, "code_expired"},
		documented(t, "oauth.v2.access", "error"):                       {fault.Misconfigured, "invalid_client_id"},
		refused("bad_client_secret"):                                    {fault.Misconfigured, "bad_client_secret"},
		refused("bad_redirect_uri"):                                     {fault.Misconfigured, "bad_redirect_uri"},
		refused("cannot_install_an_org_installed_app"):                  {fault.Misconfigured, "cannot_install_an_org_installed_app"},
		documented(t, "oauth.v2.access", "success_with_token_rotation"): {fault.Misconfigured, "token_rotation"},
		`{"ok":true}`:                                                   {fault.Backoff, "short_read"},
		`{"ok":true,"access_token":"b","token_type":"bot"}`:             {fault.Backoff, "short_read"},
	} {
		_, err := newFake(t).says("oauth.v2.access", answer).client().Exchange(ctx(t), "code-1", "")
		wantKind(t, err, want.kind, want.code)
		if fault.TextOf(err) == "" {
			t.Errorf("%s says nothing to a person", want.code)
		}
	}
}

func TestIdentify(t *testing.T) {
	const org = `{"ok":true,"url":"https://umbra.slack.com/","team":"Umbra","team_id":"E1","user_id":"U1","enterprise_id":"E1","is_enterprise_install":true}`
	for name, c := range map[string]struct {
		test, scopes, info string
		want               connector.Identity
		asked              string
	}{
		"user token": {
			documented(t, "auth.test", "success"), "users:read, usergroups:write", `{"ok":true,"user":{"id":"W12345678","is_admin":true}}`,
			connector.Identity{Account: "W12345678", Team: "T12345678", TeamName: "Subarachnoid Workspace", Scopes: []string{"users:read", "usergroups:write"}, Admin: true, URL: "https://subarachnoid.slack.com/"},
			"auth.test users.info",
		},
		"owner": {
			documented(t, "auth.test", "success"), "users:read", `{"ok":true,"user":{"id":"W12345678","is_owner":true}}`,
			connector.Identity{Account: "W12345678", Team: "T12345678", TeamName: "Subarachnoid Workspace", Scopes: []string{"users:read"}, Admin: true, Owner: true, URL: "https://subarachnoid.slack.com/"},
			"auth.test users.info",
		},
		"bot token": {
			documented(t, "auth.test", "success_with_bot_token"), "users:read", "",
			connector.Identity{Account: "W23456789", Team: "T0G9PQBBK", TeamName: "Subarachnoid Workspace", Bot: true, Scopes: []string{"users:read"}, URL: "https://subarachnoid.slack.com/"},
			"auth.test",
		},
		"without users:read": {
			documented(t, "auth.test", "success"), "usergroups:read", "",
			connector.Identity{Account: "W12345678", Team: "T12345678", TeamName: "Subarachnoid Workspace", Scopes: []string{"usergroups:read"}, URL: "https://subarachnoid.slack.com/"},
			"auth.test",
		},
		"organization": {
			org, "users:read", `{"ok":true,"user":{"id":"U1","is_owner":true,"enterprise_user":{"is_admin":true}}}`,
			connector.Identity{Account: "U1", TeamName: "Umbra", Enterprise: "E1", OrgWide: true, Scopes: []string{"users:read"}, Admin: true, URL: "https://umbra.slack.com/"},
			"auth.test users.info",
		},
	} {
		f := newFake(t).does("auth.test", status(http.StatusOK, c.test, "x-oauth-scopes", c.scopes)).says("users.info", c.info)
		got := must[connector.Identity](t)(f.client().Identify(ctx(t), userToken))
		if !reflect.DeepEqual(got, c.want) || f.methods(false) != c.asked {
			t.Errorf("%s after %s\ngot  %+v\nwant %+v", name, f.methods(false), got, c.want)
		}
	}
	_, err := newFake(t).says("auth.test", documented(t, "auth.test", "error_with_no_token")).client().Identify(ctx(t), "")
	wantKind(t, err, fault.Reauthorize, "not_authed")
	_, err = newFake(t).says("auth.test", `{"ok":true}`).client().Identify(ctx(t), userToken)
	wantKind(t, err, fault.Backoff, "short_read")
}

// What stands in for Slack may leave out what Slack always says: the scopes,
// whether the token is of an organization, even users.info.
func TestIdentifyWhereLittleIsSaid(t *testing.T) {
	const several, one = `{"ok":true,"teams":[{"id":"T1"},{"id":"T2"}]}`, `{"ok":true,"teams":[{"id":"T1"}]}`
	for name, c := range map[string]struct {
		test, teams, team, enterprise string
		orgWide                       bool
		asked                         string
	}{
		"one workspace":       {`{"ok":true,"user_id":"U1","team_id":"T1"}`, one, "T1", "", false, "auth.test auth.teams.list"},
		"no auth.teams.list":  {`{"ok":true,"user_id":"U1","team_id":"T1"}`, refused("unknown_method"), "T1", "", false, "auth.test auth.teams.list"},
		"several workspaces":  {`{"ok":true,"user_id":"U1","team_id":"T1"}`, several, "", "T1", true, "auth.test auth.teams.list"},
		"in an organization":  {`{"ok":true,"user_id":"U1","team_id":"T1","enterprise_id":"E1"}`, one, "T1", "E1", false, "auth.test auth.teams.list"},
		"of an organization":  {`{"ok":true,"user_id":"U1","team_id":"E1","enterprise_id":"E1"}`, several, "", "E1", true, "auth.test"},
		"and of no workspace": {`{"ok":true,"user_id":"U1","enterprise_id":"E1"}`, several, "", "E1", true, "auth.test"},
		"said to be one":      {`{"ok":true,"user_id":"U1","team_id":"T1","is_enterprise_install":false}`, several, "T1", "", false, "auth.test"},
	} {
		f := newFake(t).says("auth.test", c.test).says("auth.teams.list", c.teams)
		got := must[connector.Identity](t)(f.client().Identify(ctx(t), "t"))
		if got.Team != c.team || got.Enterprise != c.enterprise || got.OrgWide != c.orgWide || f.methods(false) != c.asked {
			t.Errorf("%s: %+v after %s", name, got, f.methods(false))
		}
	}
	f := newFake(t).says("auth.test", `{"ok":true,"user_id":"U1","team_id":"T1"}`).does("auth.teams.list", status(http.StatusTooManyRequests, refused("ratelimited")))
	_, err := f.client().Identify(ctx(t), "t")
	wantKind(t, err, fault.Wait, "ratelimited")
	f = newFake(t).does("auth.test", status(http.StatusOK, `{"ok":true,"user_id":"U1","team_id":"T1"}`, "x-oauth-scopes", "users:read")).says("users.info", refused("unknown_method"))
	if got := must[connector.Identity](t)(f.client().Identify(ctx(t), "t")); got.Account != "U1" || got.Admin || got.Owner {
		t.Errorf("without users.info: %+v", got)
	}
}

func TestRevoke(t *testing.T) {
	f := newFake(t).says("auth.revoke", documented(t, "auth.revoke", "success"), refused("token_revoked"), documented(t, "auth.revoke", "error"))
	for range 2 { // repeats safely
		if err := f.client().Revoke(ctx(t), userToken); err != nil {
			t.Error(err)
		}
	}
	wantKind(t, f.client().Revoke(ctx(t), userToken), fault.Reauthorize, "invalid_auth")
}
