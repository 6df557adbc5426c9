package access

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ebb-access/ebb/shared/directory"
)

func human(id string) directory.Account {
	return directory.Account{
		ID: id, Name: id, Kind: directory.Human, State: directory.Active,
		Roles: map[string]directory.WorkspaceRole{"T1": directory.Member},
	}
}

func admin(id string) directory.Account {
	a := human(id)
	a.Roles["T1"] = directory.Admin
	return a
}

func person(id string, groups ...directory.Resource) Person {
	return Person{User: "u_" + id, Account: human(id), Groups: groups}
}

func userGroup(id, name string) directory.Resource {
	return directory.Resource{ID: id, Name: name, Kind: directory.UserGroup, Workspace: "T1"}
}

// allowed is a question that the policy of allowing answers with yes.
func allowed() (Policy, Ask) {
	p := Policy{Version: 7, Rules: []Rule{{
		ID: "oncall", Line: 3, Slug: "member", Max: 8 * time.Hour,
		Resources:  Match{Kind: directory.UserGroup, Names: []string{"oncall*"}},
		Requesters: Who{Anyone: true},
		Approvers:  Who{Accounts: []string{"U9"}},
	}}}
	q := Ask{
		Requester: person("U1"), Subject: human("U1"), Resource: userGroup("S1", "oncall-db"),
		Slug: "member", Length: time.Hour, Proven: true,
	}
	return p, q
}

// A guest is told why a rule for anyone does not mean them, and may ask where one
// names them.
func TestDecideSaysWhatAnyoneIs(t *testing.T) {
	p, q := allowed()
	p.Rules[0].Resources = Match{Kind: directory.Channel, Names: []string{"room"}}
	q.Resource = directory.Resource{ID: "C1", Name: "room", Kind: directory.Channel, Workspace: "T1", Private: true, Reached: true}
	q.Requester.Account.Kind, q.Subject.Kind = directory.MultiChannelGuest, directory.MultiChannelGuest
	if d := p.Decide(q); d.Allowed || !strings.Contains(d.Because, "no rule of the policy lets U1 ask for #room: a guest may ask only where a rule names them") {
		t.Errorf("%+v", d)
	}
	p.Rules[0].Requesters = Who{Accounts: []string{"U1"}}
	if d := p.Decide(q); !d.Allowed {
		t.Errorf("a guest who is named: %+v", d)
	}
}

func TestDecideAllows(t *testing.T) {
	p, q := allowed()
	d := p.Decide(q)
	if !d.Allowed || d.Auto || d.Version != 7 || d.Rule.ID != "oncall" || len(d.Trail) != 1 {
		t.Fatalf("%+v", d)
	}
	if want := "allows up to 8h, approved by U9"; d.Because != want {
		t.Errorf("because %q", d.Because)
	}
	p.Rules[0].Auto = true
	if d = p.Decide(q); !d.Allowed || !d.Auto || d.Because != "allows up to 8h, approved by policy" {
		t.Errorf("auto: %+v", d)
	}
	q.Defaults = []directory.Resource{{Kind: directory.Channel, Name: "ops", Private: true, Reached: true}}
	if d = p.Decide(q); !reflect.DeepEqual(d.Gives, []string{"puts its members into #ops"}) {
		t.Errorf("gives %q", d.Gives)
	}
}

// Whoever comes into a private channel reads its past, and is told before asking.
func TestDecideTellsOfThePast(t *testing.T) {
	p, q := allowed()
	p.Rules[0].Resources, p.Rules[0].Unproven = Match{Kind: directory.Channel, Names: []string{"*"}}, true
	for private, want := range map[bool][]string{true: {"shows everything that was written there before"}, false: nil} {
		q.Resource = directory.Resource{ID: "C1", Kind: directory.Channel, Name: "incident", Workspace: q.Resource.Workspace, Private: private, Reached: true}
		p.Rules[0].Advisory = !private
		if d := p.Decide(q); !d.Allowed || !reflect.DeepEqual(d.Gives, want) {
			t.Errorf("private %t: allowed %t, gives %q (%s)", private, d.Allowed, d.Gives, d.Because)
		}
	}
}

