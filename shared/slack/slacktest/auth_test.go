package slacktest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokensAreRefusedWithSlacksCodes(t *testing.T) {
	s := newStage(t, Options{})
	leaver := s.member("leaver")
	gone := s.org.Token(TokenSpec{User: leaver})
	s.org.HandDeactivate(leaver)
	revoked := s.org.Token(TokenSpec{})
	s.org.RevokeToken(revoked)
	for _, c := range []struct{ token, want string }{
		{"", "not_authed"}, {"xoxb-made-up", "invalid_auth"}, {revoked, "token_revoked"}, {gone, "account_inactive"},
	} {
		s.tok = c.token
		s.refused(c.want, "auth.test")
	}
	s.org.HandReactivate(leaver)
	s.tok = gone
	s.ok("auth.test")
}

func TestATokenInTheQueryIsNotSeenAndOneInTheFormIs(t *testing.T) {
	s := newStage(t, Options{})
	token := s.tok
	s.tok = ""
	s.ok("auth.test", "token", token)
	r := s.request("auth.test?token="+token, "application/x-www-form-urlencoded", "")
	if body, _ := s.do(r); body["error"] != "not_authed" {
		t.Error(body)
	}
	r = s.request("auth.test", "application/json", `{"token":"`+token+`"}`)
	if body, _ := s.do(r); body["error"] != "not_authed" {
		t.Error("a token in a JSON body was taken:", body)
	}
}

func TestMissingScopeTellsNeededAndProvided(t *testing.T) {
	s := newStage(t, Options{})
	s.tok = s.org.Token(TokenSpec{Bot: true, Scopes: []string{"team:read", "chat:write"}})
	body, res := s.do(s.request("users.list", "application/x-www-form-urlencoded", ""))
	if body["error"] != "missing_scope" || body["needed"] != "users:read" || body["provided"] != "team:read,chat:write" {
		t.Error(body)
	}
	if got := res.Header.Get("x-oauth-scopes"); got != "team:read,chat:write" {
		t.Error("x-oauth-scopes:", got)
	}
	if got := res.Header.Get("x-accepted-oauth-scopes"); got != "users:read" {
		t.Error("x-accepted-oauth-scopes:", got)
	}
}

func TestBodiesAreReadAsSlackReadsThem(t *testing.T) {
	s := newStage(t, Options{})
	ada := s.member("ada")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{s.org.PrimaryOwner(s.org.TeamIDs()[0])}})
	post := func(method, kind, body string) any {
		got, _ := s.do(s.request(method, kind, body))
		if got["ok"] == true {
			return "ok"
		}
		return got["error"]
	}
	for _, c := range []struct{ method, kind, body, want string }{
		{"usergroups.users.update", "application/json; charset=utf-8", `{"usergroup":"` + g + `","users":["` + ada + `"]}`, "ok"},
		{"usergroups.users.update", "application/json", `{"usergroup":`, "invalid_json"},
		{"usergroups.users.update", "application/json", `["` + g + `"]`, "json_not_object"},
		{"users.list", "application/json", `{"limit":1}`, "invalid_post_type"},
		{"users.list", "", `limit=1`, "missing_post_type"},
		{"users.list", "application/x-www-form-urlencoded", `limit=%zz`, "invalid_form_data"},
		{"usergroups.users.update", "application/x-www-form-urlencoded", `users=` + ada, "missing_argument"},
		{"admin.nothing", "application/x-www-form-urlencoded", ``, "unknown_method"},
	} {
		if got := post(c.method, c.kind, c.body); got != c.want {
			t.Errorf("%s with %s %q: %v, not %s", c.method, c.kind, c.body, got, c.want)
		}
	}
	same(t, "members", s.org.GroupMembers(g), []string{ada})
}

func TestAMethodThatIsNotSimulatedSaysSoOutsideOfSlacksWords(t *testing.T) {
	s := newStage(t, Options{})
	_, res := s.do(s.request("apps.manifest.create", "application/x-www-form-urlencoded", ""))
	if res.StatusCode != http.StatusNotImplemented || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Error(res.Status, res.Header)
	}
}

func TestRevokeEndsOneToken(t *testing.T) {
	s := newStage(t, Options{})
	if body := s.ok("auth.revoke", "test", "1"); body["revoked"] != false {
		t.Error(body)
	}
	if body := s.ok("auth.revoke"); body["revoked"] != true {
		t.Error(body)
	}
	s.refused("token_revoked", "auth.test")
	s.tok = s.org.BotToken()
	if body := s.ok("auth.test"); body["bot_id"] == nil {
		t.Error("no bot_id:", body)
	}
}

func TestUninstallKillsEveryTokenForGood(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	s.org.Uninstall(team)
	s.refused("token_revoked", "auth.test")
	s.tok = s.org.BotToken()
	s.refused("account_inactive", "auth.test")
	fresh := s.org.Token(TokenSpec{Bot: true})
	s.refused("token_revoked", "auth.test")
	s.tok = fresh
	s.ok("auth.test")
}

func TestTiersFollowTheClock(t *testing.T) {
	s := newStage(t, Options{Tiers: true})
	for range 20 {
		s.ok("users.list")
	}
	body, res := s.do(s.request("users.list", "application/x-www-form-urlencoded", ""))
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "60" || body["error"] != "ratelimited" || body["ok"] != false {
		t.Error(res.Status, res.Header, body)
	}
	s.ok("users.info", "user", s.org.PrimaryOwner(s.org.TeamIDs()[0]))
	s.at = s.at.Add(59 * time.Second)
	if _, res := s.do(s.request("users.list", "application/x-www-form-urlencoded", "")); res.Header.Get("Retry-After") != "1" {
		t.Error(res.Status, res.Header)
	}
	s.at = s.at.Add(time.Second)
	s.ok("users.list")
	if stats := s.org.Stats()["users.list"]; stats.Calls != 23 || stats.RateLimited != 2 || stats.Bytes == 0 {
		t.Errorf("%+v", stats)
	}
}

func TestMessagesGoOnePerSecondAndChannel(t *testing.T) {
	s := newStage(t, Options{Tiers: true})
	general := s.org.General(s.org.TeamIDs()[0])
	other := s.org.AddChannel(Channel{Name: "other", Members: []string{s.org.PrimaryOwner(s.org.TeamIDs()[0])}})
	s.ok("chat.postMessage", "channel", general, "text", "one")
	s.refused("ratelimited", "chat.postMessage", "channel", general, "text", "two")
	s.ok("chat.postMessage", "channel", other, "text", "two")
	s.at = s.at.Add(time.Second)
	s.ok("chat.postMessage", "channel", general, "text", "three")
}

func TestTheLowerOfTwoTablesCounts(t *testing.T) {
	for name, want := range map[string]int{
		"admin.users.list": 50, "users.conversations": 20, "apps.manifest.create": 1, "auth.test": 60, "users.info": 100, "tooling.tokens.rotate": 1,
	} {
		if got := methods[name].perMinute(name); got != want {
			t.Errorf("%s: %d a minute, not %d", name, got, want)
		}
	}
}
