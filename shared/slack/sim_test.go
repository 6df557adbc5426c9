package slack_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// simulated is a client of a simulated Slack, in process.
func simulated(o *slacktest.Org, change ...func(*slack.Config)) *slack.Client {
	cfg := slack.Config{
		APIURL: "http://slack.test/api/", HTTP: o.Client(), ClientID: o.ClientID(), ClientSecret: o.ClientSecret(),
		Tokens: slack.Static(connector.Tokens{User: o.UserToken(), Bot: o.BotToken()}),
	}
	for _, c := range change {
		c(&cfg)
	}
	return slack.New(cfg)
}

// all reads a listing to its end.
func all[T any](t *testing.T, page func(cursor string) (directory.Listing[T], error)) []T {
	t.Helper()
	var out []T
	for cursor := ""; ; {
		l := must[directory.Listing[T]](t)(page(cursor))
		out = append(out, l.Items...)
		if cursor = l.Next; cursor == "" {
			return out
		}
	}
}

// A whole organization comes through the client as it is, workspace by
// workspace, in as few calls as the pages allow.
func TestWholeOrganization(t *testing.T) {
	o := slacktest.New(slacktest.Options{Seed: 7, Workspaces: 3, People: 3300, Groups: 40, Channels: 60})
	c := simulated(o)
	workspaces := all(t, func(cursor string) (directory.Listing[directory.Resource], error) {
		return c.Workspaces(ctx(t), connector.Link{Connector: "co_1"}, cursor)
	})
	if len(workspaces) != 3 {
		t.Fatalf("workspaces %+v", workspaces)
	}
	people := map[string]directory.Account{}
	channels := map[string]directory.Resource{}
	groups := map[string]directory.GroupListing{}
	for _, w := range workspaces {
		l := connector.Link{Connector: "co_1", Team: w.ID}
		for _, a := range all(t, func(cursor string) (directory.Listing[directory.Account], error) {
			return c.Accounts(ctx(t), l, cursor)
		}) {
			roles := maps.Clone(people[a.ID].Roles)
			if roles == nil {
				roles = map[string]directory.WorkspaceRole{}
			}
			maps.Copy(roles, a.Roles)
			a.Roles = roles
			people[a.ID] = a
		}
		for _, private := range []bool{false, true} {
			for _, r := range all(t, func(cursor string) (directory.Listing[directory.Resource], error) {
				return c.Channels(ctx(t), l, private, cursor)
			}) {
				if r.Private != private {
					t.Errorf("asked for private %v and got %+v", private, r)
				}
				channels[r.ID] = r
			}
		}
		for _, g := range must[[]directory.GroupListing](t)(c.Groups(ctx(t), l)) {
			groups[g.Resource.ID] = g
		}
	}
	checkPeople(t, o, people)
	checkGroups(t, o, groups)
	checkChannels(t, o, channels)
	if n := o.Stats()["users.list"].Calls; n != 6 { // 1,100 people and more in each of three workspaces
		t.Errorf("users.list was called %d times, want 6", n)
	}
	if n := o.Stats()["usergroups.list"].Calls + o.Stats()["usergroups.users.list"].Calls; n != 3 {
		t.Errorf("user groups took %d calls, want one a workspace", n)
	}
	for method, s := range o.Stats() {
		if s.Errors != 0 {
			t.Errorf("%s: %d refused", method, s.Errors)
		}
	}
}

func checkPeople(t *testing.T, o *slacktest.Org, got map[string]directory.Account) {
	t.Helper()
	for _, u := range o.Users() {
		a, ok := got[u.ID]
		if u.External {
			if ok {
				t.Errorf("%s is external and was listed: %+v", u.ID, a)
			}
			continue
		}
		kind := directory.Human
		switch {
		case u.Bot || u.ID == slacktest.USLACKBOT:
			kind = directory.Bot
		case u.UltraRestricted:
			kind = directory.SingleChannelGuest
		case u.Restricted:
			kind = directory.MultiChannelGuest
		}
		state := directory.Active
		switch {
		case u.Deleted:
			state = directory.Deactivated
		case u.Invited:
			state = directory.Invited
		}
		if a.Kind != kind || a.State != state || a.Email != u.Email || len(a.Roles) != len(u.Teams) || a.TwoFactor != u.Has2FA {
			t.Errorf("%+v\nis %+v", u, a)
		}
	}
}

func checkGroups(t *testing.T, o *slacktest.Org, got map[string]directory.GroupListing) {
	t.Helper()
	want := o.Groups()
	if len(got) != len(want) {
		t.Errorf("%d user groups, want %d", len(got), len(want))
	}
	for _, g := range want {
		l := got[g.ID]
		slices.Sort(l.Members)
		r := l.Resource
		locked := g.MembershipLocked || g.EditingRestricted || g.AutoType != ""
		if !slices.Equal(l.Members, g.Members) || r.Workspace != g.Team || r.Name != g.Handle || r.Title != g.Name ||
			r.Disabled != g.Disabled || r.Managed != g.IDPManaged || r.Locked != locked || len(r.Defaults) != len(g.Channels)+len(g.PrivateChannels) {
			t.Errorf("%+v\nis %+v", g, l)
		}
	}
}

