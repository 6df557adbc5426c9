package slacktest

import (
	"fmt"
	"strings"
	"testing"
)

func TestPrivateChannelsExistForTheirMembers(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	ada := s.member("ada")
	hidden := s.org.AddChannel(Channel{Name: "hidden", Private: true, Members: []string{ada}})
	for _, method := range []string{"conversations.info", "conversations.members", "conversations.invite", "conversations.kick", "conversations.join", "conversations.leave"} {
		s.refused("channel_not_found", method, "channel", hidden, "users", ada, "user", ada)
	}
	if got := at(s.ok("conversations.list", "types", "private_channel"), "channels", 0); got != nil {
		t.Error("a private channel is listed for a stranger:", got)
	}
	s.org.HandInvite(hidden, s.org.PrimaryOwner(team))
	body := s.ok("conversations.info", "channel", hidden, "include_num_members", "true")
	if at(body, "channel", "num_members") != 2.0 || at(body, "channel", "is_private") != true {
		t.Error(body)
	}
	if got := at(s.ok("conversations.list", "types", "private_channel"), "channels", 0, "id"); got != hidden {
		t.Error(got)
	}
	if body := s.ok("conversations.info", "channel", hidden); at(body, "channel", "num_members") != nil {
		t.Error("num_members unasked")
	}
}

func TestEachTypeOfConversationNeedsItsScope(t *testing.T) {
	s := newStage(t, Options{})
	owner := s.org.PrimaryOwner(s.org.TeamIDs()[0])
	private := s.org.AddChannel(Channel{Name: "private", Private: true, Members: []string{owner}})
	s.tok = s.org.Token(TokenSpec{Scopes: []string{"channels:read", "channels:write.invites"}})
	s.ok("conversations.list")
	if body := s.refused("missing_scope", "conversations.list", "types", "public_channel,private_channel"); body["needed"] != "groups:read" {
		t.Error(body)
	}
	s.refused("missing_scope", "conversations.info", "channel", private)
	s.refused("missing_scope", "conversations.members", "channel", private)
	s.refused("missing_scope", "conversations.invite", "channel", private, "users", owner)
	s.refused("missing_scope", "conversations.kick", "channel", private, "user", owner)
	s.refused("invalid_types", "conversations.list", "types", "secret_channel")
}

func TestInviteRefusesForEachPerson(t *testing.T) {
	s := newStage(t, Options{Workspaces: 2})
	home, away := s.org.TeamIDs()[0], s.org.TeamIDs()[1]
	ada, bob, leaver := s.member("ada"), s.member("bob"), s.member("leaver")
	s.org.HandDeactivate(leaver)
	owner := s.org.PrimaryOwner(home)
	other := s.org.AddUser(User{Team: away, Name: "other"})
	single := s.org.AddUser(User{Name: "single", UltraRestricted: true})
	external := s.org.AddUser(User{Name: "external", External: true, ExternalTeam: "T0PARTNER"})
	s.org.AddChannel(Channel{Name: "first", Members: []string{single}})
	c := s.org.AddChannel(Channel{Name: "target", Members: []string{owner, ada}})
	shared := s.org.AddChannel(Channel{Name: "shared", Members: []string{owner}, ExtTeams: []string{"T0PARTNER"}})
	third := s.org.AddChannel(Channel{Name: "spanning", Members: []string{owner}, Teams: []string{home, away}})
	loner := s.org.AddUser(User{Name: "loner", Team: home})
	for _, x := range []struct{ code, channel, user string }{
		{"user_not_found", c, "U0NOBODY"},
		{"cant_invite_self", c, owner},
		{"already_in_channel", c, ada},
		{"cant_invite", c, leaver},
		{"cant_invite", c, external},
		{"no_external_invite_permission", shared, external},
		{"org_user_not_in_team", c, other},
		{"ura_max_channels", c, single},
		{"cant_invite", third, leaver},
	} {
		body := s.refused(x.code, "conversations.invite", "channel", x.channel, "users", x.user)
		if at(body, "errors", 0, "error") != x.code || at(body, "errors", 0, "user") != x.user || at(body, "errors", 0, "ok") != false {
			t.Error(body)
		}
	}
	body := s.refused("already_in_channel", "conversations.invite", "channel", c, "users", ada+","+bob)
	if at(body, "errors", 1) != nil {
		t.Error(body)
	}
	same(t, "nobody was invited", s.org.ChannelMembers(c), []string{owner, ada})
	body = s.ok("conversations.invite", "channel", c, "users", ada+","+bob, "force", "true")
	if at(body, "errors", 0, "user") != ada {
		t.Error(body)
	}
	same(t, "force invites the good ones", s.org.ChannelMembers(c), []string{owner, ada, bob})
	s.ok("conversations.invite", "channel", third, "users", other+","+loner)
	s.refused("no_user", "conversations.invite", "channel", c)
	s.refused("invalid_arguments", "conversations.invite", "channel", c, "users", strings.Join(manyIDs(101), ","))
	s.org.HandArchive(c, true)
	s.refused("is_archived", "conversations.invite", "channel", c, "users", loner)
	outside := s.org.AddChannel(Channel{Name: "outside"})
	s.refused("not_in_channel", "conversations.invite", "channel", outside, "users", ada)
}

