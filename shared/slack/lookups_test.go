package slack_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

var aChannel = directory.Resource{ID: "C1", Kind: directory.Channel, Workspace: "T1", Owners: []string{"us_1"}}

func TestAccountAsDocumented(t *testing.T) {
	f := newFake(t).says("users.info", documented(t, "users.info", "success"))
	got := must[directory.Account](t)(f.client().Account(ctx(t), connector.Link{Connector: "co_1", Team: "T012AB3C4"}, "W012A3CDE"))
	if got.ID != "W012A3CDE" || !got.Administers("T012AB3C4") || !got.Live() || got.Kind != directory.Human {
		t.Errorf("got %+v", got)
	}
	if f.methods(false) != "users.info" || f.last().args.Encode() != "user=W012A3CDE" {
		t.Errorf("called %s with %v", f.methods(false), f.last().args)
	}
}

// Who is of another workspace may still be of the same organization; auth.test
// tells, and is asked only then.
func TestAccountOfElsewhere(t *testing.T) {
	const workspaceOnly, inOrganization = `{"ok":true,"user_id":"U0","team_id":"T1"}`, `{"ok":true,"user_id":"U0","team_id":"T1","enterprise_id":"E1"}`
	for name, c := range map[string]struct {
		user, home string
		team       string
		kind       directory.AccountKind
		roles      string
		asked      string
	}{
		"member":                    {`"team_id":"T1"`, "", "T1", directory.Human, "T1:member", "users.info"},
		"stranger":                  {`"team_id":"T9","is_stranger":true`, "", "T1", directory.External, "", "users.info"},
		"other workspace":           {`"team_id":"T9"`, workspaceOnly, "T1", directory.External, "", "users.info auth.test"},
		"other organization":        {`"team_id":"T9","enterprise_user":{"enterprise_id":"E9","teams":["T9"]}`, inOrganization, "T1", directory.External, "", "users.info auth.test"},
		"no organization of theirs": {`"team_id":"T9"`, inOrganization, "T1", directory.External, "", "users.info auth.test"},
		"same organization":         {`"team_id":"T2","is_admin":true,"enterprise_user":{"enterprise_id":"E1","teams":["T2","T3"]}`, inOrganization, "T1", directory.Human, "T2:admin T3:member", "users.info auth.test"},
		"two workspaces":            {`"team_id":"T2","enterprise_user":{"enterprise_id":"E1","teams":["T1","T2"]}`, "", "T1", directory.Human, "T1:member T2:member", "users.info"},
		"without a workspace":       {`"team_id":"T1"`, workspaceOnly, "", directory.Human, "T1:member", "users.info auth.test"},
	} {
		f := newFake(t).says("users.info", `{"ok":true,"user":{"id":"U1",`+c.user+`}}`).says("auth.test", c.home)
		got := must[directory.Account](t)(f.client().Account(ctx(t), connector.Link{Connector: "co_1", Team: c.team}, "U1"))
		var roles []string
		for _, team := range []string{"T1", "T2", "T3", "T9"} {
			if r, ok := got.Roles[team]; ok {
				roles = append(roles, team+":"+string(r))
			}
		}
		if got.Kind != c.kind || strings.Join(roles, " ") != c.roles || f.methods(false) != c.asked {
			t.Errorf("%s: %s %v after %s", name, got.Kind, got.Roles, f.methods(false))
		}
	}
	_, err := newFake(t).says("users.info", `{"ok":true}`).client().Account(ctx(t), link, "U1")
	wantKind(t, err, fault.Backoff, "short_read")
}

func TestViewGroup(t *testing.T) {
	f := newFake(t).says("usergroups.list", groupsOf(`{"id":"S0","user_count":0}`,
		`{"id":"S1","handle":"oncall","name":"On call","date_delete":5,"prefs":{"channels":["C1"]},"users":["U1","U2"],"user_count":2}`))
	r := directory.Resource{ID: "S1", Kind: directory.UserGroup, Name: "old name", Owners: []string{"us_1"}}
	got := must[access.View](t)(f.client().View(ctx(t), link, r))
	want := access.View{Members: []string{"U1", "U2"}, Resource: directory.Resource{
		ID: "S1", Connector: "co_1", Workspace: "T1", Kind: directory.UserGroup, Name: "oncall", Title: "On call",
		Disabled: true, Defaults: []string{"C1"}, Count: 2, Owners: []string{"us_1"},
	}}
	if !reflect.DeepEqual(got, want) || f.methods(true) != "usergroups.list/user" {
		t.Errorf("got %+v\nafter %s", got, f.methods(true))
	}
}

func TestViewGroupThatCameShort(t *testing.T) {
	f := newFake(t).says("usergroups.list", groupsOf(`{"id":"S1","users":["U1"],"user_count":"2"}`)).says("usergroups.users.list", `{"ok":true,"users":["U1","U2"]}`)
	got := must[access.View](t)(f.client().View(ctx(t), link, aGroup))
	if len(got.Members) != 2 || got.Resource.Count != 2 {
		t.Errorf("got %+v", got)
	}
	f = newFake(t).says("usergroups.list", groupsOf(`{"id":"S1","users":["U1"],"user_count":2}`)).says("usergroups.users.list", refused("internal_error"))
	_, err := f.client().View(ctx(t), link, aGroup)
	wantKind(t, err, fault.Backoff, "internal_error")
}

func TestViewGroupThatIsGone(t *testing.T) {
	_, err := newFake(t).says("usergroups.list", groupsOf(`{"id":"S2","user_count":0}`)).client().View(ctx(t), link, aGroup)
	wantKind(t, err, fault.NotFound, "no_such_subteam")
}

