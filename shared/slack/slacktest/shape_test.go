package slacktest

import (
	"strings"
	"testing"
)

// The key lists are those of Slack's own examples; what recordings add stands in
// the second list.
func TestAnswersHaveSlacksFields(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	team := s.org.TeamIDs()[0]
	ada, bob := s.member("ada"), s.member("bob")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	c := s.org.AddChannel(Channel{Name: "alerts", Members: []string{s.org.PrimaryOwner(team)}})
	user := `id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner is_primary_owner is_restricted
		is_ultra_restricted is_bot updated is_app_user has_2fa`
	group := `id team_id is_usergroup name description handle is_external date_create date_update date_delete auto_type created_by updated_by
		deleted_by prefs user_count`
	recorded := `is_subteam is_idp_group is_membership_locked is_editing_restricted is_org_level is_visible auto_provision enterprise_subteam_id is_section`
	channel := `id name is_channel is_group is_im created creator is_archived is_general unlinked name_normalized is_shared is_ext_shared
		is_org_shared pending_shared is_pending_ext_shared is_private is_mpim topic purpose previous_names`
	channelMore := "updated is_frozen context_team_id shared_team_ids pending_connected_team_ids parent_conversation"
	for _, x := range []struct {
		method, args string
		path         []any
		want         string
	}{
		{"users.list", "team_id " + team, []any{"members", 0}, user + " enterprise_user"},
		{"users.info", "user " + ada, []any{"user"}, user + " enterprise_user"},
		{"users.info", "user " + ada, []any{"user", "enterprise_user"}, "id enterprise_id enterprise_name is_admin is_owner is_primary_owner teams"},
		{"usergroups.list", "include_count 1 team_id " + team, []any{"usergroups", 0}, group + " " + recorded},
		{"usergroups.users.update", "include_count 1 team_id " + team + " usergroup " + g + " users " + bob, []any{"usergroup"}, group + " users " + recorded},
		{"conversations.list", "team_id " + team, []any{"channels", 0}, channel + " is_member num_members " + channelMore},
		{"users.conversations", "team_id " + team, []any{"channels", 0}, channel + " " + channelMore},
		{"conversations.invite", "channel " + c + " users " + ada, []any{"channel"}, channel + " is_member is_read_only last_read " + channelMore},
		{"conversations.open", "users " + ada + " return_im 1", []any{"channel"}, `id created is_im is_org_shared user is_user_deleted priority last_read
			latest unread_count unread_count_display is_open`},
		{"team.info", "team " + team, []any{"team"}, "id name domain email_domain icon enterprise_id enterprise_name"},
		{"auth.teams.list", "", []any{"teams", 0}, "id name"},
		{"admin.teams.list", "", []any{"teams", 0}, "id name discoverability primary_owner team_url"},
		{"admin.users.list", "", []any{"users", 0}, `id email is_admin is_owner is_primary_owner is_restricted is_ultra_restricted is_bot username full_name
			is_active date_created deactivated_ts expiration_ts workspaces has_2fa has_sso roles last_active_ts`},
		{"admin.conversations.search", "", []any{}, "ok conversations next_cursor total_count"},
		{"chat.postMessage", "channel " + c + " text hi", []any{}, "ok channel ts message"},
	} {
		body := at(s.ok(x.method, strings.Fields(x.args)...), x.path...)
		keys, _ := body.(map[string]any)
		same(t, x.method, sortedKeys(keys), strings.Fields(x.want))
	}
}