func TestKickRefusesInOrder(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	owner, ada, leaver := s.org.PrimaryOwner(team), s.member("ada"), s.member("leaver")
	c := s.org.AddChannel(Channel{Name: "target", Members: []string{owner, ada, leaver}})
	s.org.HandDeactivate(leaver)
	outside := s.org.AddChannel(Channel{Name: "outside", Members: []string{ada}})
	old := s.org.AddChannel(Channel{Name: "old", Members: []string{owner, ada}, Archived: true})
	for _, x := range []struct{ code, channel, user string }{
		{"cant_kick_self", c, owner},
		{"cant_kick_from_general", s.org.General(team), ada},
		{"user_not_found", c, "U0NOBODY"},
		{"user_not_found", c, leaver},
		{"not_in_channel", outside, ada},
		{"channel_not_found", old, ada},
	} {
		s.refused(x.code, "conversations.kick", "channel", x.channel, "user", x.user)
	}
	body := s.ok("conversations.kick", "channel", c, "user", ada)
	if errs, ok := body["errors"].(map[string]any); !ok || len(errs) != 0 {
		t.Error("errors:", body["errors"])
	}
	s.refused("not_in_channel", "conversations.kick", "channel", c, "user", ada)
	same(t, "members", s.org.ChannelMembers(c), []string{owner, leaver})
}

func TestWhoMayRemovePeople(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	ada, bob, bot := s.member("ada"), s.member("bob"), s.org.BotUser(team)
	tokens := map[string]string{"bot": s.org.BotToken(), "member": s.org.Token(TokenSpec{User: bob}), "owner": s.org.UserToken()}
	all := []string{ada, bob, bot, s.org.PrimaryOwner(team)}
	public := s.org.AddChannel(Channel{Name: "public", Members: all})
	private := s.org.AddChannel(Channel{Name: "private", Private: true, Members: all})
	for _, x := range []struct {
		pref, value, channel string
		may                  string
	}{
		{"", "", public, "owner"},
		{"", "", private, "bot member owner"},
		{PrefRemoveFromPublic, "everyone", public, "bot member owner"},
		{PrefRemoveFromPrivate, "admins", private, "owner"},
		{PrefRemoveFromPrivate, "owners", private, "owner"},
	} {
		if x.pref != "" {
			s.org.SetPref(team, x.pref, x.value)
		}
		for who, token := range tokens {
			s.tok = token
			s.org.HandInvite(x.channel, ada)
			want := "restricted_action"
			if strings.Contains(x.may, who) {
				want = "<nil>"
			}
			if got := fmt.Sprint(s.call("conversations.kick", "channel", x.channel, "user", ada)["error"]); got != want {
				t.Errorf("%s=%q: %s got %s, not %s", x.pref, x.value, who, got, want)
			}
		}
	}
}

