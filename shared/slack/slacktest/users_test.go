package slacktest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"
	"time"
)

// pages reads a listing to its end and returns ids and the number of calls.
func (s *stage) pages(method, field string, limit int, args ...string) (ids []string, calls int) {
	s.t.Helper()
	cursor := ""
	for {
		body := s.ok(method, append(args, "limit", fmt.Sprint(limit), "cursor", cursor)...)
		calls++
		list, _ := body[field].([]any)
		for _, row := range list {
			id, ok := row.(string)
			if !ok {
				id, _ = at(row, "id").(string)
			}
			ids = append(ids, id)
		}
		cursor, _ = at(body, "response_metadata", "next_cursor").(string)
		if method == "admin.conversations.search" {
			cursor, _ = body["next_cursor"].(string)
		}
		if cursor == "" {
			return ids, calls
		}
	}
}

func TestPagesAreFullAndComplete(t *testing.T) {
	s := newStage(t, Options{})
	s.org = New(Options{Seed: 7, Workspaces: 3, People: 700, Groups: 20, Channels: 120, Now: func() time.Time { return s.at }})
	s.serve()
	for _, team := range s.org.TeamIDs() {
		ids, calls := s.pages("users.list", "members", 50, "team_id", team)
		if want := s.org.team(team).users.len(); len(ids) != want || calls != (want+49)/50 {
			t.Errorf("%d users of %d in %d calls", len(ids), want, calls)
		}
		if slices.IsSorted(ids) {
			t.Error("users come in the order of their ids")
		}
		general := s.org.General(team)
		members, _ := s.pages("conversations.members", "members", 30, "channel", general)
		same(t, "members of general", members, s.org.ChannelMembers(general))
	}
	all, _ := s.pages("admin.users.list", "users", 100)
	if slices.Sort(all); len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("admin.users.list has a user twice")
	}
	channels, calls := s.pages("admin.conversations.search", "conversations", 20)
	if len(channels) != 120 || calls != 6 {
		t.Errorf("%d channels in %d calls", len(channels), calls)
	}
}

func TestCursorsAreBoundToTheirListing(t *testing.T) {
	s := newStage(t, Options{CursorLife: time.Hour})
	for i := range 5 {
		s.member(fmt.Sprint("u", i))
	}
	cursor, _ := at(s.ok("users.list", "limit", "2"), "response_metadata", "next_cursor").(string)
	s.ok("users.list", "limit", "3", "cursor", cursor)
	garbage := base64.StdEncoding.EncodeToString([]byte("team:C061FA5PB"))
	s.refused("invalid_cursor", "users.list", "cursor", garbage)
	s.refused("invalid_cursor", "users.list", "cursor", "%%%")
	s.refused("invalid_cursor", "conversations.list", "cursor", cursor)
	s.refused("invalid_cursor", "users.list", "cursor", cursor, "include_locale", "true")
	s.at = s.at.Add(61 * time.Minute)
	s.refused("invalid_cursor", "users.list", "cursor", cursor)
}

func TestAMemberWhoComesBetweenTwoPagesShiftsNobody(t *testing.T) {
	s := newStage(t, Options{})
	for i := range 9 {
		s.member(fmt.Sprint("u", i))
	}
	before := s.org.team(s.org.TeamIDs()[0]).users.ids()
	first := s.ok("users.list", "limit", "4")
	for i := range 20 {
		s.member(fmt.Sprint("late", i))
	}
	cursor, _ := at(first, "response_metadata", "next_cursor").(string)
	rest := s.ok("users.list", "limit", "999", "cursor", cursor)
	got := map[string]bool{}
	for _, page := range []any{first["members"], rest["members"]} {
		for _, m := range page.([]any) {
			got[at(m, "id").(string)] = true
		}
	}
	for _, id := range before {
		if !got[id] {
			t.Error("lost", id)
		}
	}
}

func TestLimits(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	team := s.org.TeamIDs()[0]
	for method, most := range map[string]int{
		"users.list": 999, "conversations.list": 999, "auth.teams.list": 1000, "admin.users.list": 100, "admin.conversations.search": 20,
		"admin.roles.listAssignments": 200, "admin.teams.list": 1000, "admin.teams.owners.list": 1000,
	} {
		s.ok(method, "team_id", team, "limit", fmt.Sprint(most))
		for _, bad := range []string{fmt.Sprint(most + 1), "-1", "ten"} {
			code := firstDocumented(methods[method], "invalid_limit", "invalid_arguments", "invalid_limit")
			s.refused(code, method, "team_id", team, "limit", bad)
		}
	}
	for i := range limitRequired {
		s.member(fmt.Sprint("u", i))
	}
	s.refused("limit_required", "users.list", "team_id", team)
}

