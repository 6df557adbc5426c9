package slacktest

import (
	"strings"
	"testing"
)

func TestAdminMethodsNeedAnOrganizationItsAdminAndAUserToken(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	team := s.org.TeamIDs()[0]
	ada := s.member("ada")
	codes := map[string]string{
		"admin.teams.list": "not_an_admin", "admin.users.list": "invalid_auth", "admin.roles.listAssignments": "invalid_actor",
		"admin.conversations.search": "not_an_admin", "admin.teams.owners.list": "not_an_admin",
	}
	for method, code := range codes {
		s.tok = s.org.BotToken()
		s.refused("not_allowed_token_type", method, "team_id", team)
		s.tok = s.org.Token(TokenSpec{User: ada, OrgWide: true})
		s.refused(code, method, "team_id", team)
		s.tok = s.org.UserToken()
		s.ok(method, "team_id", team)
	}
	pro := newStage(t, Options{})
	pro.tok = pro.org.Token(TokenSpec{Scopes: []string{"admin.users:read"}})
	pro.refused("feature_not_enabled", "admin.users.list")
}

func TestAdminUsersListFilters(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	team := s.org.TeamIDs()[0]
	owner := s.org.PrimaryOwner(team)
	admin := s.org.AddUser(User{Name: "admin", Admin: true})
	leaver := s.member("leaver")
	s.org.HandDeactivate(leaver)
	guest := s.org.AddUser(User{Name: "guest", Restricted: true, GuestExpires: 1800000000})
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"team_id", team, "is_active", "false"}, []string{leaver}},
		{[]string{"team_id", team, "only_guests", "true"}, []string{guest}},
		{[]string{"team_id", team, "include_admins", "true"}, []string{admin}},
		{[]string{"team_id", team, "include_owners", "true"}, []string{owner}},
		{[]string{"team_id", team, "include_admins", "true", "include_owners", "true"}, []string{owner, admin}},
	} {
		ids, _ := s.pages("admin.users.list", "users", 2, c.args...)
		same(t, strings.Join(c.args, " "), ids, c.want)
	}
	s.refused("invalid_arguments", "admin.users.list", "only_guests", "true")
	s.refused("include_deactivated_user_workspaces_invalid", "admin.users.list", "team_id", team, "include_deactivated_user_workspaces", "true")
	s.refused("team_not_found", "admin.users.list", "team_id", "T0NOWHERE")
	s.refused("team_not_found", "admin.teams.admins.list", "team_id", "T0NOWHERE")
	admins, _ := s.pages("admin.teams.admins.list", "admin_ids", 1, "team_id", team)
	same(t, "admins", admins, []string{admin})
}

func TestRolesAndMembershipOfAWorkspace(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	teams := s.org.TeamIDs()
	team := teams[0]
	ada, guest := s.member("ada"), s.org.AddUser(User{Name: "guest", Restricted: true})
	boss := s.org.AddUser(User{Name: "boss", OrgAdmin: true})
	group := s.org.AddGroup(Group{Handle: "g", Name: "G", Members: []string{ada}})
	room := s.org.AddChannel(Channel{Name: "room", Private: true, Members: []string{ada}})
	of := func(id string) []string { return []string{"team_id", team, "user_id", id} }
	s.ok("admin.users.setAdmin", of(ada)...)
	s.ok("admin.users.setAdmin", of(ada)...)
	same(t, "admin of", s.org.User(ada).AdminOf, []string{team})
	s.ok("admin.users.setRegular", of(ada)...)
	same(t, "admin of", s.org.User(ada).AdminOf, nil)
	s.refused("invalid_role_for_user", "admin.users.setAdmin", of(guest)...)
	s.ok("admin.users.setRegular", of(guest)...)
	if s.org.User(guest).Restricted {
		t.Error("a guest stays one")
	}
	s.refused("cannot_set_org_admin_to_regular_at_workspace_level", "admin.users.setRegular", of(boss)...)
	s.ok("admin.users.remove", of(ada)...)
	if u := s.org.User(ada); u.in(team) || u.Deleted {
		t.Errorf("%+v", u)
	}
	same(t, "group", s.org.GroupMembers(group), nil)
	same(t, "channel", s.org.ChannelMembers(room), nil)
	s.refused("user_not_found", "admin.users.remove", of(ada)...)
	for _, m := range []string{"admin.users.setAdmin", "admin.users.setRegular", "admin.users.remove"} {
		s.refused("cannot_modify_primary_owner", m, of(s.org.PrimaryOwner(team))...)
		s.refused("team_not_found", m, "team_id", "T0NOWHERE", "user_id", ada)
	}
}

