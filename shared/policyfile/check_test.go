package policyfile

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

func lines(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func TestCheckFinds(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			found := Check(parse(t, string(read(t, file))))
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", lines(found))
		})
	}
}

// The goldens say what; this says which of them stop a policy.
func TestCheckFails(t *testing.T) {
	want := map[string]bool{
		"direct": true, "itself": true, "transitive": true, "others": true, "unknown": true, "halfguarded": true,
		"unreached": true, "nobody": true, "steps": true, "apart": false, "guarded": false, "warnings": false, "none": false,
	}
	for name, fails := range want {
		if got := Failed(Check(parse(t, string(read(t, "testdata/check/"+name+".yaml"))))); got != fails {
			t.Errorf("%s: fails %v, want %v", name, got, fails)
		}
	}
}

func group(id, name string) directory.Resource {
	return directory.Resource{ID: id, Name: name, Kind: directory.UserGroup, Workspace: "T1"}
}

func TestCheckKnowsTheGroups(t *testing.T) {
	p := parse(t, string(read(t, "testdata/check/unknown.yaml")))
	apart := []directory.Resource{group("S0LEADS", "leads"), group("S0123", "deploy"), group("S7", "bosses")}
	if found := Check(p, apart...); Failed(found) {
		t.Errorf("told apart, and still:\n%s", lines(found))
	}
	same := []directory.Resource{group("S0LEADS", "oncall-leads"), group("S0123", "bosses")}
	found := lines(Check(p, same...))
	for _, want := range []string{`rules[0].approve: people`, `rules[1].approve: people`} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
	if strings.Contains(found, "cannot be told") {
		t.Errorf("it can be told:\n%s", found)
	}
	off := group("S0LEADS", "leads")
	off.Disabled = true
	found = lines(Check(p, off))
	for _, want := range []string{"no user group @bosses", "S0LEADS is disabled"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
}

// Two groups of one handle in two workspaces: one that fits is enough to fail,
// and a rule guards only what it fits wholly.
func TestCheckTwoGroupsOfOneHandle(t *testing.T) {
	src := `version: 1
rules:
  - id: guard
    resources: {kind: usergroup, ids: [S1]}
    approve: never
  - id: all
    resources: {kind: usergroup, names: ["*"]}
    requesters: {anyone: true}
    max: 1h
    approve: {groups: ["@leads"]}
`
	p := parse(t, src)
	if !Failed(Check(p, group("S1", "leads"), group("S2", "leads"))) {
		t.Error("S2 is @leads too, and not guarded")
	}
	if found := Check(p, group("S1", "leads")); Failed(found) {
		t.Errorf("guarded:\n%s", lines(found))
	}
}

// Rules that no document can say, because Parse refuses them.
func TestCheckOfRulesWithoutADocument(t *testing.T) {
	r := access.Rule{
		ID: "a", Slug: "member", Max: 1, Requesters: access.Who{Anyone: true}, Approvers: access.Who{Anyone: true},
		Resources: access.Match{Kind: directory.Channel, IDs: []string{"C1"}},
	}
	found := Check(access.Policy{Rules: []access.Rule{r}})
	if !Failed(found) || !strings.Contains(lines(found), "line 1: rules[0].approve: names nobody") {
		t.Errorf("anyone never approves:\n%s", lines(found))
	}
}

func TestIncludes(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"*", "x", true},
		{"*", "[a-z]?", true},
		{"a*", "a*", true},
		{"a*", "ab", true},
		{"a*", "ab*", true},
		{"a*", "a", true},
		{"ab*", "a*", false},
		{"*b", "ab", true},
		{"*b", "*ab", true},
		{"*b", "a[b", false},
		{"*b]", "[ab]", false},
		{"?", "a", true},
		{"?", "*", false},
		{"a?*", "ab*", false}, // true, and not needed
		{"a", "b", false},
		{`a\*`, "a*", false},
	} {
		if got := includes(c.wide, c.narrow); got != c.want {
			t.Errorf("includes(%q, %q) = %v", c.wide, c.narrow, got)
		}
	}
}

// Long documents are checked in a moment, also where no rule helps to stop early:
// everybody may meet, or nobody does and every way is followed to its end.
func TestCheckOfManyRules(t *testing.T) {
	for _, requesters := range []string{"groups: [S%d]", "accounts: [U%d]"} {
		var b strings.Builder
		b.WriteString("version: 1\nrules:\n")
		for i := range mostItems / 2 {
			fmt.Fprintf(&b, "  - {id: r%d, resources: {kind: usergroup, names: [\"%d*\", a%d]}, requesters: {"+requesters+"}, max: 1h, approve: {groups: [\"@g%d\", S%d]}}\n", i, i, i, i, i, i)
		}
		begin := time.Now()
		found := Check(parse(t, b.String()))
		if took := time.Since(begin); took > 10*time.Second || len(found) == 0 {
			t.Errorf("took %v and found %d", took, len(found))
		}
	}
}
