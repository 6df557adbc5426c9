package access

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

func TestMayApprove(t *testing.T) {
	disabled, elsewhere, shared := userGroup("S2", "leads"), userGroup("S2", "leads"), userGroup("S2", "leads")
	disabled.Disabled, elsewhere.Workspace, shared.Workspace = true, "T2", ""
	guest, bot, gone := person("U9"), person("U9"), person("U9")
	guest.Account.Kind, bot.Account.Kind, gone.Account.State = directory.MultiChannelGuest, directory.Bot, directory.Deactivated
	second := person("U9")
	second.User = "u_U1"
	boss := Person{User: "u_U8", Account: admin("U8")}

	for name, c := range map[string]struct {
		who    Who
		by     Person
		change func(*Ask)
		may    bool
	}{
		"named":                            {Who{Accounts: []string{"U9"}}, person("U9"), nil, true},
		"not named":                        {Who{Accounts: []string{"U9"}}, person("U8"), nil, false},
		"nobody":                           {Who{}, person("U9"), nil, false},
		"anyone is nobody":                 {Who{Anyone: true}, person("U9"), nil, false},
		"the requester":                    {Who{Accounts: []string{"U1"}}, person("U1"), nil, false},
		"the requester's other account":    {Who{Accounts: []string{"U9"}}, second, nil, false},
		"the subject":                      {Who{Accounts: []string{"U2"}}, person("U2"), nil, false},
		"a guest":                          {Who{Accounts: []string{"U9"}}, guest, nil, false},
		"a bot":                            {Who{Accounts: []string{"U9"}}, bot, nil, false},
		"deactivated":                      {Who{Accounts: []string{"U9"}}, gone, nil, false},
		"member by id":                     {Who{Groups: []string{"S2"}}, person("U9", userGroup("S2", "leads")), nil, true},
		"member by handle":                 {Who{Groups: []string{"@leads"}}, person("U9", userGroup("S2", "leads")), nil, true},
		"the name without @ is no handle":  {Who{Groups: []string{"leads"}}, person("U9", userGroup("S2", "leads")), nil, false},
		"member of another":                {Who{Groups: []string{"S3", "@boss"}}, person("U9", userGroup("S2", "leads")), nil, false},
		"group disabled":                   {Who{Groups: []string{"S2", "@leads"}}, person("U9", disabled), nil, false},
		"same handle, another workspace":   {Who{Groups: []string{"@leads"}}, person("U9", elsewhere), nil, false},
		"by id, another workspace":         {Who{Groups: []string{"S2"}}, person("U9", elsewhere), nil, true},
		"by handle, the whole org's group": {Who{Groups: []string{"@leads"}}, person("U9", shared), nil, true},
		"everybody edits groups":           {Who{Groups: []string{"S2"}}, person("U9", userGroup("S2", "leads")), func(q *Ask) { q.OpenGroups = true }, false},
		"open groups, named as well":       {Who{Accounts: []string{"U9"}}, person("U9"), func(q *Ask) { q.OpenGroups = true }, true},
		"owner of the resource":            {Who{ResourceOwners: true}, person("U9"), func(q *Ask) { q.Resource.Owners = []string{"U9"} }, true},
		"no owner of the resource":         {Who{ResourceOwners: true}, person("U9"), nil, false},
		"owner of the application":         {Who{AppOwners: true}, person("U9"), func(q *Ask) { q.AppOwners = []string{"U9"} }, true},
		"no owner of the application":      {Who{AppOwners: true}, person("U9"), nil, false},
		"admin":                            {Who{WorkspaceAdmins: true}, boss, nil, true},
		"admin elsewhere":                  {Who{WorkspaceAdmins: true}, boss, func(q *Ask) { q.Resource.Workspace = "T2" }, false},
		"no workspace, no admins":          {Who{WorkspaceAdmins: true}, boss, func(q *Ask) { q.Resource.Workspace = "" }, false},
	} {
		_, q := allowed()
		q.Subject = human("U2")
		if c.change != nil {
			c.change(&q)
		}
		ok, why := Rule{ID: "r", Approvers: c.who}.MayApprove(c.by, q)
		if ok != c.may || ok == (why != "") {
			t.Errorf("%s: %v %q", name, ok, why)
		}
	}
	_, q := allowed()
	if ok, why := (Rule{Auto: true, Approvers: Who{Accounts: []string{"U9"}}}).MayApprove(person("U9"), q); ok || !strings.Contains(why, "no approval") {
		t.Errorf("auto: %v %q", ok, why)
	}
}

