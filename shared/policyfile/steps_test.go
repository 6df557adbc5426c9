package policyfile

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

func approving(approve string) string {
	return "version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, ids: [S9]}\n    requesters: {anyone: true}\n    max: 8h\n    approve:" + approve + "\n"
}

func TestStepsAreRead(t *testing.T) {
	p := parse(t, approving("\n      - {groups: [S1], need: 2, fallback: {app_owners: true}, after: 4h, then: {escalate: {workspace_admins: true}}}\n      - {resource_owners: true, after: 1d, then: cancel}\n      - {accounts: [U1, U2], after: 1d, then: {reassign: {accounts: [U3]}}}"))
	want := []access.Approval{
		{Approvers: access.Who{Groups: []string{"S1"}}, Need: 2, Fallback: access.Who{AppOwners: true}, After: 4 * time.Hour, Then: access.Late{Escalate: access.Who{WorkspaceAdmins: true}}},
		{Approvers: access.Who{ResourceOwners: true}, After: 24 * time.Hour, Then: access.Late{Cancel: true}},
		{Approvers: access.Who{Accounts: []string{"U1", "U2"}}, After: 24 * time.Hour, Then: access.Late{Reassign: access.Who{Accounts: []string{"U3"}}}},
	}
	if got := p.Rules[0].Steps; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	one := parse(t, approving(" {groups: [S1], need: 2}")).Rules[0]
	if len(one.Steps) != 1 || one.Steps[0].Need != 2 {
		t.Errorf("a step without a list: %+v", one)
	}
	if old := parse(t, approving(" {groups: [S1]}")).Rules[0]; old.Steps != nil || old.Approvers.None() {
		t.Errorf("people alone: %+v", old)
	}
}

func TestWrongStepsSayWhere(t *testing.T) {
	for approve, want := range map[string]string{
		" []":                                  "line 7: rules[0].approve: is empty",
		"\n      - {groups: [S1], nead: 2}":    "line 8: rules[0].approve[0].nead: is no field here; did you mean need?",
		"\n      - {need: 2}":                  "line 8: rules[0].approve[0]: names nobody",
		"\n      - {anyone: true}":             "line 8: rules[0].approve[0].anyone: does not approve",
		"\n      - {groups: [S1], need: 0}":    "rules[0].approve[0].need: has to be a number from 1 to 10",
		"\n      - {groups: [S1], after: 4h}":  "rules[0].approve[0].after: does nothing without then",
		" {groups: [S1], then: cancel}":        "rules[0].approve.then: never comes without after",
		" {groups: [S1], after: 1h, then: {}}": "rules[0].approve.then: is either {escalate: …} or {reassign: …}, or the word cancel",
		" {groups: [S1], after: 1h, then: {escalate: {app_owners: true}, reassign: {app_owners: true}}}": "is either {escalate: …} or {reassign: …}, or the word cancel",
	} {
		_, err := Parse([]byte(approving(approve)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", approve, err, want)
		}
	}
}

// A step that can never have its yeses, and a way with too few people, fail;
// a circle through a fallback is one.
func TestCheckOfSteps(t *testing.T) {
	for approve, want := range map[string]string{
		" {accounts: [U1], need: 2}":                             "needs 2 people to say yes and names 1",
		"\n      - {accounts: [U1]}\n      - {accounts: [U1]}":   "has 2 steps and names 1 people",
		" {accounts: [U1, U2], fallback: {groups: [S9]}}":        "people who can ask for this can also ask for S9",
		"\n      - {accounts: [U1, U2]}\n      - {groups: [S9]}": "people who can ask for this can also ask for S9",
	} {
		found := Check(parse(t, approving(approve)))
		if !Failed(found) || !strings.Contains(lines(found), want) {
			t.Errorf("%s: %s, want %s", approve, lines(found), want)
		}
	}
}