func TestViewChannel(t *testing.T) {
	f := newFake(t).says("conversations.info", documented(t, "conversations.info", "success")).
		says("conversations.members", `{"ok":true,"members":["U1","U2"],"response_metadata":{"next_cursor":"c2"}}`, `{"ok":true,"members":["U2","U3"]}`)
	r := aChannel
	r.ID, r.Reached = "C012AB3CD", true
	got := must[access.View](t)(f.client().View(ctx(t), link, r))
	want := access.View{Members: []string{"U1", "U2", "U3"}, Resource: directory.Resource{
		ID: "C012AB3CD", Connector: "co_1", Workspace: "T1", Kind: directory.Channel, Name: "general", Creator: "U123ABC456",
		General: true, Reached: true, Count: 3, Owners: []string{"us_1"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if f.methods(true) != "conversations.info/bot conversations.members/bot conversations.members/bot" {
		t.Errorf("called %s", f.methods(true))
	}
	if f.last().args.Encode() != "channel=C012AB3CD&cursor=c2&limit=999" {
		t.Errorf("asked %v", f.last().args)
	}
}

// A private channel's members can be read only from inside.
func TestViewChannelReached(t *testing.T) {
	for info, want := range map[string]bool{
		`"is_private":true`:                     true,
		`"is_private":false`:                    false,
		`"is_private":false,"is_member":true`:   true,
		`"is_private":true,"is_member":false`:   false,
		`"is_archived":true,"is_private":false`: false,
	} {
		f := newFake(t).says("conversations.info", `{"ok":true,"channel":{"id":"C1",`+info+`}}`).says("conversations.members", `{"ok":true,"members":["U1"]}`)
		got := must[access.View](t)(f.client().View(ctx(t), link, aChannel))
		if got.Resource.Reached != want || got.Resource.Archived != strings.Contains(info, "archived") {
			t.Errorf("%s: %+v", info, got.Resource)
		}
	}
}

func TestViewChannelInTheOtherVoice(t *testing.T) {
	for _, code := range []string{"channel_not_found", "missing_scope", "token_revoked", "not_allowed_token_type"} {
		f := newFake(t).voices("conversations.info", refused(code), `{"ok":true,"channel":{"id":"C1"}}`).says("conversations.members", `{"ok":true,"members":["U1"]}`)
		if _, err := f.client().View(ctx(t), link, aChannel); err != nil || f.methods(true) != "conversations.info/bot conversations.info/user conversations.members/user" {
			t.Errorf("%s: %v after %s", code, err, f.methods(true))
		}
	}
	for _, code := range []string{"internal_error", "ratelimited", "team_added_to_org"} { // another token changes nothing
		f := newFake(t).says("conversations.info", refused(code))
		if _, err := f.client().View(ctx(t), link, aChannel); err == nil || len(f.calls) != 1 {
			t.Errorf("%s: %v after %s", code, err, f.methods(true))
		}
	}
}

func TestViewChannelOutOfSight(t *testing.T) {
	f := newFake(t).says("conversations.info", documented(t, "conversations.info", "error"))
	_, err := f.client().View(ctx(t), link, aChannel)
	wantKind(t, err, fault.NotFound, "channel_not_found")
	if f.methods(true) != "conversations.info/bot conversations.info/user" {
		t.Errorf("called %s", f.methods(true))
	}
}

func TestShortViews(t *testing.T) {
	again := `{"ok":true,"members":["U1"],"response_metadata":{"next_cursor":"c1"}}`
	other := strings.Replace(again, "c1", "c2", 1)
	for name, pages := range map[string][]string{
		"no members":     {`{"ok":true}`},
		"no second page": {again, `{"ok":true}`},
		"same page":      {again},
		"a circle":       {again, other, again},
		"second refused": {again, refused("fetch_members_failed")},
	} {
		f := newFake(t).says("conversations.info", `{"ok":true,"channel":{"id":"C1"}}`).says("conversations.members", pages...)
		if v, err := f.client().View(ctx(t), link, aChannel); !fault.Is(err, fault.Backoff) || v.Members != nil {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	_, err := newFake(t).says("conversations.info", `{"ok":true}`).client().View(ctx(t), link, aChannel)
	wantKind(t, err, fault.Backoff, "short_read")
}

func TestReadBack(t *testing.T) {
	f := newFake(t).says("usergroups.users.list", `{"ok":true,"users":["U1","U2"]}`).says("conversations.members", `{"ok":true,"members":["U3"]}`)
	r := directory.Resource{ID: "S1", Kind: directory.UserGroup, Name: "oncall", Locked: true}
	got := must[access.View](t)(f.client().ReadBack(ctx(t), link, r))
	r.Count = 2
	if !reflect.DeepEqual(got, access.View{Resource: r, Members: []string{"U1", "U2"}}) {
		t.Errorf("got %+v", got)
	}
	got = must[access.View](t)(f.client().ReadBack(ctx(t), link, aChannel))
	if len(got.Members) != 1 || f.methods(true) != "usergroups.users.list/user conversations.members/bot" {
		t.Errorf("got %+v after %s", got, f.methods(true))
	}
}

func TestOtherKindsHaveNoView(t *testing.T) {
	c := newFake(t).client()
	_, err := c.View(ctx(t), link, directory.Resource{ID: "T1", Kind: directory.Workspace})
	wantKind(t, err, fault.Invalid, "")
	_, err = c.ReadBack(ctx(t), link, directory.Resource{ID: "Rl1", Kind: directory.Role})
	wantKind(t, err, fault.Invalid, "")
}
