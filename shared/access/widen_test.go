package access

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// base is a rule that ada, of @eng, may ask by and that lin decides.
func base() Rule {
	return Rule{
		ID: "oncall", Resources: Match{Kind: directory.UserGroup, Names: []string{"oncall"}}, Slug: "member",
		Requesters: Who{Groups: []string{"@eng"}}, Max: time.Hour, Approvers: Who{Accounts: []string{"ULIN"}}, Risk: Medium,
	}
}

func with(change func(*Rule)) Rule {
	r := base()
	change(&r)
	return r
}

// deny keeps whoever it names from what stands below it.
var deny = Rule{ID: "never", Resources: Match{Kind: directory.UserGroup, Names: []string{"root*"}}, Slug: "member", Requesters: Who{Anyone: true}}

func TestWidens(t *testing.T) {
	ada := Person{User: "u_ada", Account: directory.Account{ID: "UADA", Kind: directory.Human}, Groups: []directory.Resource{{ID: "S1", Name: "eng"}}}
	lin := Person{User: "u_lin", Account: directory.Account{ID: "ULIN", Kind: directory.Human}}
	bob := Person{User: "u_bob", Account: directory.Account{ID: "UBOB", Kind: directory.Human}}
	admin := Person{User: "u_adm", Account: directory.Account{ID: "UADM", Kind: directory.Human, Roles: map[string]directory.WorkspaceRole{"T1": directory.Owner}}}
	robot := Person{Account: directory.Account{ID: "UBOT", Kind: directory.Bot}}
	ended := ada
	ended.Ended = true
	own := Who{Accounts: []string{"UADA"}}
	anyone := with(func(r *Rule) { r.ID, r.Requesters = "all", Who{Anyone: true} })
	for name, x := range map[string]struct {
		old, next []Rule
		who       Person
		says      string // "": no more
	}{
		"the same":                  {[]Rule{base()}, []Rule{base()}, ada, ""},
		"another line, other words": {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Line, r.Tell, r.Wait = 9, "#x", time.Hour })}, ada, ""},
		"the first rule of all":     {nil, []Rule{base()}, ada, "is new"},
		"for others":                {nil, []Rule{base()}, bob, ""},
		"for those who decide":      {nil, []Rule{base()}, lin, "is new"},
		"for who has ended":         {nil, []Rule{base()}, ended, ""},
		"anyone":                    {nil, []Rule{anyone}, bob, "is new"},
		"anyone, of a bot":          {nil, []Rule{anyone}, robot, ""},
		"a rule that denies":        {[]Rule{base()}, []Rule{deny, base()}, ada, ""},
		"a denial is taken away":    {[]Rule{deny, base()}, []Rule{base()}, ada, "could speak where"},
		"a denial below goes":       {[]Rule{base(), deny}, []Rule{base()}, ada, ""},
		"a denial moves down":       {[]Rule{deny, base()}, []Rule{base(), deny}, ada, "could speak where"},
		"a denial of other people":  {[]Rule{with(func(r *Rule) { r.Max, r.Requesters = 0, Who{Accounts: []string{"UBOB"}} }), base()}, []Rule{base()}, ada, ""},
		"it goes":                   {[]Rule{base()}, nil, ada, ""},
		"it goes, another stands":   {[]Rule{base(), anyone}, []Rule{anyone}, ada, "could speak where"},
		"it goes, of another kind":  {[]Rule{base(), with(func(r *Rule) { r.ID, r.Resources.Kind = "ch", directory.Channel })}, []Rule{with(func(r *Rule) { r.ID, r.Resources.Kind = "ch", directory.Channel })}, ada, ""},
		"longer":                    {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Max = 2 * time.Hour })}, ada, "2h"},
		"shorter":                   {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Max = time.Minute })}, ada, ""},
		"by itself":                 {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Auto = true })}, ada, "nobody's approval"},
		"by people again":           {[]Rule{with(func(r *Rule) { r.Auto = true })}, []Rule{base()}, ada, ""},
		"by ada instead of policy":  {[]Rule{with(func(r *Rule) { r.Auto = true })}, []Rule{with(func(r *Rule) { r.Approvers = own })}, ada, "lets you decide"},
		"somebody else decides":     {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Approvers = Who{Accounts: []string{"UBOB"}} })}, ada, "asks other people"},
		"ada decides":               {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Approvers.Accounts = []string{"ULIN", "UADA"} })}, ada, "lets you decide"},
		"one more step": {[]Rule{base()}, []Rule{with(func(r *Rule) {
			r.Steps = []Approval{{Approvers: r.Approvers}, {Approvers: Who{Accounts: []string{"UBOB"}}}}
		})}, ada, ""},
		"one step less": {[]Rule{with(func(r *Rule) {
			r.Steps = []Approval{{Approvers: r.Approvers}, {Approvers: Who{Accounts: []string{"UBOB"}}}}
		})}, []Rule{base()}, ada, "or fewer"},
		"fewer people": {[]Rule{with(func(r *Rule) { r.Steps = []Approval{{Approvers: r.Approvers, Need: 2}} })}, []Rule{base()}, ada, "or fewer"},
		"a fallback": {[]Rule{base()}, []Rule{with(func(r *Rule) {
			r.Steps = []Approval{{Approvers: r.Approvers, Fallback: Who{Accounts: []string{"UBOB"}}}}
		})}, ada, "asks other people"},
		"an escalation": {[]Rule{base()}, []Rule{with(func(r *Rule) {
			r.Steps = []Approval{{Approvers: r.Approvers, After: time.Hour, Then: Late{Escalate: Who{Accounts: []string{"UBOB"}}}}}
		})}, ada, "asks other people"},
		"canceled when late": {[]Rule{base()}, []Rule{with(func(r *Rule) {
			r.Steps = []Approval{{Approvers: r.Approvers, After: time.Hour, Then: Late{Cancel: true}}}
		})}, ada, ""},
		"for others, too":            {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Others = own })}, ada, "others"},
		"more resources":             {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Resources.Names = []string{"*"} })}, ada, "speaks of something else"},
		"no condition any more":      {[]Rule{with(func(r *Rule) { r.When = "x" })}, []Rule{base()}, ada, "speaks of something else"},
		"more who ask, for lin":      {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Requesters = Who{Anyone: true} })}, lin, "speaks of something else"},
		"more who ask, for ada":      {[]Rule{with(func(r *Rule) { r.Requesters = Who{Accounts: []string{"UBOB"}} })}, []Rule{base()}, ada, "is new"},
		"public channels":            {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Advisory = true })}, ada, "public"},
		"unproven":                   {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Unproven = true })}, ada, "not proven"},
		"the last member":            {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Empty.Disable = true })}, ada, "last member"},
		"an emergency":               {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: time.Hour} })}, ada, "skipped"},
		"no emergency any more":      {[]Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: time.Hour} })}, []Rule{base()}, ada, ""},
		"a longer emergency":         {[]Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: time.Hour} })}, []Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: 2 * time.Hour} })}, ada, "skipped"},
		"later confirmed":            {[]Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: time.Hour, Within: time.Hour} })}, []Rule{with(func(r *Rule) { r.Emergency = Emergency{Requesters: own, Max: time.Hour} })}, ada, "skipped"},
		"solo":                       {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Solo.Wait = time.Hour })}, ada, "itself"},
		"a longer solo":              {[]Rule{with(func(r *Rule) { r.Solo.Wait = time.Hour })}, []Rule{with(func(r *Rule) { r.Solo.Wait = 2 * time.Hour })}, ada, ""},
		"less of a risk":             {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Risk = Low })}, ada, "risk"},
		"a risk not named":           {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Risk = "" })}, ada, "risk"},
		"more of a risk":             {[]Rule{base()}, []Rule{with(func(r *Rule) { r.Risk = High })}, ada, ""},
		"owners, who may be anybody": {nil, []Rule{with(func(r *Rule) { r.Approvers = Who{ResourceOwners: true} })}, bob, "is new"},
		"workspace admins, bob":      {nil, []Rule{with(func(r *Rule) { r.Approvers = Who{WorkspaceAdmins: true} })}, bob, ""},
		"workspace admins, an owner": {nil, []Rule{with(func(r *Rule) { r.Approvers = Who{WorkspaceAdmins: true} })}, admin, "is new"},
		"who confirms":               {nil, []Rule{with(func(r *Rule) { r.Emergency = Emergency{Max: time.Hour, Confirm: Who{Accounts: []string{"UBOB"}}} })}, bob, "is new"},
	} {
		got := Widens(Policy{Rules: x.old}, Policy{Rules: x.next}, x.who)
		if (len(got) == 0) != (x.says == "") || !strings.Contains(strings.Join(got, "\n"), x.says) {
			t.Errorf("%s: %q, want %q", name, got, x.says)
		}
	}
	if got := Widens(Policy{}, Policy{Rules: []Rule{base()}}); got != nil {
		t.Errorf("somebody without an account: %q", got)
	}
	if got := Widens(Policy{}, Policy{Rules: []Rule{base()}}, bob, ada, ada); len(got) != 1 {
		t.Errorf("one of several accounts: %q", got)
	}
}

