package slack_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestWorkspaces(t *testing.T) {
	f := newFake(t).says("auth.teams.list", documented(t, "auth.teams.list", "success"))
	got := must[directory.Listing[directory.Resource]](t)(f.client().Workspaces(ctx(t), connector.Link{Connector: "co_1"}, "page2"))
	want := []directory.Resource{
		{ID: "T12345678", Connector: "co_1", Workspace: "T12345678", Kind: directory.Workspace, Name: "Shinichi's workspace"},
		{ID: "T12345679", Connector: "co_1", Workspace: "T12345679", Kind: directory.Workspace, Name: "Migi's workspace"},
	}
	if !reflect.DeepEqual(got.Items, want) || got.Next != "dXNlcl9pZDo5MTQyOTI5Mzkz" {
		t.Errorf("got %+v", got)
	}
	if q := f.last().args.Encode(); q != "cursor=page2&limit=1000" {
		t.Errorf("asked %s", q)
	}
}

func TestAccountsAsDocumented(t *testing.T) {
	f := newFake(t).says("users.list", documented(t, "users.list", "success"))
	got := must[directory.Listing[directory.Account]](t)(f.client().Accounts(ctx(t), connector.Link{Connector: "co_1", Team: "T012AB3C4"}, ""))
	want := directory.Account{
		ID: "W012A3CDE", Connector: "co_1", Kind: directory.Human, State: directory.Active, Handle: "spengler", Name: "spengler",
		Email: "spengler@ghostbusters.example.com", Roles: map[string]directory.WorkspaceRole{"T012AB3C4": directory.Admin},
	}
	if len(got.Items) != 2 || !reflect.DeepEqual(got.Items[0], want) {
		t.Errorf("got  %+v\nwant %+v", got.Items, want)
	}
	if other := got.Items[1]; other.Kind != directory.External || other.Roles != nil {
		t.Errorf("somebody of another workspace is %+v", other)
	}
	if q := f.last().args.Encode(); q != "limit=999&team_id=T012AB3C4" || f.last().voice != "user" {
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
}

// Each flag of Slack's user object, and what becomes of it.
func TestAccountKindsAndStates(t *testing.T) {
	for flags, want := range map[string]directory.Account{
		`"is_bot":true`:                                       {Kind: directory.Bot},
		`"is_bot":true,"deleted":true`:                        {Kind: directory.Bot, State: directory.Deactivated},
		`"is_workflow_bot":true`:                              {Kind: directory.Bot},
		`"is_connector_bot":true`:                             {Kind: directory.Bot},
		`"is_app_user":true`:                                  {Kind: directory.Human}, // has authorized the app: a person
		`"is_restricted":true`:                                {Kind: directory.MultiChannelGuest},
		`"is_restricted":true,"is_ultra_restricted":true`:     {Kind: directory.SingleChannelGuest},
		`"is_stranger":true`:                                  {Kind: directory.External},
		`"team_id":"T9"`:                                      {Kind: directory.External},
		`"team_id":""`:                                        {Kind: directory.Human}, // nothing says otherwise
		`"team_id":"T9","enterprise_user":{"teams":["T1"]}`:   {Kind: directory.Human},
		`"is_invited_user":true`:                              {Kind: directory.Human, State: directory.Invited},
		`"deleted":true,"is_invited_user":true`:               {Kind: directory.Human, State: directory.Deactivated},
		`"has_2fa":true`:                                      {Kind: directory.Human, TwoFactor: true},
		`"enterprise_user":{"teams":["T1"],"is_admin":true}`:  {Kind: directory.Human, OrgAdmin: true},
		`"enterprise_user":{"teams":["T1"],"is_owner":true}`:  {Kind: directory.Human, OrgAdmin: true, OrgOwner: true},
		`"enterprise_user":{"teams":["T1"]}`:                  {Kind: directory.Human},
		`"profile":{"fields":[],"email":"a@b.example"}`:       {Kind: directory.Human, Email: "a@b.example"},
		`"real_name":"","profile":{"display_name":"Grace H"}`: {Kind: directory.Human, Name: "Grace H"},
	} {
		f := newFake(t).says("users.list", fmt.Sprintf(`{"ok":true,"members":[{"id":"U1","team_id":"T1","name":"grace",%s}]}`, flags))
		list := must[directory.Listing[directory.Account]](t)(f.client().Accounts(ctx(t), link, ""))
		want.ID, want.Connector, want.Handle = "U1", "co_1", "grace"
		if want.State == "" {
			want.State = directory.Active
		}
		if want.Kind != directory.External {
			want.Roles = map[string]directory.WorkspaceRole{"T1": directory.Member}
		}
		if len(list.Items) != 1 || !reflect.DeepEqual(list.Items[0], want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", flags, list.Items, want)
		}
	}
}

func TestRoles(t *testing.T) {
	for flags, want := range map[string]directory.WorkspaceRole{
		`"is_admin":false`:                directory.Member,
		`"is_admin":true`:                 directory.Admin,
		`"is_admin":true,"is_owner":true`: directory.Owner,
		`"is_admin":true,"is_owner":true,"is_primary_owner":true`: directory.PrimaryOwner,
	} {
		f := newFake(t).says("users.list", fmt.Sprintf(`{"ok":true,"members":[{"id":"U1","team_id":"T1",%s}]}`, flags))
		list := must[directory.Listing[directory.Account]](t)(f.client().Accounts(ctx(t), connector.Link{Connector: "co_1"}, ""))
		if got := list.Items[0].Roles["T1"]; got != want {
			t.Errorf("%s is %q, want %q", flags, got, want)
		}
	}
	f := newFake(t).says("users.list", `{"ok":true,"members":[{"id":"USLACKBOT","team_id":"T7","name":"slackbot"}]}`)
	list := must[directory.Listing[directory.Account]](t)(f.client().Accounts(ctx(t), link, ""))
	if list.Items[0].Kind != directory.Bot {
		t.Errorf("Slackbot is %+v", list.Items[0])
	}
}

func TestChannels(t *testing.T) {
	f := newFake(t).says("conversations.list", documented(t, "conversations.list", "success"), `{"ok":true,"channels":[
		{"id":"C1","name":"launch","is_private":true,"is_member":true,"is_archived":true,"creator":"U9","num_members":3,"properties":{"tabs":"anything"},"latest":7},
		{"id":"C2","name":"partners","is_ext_shared":true},{"id":"C3","name":"all","is_org_mandatory":true,"is_org_shared":true},
		{"id":"C4","name":"hello","is_org_default":true}]}`)
	c := f.client()
	page := must[directory.Listing[directory.Resource]](t)(c.Channels(ctx(t), link, false, ""))
	want := directory.Resource{
		ID: "C012AB3CD", Connector: "co_1", Workspace: "T1", Kind: directory.Channel, Name: "general", Creator: "U012A3CDE",
		General: true, Reached: true, Count: 4,
	}
	if !reflect.DeepEqual(page.Items[0], want) || page.Next != "dGVhbTpDMDYxRkE1UEI=" {
		t.Errorf("got %+v, next %q", page.Items[0], page.Next)
	}
	if q := f.last().args.Encode(); q != "exclude_archived=false&limit=999&team_id=T1&types=public_channel" {
		t.Errorf("asked %s", q)
	}
	page = must[directory.Listing[directory.Resource]](t)(c.Channels(ctx(t), asBot, true, "c2"))
	if q := f.last().args.Encode(); q != "cursor=c2&exclude_archived=false&limit=999&team_id=T1&types=private_channel" || f.last().voice != "bot" {
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
	wants := []directory.Resource{
		{ID: "C1", Name: "launch", Private: true, Archived: true, Reached: true, Creator: "U9", Count: 3, Workspace: "T1"},
		{ID: "C2", Name: "partners", Shared: true, Workspace: "T1"},
		{ID: "C3", Name: "all", General: true},
		{ID: "C4", Name: "hello", General: true, Workspace: "T1"},
	}
	for i, w := range wants {
		w.Connector, w.Kind = "co_1", directory.Channel
		if !reflect.DeepEqual(page.Items[i], w) {
			t.Errorf("got  %+v\nwant %+v", page.Items[i], w)
		}
	}
}

func TestChannelMembers(t *testing.T) {
	f := newFake(t).says("conversations.members", documented(t, "conversations.members", "success"))
	got := must[directory.Listing[string]](t)(f.client().ChannelMembers(ctx(t), asBot, "C1", ""))
	if strings.Join(got.Items, " ") != "U023BECGF U061F7AUR W012A3CDE" || got.Next == "" {
		t.Errorf("got %+v", got)
	}
	if q := f.last().args.Encode(); q != "channel=C1&limit=999" { // no team_id: Slack has none here
		t.Errorf("asked %s", q)
	}
}

// The bot is not in the channel, the administrator is: all pages come in the
// administrator's voice.
func TestChannelMembersInTheOtherVoice(t *testing.T) {
	f := newFake(t).voices("conversations.members", refused("channel_not_found"), `{"ok":true,"members":["U1"],"response_metadata":{"next_cursor":"c:2"}}`)
	c := f.client()
	page := must[directory.Listing[string]](t)(c.ChannelMembers(ctx(t), asBot, "C1", ""))
	f.says("conversations.members", `{"ok":true,"members":["U2"]}`)
	last := must[directory.Listing[string]](t)(c.ChannelMembers(ctx(t), asBot, "C1", page.Next))
	if last.Next != "" || f.last().args.Get("cursor") != "c:2" ||
		f.methods(true) != "conversations.members/bot conversations.members/user conversations.members/user" {
		t.Errorf("%+v after %s with %v", last, f.methods(true), f.last().args)
	}
}

// A short read is an error, never an empty list.
func TestShortReads(t *testing.T) {
	for _, b := range []string{`{"ok":true}`, `{"ok":true,"members":null,"channels":null,"teams":null,"usergroups":null}`} {
		f := newFake(t)
		for _, m := range strings.Fields("auth.teams.list users.list conversations.list conversations.members usergroups.list") {
			f.says(m, b)
		}
		c := f.client()
		_, err1 := c.Workspaces(ctx(t), link, "")
		_, err2 := c.Accounts(ctx(t), link, "")
		_, err3 := c.Channels(ctx(t), link, false, "")
		_, err4 := c.ChannelMembers(ctx(t), link, "C1", "")
		_, err5 := c.Groups(ctx(t), link)
		for _, err := range []error{err1, err2, err3, err4, err5} {
			wantKind(t, err, fault.Backoff, "short_read")
		}
	}
}

func TestEmptyListsAreComplete(t *testing.T) {
	f := newFake(t).says("users.list", `{"ok":true,"members":[]}`).says("usergroups.list", `{"ok":true,"usergroups":[]}`)
	if got := must[directory.Listing[directory.Account]](t)(f.client().Accounts(ctx(t), link, "")); len(got.Items) != 0 || got.Next != "" {
		t.Errorf("got %+v", got)
	}
	if got := must[[]directory.GroupListing](t)(f.client().Groups(ctx(t), link)); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSamePageAgain(t *testing.T) {
	f := newFake(t).says("users.list", `{"ok":true,"members":[],"response_metadata":{"next_cursor":"c1"}}`)
	_, err := f.client().Accounts(ctx(t), link, "c1")
	wantKind(t, err, fault.Backoff, "short_read")
}

func TestExpiredCursor(t *testing.T) {
	_, err := newFake(t).says("users.list", documented(t, "users.list", "error")).client().Accounts(ctx(t), link, "old")
	wantKind(t, err, fault.Invalid, "invalid_cursor")
}