func checkChannels(t *testing.T, o *slacktest.Org, got map[string]directory.Resource) {
	t.Helper()
	owner := o.PrimaryOwner(o.TeamIDs()[0])
	for _, c := range o.Channels() {
		r, ok := got[c.ID]
		if c.IM || c.MPIM || (c.Private && !slices.Contains(c.Members, owner)) {
			if ok {
				t.Errorf("%+v was listed", c)
			}
			continue
		}
		workspace := c.Team
		if len(c.Teams) > 1 {
			workspace = "" // the organization's
		}
		if r.Name != c.Name || r.Private != c.Private || r.Archived != c.Archived || r.General != c.General || r.Workspace != workspace ||
			r.Shared != (len(c.ExtTeams) > 0) || r.Count != len(c.Members) || r.Reached != slices.Contains(c.Members, owner) {
			t.Errorf("%+v\nis %+v", c, r)
		}
	}
}

// small is one workspace with a group, two channels and four people.
type small struct {
	*slacktest.Org
	team, ann, ben, cem, group, public, private string
}

func newSmall() small {
	s := small{Org: slacktest.NewEmpty(slacktest.Options{Seed: 1})}
	s.team = s.TeamIDs()[0]
	bot := s.BotUser(s.team)
	s.ann, s.ben, s.cem = s.AddUser(slacktest.User{Name: "ann"}), s.AddUser(slacktest.User{Name: "ben"}), s.AddUser(slacktest.User{Name: "cem", Deleted: true})
	s.public = s.AddChannel(slacktest.Channel{Name: "launch", Members: []string{s.ann, bot}})
	s.private = s.AddChannel(slacktest.Channel{Name: "board", Private: true, Members: []string{s.ann, s.PrimaryOwner(s.team)}})
	s.group = s.AddGroup(slacktest.Group{Name: "On call", Handle: "oncall", Members: []string{s.ann}, Channels: []string{s.public}})
	return s
}

func (s small) link() connector.Link { return connector.Link{Connector: "co_1", Team: s.team} }

func TestUserGroupStory(t *testing.T) {
	s := newSmall()
	c, r := simulated(s.Org), directory.Resource{ID: s.group, Kind: directory.UserGroup}
	if err := replaced(c.Replace(ctx(t), s.link(), s.group, []string{s.ann, s.ben})); err != nil {
		t.Fatal(err)
	}
	for _, read := range []func() (access.View, error){
		func() (access.View, error) { return c.View(ctx(t), s.link(), r) },
		func() (access.View, error) { return c.ReadBack(ctx(t), s.link(), r) },
	} {
		v := must[access.View](t)(read())
		if !reflect.DeepEqual(v.Set(), map[string]bool{s.ann: true, s.ben: true}) {
			t.Errorf("members %v", v.Members)
		}
	}
	wantKind(t, replaced(c.Replace(ctx(t), s.link(), s.group, []string{s.ann, s.cem})), fault.Permanent, "failed_for_some_users")
	wantKind(t, replaced(c.Replace(ctx(t), s.link(), "S0GONE", []string{s.ann})), fault.Permanent, "no_such_subteam")
	if open := must[bool](t)(c.Probe(ctx(t), s.link(), r)); open {
		t.Error("only admins may edit, and the bot could")
	}
	s.SetPref(s.team, slacktest.PrefEditUserGroups, "everyone")
	if open := must[bool](t)(c.Probe(ctx(t), s.link(), r)); !open || s.Group(s.group).Name != "On call" {
		t.Errorf("everybody may edit: %v, the name is %q", open, s.Group(s.group).Name)
	}
	if err := c.Disable(ctx(t), s.link(), s.group); err != nil {
		t.Fatal(err)
	}
	v := must[access.View](t)(c.View(ctx(t), s.link(), r))
	if !v.Resource.Disabled || v.Resource.Visible() || len(v.Members) != 2 {
		t.Errorf("disabled: %+v", v)
	}
	if b := must[access.View](t)(c.ReadBack(ctx(t), s.link(), r)); len(b.Members) != 2 {
		t.Errorf("read back of a disabled group: %+v", b)
	}
}