func TestAnyoneIsEveryActiveMember(t *testing.T) {
	p, q := allowed()
	p.Rules[0].Resources = Match{Kind: directory.Channel, IDs: []string{"C1"}}
	q.Resource = directory.Resource{ID: "C1", Kind: directory.Channel, Private: true, Reached: true, Workspace: "T1"}
	for kind, want := range map[directory.AccountKind]bool{
		directory.Human: true, directory.MultiChannelGuest: false, directory.SingleChannelGuest: false,
		directory.Bot: false, directory.External: false, "": false,
	} {
		q.Requester.Account.Kind, q.Subject.Kind = kind, kind
		if got := p.Decide(q).Allowed; got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}

func TestMatchFits(t *testing.T) {
	group := userGroup("S1", "oncall-db")
	for name, c := range map[string]struct {
		m    Match
		want bool
	}{
		"id":                   {Match{Kind: directory.UserGroup, IDs: []string{"S0", "S1"}}, true},
		"another id":           {Match{Kind: directory.UserGroup, IDs: []string{"S0"}}, false},
		"name":                 {Match{Kind: directory.UserGroup, Names: []string{"oncall-db"}}, true},
		"pattern":              {Match{Kind: directory.UserGroup, Names: []string{"x", "oncall-*"}}, true},
		"part of a name":       {Match{Kind: directory.UserGroup, Names: []string{"oncall"}}, false},
		"id or name":           {Match{Kind: directory.UserGroup, IDs: []string{"S0"}, Names: []string{"on*"}}, true},
		"another kind":         {Match{Kind: directory.Channel, IDs: []string{"S1"}}, false},
		"no kind":              {Match{IDs: []string{"S1"}}, false},
		"nothing named":        {Match{Kind: directory.UserGroup}, false},
		"only a workspace":     {Match{Kind: directory.UserGroup, Workspaces: []string{"T1"}}, false},
		"its workspace":        {Match{Kind: directory.UserGroup, Names: []string{"*"}, Workspaces: []string{"T2", "T1"}}, true},
		"another workspace":    {Match{Kind: directory.UserGroup, Names: []string{"*"}, Workspaces: []string{"T2"}}, false},
		"id, not its place":    {Match{Kind: directory.UserGroup, IDs: []string{"S1"}, Workspaces: []string{"T2"}}, false},
		"a pattern that fails": {Match{Kind: directory.UserGroup, Names: []string{"[", "oncall["}}, false},
	} {
		if got := c.m.Fits(group); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWords(t *testing.T) {
	if got := (Who{}).Words(); got != "nobody" {
		t.Error(got)
	}
	w := Who{Anyone: true, Accounts: []string{"U1"}, Groups: []string{"@a"}, ResourceOwners: true, AppOwners: true, WorkspaceAdmins: true}
	want := "anyone or U1 or @a or the resource's owners or the application's owners or workspace admins"
	if got := w.Words(); got != want {
		t.Error(got)
	}
	for _, part := range []Who{
		{Anyone: true}, {Accounts: []string{"U1"}}, {Groups: []string{"S1"}}, {ResourceOwners: true}, {AppOwners: true}, {WorkspaceAdmins: true},
	} {
		if part.None() || part.Words() == "nobody" {
			t.Errorf("%+v names nobody", part)
		}
	}
	for kind, want := range map[directory.Kind]string{directory.UserGroup: "@x", directory.Channel: "#x", directory.Role: "x"} {
		if got := Name(directory.Resource{Kind: kind, Name: "x"}); got != want {
			t.Error(got)
		}
	}
}

func TestSpan(t *testing.T) {
	day := 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", time.Minute: "1m", 10 * time.Minute: "10m", 90 * time.Minute: "1h30m", 2 * time.Hour: "2h",
		10 * time.Hour: "10h", 70 * time.Minute: "1h10m", day: "1d", 3 * day: "3d", 36 * time.Hour: "36h", Longest: "360d",
		time.Hour + time.Second: "1h0m1s", 1500 * time.Millisecond: "2s", 90 * time.Second: "1m30s",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
