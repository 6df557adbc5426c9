package slacktest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAWholeListIsReplacedOrRefused(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	home, away := s.org.TeamIDs()[0], s.org.TeamIDs()[1]
	ada, bob, leaver := s.member("ada"), s.member("bob"), s.member("leaver")
	s.org.HandDeactivate(leaver)
	stranger := s.org.AddUser(User{Team: away, Name: "away"})
	single := s.org.AddUser(User{Name: "single", UltraRestricted: true})
	multi := s.org.AddUser(User{Name: "multi", Restricted: true})
	external := s.org.AddUser(User{Name: "external", External: true})
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada, leaver}})
	update := func(users ...string) []string {
		return []string{"team_id", home, "usergroup", g, "users", strings.Join(users, ",")}
	}
	for _, c := range []struct {
		want  string
		users []string
	}{
		{"no_users_provided", nil},
		{"invalid_users", []string{ada, "U0NOBODY"}},
		{"invalid_users", []string{ada, s.org.BotUser(home)}},
		{"invalid_users", []string{ada, external}},
		{"invalid_users", []string{ada, multi}},
		{"single_channel_guests_cannot_be_added", []string{ada, single}},
		{"failed_for_some_users", []string{ada, bob, leaver}},
		{"failed_for_some_users", []string{ada, stranger}},
	} {
		s.refused(c.want, "usergroups.users.update", update(c.users...)...)
		same(t, "members after "+c.want, s.org.GroupMembers(g), []string{ada, leaver})
	}
	body := s.ok("usergroups.users.update", append(update(ada, bob), "include_count", "true")...)
	same(t, "answer", texts(at(body, "usergroup", "users")), []string{ada, bob})
	if at(body, "usergroup", "user_count") != 2.0 {
		t.Error("user_count:", at(body, "usergroup", "user_count"))
	}
	s.refused("no_such_subteam", "usergroups.users.update", "team_id", away, "usergroup", g, "users", ada)
	s.refused("missing_argument", "usergroups.users.update", "usergroup", g, "users", ada)
}

func TestAGroupHoldsFiveThousandAtMost(t *testing.T) {
	s := newStage(t, Options{})
	ids := make([]string, 5001)
	for i := range ids {
		ids[i] = s.member(fmt.Sprint("u", i))
	}
	g := s.org.AddGroup(Group{Name: "Everyone", Members: ids[:1]})
	s.refused("subteam_max_users_exceeded", "usergroups.users.update", "usergroup", g, "users", strings.Join(ids, ","))
	s.ok("usergroups.users.update", "usergroup", g, "users", strings.Join(ids[:5000], ","))
}

func TestWhoMayEditGroups(t *testing.T) {
	s := newStage(t, Options{})
	ada := s.member("ada")
	admin := s.org.AddUser(User{Name: "admin", Admin: true})
	owner := s.org.AddUser(User{Name: "owner", Owner: true})
	tokens := map[string]string{
		"bot": s.org.BotToken(), "member": s.org.Token(TokenSpec{User: ada}),
		"admin": s.org.Token(TokenSpec{User: admin}), "owner": s.org.Token(TokenSpec{User: owner}),
	}
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	for _, c := range []struct{ pref, may string }{{"", "admin owner"}, {"admins", "admin owner"}, {"owners", "owner"}, {"everyone", "bot member admin owner"}} {
		pref, may := c.pref, c.may
		if pref != "" {
			s.org.SetPref("", PrefEditUserGroups, pref)
		}
		for who, token := range tokens {
			s.tok = token
			want := "permission_denied"
			if slices.Contains(strings.Fields(may), who) {
				want = "<nil>"
			}
			if got := fmt.Sprint(s.call("usergroups.users.update", "usergroup", g, "users", ada)["error"]); got != want {
				t.Errorf("preference %q, %s: %s, not %s", pref, who, got, want)
			}
		}
	}
}

func TestLockedGroupsAndPlans(t *testing.T) {
	s := newStage(t, Options{})
	ada := s.member("ada")
	for name, g := range map[string]Group{
		"idp": {IDPManaged: true}, "locked": {MembershipLocked: true}, "restricted": {EditingRestricted: true}, "auto": {AutoType: "admin"},
	} {
		g.Name, g.Members = name, []string{ada}
		id := s.org.AddGroup(g)
		for _, method := range []string{"usergroups.users.update", "usergroups.disable", "usergroups.enable", "usergroups.update"} {
			s.refused("permission_denied", method, "usergroup", id, "users", ada)
		}
	}
	free := newStage(t, Options{Plan: PlanFree})
	for _, method := range []string{"usergroups.list", "usergroups.users.list", "usergroups.users.update", "usergroups.create", "usergroups.enable", "usergroups.disable"} {
		free.refused("plan_upgrade_required", method, "usergroup", "S1", "users", "U1", "name", "x")
	}
	free.refused("paid_teams_only", "usergroups.update", "usergroup", "S1")
}

