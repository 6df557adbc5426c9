package policyfile

import (
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
)

func profiled(profiles string) string {
	return approving(" {groups: [S1]}") + "profiles:" + profiles + "\n"
}

func TestProfilesAreRead(t *testing.T) {
	p := parse(t, profiled("\n  - {id: week, label: A week, resources: [S9, \"@oncall\", \"#help\"]}"))
	x, ok := p.Profile("week")
	if !ok || x.Label != "A week" || x.Line != 9 || strings.Join(x.Resources, " ") != "S9 @oncall #help" {
		t.Errorf("%+v", x)
	}
	if _, ok := p.Profile("other"); ok {
		t.Error("a profile that is not there")
	}
}

func TestWrongProfilesSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"\n  - {label: A, resources: [S9]}":                                                "line 9: profiles[0].id: is missing",
		"\n  - {id: a, label: A}":                                                          "profiles[0].resources: is missing",
		"\n  - {id: a, label: A, resources: []}":                                           "profiles[0].resources: is empty",
		"\n  - {id: a, label: A, resources: [oncall]}":                                     "profiles[0].resources[0]: \"oncall\" names no resource",
		"\n  - {id: a, label: A, resources: [\"@on*\"]}":                                   "profiles[0].resources[0]: \"@on*\" names no resource",
		"\n  - {id: a, label: A, resources: [S9]}\n  - {id: a, label: B, resources: [S9]}": "line 10: profiles[1].id: \"a\" is the id of the one in line 9 too",
		"\n  - {id: a, label: A, resources: [" + strings.Repeat("S9, ", 21) + "]}":         "has 21 resources; a request has at most 20",
	} {
		_, err := Parse([]byte(profiled(text)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestProfilesThatNameNothing(t *testing.T) {
	p := parse(t, profiled("\n  - {id: a, label: A, resources: [S9, \"@gone\", \"@other\", \"@twice\"]}"))
	twice := group("S7", "twice")
	twice.Workspace = "T2"
	p.Rules[0].Resources.IDs = append(p.Rules[0].Resources.IDs, "S6", "S7")
	got := lines(CheckProfiles(p, []directory.Resource{group("S9", "oncall"), group("S8", "other"), group("S6", "twice"), twice}))
	for _, want := range []string{"profiles[0].resources[1]: there is no @gone", "resources[2]: no rule lets anybody ask for @other", "resources[3]: @twice is in several workspaces"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if strings.Contains(got, "resources[0]") {
		t.Errorf("S9 is fine: %s", got)
	}
}
