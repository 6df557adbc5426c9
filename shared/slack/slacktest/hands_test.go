package slacktest

import "testing"

func TestHandsThatLeaveNoEvent(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	org, team := s.org.EnterpriseID(), s.org.TeamIDs()[0]
	owner, ada := s.org.PrimaryOwner(team), s.member("ada")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	public, private := s.org.AddChannel(Channel{Name: "alerts"}), s.org.AddChannel(Channel{Name: "secrets", Private: true})

	s.org.HandSetDefaultChannels(owner, g, public, private)
	if got := s.org.Group(g); got.Channels[0] != public || got.PrivateChannels[0] != private {
		t.Errorf("%+v", got)
	}
	same(t, "members join new default channels", s.org.ChannelMembers(private), []string{ada})

	s.org.HandLockGroup(g, true, false)
	s.refused("permission_denied", "usergroups.users.update", "team_id", team, "usergroup", g, "users", owner)
	s.org.HandLockGroup(g, false, false)
	s.ok("usergroups.users.update", "team_id", team, "usergroup", g, "users", owner)

	s.org.HandAssignRole("Rl0CUSTOM", org, ada)
	if got := at(s.ok("admin.roles.listAssignments"), "role_assignments", 0, "role_id"); got != "Rl0CUSTOM" {
		t.Error(got)
	}
	s.org.HandRemoveRole("Rl0CUSTOM", org, ada)
	if n := len(s.org.Roles()); n != 0 {
		t.Error("roles:", n)
	}

	s.org.HandSetAdmin(team, ada, true)
	s.org.HandSetAdmin(team, ada, false)
	if s.org.User(ada).Admin {
		t.Error("still an admin")
	}

	s.org.SetScopes(s.tok, "team:read")
	s.refused("missing_scope", "users.list", "team_id", team)
}

func TestChannelSearchByTypeAndOrder(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	one, two := s.org.TeamIDs()[0], s.org.TeamIDs()[1]
	s.org.AddChannel(Channel{Name: "a-old", Archived: true})
	s.org.AddChannel(Channel{Name: "b-both", Teams: []string{one, two}})
	s.org.AddChannel(Channel{Name: "c-ext", ExtTeams: []string{"T0PARTNER"}})
	s.org.AddChannel(Channel{Name: "d-wide", OrgDefault: true})
	for kind, want := range map[string]int{
		"private": 0, "private_exclude": 6, "archived": 1, "exclude_archived": 5, "multi_workspace": 1, "org_wide": 1,
		"external_shared": 1, "external_shared_exclude": 5,
	} {
		if got := s.ok("admin.conversations.search", "search_channel_types", kind)["total_count"]; got != float64(want) {
			t.Errorf("%s: %v, not %d", kind, got, want)
		}
	}
	body := s.ok("admin.conversations.search", "sort", "name", "sort_dir", "asc")
	if at(body, "conversations", 0, "name") != "a-old" || at(body, "conversations", 0, "member_count") != -1.0 {
		t.Error(body)
	}
	if got := s.ok("admin.conversations.search", "team_ids", two)["total_count"]; got != 2.0 {
		t.Error("in the second workspace:", got)
	}
	if got := s.ok("admin.conversations.search", "connected_team_ids", "T0PARTNER")["total_count"]; got != 1.0 {
		t.Error("connected:", got)
	}
}

func TestFlattenedJSON(t *testing.T) {
	s := newStage(t, Options{})
	general := s.org.General(s.org.TeamIDs()[0])
	r := s.request("chat.postMessage", "application/json",
		`{"channel":"`+general+`","text":"hi","unfurl_links":false,"thread_ts":null,"blocks":[{"type":"divider"}],"metadata":{"event_type":"x"}}`)
	if body, _ := s.do(r); body["ok"] != true || at(body, "message", "blocks", 0, "type") != "divider" {
		t.Error(body)
	}
	r = s.request("conversations.list", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"limit\"\r\n\r\n0x\r\n--x--\r\n")
	if body, _ := s.do(r); body["error"] != "invalid_limit" {
		t.Error(body)
	}
}
