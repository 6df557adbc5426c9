package policyfile

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// conditioned is a policy with one condition, the question that it answers, and
// the line at which the condition stands.
func conditioned(when string) (string, access.Ask) {
	src := "version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n" +
		"    risk: high\n    max: 8h\n    approve: auto\n    when: |\n      " + strings.ReplaceAll(when, "\n", "\n      ") + "\n"
	ada := directory.Account{ID: "U1", Name: "ada", Kind: directory.Human, State: directory.Active, Roles: map[string]directory.WorkspaceRole{"T1": directory.Member}}
	return src, access.Ask{
		Requester: access.Person{User: "u_1", Account: ada, Groups: []directory.Resource{group("S1", "eng")}}, Subject: ada,
		Resource: group("S2", "oncall"), Slug: "member", Length: 2 * time.Hour, Proven: true,
		Now: time.Date(2026, 11, 25, 21, 30, 0, 0, time.UTC), Condition: NewConditions(),
	}
}

func TestConditions(t *testing.T) {
	for when, want := range map[string]string{
		`true`:                                                            "yes",
		`length <= duration("2h")`:                                        "yes",
		`length > duration("2h")`:                                         "does not hold",
		`"S1" in requester.groups`:                                        "yes",
		`"@eng" in requester.groups`:                                      "yes",
		`"S9" in requester.groups`:                                        "does not hold",
		`requester.id == subject.id`:                                      "yes",
		`risk == "high" && !resource.private`:                             "yes",
		`requester.admin`:                                                 "does not hold",
		`now.getHours("Europe/Berlin") == 22`:                             "yes",
		`now.getHours("Europe/Nowhere") == 22`:                            "cannot be judged",
		`requester.groups[7] == "S1"`:                                     "cannot be judged",
		`requester.kind == "human"`:                                       "yes",
		`resource.name.matches("^on")`:                                    "yes",
		`subject.kind == "human" || 1/0 == 1`:                             "yes",
		"requester.groups.all(a, requester.groups.all(b,\n a + b != ''))": "yes",
	} {
		src, q := conditioned(when)
		d := parse(t, src).Decide(q)
		if got := strings.Join(d.Trail, " "); d.Allowed != (want == "yes") || want != "yes" && !strings.Contains(got, want) {
			t.Errorf("%s: allowed %v, %s", when, d.Allowed, got)
		}
		if q.Condition = nil; parse(t, src).Decide(q).Allowed {
			t.Errorf("%s: allowed where nobody judges conditions", when)
		}
	}
}

// What costs too much ends, and denies.
func TestDearConditionsDeny(t *testing.T) {
	src, q := conditioned("requester.groups.all(a, requester.groups.all(b, requester.groups.all(c, a + b + c != '')))")
	for range 60 {
		q.Requester.Groups = append(q.Requester.Groups, group("S1", "eng"))
	}
	if d := parse(t, src).Decide(q); d.Allowed || !strings.Contains(d.Because, "cost") {
		t.Errorf("%+v", d)
	}
}

func TestConditionsOfOpenGroupsKnowNoGroups(t *testing.T) {
	src, q := conditioned(`"S1" in requester.groups`)
	if q.OpenGroups = true; parse(t, src).Decide(q).Allowed {
		t.Error("a group that everybody can edit let somebody in")
	}
}

func TestWrongConditionsSayWhere(t *testing.T) {
	for when, want := range map[string]string{
		`requester.idd == "U1"`:            "line 10: rules[0].when: character 10: undefined field 'idd'",
		"length < duration('1h') &&\nriks": "line 11: rules[0].when: character 1: undeclared reference to 'riks'",
		`length`:                           "line 9: rules[0].when: has to be true or false",
		`1 +`:                              "rules[0].when: character 1: Syntax error",
		`reason == "x"`:                    "undeclared reference to 'reason'",
		"'" + strings.Repeat("x", 1000) + "' != ''":                  "at most 1000 are read",
		strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300): "rules[0].when",
	} {
		src, _ := conditioned(when)
		_, err := Parse([]byte(src))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%.40s: %v, want %s", when, err, want)
		}
	}
}

// FuzzCondition: whatever stands under "when", nothing panics, it ends, and what
// is refused when it is read, or cannot be judged, allows nothing.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{`true`, `"S1" in requester.groups`, `length < duration("1h")`, `now.getHours("UTC") > 9`, `[1,2].all(x, x > 0)`, `1/0 == 1`, `resource.name.matches("(a+)+$")`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, when string) {
		_, q := conditioned("true")
		rule := access.Rule{ID: "a", Slug: "member", Resources: access.Match{Kind: directory.UserGroup, Names: []string{"oncall"}}, Requesters: access.Who{Anyone: true}, Max: 8 * time.Hour, Auto: true, When: when}
		holds, err := NewConditions().Holds(rule, q)
		d := access.Policy{Rules: []access.Rule{rule}}.Decide(q)
		if when != "" && (err != nil || !holds) && d.Allowed {
			t.Errorf("%q: holds %v, error %v, and allowed", when, holds, err)
		}
	})
}