func TestRolesAreAssignedListedAndTakenAway(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	org, team := s.org.EnterpriseID(), s.org.TeamIDs()[0]
	ada, bob := s.member("ada"), s.member("bob")
	s.ok("admin.roles.addAssignments", "role_id", "Rl0A", "entity_ids", `["`+org+`","`+team+`"]`, "user_ids", ada+","+bob)
	s.ok("admin.roles.addAssignments", "role_id", "Rl0A", "entity_ids", org, "user_ids", ada)
	if n := len(s.org.Roles()); n != 4 {
		t.Error("assignments:", n)
	}
	_, calls := s.pages("admin.roles.listAssignments", "role_assignments", 1)
	if calls != 4 {
		t.Error("calls:", calls)
	}
	body := s.ok("admin.roles.listAssignments", "role_ids", "Rl0A", "entity_ids", team, "sort_dir", "ASC")
	if at(body, "role_assignments", 0, "user_id") != ada || at(body, "role_assignments", 2) != nil {
		t.Error(body)
	}
	body = s.refused("failed_for_some_users", "admin.roles.addAssignments", "role_id", "Rl03", "entity_ids", org, "user_ids", ada+",U0NOBODY")
	if at(body, "rejected_users", 0, "id") != "U0NOBODY" {
		t.Error(body)
	}
	args := func(entities, users string) []string {
		return []string{"role_id", "Rl03", "entity_ids", entities, "user_ids", users}
	}
	s.refused("failed_for_some_entities", "admin.roles.addAssignments", args(org+",T0NOWHERE", ada)...)
	s.refused("failed_for_some_users_and_entities", "admin.roles.addAssignments", args(org+",T0NOWHERE", ada+",U0NOBODY")...)
	s.refused("no_valid_users", "admin.roles.addAssignments", args(org, "U0NOBODY")...)
	s.refused("no_valid_entities", "admin.roles.addAssignments", args("T0NOWHERE", ada)...)
	s.refused("too_many_users", "admin.roles.addAssignments", args(org, strings.Join(manyIDs(11), ","))...)
	s.refused("too_many_entities", "admin.roles.addAssignments", args(strings.Join(manyIDs(11), ","), ada)...)
	s.refused("invalid_role_id", "admin.roles.addAssignments", "role_id", "RlNone", "entity_ids", org, "user_ids", ada)
	s.ok("admin.roles.removeAssignments", "role_id", "Rl0A", "entity_ids", org+","+team, "user_ids", ada+","+bob)
	if n := len(s.org.Roles()); n != 1 {
		t.Error("assignments:", n)
	}
}

func TestChannelSearchIsForThePrimaryOwner(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	secret := s.org.AddChannel(Channel{Name: "secret", Private: true, Members: []string{s.member("ada")}})
	ids, _ := s.pages("admin.conversations.search", "conversations", 20, "query", "secret", "search_channel_types", "private")
	same(t, "found", ids, []string{secret})
	s.tok = s.org.Token(TokenSpec{User: s.org.AddUser(User{Name: "admin", OrgAdmin: true}), OrgWide: true})
	s.refused("not_allowed", "admin.conversations.search")
	if got := s.ok("admin.conversations.search", "total_count_only", "true"); got["total_count"] != 3.0 || got["conversations"] != nil {
		t.Error(got)
	}
	s.refused("invalid_sort", "admin.conversations.search", "sort", "size")
	s.refused("invalid_sort_dir", "admin.conversations.search", "sort_dir", "up")
	s.refused("invalid_search_channel_type", "admin.conversations.search", "search_channel_types", "odd")
	s.refused("team_not_found", "admin.conversations.search", "team_ids", "T0NOWHERE")
}