func TestWhoIsListed(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	ada := s.member("ada")
	leaver := s.member("leaver")
	s.org.HandDeactivate(leaver)
	invited := s.org.AddUser(User{Name: "invited", Invited: true})
	external := s.org.AddUser(User{Name: "external", External: true, Email: "x@partner.example"})
	body := s.ok("users.list", "limit", "999")
	byID := map[string]any{}
	for _, m := range body["members"].([]any) {
		byID[at(m, "id").(string)] = m
	}
	same(t, "listed", sortedKeys(byID), []string{USLACKBOT, s.org.PrimaryOwner(team), s.org.BotUser(team), ada, leaver, invited})
	if at(byID[leaver], "deleted") != true || at(byID[invited], "is_invited_user") != true || at(byID[s.org.BotUser(team)], "is_bot") != true {
		t.Error(byID)
	}
	if at(byID[ada], "enterprise_user") != nil {
		t.Error("enterprise_user without an organization")
	}
	if at(byID[ada], "profile", "email") != "ada@umbra.example" {
		t.Error("no e-mail with users:read.email")
	}
	if got := at(s.ok("users.info", "user", external), "user", "is_stranger"); got != true {
		t.Error("is_stranger:", got)
	}
	s.org.AddChannel(Channel{Name: "shared", Members: []string{external, s.org.PrimaryOwner(team)}})
	if got := at(s.ok("users.info", "user", external), "user", "is_stranger"); got != nil {
		t.Error("is_stranger with a common channel:", got)
	}
	s.refused("user_not_found", "users.info", "user", "U0NOBODY")
	s.refused("users_not_found", "users.lookupByEmail", "email", "leaver@umbra.example")
	if got := at(s.ok("users.lookupByEmail", "email", "ADA@umbra.example"), "user", "id"); got != ada {
		t.Error(got)
	}
	s.tok = s.org.Token(TokenSpec{Scopes: []string{"users:read"}})
	if got := at(s.ok("users.info", "user", ada), "user", "profile", "email"); got != nil {
		t.Error("an e-mail without users:read.email:", got)
	}
	s.refused("missing_scope", "users.lookupByEmail", "email", "ada@umbra.example")
}

func TestAnOrganizationHasWorkspacesThatAreGranted(t *testing.T) {
	s := newStage(t, Options{Workspaces: 3})
	one, two := s.org.TeamIDs()[0], s.org.TeamIDs()[1]
	both := s.org.AddUser(User{Name: "both", Team: one, Teams: []string{one, two}})
	body := s.ok("auth.test")
	if body["team_id"] != s.org.EnterpriseID() || body["is_enterprise_install"] != true || body["enterprise_id"] != s.org.EnterpriseID() {
		t.Error(body)
	}
	enterprise := at(s.ok("users.info", "user", both), "user", "enterprise_user")
	same(t, "teams", texts(at(enterprise, "teams")), []string{one, two})
	s.refused("missing_argument", "users.list")
	s.refused("missing_argument", "conversations.list")
	s.refused("missing_argument", "usergroups.list")
	s.refused("target_team_must_be_specified_in_org_context", "usergroups.create", "name", "x")
	s.refused("target_team_not_on_org", "usergroups.create", "name", "x", "team_id", "T0NOWHERE")
	s.refused("invalid_team", "usergroups.list", "team_id", "T0NOWHERE")
	s.refused("team_access_not_granted", "users.list", "team_id", "T0NOWHERE")
	s.org.HandRevokeTeam(two)
	s.refused("team_access_not_granted", "users.list", "team_id", two)
	s.refused("channel_not_found", "conversations.info", "channel", s.org.General(two))
	ids, _ := s.pages("auth.teams.list", "teams", 1)
	same(t, "granted", ids, []string{one, s.org.TeamIDs()[2]})
	s.tok = s.org.Token(TokenSpec{Team: two})
	if got := at(s.ok("users.list", "team_id", one), "members"); len(got.([]any)) != 4 {
		t.Error("a workspace token ignores team_id, and sees its own:", len(got.([]any)))
	}
	s.refused("feature_not_enabled", "admin.users.list")
}