// Each row changes one thing about what is allowed, and says the reason.
func TestDecideDenies(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *Policy, q *Ask)
		why    string
	}{
		"no policy":           {func(p *Policy, _ *Ask) { *p = Policy{} }, "without a policy there is no access"},
		"the zero rule":       {func(p *Policy, _ *Ask) { p.Rules[0] = Rule{} }, "no rule"},
		"another resource":    {func(_ *Policy, q *Ask) { q.Resource.Name = "admins" }, "no rule"},
		"another entitlement": {func(_ *Policy, q *Ask) { q.Slug = "owner" }, "no rule"},
		"another kind":        {func(p *Policy, _ *Ask) { p.Rules[0].Resources.Kind = directory.Channel }, "no rule"},
		"no requester":        {func(p *Policy, _ *Ask) { p.Rules[0].Requesters = Who{} }, "no rule"},
		"another requester":   {func(p *Policy, _ *Ask) { p.Rules[0].Requesters = Who{Accounts: []string{"U2"}} }, "no rule"},
		"too long":            {func(_ *Policy, q *Ask) { q.Length = 9 * time.Hour }, "at most 8h, and 9h was asked for"},
		"no time":             {func(_ *Policy, q *Ask) { q.Length = 0 }, "between a second and 360 days"},
		"less than no time":   {func(_ *Policy, q *Ask) { q.Length = -time.Hour }, "between a second and 360 days"},
		"more than a year": {func(p *Policy, q *Ask) {
			p.Rules[0].Max, q.Length = 2*Longest, Longest+1
		}, "between a second and 360 days"},
		"never":              {func(p *Policy, _ *Ask) { p.Rules[0].Max = 0 }, "lets nobody have @oncall-db"},
		"for somebody else":  {func(_ *Policy, q *Ask) { q.Subject = human("U2") }, "for themselves only"},
		"no approver":        {func(p *Policy, _ *Ask) { p.Rules[0].Approvers = Who{} }, "names no approver"},
		"anyone approves":    {func(p *Policy, _ *Ask) { p.Rules[0].Approvers = Who{Anyone: true} }, "names no approver"},
		"requester gone":     {func(_ *Policy, q *Ask) { q.Requester.Account.State = directory.Deactivated }, "no active Slack account"},
		"requester unknown":  {func(_ *Policy, q *Ask) { q.Requester = Person{} }, "no active Slack account"},
		"subject unknown":    {func(_ *Policy, q *Ask) { q.Subject = directory.Account{} }, "not known to be active"},
		"subject gone":       {func(_ *Policy, q *Ask) { q.Subject.State = directory.Deactivated }, "is deactivated"},
		"resource refused":   {func(_ *Policy, q *Ask) { q.Resource.Managed = true }, "identity provider"},
		"resource unknown":   {func(_ *Policy, q *Ask) { q.Resource = directory.Resource{} }, "cannot change"},
		"removal unproven":   {func(_ *Policy, q *Ask) { q.Proven = false }, "unproven_removal"},
		"would become empty": {func(_ *Policy, q *Ask) { q.Empties = true }, "when_empty"},
		"blind default":      {func(_ *Policy, q *Ask) { q.Defaults = []directory.Resource{{Private: true}} }, "cannot see"},
		"guest for themselves": {func(_ *Policy, q *Ask) {
			q.Subject.Kind, q.Requester.Account.Kind = directory.MultiChannelGuest, directory.MultiChannelGuest
		}, "guests out of user groups"},
	} {
		p, q := allowed()
		c.change(&p, &q)
		d := p.Decide(q)
		if d.Allowed || d.Auto || !strings.Contains(d.Because, c.why) {
			t.Errorf("%s: allowed %v, because %q", name, d.Allowed, d.Because)
		}
	}
}

// Who would be a user group's only lasting member: policy says what happens then,
// or SCIM takes the last member out and needs no word of policy.
func TestDecideLastMember(t *testing.T) {
	for name, c := range map[string]struct {
		empty    Empty
		mayEmpty bool
		allowed  bool
		says     string
	}{
		"nobody says":       {Empty{}, false, false, ""},
		"a keeper":          {Empty{Keep: "U9"}, false, true, "leaves U9 in @oncall-db"},
		"disabled":          {Empty{Disable: true}, false, true, "disables @oncall-db"},
		"SCIM":              {Empty{}, true, true, "leaves @oncall-db empty"},
		"SCIM and a keeper": {Empty{Keep: "U9"}, true, true, "leaves @oncall-db empty"},
	} {
		p, q := allowed()
		p.Rules[0].Empty, q.Empties, q.MayEmpty = c.empty, true, c.mayEmpty
		if d := p.Decide(q); d.Allowed != c.allowed {
			t.Errorf("%s: allowed %v, because %q", name, d.Allowed, d.Because)
		}
		if says := p.Rules[0].LastMember(q); !strings.HasPrefix(says, c.says) || (says == "") != (c.says == "") {
			t.Errorf("%s: %q", name, says)
		}
		q.Empties = false
		if says := p.Rules[0].LastMember(q); says != "" {
			t.Errorf("%s, and somebody stays: %q", name, says)
		}
	}
}