// TestWidensAgreesWithDecide: where the rules say that a person has no more, no
// question of a small world has a better answer than before.
func TestWidensAgreesWithDecide(t *testing.T) {
	ada := Person{User: "u_ada", Account: directory.Account{ID: "UADA", Kind: directory.Human, State: directory.Active}, Groups: []directory.Resource{{ID: "S1", Name: "eng"}}}
	parts := []Rule{
		base(), deny, with(func(r *Rule) { r.ID, r.Auto = "auto", true }), with(func(r *Rule) { r.ID, r.Max = "short", time.Minute }),
		with(func(r *Rule) { r.ID, r.Resources.Names = "wide", []string{"*"} }), with(func(r *Rule) { r.Max = 5 * time.Hour }),
		with(func(r *Rule) { r.ID, r.Requesters = "bob", Who{Accounts: []string{"UBOB"}} }),
		with(func(r *Rule) { r.ID, r.Max, r.Resources.Names = "shut", 0, []string{"on*"} }),
	}
	lists := [][]Rule{nil}
	for _, a := range parts {
		lists = append(lists, []Rule{a})
		for _, b := range parts {
			if a.ID != b.ID {
				lists = append(lists, []Rule{a, b})
				for _, c := range parts {
					if c.ID != a.ID && c.ID != b.ID {
						lists = append(lists, []Rule{a, b, c})
					}
				}
			}
		}
	}
	var asks []Ask
	for _, name := range []string{"oncall", "root-1", "other"} {
		for _, length := range []time.Duration{time.Second, time.Hour, 3 * time.Hour} {
			asks = append(asks, Ask{
				Requester: ada, Subject: ada.Account, Slug: "member", Length: length, Proven: true,
				Resource: directory.Resource{ID: "S" + name, Name: name, Kind: directory.UserGroup},
			})
		}
	}
	better := func(a, b Decision) bool { return a.Allowed && (!b.Allowed || a.Auto && !b.Auto) }
	silent := 0
	for _, x := range lists {
		old := Policy{Rules: x}
		for _, y := range lists {
			next := Policy{Rules: y}
			if len(Widens(old, next, ada)) > 0 {
				continue
			}
			silent++
			for _, q := range asks {
				if n, o := next.Decide(q), old.Decide(q); better(n, o) {
					t.Fatalf("%v -> %v: @%s for %s was %v, is %v", ids(x), ids(y), q.Resource.Name, q.Length, o.Because, n.Because)
				}
			}
		}
	}
	if silent < len(lists) {
		t.Errorf("only %d of %d changes give no more", silent, len(lists)*len(lists))
	}
}

func ids(rules []Rule) []string {
	var out []string
	for _, r := range rules {
		out = append(out, r.ID)
	}
	return out
}