func TestChannelStory(t *testing.T) {
	s := newSmall()
	c := simulated(s.Org)
	guest := s.AddUser(slacktest.User{Name: "guest", Bot: true, Deleted: true})
	// Slack's default keeps removals from public channels to admins, and the
	// admin who connected is in neither: Ebb cannot remove, and says so.
	wantKind(t, c.Kick(ctx(t), s.link(), s.public, s.ann), fault.Misconfigured, "restricted_action")
	s.HandInvite(s.public, s.PrimaryOwner(s.team))
	for _, id := range []string{s.public, s.private} {
		refused := must[[]access.Refused](t)(c.Invite(ctx(t), s.link(), id, []string{s.ben, s.ann, guest}))
		if len(refused) != 1 || refused[0].Account != guest || refused[0].Text == "" {
			t.Errorf("refused %+v", refused)
		}
		refused = must[[]access.Refused](t)(c.Invite(ctx(t), s.link(), id, []string{s.ben}))
		if len(refused) != 0 {
			t.Errorf("who was in is refused: %+v", refused)
		}
		v := must[access.View](t)(c.View(ctx(t), s.link(), directory.Resource{ID: id, Kind: directory.Channel, Workspace: s.team}))
		if !v.Set()[s.ben] || !v.Resource.Reached || v.Resource.Private != (id == s.private) {
			t.Errorf("view %+v", v)
		}
		if err := c.Kick(ctx(t), s.link(), id, s.ben); err != nil {
			t.Error(err)
		}
		wantKind(t, c.Kick(ctx(t), s.link(), id, s.ben), fault.Already, "not_in_channel")
		if slices.Contains(s.ChannelMembers(id), s.ben) {
			t.Error("still in")
		}
	}
	hidden := s.AddChannel(slacktest.Channel{Name: "hidden", Private: true, Members: []string{s.ann}})
	_, err := c.View(ctx(t), s.link(), directory.Resource{ID: hidden, Kind: directory.Channel})
	wantKind(t, err, fault.NotFound, "channel_not_found")
	wantKind(t, c.Kick(ctx(t), s.link(), s.General(s.team), s.ann), fault.Permanent, "cant_kick_from_general")
}

// Each write, failed and failed-but-happened, answered and cut, over a socket.
func TestEachWriteThatGoesWrong(t *testing.T) {
	for method, write := range map[string]func(small, *slack.Client) error{
		"usergroups.users.update": func(s small, c *slack.Client) error {
			return replaced(c.Replace(t.Context(), s.link(), s.group, []string{s.ann, s.ben}))
		},
		"usergroups.disable": func(s small, c *slack.Client) error { return c.Disable(t.Context(), s.link(), s.group) },
		"conversations.kick": func(s small, c *slack.Client) error { return c.Kick(t.Context(), s.link(), s.private, s.ann) },
		"conversations.invite": func(s small, c *slack.Client) error {
			_, err := c.Invite(t.Context(), s.link(), s.public, []string{s.ben})
			return err
		},
	} {
		for name, f := range map[string]slacktest.Fault{
			"failed":                   {Kind: slacktest.Fail},
			"failed, fatal":            {Kind: slacktest.Fail, Error: "fatal_error"},
			"failed with 503":          {Kind: slacktest.Fail, HTTPStatus: 503},
			"failed, happened":         {Kind: slacktest.FailHappened},
			"failed with 500, happend": {Kind: slacktest.FailHappened, HTTPStatus: 500},
			"cut":                      {Kind: slacktest.Cut},
			"cut, happened":            {Kind: slacktest.CutHappened},
			"timed out, happened":      {Kind: slacktest.Slow, Delay: time.Second},
			"lands late":               {Kind: slacktest.SlowLate},
		} {
			s := newSmall()
			server := httptest.NewServer(s.Org)
			c := simulated(s.Org, func(cfg *slack.Config) {
				cfg.APIURL, cfg.HTTP = server.URL+"/api/", &http.Client{Timeout: 100 * time.Millisecond}
			})
			f.Method = method
			s.Inject(f)
			if err := write(s, c); !fault.Is(err, fault.Unclear) {
				t.Errorf("%s %s: %v, want unclear", method, name, err)
			}
			if n := s.Stats()[method].Calls; n > 1 {
				t.Errorf("%s %s: called %d times", method, name, n)
			}
			s.ClearFaults()
			s.Inject(slacktest.Fault{Method: method, Kind: slacktest.RateLimit, RetryAfter: 7})
			if err := write(s, c); !fault.Is(err, fault.Wait) || time.Until(fault.UntilOf(err)) > 7*time.Second {
				t.Errorf("%s limited: %v", method, err)
			}
			server.CloseClientConnections()
			server.Close()
		}
	}
}

// What happens to the connector in Slack, and what the next call says.
func TestAuthorizationLost(t *testing.T) {
	read := func(s small) error {
		_, err := simulated(s.Org).Groups(t.Context(), s.link())
		return err
	}
	s := newSmall()
	s.SetScopes(s.UserToken(), "users:read")
	err := read(s)
	wantKind(t, err, fault.Misconfigured, "missing_scope")
	if !strings.Contains(fault.TextOf(err), "usergroups:read (it has users:read)") {
		t.Errorf("it says %q", fault.TextOf(err))
	}
	s.RevokeToken(s.UserToken())
	wantKind(t, read(s), fault.Reauthorize, "token_revoked")
	s = newSmall()
	s.HandDeactivate(s.PrimaryOwner(s.team))
	wantKind(t, read(s), fault.Reauthorize, "account_inactive")
	free := slacktest.New(slacktest.Options{Plan: slacktest.PlanFree, People: 5})
	_, err = simulated(free).Groups(ctx(t), connector.Link{Team: free.TeamIDs()[0]})
	wantKind(t, err, fault.Misconfigured, "plan_upgrade_required")
}