func TestDecidePublicChannels(t *testing.T) {
	p, q := allowed()
	p.Rules[0].Resources = Match{Kind: directory.Channel, IDs: []string{"C1"}}
	q.Resource = directory.Resource{ID: "C1", Name: "ops", Kind: directory.Channel, Workspace: "T1", Reached: true}
	if d := p.Decide(q); d.Allowed || !strings.Contains(d.Because, "advisory") {
		t.Errorf("%+v", d)
	}
	q.Resource.Private = true
	if d := p.Decide(q); !d.Allowed {
		t.Errorf("private: %s", d.Because)
	}
	q.Resource.Private, p.Rules[0].Advisory = false, true
	if d := p.Decide(q); !d.Allowed {
		t.Errorf("advisory: %s", d.Because)
	}
}

// Each way out that a rule can name lifts the refusal that it is about.
func TestDecideWaysOut(t *testing.T) {
	p, q := allowed()
	q.Empties, q.Proven = true, false
	p.Rules[0].Unproven = true
	for _, e := range []Empty{{Keep: "U7"}, {Disable: true}} {
		p.Rules[0].Empty = e
		if d := p.Decide(q); !d.Allowed {
			t.Errorf("%+v: %s", e, d.Because)
		}
	}
	p, q = allowed()
	q.Subject = human("U2")
	p.Rules[0].Others = Who{Accounts: []string{"U1"}}
	if d := p.Decide(q); !d.Allowed {
		t.Errorf("for others: %s", d.Because)
	}
}

func TestFirstFittingRuleDecides(t *testing.T) {
	p, q := allowed()
	lax := p.Rules[0]
	lax.ID, lax.Auto, lax.Max = "lax", true, Longest
	never := Rule{ID: "never", Slug: "member", Resources: lax.Resources, Requesters: Who{Anyone: true}}
	p.Rules = []Rule{p.Rules[0], lax}
	q.Length = 9 * time.Hour
	if d := p.Decide(q); d.Allowed || d.Rule.ID != "oncall" {
		t.Errorf("the rule below gave what the first denied: %+v", d)
	}
	p.Rules = []Rule{never, lax}
	if d := p.Decide(q); d.Allowed {
		t.Errorf("never is not never: %+v", d)
	}
	p.Rules[0].Requesters = Who{Accounts: []string{"U2"}}
	if d := p.Decide(q); !d.Allowed || d.Rule.ID != "lax" || len(d.Trail) != 2 {
		t.Errorf("the first does not name U1: %+v", d)
	}
}

func TestZeroValuesDeny(t *testing.T) {
	if (Decision{}).Allowed || (Decision{}).Auto {
		t.Error("the zero decision allows")
	}
	if d := (Policy{}).Decide(Ask{}); d.Allowed {
		t.Error("the zero policy allows")
	}
	_, q := allowed()
	if d := (Policy{Rules: []Rule{{}}}).Decide(q); d.Allowed {
		t.Error("the zero rule allows")
	}
	p, _ := allowed()
	if d := p.Decide(Ask{}); d.Allowed {
		t.Error("the zero question is allowed")
	}
	if ok, _ := (Rule{}).MayApprove(person("U9"), q); ok {
		t.Error("the zero rule lets somebody approve")
	}
	if ok, _ := p.Rules[0].MayApprove(Person{}, q); ok {
		t.Error("nobody approves")
	}
	if !(Who{}).None() || (Match{}).Fits(directory.Resource{}) {
		t.Error("zero Who or Match names something")
	}
}

// Whatever is taken out of an allowed question or of its rule, the answer is
// never yes for longer than the rule says.
func TestDecideNeverExceedsItsRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := allowed()
		p.Rules[0].Max = time.Duration(rapid.Int64Range(-10, int64(2*Longest)).Draw(t, "max"))
		q.Length = time.Duration(rapid.Int64Range(-10, int64(2*Longest)).Draw(t, "length"))
		d := p.Decide(q)
		if want := q.Length > 0 && q.Length <= p.Rules[0].Max && q.Length <= Longest; d.Allowed != want {
			t.Fatalf("max %v, length %v: %v", p.Rules[0].Max, q.Length, d.Allowed)
		}
	})
}
