package review

import (
	"reflect"
	"testing"
	"time"
)

// mutate gives copies of a value, each with one field changed, by the field's name.
func mutate(t *testing.T, v reflect.Value, path string, f func(path string)) {
	t.Helper()
	if v.Type() == reflect.TypeFor[time.Time]() {
		was := v.Interface()
		v.Set(reflect.ValueOf(noon.Add(time.Hour)))
		f(path)
		v.Set(reflect.ValueOf(was))
		return
	}
	was := reflect.ValueOf(v.Interface())
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 2), reflect.New(v.Type().Elem()).Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			mutate(t, v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
		return
	default:
		t.Fatalf("no mutant of %s, a %s", path, v.Kind())
	}
	f(path)
	v.Set(was)
}

// A field that is added later and forgotten in the digest fails here.
func TestDigestSeesEveryField(t *testing.T) {
	f := Fact{ID: "S1/member/U1", Grants: []GrantFact{{ID: "g"}}}
	was := f.Digest()
	names := map[string]bool{".ResourceName": true, ".AccountName": true} // erased without a trace
	mutate(t, reflect.ValueOf(&f).Elem(), "", func(path string) {
		if (f.Digest() == was) != names[path] {
			t.Errorf("%s: the digest is the same: %v", path, f.Digest() == was)
		}
	})
	g := GrantFact{ID: "g"}
	mutate(t, reflect.ValueOf(&g).Elem(), "Grants", func(path string) {
		if (Fact{ID: "S1/member/U1", Grants: []GrantFact{g}}).Digest() == was {
			t.Errorf("%s may change unseen", path)
		}
	})
}

// The chain of pages sees a line that is added, left out, or moved to another page.
func TestSnapshotDigest(t *testing.T) {
	a, b := Fact{ID: "S1/member/U1"}, Fact{ID: "S1/member/U2"}
	sum := func(pages ...[]Fact) string {
		s := Snapshot{}
		for i, p := range pages {
			s = s.Add(Page{N: i, Facts: p})
		}
		return s.Digest
	}
	seen := map[string]int{}
	for i, pages := range [][][]Fact{{{a, b}}, {{a}, {b}}, {{b, a}}, {{a}}, {{a}, {b}, {}}, {{}, {a, b}}} {
		d := sum(pages...)
		if j, ok := seen[d]; ok {
			t.Errorf("snapshots %d and %d share a digest", i, j)
		}
		seen[d] = i
	}
	s := Snapshot{}.Add(Page{Facts: []Fact{a, b}, Seen: map[string]int{"usergroup": 3}, Left: map[string]int{"account class": 1}})
	s = s.Add(Page{N: 1, Facts: []Fact{{ID: "x", Assigned: Assigned{Source: Unassigned}}}, Seen: map[string]int{"usergroup": 1}})
	if s.Lines != 3 || s.Pages != 2 || s.Seen["usergroup"] != 4 || s.Left["account class"] != 1 || s.Unassigned != 1 {
		t.Errorf("%+v", s)
	}
}

func TestPageAssignments(t *testing.T) {
	group := func(accounts ...string) Assigned { return Assigned{Source: ByGroup, Group: "S9", Accounts: accounts} }
	owner := Assigned{Source: ByOwner, Accounts: []string{"Uo"}}
	p := Page{Campaign: "uc_1", Facts: []Fact{{Assigned: group("Ua")}, {Assigned: owner}, {Assigned: group("Ub")}, {Assigned: owner}}}
	got := p.Assignments("c1", noon)
	if len(got) != 2 || got[0].Lines != 2 || got[1].Lines != 2 || !reflect.DeepEqual(got[0].Accounts, []string{"Ua", "Ub"}) {
		t.Errorf("%+v", got)
	}
	if got[0].ID == got[1].ID || got[1].ID != AssignmentID("uc_1", 0, owner) || AssignmentID("uc_1", 1, owner) == got[1].ID {
		t.Error("ids of assignments")
	}
	if p.Facts[0].Assigned.Accounts[0] != "Ua" || len(p.Facts[0].Assigned.Accounts) != 1 {
		t.Error("a fact was changed")
	}
}

func TestLineIDs(t *testing.T) {
	r, s, a, ok := SplitLineID(LineID("S1", "member", "U1"))
	if !ok || r != "S1" || s != "member" || a != "U1" {
		t.Error(r, s, a, ok)
	}
	for _, bad := range []string{"", "S1", "S1//U1", "S1/member/U1/x"} {
		if _, _, _, ok := SplitLineID(bad); ok {
			t.Errorf("%q is taken for a line", bad)
		}
	}
}
