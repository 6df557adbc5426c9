package slacktest

import (
	"fmt"
	"testing"
	"time"
)

func users(body map[string]any) (out []string) {
	list, _ := body["logins"].([]any)
	for i := range list {
		out = append(out, fmt.Sprint(at(list[i], "user_id")))
	}
	return out
}

func wantUsers(t *testing.T, body map[string]any, want ...string) {
	t.Helper()
	if got := users(body); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("logged are %v, not %v", got, want)
	}
}

func TestAccessLogs(t *testing.T) {
	s := newStage(t, Options{})
	ada, bob, cas := s.member("ada"), s.member("bob"), s.member("cas")
	s.refused("missing_scope", "team.accessLogs") // the manifest's user token on Pro
	s.tok = s.org.Token(TokenSpec{Bot: true, Scopes: []string{"admin"}})
	s.refused("not_allowed_token_type", "team.accessLogs")
	s.tok = s.org.Token(TokenSpec{Scopes: []string{"admin"}})
	wantUsers(t, s.ok("team.accessLogs"))
	s.org.Log(Access{User: bob, Last: s.at.AddDate(0, 0, -3)})
	s.org.Log(Access{User: cas, Last: s.at.AddDate(0, 0, -40)})
	s.org.HandUse(ada)
	wantUsers(t, s.ok("team.accessLogs"), ada, bob, cas)
	wantUsers(t, s.ok("team.accessLogs", "before", fmt.Sprint(s.at.AddDate(0, 0, -3).Unix())), bob, cas)

	first := s.ok("team.accessLogs", "limit", "1")
	wantUsers(t, first, ada)
	s.at = s.at.Add(time.Minute)
	s.org.HandUse(ada) // the log goes on while it is read
	s.org.Log(Access{User: cas, IP: "192.0.2.9", Last: s.at.Add(-time.Second)})
	cursor := fmt.Sprint(at(first, "response_metadata", "next_cursor"))
	second := s.ok("team.accessLogs", "limit", "5", "cursor", cursor)
	wantUsers(t, second, bob, cas)
	if at(second, "response_metadata", "next_cursor") != "" {
		t.Errorf("more after the last page: %v", second)
	}
	wantUsers(t, s.ok("team.accessLogs", "limit", "1000"), ada, cas, bob, cas)
	wantUsers(t, s.ok("team.accessLogs", "count", "1", "page", "3"), bob)
	s.refused("invalid_cursor", "team.accessLogs", "limit", "1", "cursor", "garbage")
	s.refused("invalid_limit", "team.accessLogs", "limit", "1001")
	s.refused("over_pagination_limit", "team.accessLogs", "count", "1001")
	s.refused("over_pagination_limit", "team.accessLogs", "page", "101")
	same(t, "fields", sortedKeys(at(s.ok("team.accessLogs"), "logins", 0).(map[string]any)),
		[]string{"user_id", "username", "date_first", "date_last", "count", "ip", "user_agent", "isp", "country", "region"})
}

func TestAccessLogsByPlanAndPlace(t *testing.T) {
	s := newStage(t, Options{Plan: PlanFree})
	s.tok = s.org.Token(TokenSpec{Scopes: []string{"admin"}})
	s.refused("paid_only", "team.accessLogs")

	s = newStage(t, Options{Workspaces: 2})
	ada := s.member("ada")
	team := s.org.TeamIDs()[0]
	s.org.HandUse(ada)
	s.org.Log(Access{User: ada, Agent: "Robot", ThirdParty: true, Last: s.at.Add(-time.Hour)})
	wantUsers(t, s.ok("team.accessLogs"), ada, ada)
	wantUsers(t, s.ok("team.accessLogs", "team_id", team), ada)
	s.refused("invalid_team_id", "team.accessLogs", "team_id", "T0NOTOURS")
	s.tok = s.org.Token(TokenSpec{Team: team, Scopes: []string{"admin"}})
	wantUsers(t, s.ok("team.accessLogs"), ada)

	s = newStage(t, Options{Tiers: true})
	s.tok = s.org.Token(TokenSpec{Scopes: []string{"admin"}})
	for range 20 {
		s.ok("team.accessLogs", "limit", "1000")
	}
	s.refused("ratelimited", "team.accessLogs")
}