func TestDefaultChannelsAreJoinedAndNotLeft(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	ada, bob := s.member("ada"), s.member("bob")
	public := s.org.AddChannel(Channel{Name: "alerts"})
	private := s.org.AddChannel(Channel{Name: "secrets", Private: true, Members: []string{s.org.BotUser(team)}})
	old := s.org.AddChannel(Channel{Name: "old", Archived: true})
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}, Channels: []string{public, old}, PrivateChannels: []string{private}})
	s.org.TakeEvents()
	s.ok("usergroups.users.update", "usergroup", g, "users", ada+","+bob)
	same(t, "public", s.org.ChannelMembers(public), []string{ada, bob})
	same(t, "archived", s.org.ChannelMembers(old), nil)
	s.ok("usergroups.users.update", "usergroup", g, "users", ada)
	same(t, "private", s.org.ChannelMembers(private), []string{ada, bob, s.org.BotUser(team)})
	var kinds []string
	for _, e := range s.org.TakeEvents() {
		kinds = append(kinds, e.Type)
	}
	want := "subteam_members_changed subteam_updated member_joined_channel subteam_members_changed subteam_updated"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("events: %s, not %s", got, want)
	}
}

func TestDisabledGroupsAreHiddenAndKeepTheirMembers(t *testing.T) {
	s := newStage(t, Options{})
	ada := s.member("ada")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	s.at = s.at.Add(time.Hour)
	body := s.ok("usergroups.disable", "usergroup", g)
	if got := at(body, "usergroup", "date_delete"); got != float64(s.at.Unix()) {
		t.Error("date_delete:", got)
	}
	if got := at(s.ok("usergroups.list"), "usergroups", 0); got != nil {
		t.Error("a disabled group is listed:", got)
	}
	if got := at(s.ok("usergroups.list", "include_disabled", "true"), "usergroups", 0, "id"); got != g {
		t.Error("a disabled group is not listed with include_disabled:", got)
	}
	s.refused("no_such_subteam", "usergroups.users.list", "usergroup", g)
	same(t, "members", texts(s.ok("usergroups.users.list", "usergroup", g, "include_disabled", "true")["users"]), []string{ada})
	s.ok("usergroups.disable", "usergroup", g)
	if got := at(s.ok("usergroups.enable", "usergroup", g), "usergroup", "date_delete"); got != 0.0 {
		t.Error("date_delete of an enabled group:", got)
	}
}

func TestDeactivatedMembersStayInTheListUnlessHidden(t *testing.T) {
	for _, hide := range []bool{false, true} {
		s := newStage(t, Options{HideDeactivatedInGroups: hide})
		ada, leaver := s.member("ada"), s.member("leaver")
		g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada, leaver}})
		s.org.HandDeactivate(leaver)
		want := []string{ada, leaver}
		if hide {
			want = want[:1]
		}
		same(t, "shown", texts(s.ok("usergroups.users.list", "usergroup", g)["users"]), want)
		same(t, "stored", s.org.GroupMembers(g), []string{ada, leaver})
	}
}

func TestCreateAndUpdateAGroup(t *testing.T) {
	s := newStage(t, Options{})
	s.member("ada")
	channel := s.org.AddChannel(Channel{Name: "alerts"})
	body := s.ok("usergroups.create", "name", "On-call", "handle", "on-call", "channels", channel)
	id, _ := at(body, "usergroup", "id").(string)
	if at(body, "usergroup", "prefs", "channels", 0) != channel {
		t.Error(body)
	}
	s.refused("name_already_exists", "usergroups.create", "name", "On-call")
	s.refused("handle_already_exists", "usergroups.create", "name", "Other", "handle", "on-call")
	s.refused("handle_already_exists", "usergroups.create", "name", "Other", "handle", "ada")
	s.refused("handle_already_exists", "usergroups.create", "name", "Other", "handle", "alerts")
	s.refused("forbidden_handle", "usergroups.create", "name", "Other", "handle", "here")
	s.refused("invalid_channel_provided", "usergroups.create", "name", "Other", "channels", "C0NOWHERE")
	s.refused("name_too_long", "usergroups.create", "name", strings.Repeat("x", 81))
	s.refused("missing_argument", "usergroups.create")
	s.tok = s.org.BotToken()
	s.refused("permission_denied", "usergroups.create", "name", "Other")
	s.tok = s.org.UserToken()
	before := s.org.Group(id).DateUpdate
	s.ok("usergroups.update", "usergroup", id, "name", "Pager", "description", "Who is paged")
	g := s.org.Group(id)
	if g.Name != "Pager" || g.Description != "Who is paged" || g.Handle != "on-call" || g.DateUpdate <= before {
		t.Errorf("%+v", g)
	}
	s.refused("too_many_linked_channels", "usergroups.update", "usergroup", id, "channels", strings.Repeat(channel+"x,", 1)+strings.Join(manyIDs(101), ","))
}

func manyIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("C%08d", i)
	}
	return ids
}
