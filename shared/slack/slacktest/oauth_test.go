package slacktest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const callback = "https://ebb.example/slack/callback?tenant=1"

// consentAs walks through the consent page as a script does.
func (s *stage) consentAs(user, where, approve string, more url.Values) (*http.Response, url.Values) {
	s.t.Helper()
	q := url.Values{"client_id": {s.org.ClientID()}, "redirect_uri": {callback}, "state": {"st"}, "_as": {user}, "_team": {where}, "_approve": {approve}}
	for k, v := range more {
		q[k] = v
	}
	path := "/oauth/v2/authorize?"
	if more.Has("response_type") {
		path = "/openid/connect/authorize?"
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(s.http.URL + path + q.Encode())
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	to, _ := url.Parse(res.Header.Get("Location"))
	return res, to.Query()
}

func (s *stage) exchange(code string, more ...string) map[string]any {
	s.tok = ""
	args := []string{"client_id", s.org.ClientID(), "client_secret", s.org.ClientSecret(), "code", code, "redirect_uri", callback}
	return s.call("oauth.v2.access", append(args, more...)...)
}

func TestAWorkspaceInstallation(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	ada := s.member("ada")
	scopes := url.Values{"scope": {"users:read,usergroups:read"}, "user_scope": {"usergroups:write"}}
	res, back := s.consentAs(ada, team, "1", scopes)
	if res.StatusCode != http.StatusFound || back.Get("state") != "st" || back.Get("tenant") != "1" {
		t.Fatal(res.Status, res.Header)
	}
	body := s.exchange(back.Get("code"))
	if body["ok"] != true || body["is_enterprise_install"] != false || at(body, "team", "id") != team || body["enterprise"] != nil ||
		body["token_type"] != "bot" || body["bot_user_id"] != s.org.BotUser(team) || body["app_id"] != s.org.AppID() ||
		at(body, "authed_user", "id") != ada || at(body, "authed_user", "token_type") != "user" {
		t.Fatal(body)
	}
	s.tok, _ = body["access_token"].(string)
	s.ok("usergroups.list")
	s.tok, _ = at(body, "authed_user", "access_token").(string)
	s.refused("missing_scope", "users.list")
	if s.exchange(back.Get("code"))["error"] != "code_already_used" {
		t.Error("a code was good twice")
	}
}

func TestCodesAndClientsThatAreRefused(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	fresh := func(more url.Values) string {
		q := url.Values{"scope": {"users:read"}}
		for k, v := range more {
			q[k] = v
		}
		_, back := s.consentAs(s.org.PrimaryOwner(team), team, "1", q)
		return back.Get("code")
	}
	for want, body := range map[string]map[string]any{
		"invalid_code":          s.exchange("made-up"),
		"invalid_client_id":     s.exchange(fresh(nil), "client_id", "1.2"),
		"bad_client_secret":     s.exchange(fresh(nil), "client_secret", "wrong"),
		"bad_redirect_uri":      s.exchange(fresh(nil), "redirect_uri", "https://elsewhere.example"),
		"invalid_grant_type":    s.exchange(fresh(nil), "grant_type", "password"),
		"invalid_refresh_token": s.exchange("", "grant_type", "refresh_token", "refresh_token", "made-up"),
		"invalid_code_verifier": s.exchange(fresh(url.Values{"code_challenge": {challengeOf("v")}, "code_challenge_method": {"S256"}}), "code_verifier", "w"),
	} {
		if body["error"] != want {
			t.Errorf("%v, not %s", body, want)
		}
	}
	old := fresh(nil)
	s.at = s.at.Add(10*time.Minute + time.Second)
	if got := s.exchange(old)["error"]; got != "invalid_code" {
		t.Error("a code lives ten minutes:", got)
	}
	r := s.request("oauth.v2.access", "application/x-www-form-urlencoded", url.Values{"code": {fresh(nil)}, "redirect_uri": {callback}}.Encode())
	r.SetBasicAuth(s.org.ClientID(), s.org.ClientSecret())
	if body, _ := s.do(r); body["ok"] != true {
		t.Error("HTTP basic:", body)
	}
}

func TestWhoMayInstallWhat(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	team, org := s.org.TeamIDs()[0], s.org.EnterpriseID()
	ada := s.member("ada")
	guest := s.org.AddUser(User{Name: "guest", Restricted: true})
	owner := s.org.PrimaryOwner(team)
	second := s.org.PrimaryOwner(s.org.TeamIDs()[1])
	bot, admin := url.Values{"scope": {"users:read"}}, url.Values{"scope": {"users:read"}, "user_scope": {"admin"}}
	grid := url.Values{"scope": {"users:read"}, "user_scope": {"admin.users:read"}}
	for _, c := range []struct {
		user, where string
		ask         url.Values
		status      int
	}{
		{ada, team, bot, 302},
		{guest, team, bot, 403},
		{ada, team, admin, 403},
		{owner, team, admin, 302},
		{owner, team, grid, 403},
		{owner, org, grid, 302},
		{second, org, grid, 403},
		{owner, org, url.Values{"user_scope": {"admin"}}, 403},
		{ada, "T0NOWHERE", bot, 403},
		{owner, team, url.Values{}, 400},
		{owner, team, url.Values{"scope": {"users:read"}, "client_id": {"1.2"}}, 400},
	} {
		if res, _ := s.consentAs(c.user, c.where, "1", c.ask); res.StatusCode != c.status {
			t.Errorf("%s in %s asking %v: %s, not %d", c.user, c.where, c.ask, res.Status, c.status)
		}
	}
	if _, back := s.consentAs(ada, team, "0", bot); back.Get("error") != "access_denied" || back.Get("state") != "st" {
		t.Error(back)
	}
}

func TestAnOrganizationInstallationIsInNoWorkspaceUntilGranted(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	org, team := s.org.EnterpriseID(), s.org.TeamIDs()[0]
	s.org.Uninstall(org)
	_, back := s.consentAs(s.org.PrimaryOwner(team), org, "1", url.Values{"scope": {"users:read"}, "user_scope": {"admin.users:read"}})
	body := s.exchange(back.Get("code"))
	if team, there := body["team"]; !there || team != nil || body["is_enterprise_install"] != true || at(body, "enterprise", "id") != org {
		t.Fatal(body)
	}
	s.tok, _ = body["access_token"].(string)
	if got := at(s.ok("auth.teams.list"), "teams", 0); got != nil {
		t.Error("granted already:", got)
	}
	s.refused("team_access_not_granted", "users.list", "team_id", team)
	s.org.HandGrantTeam(team)
	s.ok("users.list", "team_id", team)
}

func TestTokensRotate(t *testing.T) {
	s := newStage(t, Options{Rotation: true})
	team := s.org.TeamIDs()[0]
	_, back := s.consentAs(s.org.PrimaryOwner(team), team, "1", url.Values{"scope": {"users:read"}, "user_scope": {"team:read"}})
	body := s.exchange(back.Get("code"))
	if body["expires_in"] != 43200.0 || at(body, "authed_user", "expires_in") != 43200.0 {
		t.Fatal(body)
	}
	s.tok, _ = body["access_token"].(string)
	s.ok("users.list")
	s.at = s.at.Add(12 * time.Hour)
	s.refused("token_expired", "users.list")
	refresh, _ := body["refresh_token"].(string)
	next := s.exchange("", "grant_type", "refresh_token", "refresh_token", refresh)
	s.tok, _ = next["access_token"].(string)
	s.ok("users.list")
	if again := s.exchange("", "grant_type", "refresh_token", "refresh_token", refresh); again["error"] != "invalid_refresh_token" {
		t.Error("a refresh token was good twice:", again)
	}
}

func TestTheConsentPageHasAFormPerChoice(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	s.member("ada<b>")
	body, res := get(t, s.http.URL+"/oauth/v2/authorize?scope=users:read&redirect_uri="+url.QueryEscape(callback)+"&client_id="+s.org.ClientID())
	if res.StatusCode != 200 || strings.Count(body, "<form") != 4 || strings.Contains(body, "ada<b>") || !strings.Contains(body, s.org.EnterpriseID()) {
		t.Error(res.Status, body)
	}
}

func get(t *testing.T, address string) (string, *http.Response) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return readAll(res), res
}
