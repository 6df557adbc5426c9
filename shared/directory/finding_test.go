package directory

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Every state and every turn: what the table does not name is refused, and nothing
// but a person's word or Slack's ends a finding.
func TestFindingTurns(t *testing.T) {
	want := map[string]FindingState{
		" see": FindingOpen, "open accept": FindingAccepted, "open remove": FindingRemoving, "open keep": FindingKept, "open lost": FindingGone,
		"removing took": FindingRemoved, "removing keep": FindingKept,
		"accepted see": FindingOpen, "removed see": FindingOpen, "kept see": FindingOpen, "gone see": FindingOpen,
	}
	for _, s := range append([]FindingState{""}, FindingStates...) {
		for _, turn := range FindingTurns {
			f, err := Finding{State: s}.Turn(turn, noon)
			to, ok := want[fmt.Sprintf("%s %s", s, turn)]
			switch {
			case !ok && !fault.Is(err, fault.Conflict):
				t.Errorf("%q by %s: %v, became %q", s, turn, err, f.State)
			case ok && (err != nil || f.State != to):
				t.Errorf("%q by %s: %v, became %q, want %q", s, turn, err, f.State, to)
			case ok && f.Closed.IsZero() != f.Waits():
				t.Errorf("%q by %s: closed %v", s, turn, f.Closed)
			}
		}
	}
}

// A sync and an event that show the same make one finding, and what was decided
// opens again only when something new shows it.
func TestFindingIsSeenOnce(t *testing.T) {
	seen := Finding{Connector: "c1", Resource: "S1", Slug: "member", Account: "U1", Kind: Came, Seen: noon, Notice: "Ev1"}
	f, news := Finding{}.See(seen, noon)
	if !news || f.State != FindingOpen || f.Times != 1 || f.ID != seen.FindingID() {
		t.Fatalf("%v %+v", news, f)
	}
	f.Rev = 1
	seen.Notice, seen.Run = "", "run_1"
	if _, news = f.See(seen, noon); news {
		t.Error("the sync showed it a second time")
	}
	f, _ = f.Turn(KeepFinding, noon)
	seen.Notice, seen.Run = "Ev1", ""
	if _, news = f.See(seen, noon); news {
		t.Error("the event that showed it came twice, and undid a person's word")
	}
	seen.Notice, seen.Seen = "Ev2", noon.Add(time.Hour)
	g, news := f.See(seen, noon.Add(time.Hour))
	if !news || g.State != FindingOpen || g.Times != 2 || g.Rev != 1 || !g.Closed.IsZero() || g.By != "" {
		t.Errorf("%v %+v", news, g)
	}
}

func TestFindingIDsDiffer(t *testing.T) {
	ids := map[string]Finding{}
	for _, f := range []Finding{
		{}, {Connector: "a"}, {Resource: "a"}, {Slug: "a"}, {Account: "a"}, {Kind: "a"}, {Connector: "a", Resource: "b"}, {Connector: "ab"},
	} {
		if g, twice := ids[f.FindingID()]; twice {
			t.Errorf("%+v and %+v have one id", f, g)
		}
		ids[f.FindingID()] = f
	}
	if (Finding{Seen: noon, Run: "r"}).FindingID() != (Finding{}).FindingID() {
		t.Error("what showed it is no part of its id")
	}
}

func TestManyFindingsAreCounted(t *testing.T) {
	var all []Finding
	for i := range 20_000 {
		all = append(all, Finding{Resource: "S1", Kind: Came, Account: fmt.Sprint("U", i)})
	}
	if got := FewFindings(all[:MostFindings]); len(got) != MostFindings || got[0].Account != "U0" || got[0].Count != 0 {
		t.Errorf("few: %d, %+v", len(got), got[0])
	}
	all = append(all, Finding{Resource: "S1", Kind: CameBack, Account: "V", GoneAt: noon})
	got := FewFindings(all)
	if len(got) != 2 || got[0].Count != 20_000 || got[0].Account != "" || got[1].Count != 1 || !got[1].GoneAt.IsZero() {
		t.Errorf("%+v", got)
	}
	for _, f := range got {
		if f.Stands() {
			t.Errorf("%+v is nobody's access to accept or remove", f)
		}
	}
}

func TestRisen(t *testing.T) {
	in := func(role WorkspaceRole) Account {
		return Account{ID: "U1", Connector: "c1", Kind: Human, State: Active, Roles: map[string]WorkspaceRole{"T1": role}}
	}
	guest, gone, org, orgOwner := in(Member), in(Owner), in(Member), in(Member)
	guest.Kind, gone.State, org.OrgAdmin, orgOwner.OrgAdmin, orgOwner.OrgOwner = MultiChannelGuest, Deactivated, true, true, true
	for name, c := range map[string]struct {
		was, next Account
		want      string
	}{
		"unchanged":              {in(Admin), in(Admin), ""},
		"admin":                  {in(Member), in(Admin), "role-raised admin member"},
		"primary owner":          {in(Owner), in(PrimaryOwner), "role-raised primary-owner owner"},
		"less":                   {in(Owner), in(Member), ""},
		"new":                    {Account{}, in(Owner), ""},
		"new in the workspace":   {Account{ID: "U1", Roles: map[string]WorkspaceRole{"T2": Member}}, in(Owner), ""},
		"full member":            {guest, in(Member), "kind-changed human multi-channel guest"},
		"deactivated":            {in(Member), gone, ""},
		"organization's admin":   {in(Member), org, "role-raised org-admin "},
		"organization's owner":   {org, orgOwner, "role-raised org-owner "},
		"not the org's any more": {orgOwner, in(Member), ""},
	} {
		got := ""
		for _, f := range Risen(c.was, c.next, "T1") {
			got += fmt.Sprintf("%s %s %s", f.Kind, f.Slug, f.Code)
			if f.Account != "U1" || f.Resource != "T1" || f.Connector != "c1" || f.Stands() {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
