package directory

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// mutants gives copies of v, each with one field changed, by field name.
func mutants[T any](t *testing.T, v T) map[string]T {
	t.Helper()
	out := map[string]T{}
	for i := range reflect.TypeFor[T]().NumField() {
		m := v
		f := reflect.ValueOf(&m).Elem().Field(i)
		switch f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Bool:
			f.SetBool(!f.Bool())
		case reflect.Int:
			f.SetInt(f.Int() + 1)
		case reflect.Slice:
			f.Set(reflect.Append(reflect.MakeSlice(f.Type(), 0, 1), reflect.ValueOf("x")))
		case reflect.Map:
			f.Set(reflect.ValueOf(map[string]WorkspaceRole{"T1": Owner}))
		default:
			t.Fatalf("no mutant of a %s", f.Kind())
		}
		out[reflect.TypeFor[T]().Field(i).Name] = m
	}
	return out
}

// A field that is added later and forgotten in Same fails here.
func TestSameSeesEveryField(t *testing.T) {
	a := Account{ID: "U1", Roles: map[string]WorkspaceRole{"T1": Member}}
	if !a.Same(a) {
		t.Error("an account differs from itself")
	}
	for field, m := range mutants(t, a) {
		if a.Same(m) {
			t.Errorf("Account.%s may change unseen", field)
		}
	}
	r := Resource{ID: "S1", Defaults: []string{"C1"}}
	if !r.Same(r) {
		t.Error("a resource differs from itself")
	}
	own := []string{"Owners", "Count"} // Ebb's own, and what follows the members
	for field, m := range mutants(t, r) {
		if r.Same(m) != slices.Contains(own, field) {
			t.Errorf("Resource.%s: same is %v", field, r.Same(m))
		}
	}
}

func TestSameSeesAnotherWorkspace(t *testing.T) {
	a := Account{Roles: map[string]WorkspaceRole{"T1": ""}}
	if b := (Account{Roles: map[string]WorkspaceRole{"T2": ""}}); a.Same(b) || b.Same(a) {
		t.Error("two workspaces without a role are not the same")
	}
}

func set(ids []string) map[string]bool {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out
}

// Applied to what was known, the difference gives what was seen.
func TestCompare(t *testing.T) {
	ids := rapid.SliceOfDistinct(rapid.StringMatching(`U[0-9]`), rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		known, seen := set(ids.Draw(t, "known")), set(ids.Draw(t, "seen"))
		d := Compare(known, seen)
		if !slices.IsSorted(d.Added) || !slices.IsSorted(d.Removed) {
			t.Fatalf("not sorted: %+v", d)
		}
		for _, id := range d.Removed {
			delete(known, id)
		}
		for _, id := range d.Added {
			if known[id] {
				t.Fatalf("%s was added, and was known", id)
			}
			known[id] = true
		}
		if !reflect.DeepEqual(known, seen) {
			t.Fatalf("%v, want %v", known, seen)
		}
	})
}

func TestCompareTakesFalseForAbsent(t *testing.T) {
	d := Compare(map[string]bool{"a": true, "b": true}, map[string]bool{"a": false})
	for _, id := range d.Added {
		t.Errorf("%s was added, and is not there", id)
	}
	if !slices.Equal(d.Removed, []string{"a", "b"}) {
		t.Errorf("%+v", d)
	}
}

func TestSuspicious(t *testing.T) {
	for _, c := range []struct {
		removed, known int
		want           bool
	}{
		{0, 0, false},
		{20, 20, false},
		{21, 21, true},
		{20, 0, false},
		{21, 104, true},
		{21, 105, false},
		{200, 1000, false},
		{201, 1000, true},
		{1000, 1000, true},
	} {
		if got := Suspicious(c.removed, c.known); got != c.want {
			t.Errorf("%d of %d: %v", c.removed, c.known, got)
		}
	}
}

func TestAccount(t *testing.T) {
	for state, live := range map[AccountState]bool{Active: true, Invited: false, Deactivated: false, "": false} {
		if got := (Account{State: state}).Live(); got != live {
			t.Errorf("%q: live %v", state, got)
		}
	}
	for role, admin := range map[WorkspaceRole]bool{Member: false, Admin: true, Owner: true, PrimaryOwner: true, "": false} {
		a := Account{Roles: map[string]WorkspaceRole{"T1": role}}
		if a.Administers("T1") != admin || a.Administers("T2") || a.Administers("") {
			t.Errorf("%q administers", role)
		}
		if !a.In("T1") || a.In("T2") {
			t.Errorf("%q: in", role)
		}
	}
	for want, a := range map[string]Account{
		"Ann": {ID: "U1", Handle: "ann", Name: "Ann"}, "ann": {ID: "U1", Handle: "ann"}, "U1": {ID: "U1"},
	} {
		if got := a.Label(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWordsAndSizes(t *testing.T) {
	if got := Word(UserGroup, "member"); got != "usergroup:member" {
		t.Error(got)
	}
	b := Batch{
		Accounts: make([]Account, 1), Resources: make([]Resource, 2), Memberships: make([]Membership, 3),
		GoneAccounts: make([]Account, 4), GoneResources: make([]Resource, 5), GoneMemberships: make([]Membership, 6),
	}
	if b.Len() != 21 {
		t.Error(b.Len())
	}
	if !(Resource{}).Visible() || (Resource{Disabled: true}).Visible() || (Resource{Archived: true}).Visible() {
		t.Error("hidden is what is disabled or archived")
	}
}
