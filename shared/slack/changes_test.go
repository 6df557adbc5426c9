package slack_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

func TestReplace(t *testing.T) {
	f := newFake(t).says("usergroups.users.update", documented(t, "usergroups.users.update", "success"))
	if date, err := f.client().Replace(ctx(t), asBot, "S1", []string{"U1", "U2"}); err != nil || date != 1447102109 {
		t.Fatal(date, err)
	}
	if q := f.last().args.Encode(); q != "team_id=T1&usergroup=S1&users=U1%2CU2" || f.last().voice != "user" {
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
	wantKind(t, replaced(newFake(t).client().Replace(ctx(t), link, "S1", nil)), fault.Permanent, "no_users_provided")
}

func TestDisable(t *testing.T) {
	f := newFake(t).says("usergroups.disable", documented(t, "usergroups.disable", "success"))
	if err := f.client(tokens("", botToken)).Disable(ctx(t), connector.Link{Connector: "co_1"}, "S1"); err != nil {
		t.Fatal(err)
	}
	if q := f.last().args.Encode(); q != "usergroup=S1" || f.last().voice != "bot" { // no user token: all there is
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
}

func TestKick(t *testing.T) {
	const ok = `{"ok":true,"errors":{}}`
	no := refused
	for name, c := range map[string]struct {
		bot, user string
		kind      fault.Kind
		code      string
		asked     string
	}{
		"in the app's name":          {ok, "", "", "", "bot"},
		"kept from the bot":          {no("restricted_action"), ok, "", "", "bot user"},
		"kept from both":             {no("restricted_action"), no("restricted_action"), fault.Misconfigured, "restricted_action", "bot user"},
		"the bot is not in":          {no("not_in_channel"), ok, "", "", "bot user"},
		"the bot cannot see":         {no("channel_not_found"), ok, "", "", "bot user"},
		"the bot lacks the scope":    {no("missing_scope"), ok, "", "", "bot user"},
		"the bot's token is revoked": {no("token_revoked"), ok, "", "", "bot user"},
		"the admin is the one":       {no("restricted_action"), documented(t, "conversations.kick", "error"), fault.Misconfigured, "cant_kick_self", "bot user"},
		"nobody can see":             {no("channel_not_found"), no("channel_not_found"), fault.Misconfigured, "channel_not_found", "bot user"},
		"from #general":              {no("cant_kick_from_general"), ok, fault.Permanent, "cant_kick_from_general", "bot"},
		"Slack is unwell":            {no("fatal_error"), ok, fault.Unclear, "fatal_error", "bot"},
		"too many":                   {no("ratelimited"), ok, fault.Wait, "ratelimited", "bot"},
	} {
		f := newFake(t).voices("conversations.kick", c.bot, c.user)
		err := f.client().Kick(ctx(t), link, "C1", "U1")
		if fault.KindOf(err) != c.kind || fault.CodeOf(err) != c.code || f.methods(true) != "conversations.kick/"+strings.ReplaceAll(c.asked, " ", " conversations.kick/") {
			t.Errorf("%s: %v after %s", name, err, f.methods(true))
		}
		if q := f.last().args.Encode(); q != "channel=C1&user=U1" {
			t.Errorf("asked %s", q)
		}
	}
}

// not_in_channel is said of the account and of the caller: a read decides.
func TestKickOfWhomSlackSaysIsNotIn(t *testing.T) {
	const in, out = `{"ok":true,"members":["U1","U2"]}`, `{"ok":true,"members":["U2"]}`
	for name, c := range map[string]struct {
		bot, members string
		kind         fault.Kind
		code         string
	}{
		"was not in":                        {"not_in_channel", out, fault.Already, "not_in_channel"},
		"neither the app nor the admin is":  {"not_in_channel", in, fault.Misconfigured, "not_in_channel"},
		"the app may not, the admin is not": {"restricted_action", in, fault.Misconfigured, "restricted_action"},
		"the app may not, nobody was in":    {"restricted_action", out, fault.Already, "not_in_channel"},
		"nobody can see":                    {"not_in_channel", refused("channel_not_found"), fault.Misconfigured, "channel_not_found"},
		"not readable now":                  {"not_in_channel", refused("internal_error"), fault.Backoff, "internal_error"},
		"too many reads":                    {"not_in_channel", refused("ratelimited"), fault.Wait, "ratelimited"},
	} {
		f := newFake(t).voices("conversations.kick", refused(c.bot), refused("not_in_channel")).says("conversations.members", c.members)
		err := f.client().Kick(ctx(t), link, "C1", "U1")
		if fault.KindOf(err) != c.kind || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInvite(t *testing.T) {
	some := `"errors":[{"user":"U2","ok":false,"error":"user_is_restricted"},{"user":"U3","ok":false,"error":"already_in_channel"}]`
	no := []access.Refused{{Account: "U2", Code: "user_is_restricted"}}
	for name, c := range map[string]struct {
		answer   string
		accounts string
		refused  []access.Refused
		kind     fault.Kind
	}{
		"all in":                    {documented(t, "conversations.invite", "success"), "U1 U2", nil, ""},
		"ok with names":             {`{"ok":true,"channel":{},` + some + `}`, "U1 U2 U3", no, ""},
		"not ok with names":         {`{"ok":false,"error":"user_is_restricted",` + some + `}`, "U1 U2 U3", no, ""},
		"everybody was in":          {`{"ok":false,"error":"already_in_channel","errors":[{"user":"U3","ok":false,"error":"already_in_channel"}]}`, "U3", nil, ""},
		"one was in":                {refused("already_in_channel"), "U1", nil, ""},
		"one is refused":            {refused("cant_invite"), "U1", []access.Refused{{Account: "U1", Code: "cant_invite"}}, ""},
		"some, unnamed":             {refused("cant_invite"), "U1 U2", nil, fault.Unclear},
		"the channel is refused":    {`{"ok":false,"error":"is_archived",` + some + `}`, "U1 U2", nil, fault.Permanent},
		"unwell, with names":        {`{"ok":false,"error":"internal_error",` + some + `}`, "U1 U2", nil, fault.Unclear},
		"as documented":             {documented(t, "conversations.invite", "error"), "U111111 U222222 U3", []access.Refused{{Account: "U111111", Code: "user_not_found"}, {Account: "U222222", Code: "cant_invite_self"}}, ""},
		"errors of another kind":    {`{"ok":true,"errors":{}}`, "U1", nil, ""},
		"nobody asked":              {"", "", nil, ""},
		"more than Slack takes":     {"", strings.Repeat("U1 ", 101), nil, fault.Invalid},
		"as many as Slack can take": {`{"ok":true}`, strings.Repeat("U1 ", 100), nil, ""},
	} {
		f := newFake(t).says("conversations.invite", c.answer)
		got, err := f.client().Invite(ctx(t), link, "C1", strings.Fields(c.accounts))
		for i := range got {
			if got[i].Text == "" {
				t.Errorf("%s: %s is refused without a word", name, got[i].Account)
			}
			got[i].Text = ""
		}
		if fault.KindOf(err) != c.kind || !reflect.DeepEqual(got, c.refused) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	f := newFake(t).voices("conversations.invite", refused("not_in_channel"), `{"ok":true}`)
	if _, err := f.client().Invite(ctx(t), link, "C1", []string{"U1", "U2"}); err != nil || f.methods(true) != "conversations.invite/bot conversations.invite/user" {
		t.Errorf("%v after %s", err, f.methods(true))
	}
	if q := f.last().args.Encode(); q != "channel=C1&force=true&users=U1%2CU2" {
		t.Errorf("asked %s", q)
	}
}

func TestProbe(t *testing.T) {
	list := groupsOf(`{"id":"S1","name":"On call","handle":"oncall","user_count":0}`)
	for name, c := range map[string]struct {
		list, update string
		open         bool
		kind         fault.Kind
	}{
		"everybody may edit": {list, documented(t, "usergroups.update", "success"), true, ""},
		"admins only":        {list, refused("permission_denied"), false, ""},
		"no scope to write":  {list, refused("missing_scope"), false, ""},
		"no scope to read":   {refused("missing_scope"), "", false, ""},
		"no user groups":     {list, refused("paid_teams_only"), false, fault.Misconfigured},
		"the group is gone":  {groupsOf(), "", false, fault.NotFound},
		"unwell":             {list, refused("internal_error"), false, fault.Unclear},
	} {
		f := newFake(t).says("usergroups.list", c.list).says("usergroups.update", c.update)
		r := aGroup
		r.Title = "an old name" // never sent: it would rename the group
		open, err := f.client().Probe(ctx(t), link, r)
		if open != c.open || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, %v", name, open, err)
		}
		if last := f.last(); last.voice != "bot" || (last.method == "usergroups.update" && last.args.Encode() != "name=On+call&team_id=T1&usergroup=S1") {
			t.Errorf("%s: asked %v in the voice %s", name, last.args, last.voice)
		}
	}
	f := newFake(t)
	if open, err := f.client(tokens(userToken, "")).Probe(ctx(t), link, aGroup); open || err != nil || len(f.calls) != 0 {
		t.Errorf("without a bot token: %v, %v, %s", open, err, f.methods(true))
	}
}

type tokenFunc func(context.Context, string) (connector.Tokens, error)

func (f tokenFunc) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	return f(ctx, id)
}

func TestTokens(t *testing.T) {
	read := func(c *slack.Client, l connector.Link) error {
		_, err := c.Accounts(ctx(t), l, "")
		return err
	}
	for _, c := range []struct {
		user, bot string
		l         connector.Link
		voice     string
	}{
		{userToken, botToken, link, "user"},
		{userToken, botToken, asBot, "bot"},
		{"", botToken, link, "bot"},
		{userToken, "", asBot, "user"},
	} {
		f := newFake(t).says("users.list", `{"ok":true,"members":[]}`)
		if err := read(f.client(tokens(c.user, c.bot)), c.l); err != nil || f.last().voice != c.voice {
			t.Errorf("%+v: %v in the voice %s", c.l, err, f.last().voice)
		}
	}
	wantKind(t, read(newFake(t).client(tokens("", "")), link), fault.Reauthorize, "not_authed")
	gone := func(c *slack.Config) {
		c.Tokens = tokenFunc(func(_ context.Context, id string) (connector.Tokens, error) {
			return connector.Tokens{}, fault.New("secret.Get", fault.NotFound, "no tokens of %s", id)
		})
	}
	wantKind(t, read(newFake(t).client(gone), link), fault.NotFound, "")
}

func TestOnCall(t *testing.T) {
	var told []slack.Call
	f := newFake(t).says("users.list", `{"ok":true,"members":[]}`).says("usergroups.disable", refused("permission_denied"))
	c := f.client(func(cfg *slack.Config) { cfg.OnCall = func(call slack.Call) { told = append(told, call) } })
	_, _ = c.Accounts(ctx(t), asBot, "")
	_ = c.Disable(ctx(t), link, "S1")
	if len(told) != 2 || told[0].Method != "users.list" || !told[0].OK || told[0].As != "bot" || told[0].Connector != "co_1" ||
		told[0].Args.Get("limit") != "999" || !told[0].Started.Equal(clock) || told[1].OK || told[1].Code != "permission_denied" || told[1].As != "user" {
		t.Errorf("told %+v", told)
	}
}

// replaced leaves the date of a replaced list aside.
func replaced(_ int64, err error) error { return err }

// TestInviteNamesStrangers: an answer that refuses nobody of those who were
// asked for does not say who was refused.
func TestInviteNamesStrangers(t *testing.T) {
	f := newFake(t)
	f.says("conversations.invite", `{"ok":false,"error":"user_not_found","errors":[{"user":" ","ok":false,"error":"user_not_found"}]}`)
	named, err := f.client().Invite(ctx(t), link, "C1", []string{"U1", "U2"})
	if !fault.Is(err, fault.Unclear) || len(named) > 0 {
		t.Errorf("%v, %v", named, err)
	}
}