func TestJoinAndLeave(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	bot := s.org.BotUser(team)
	s.tok = s.org.BotToken()
	open := s.org.AddChannel(Channel{Name: "open"})
	closed := s.org.AddChannel(Channel{Name: "closed", Private: true, Members: []string{bot}})
	old := s.org.AddChannel(Channel{Name: "old", Archived: true})
	s.ok("conversations.join", "channel", open)
	if body := s.ok("conversations.join", "channel", open); body["warning"] != "already_in_channel" {
		t.Error(body)
	}
	s.refused("is_archived", "conversations.join", "channel", old)
	s.refused("method_not_supported_for_channel_type", "conversations.join", "channel", closed)
	s.ok("conversations.leave", "channel", open)
	if body := s.call("conversations.leave", "channel", open); body["ok"] != false || body["not_in_channel"] != true {
		t.Error(body)
	}
	s.refused("cant_leave_general", "conversations.leave", "channel", s.org.General(team))
	s.refused("last_member", "conversations.leave", "channel", closed)
	s.refused("is_archived", "conversations.leave", "channel", old)
}

func TestDirectMessages(t *testing.T) {
	s := newStage(t, Options{})
	ada, bob, leaver := s.member("ada"), s.member("bob"), s.member("leaver")
	s.org.HandDeactivate(leaver)
	s.tok = s.org.BotToken()
	id := at(s.ok("conversations.open", "users", ada), "channel", "id")
	body := s.ok("conversations.open", "users", ada, "return_im", "true")
	if at(body, "channel", "id") != id || body["already_open"] != true || at(body, "channel", "user") != ada {
		t.Error(body)
	}
	s.ok("conversations.open", "users", ada+","+bob)
	s.refused("users_list_not_supplied", "conversations.open")
	s.refused("user_disabled", "conversations.open", "users", leaver)
	s.refused("user_not_found", "conversations.open", "users", "U0NOBODY")
	s.refused("too_many_users", "conversations.open", "users", strings.Join(manyIDs(9), ","))
	s.refused("channel_not_found", "conversations.open", "users", bob, "prevent_creation", "true")
	posted := s.ok("chat.postMessage", "channel", ada, "text", "hello")
	if posted["channel"] != id {
		t.Error("a message to a person goes to", posted["channel"])
	}
	ts, _ := posted["ts"].(string)
	s.ok("chat.update", "channel", posted["channel"].(string), "ts", ts, "text", "hello again")
	s.refused("message_not_found", "chat.update", "channel", posted["channel"].(string), "ts", "1.0", "text", "x")
	s.refused("no_text", "chat.postMessage", "channel", ada)
	s.refused("channel_not_found", "chat.postMessage", "channel", "C0NOWHERE", "text", "x")
	general := s.org.General(s.org.TeamIDs()[0])
	s.refused("not_in_channel", "chat.postMessage", "channel", general, "text", "x")
	s.org.HandInvite(general, s.org.BotUser(s.org.TeamIDs()[0]))
	s.ok("chat.postEphemeral", "channel", general, "user", ada, "text", "psst")
	s.refused("user_not_in_channel", "chat.postEphemeral", "channel", general, "user", "U0NOBODY", "text", "psst")
	s.refused("invalid_blocks_format", "chat.postMessage", "channel", general, "blocks", "{")
	if m := s.org.Messages(); len(m) != 2 || m[0].Text != "hello again" || !m[0].Updated || m[1].To != ada {
		t.Errorf("%+v", m)
	}
}

func TestUsersConversationsShowsWhatBothSee(t *testing.T) {
	s := newStage(t, Options{})
	ada := s.member("ada")
	mine := s.org.AddChannel(Channel{Name: "mine", Members: []string{ada}})
	s.org.AddChannel(Channel{Name: "theirs", Private: true, Members: []string{ada}})
	body := s.ok("users.conversations", "user", ada, "types", "public_channel,private_channel", "limit", "999")
	var got []string
	for i := range 3 {
		if c := at(body, "channels", i); c != nil {
			got = append(got, at(c, "id").(string))
			if at(c, "is_member") != nil || at(c, "num_members") != nil {
				t.Error("is_member and num_members are not part of users.conversations:", c)
			}
		}
	}
	same(t, "conversations of ada", got, []string{mine, s.org.General(s.org.TeamIDs()[0])})
	s.refused("invalid_limit", "users.conversations", "limit", "1000")
}
