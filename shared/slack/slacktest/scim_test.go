package slacktest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func (s *stage) scim(verb, path, body string) (int, map[string]any) {
	s.t.Helper()
	r, err := http.NewRequest(verb, s.http.URL+"/scim/v2/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.tok)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	_ = json.NewDecoder(res.Body).Decode(&out)
	return res.StatusCode, out
}

func patch(op string) string {
	return `{"schemas":["` + scimPatchSchema + `"],"Operations":[` + op + `]}`
}

func TestSCIMChangesMembersByDelta(t *testing.T) {
	s := newStage(t, Options{Plan: PlanBusiness})
	ada, bob, leaver := s.member("ada"), s.member("bob"), s.member("leaver")
	guest := s.org.AddUser(User{Name: "guest", Restricted: true})
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{leaver}})
	s.org.HandDeactivate(leaver)
	add := func(id string) string {
		return patch(`{"op":"add","path":"members","value":[{"value":"` + id + `"}]}`)
	}
	for _, c := range []struct {
		body   string
		status int
		detail string
		want   []string
	}{
		{add(ada), 204, "", []string{leaver, ada}},
		{add(bob), 204, "", []string{leaver, ada, bob}},
		{add(guest), 400, "unable_to_add_deleted_or_guest_to_group", []string{leaver, ada, bob}},
		{add("U0NOBODY"), 400, "unknown_user", []string{leaver, ada, bob}},
		{patch(`{"op":"remove","path":"members[value eq ` + ada + `]"}`), 204, "", []string{leaver, bob}},
		{patch(`{"op":"remove","path":"members","value":[{"value":"` + bob + `"}]}`), 204, "", []string{leaver}},
		{`{"Operations":[]}`, 400, "missing_schema_element", []string{leaver}},
		{patch(`{"op":"remove","path":"members"}`), 204, "", nil},
	} {
		status, body := s.scim("PATCH", "Groups/"+g, c.body)
		if status != c.status || c.detail != "" && body["detail"] != c.detail {
			t.Errorf("%s: %d %v", c.body, status, body)
		}
		same(t, c.body, s.org.GroupMembers(g), c.want)
	}
	if status, body := s.scim("GET", "Groups/"+g, ""); status != 200 || body["displayName"] != "On-call" {
		t.Error(status, body)
	}
	if status, _ := s.scim("GET", "Groups/S0NOWHERE", ""); status != 404 {
		t.Error(status)
	}
}

func TestSCIMSwitchesAccounts(t *testing.T) {
	s := newStage(t, Options{Plan: PlanBusiness})
	ada := s.member("ada")
	owner := s.org.PrimaryOwner(s.org.TeamIDs()[0])
	set := func(active string) string {
		return patch(`{"op":"replace","path":"active","value":` + active + `}`)
	}
	if status, body := s.scim("PATCH", "Users/"+ada, set("false")); status != 200 || body["active"] != false || !s.org.User(ada).Deleted {
		t.Error(status, body)
	}
	if status, _ := s.scim("PATCH", "Users/"+ada, patch(`{"op":"replace","value":{"active":true}}`)); status != 200 || s.org.User(ada).Deleted {
		t.Error(status)
	}
	for range 2 {
		if status, _ := s.scim("DELETE", "Users/"+ada, ""); status != 204 || !s.org.User(ada).Deleted {
			t.Error(status)
		}
	}
	if status, body := s.scim("PATCH", "Users/"+owner, set("false")); status != 403 || body["detail"] != "cannot_disable_primary_owner" {
		t.Error(status, body)
	}
	if status, body := s.scim("GET", "Users?count=1&startIndex=2", ""); status != 200 || body["totalResults"] != 2.0 || body["itemsPerPage"] != 1.0 {
		t.Error(status, body)
	}
}

func TestWhoMayUseSCIM(t *testing.T) {
	pro := newStage(t, Options{})
	if status, body := pro.scim("GET", "Users", ""); status != 403 || body["detail"] != "plus_teams_only" {
		t.Error(status, body)
	}
	s := newStage(t, Options{Workspaces: 2})
	team := s.org.TeamIDs()[0]
	idp := s.org.AddGroup(Group{Name: "From the IdP", IDPManaged: true, Members: []string{s.org.PrimaryOwner(team)}})
	s.org.AddGroup(Group{Name: "By hand"})
	if _, body := s.scim("GET", "Groups", ""); body["totalResults"] != 1.0 || at(body, "Resources", 0, "id") != idp {
		t.Error(body)
	}
	admin := s.org.AddUser(User{Name: "admin", OrgAdmin: true})
	for detail, token := range map[string]string{
		"missing_scope":      s.org.Token(TokenSpec{OrgWide: true, Scopes: []string{"users:read"}}),
		"non_org_teams_only": s.org.Token(TokenSpec{Team: team}),
		"permission_denied":  s.org.Token(TokenSpec{User: admin, OrgWide: true}),
	} {
		s.tok = token
		if status, body := s.scim("GET", "Users", ""); status != 403 || body["detail"] != detail {
			t.Error(detail, status, body)
		}
	}
	s.tok = s.org.BotToken()
	if status, body := s.scim("GET", "Users", ""); status != 401 || at(body, "Errors", "description") != "invalid_authentication" {
		t.Error(status, body)
	}
}

func TestSCIMFaultsAndTiers(t *testing.T) {
	s := newStage(t, Options{Plan: PlanBusiness, Tiers: true})
	s.org.Inject(Fault{Method: "scim.groups", Kind: Fail, HTTPStatus: 429, Error: "resource_locked"})
	if status, body := s.scim("GET", "Groups", ""); status != 429 || body["detail"] != "resource_locked" {
		t.Error(status, body)
	}
	for range 300 {
		s.scim("GET", "Users/"+s.org.PrimaryOwner(s.org.TeamIDs()[0]), "")
	}
	if status, _ := s.scim("GET", "Users/"+s.org.PrimaryOwner(s.org.TeamIDs()[0]), ""); status != 429 {
		t.Error(status)
	}
	if stats := s.org.Stats()["scim.users"]; stats.Calls != 301 || stats.RateLimited != 1 {
		t.Errorf("%+v", stats)
	}
}

// The gate sees a PATCH of a group as it is, and stops it.
func TestTheGateSeesSCIM(t *testing.T) {
	s := newStage(t, Options{Plan: PlanBusiness})
	ada := s.member("ada")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	var seen Call
	s.org.OnWrite = func(c Call) error {
		seen = c
		return errors.New("no such intent")
	}
	op := patch(`{"op":"remove","path":"members[value eq ` + ada + `]"}`)
	if status, _ := s.scim("PATCH", "Groups/"+g, op); status != 500 {
		t.Error(status)
	}
	if seen.Method != "scim.groups" || seen.Args.Get("id") != g || seen.Args.Get("body") != op || !seen.Write {
		t.Errorf("%+v", seen)
	}
	same(t, "stopped", s.org.GroupMembers(g), []string{ada})
	if status, _ := s.scim("GET", "Groups/"+g, ""); status != 200 {
		t.Error("a read asks the gate", status)
	}
}
