package policyfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

func TestTellIsRead(t *testing.T) {
	p := parse(t, approving("\n      - {groups: [S1], tell: C0STEP}\n      - {groups: [S2]}\n    tell: \"#sre-approvals\""))
	r := p.Rules[0]
	if r.Tell != "#sre-approvals" || r.TellAt(access.Stage{}) != "C0STEP" || r.TellAt(access.Stage{Step: 1}) != "#sre-approvals" {
		t.Errorf("%+v", r)
	}
	if one := parse(t, approving(" {groups: [S1], tell: C1}")).Rules[0]; one.TellAt(access.Stage{}) != "C1" || one.Approvers.Groups != nil {
		t.Errorf("a step without a list: %+v", one)
	}
	if got := Channels(p); !slices.Equal(got, []string{"#sre-approvals", "C0STEP"}) {
		t.Errorf("channels %q", got)
	}
}

func TestWrongTellSaysWhere(t *testing.T) {
	for approve, want := range map[string]string{
		" {groups: [S1]}\n    tell: sre-approvals":     `line 8: rules[0].tell: "sre-approvals" is no channel`,
		" {groups: [S1]}\n    tell: \"@sre\"":          "rules[0].tell: \"@sre\" is no channel",
		"\n      - {groups: [S1], tell: [C1]}":         "rules[0].approve[0].tell: has to be text",
		" auto\n    tell: C1":                          "rules[0].tell: says nothing here: policy approves by itself",
		" never\n    tell: C1":                         "rules[0].tell: says nothing here: the rule gives nothing",
		" {groups: [S1]}\n    tel: \"#sre-approvals\"": "rules[0].tel: is no field here; did you mean tell?",
	} {
		_, err := Parse([]byte(approving(approve)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", approve, err, want)
		}
	}
}

// On a house the channels are known: one that is not there, that others read too, or
// that the app is not in, is a warning.
func TestCheckOfChannels(t *testing.T) {
	p := parse(t, approving(" {accounts: [U1, U2], tell: \"#sre\"}"))
	room := directory.Resource{ID: "C1", Name: "sre", Kind: directory.Channel, Reached: true}
	shared, archived, outside := room, room, room
	shared.Shared, archived.Archived, outside.Reached = true, true, false
	for _, x := range []struct {
		known []directory.Resource
		want  string
	}{
		{[]directory.Resource{room}, ""},
		{nil, "there is no channel #sre"},
		{[]directory.Resource{group("S1", "sre")}, "there is no channel #sre"},
		{[]directory.Resource{shared}, "people of other organizations are in it"},
		{[]directory.Resource{archived}, "is archived"},
		{[]directory.Resource{outside}, "the app is not in #sre"},
		{[]directory.Resource{outside, room}, ""},
	} {
		found := CheckChannels(p, x.known)
		got := lines(found)
		if Failed(found) || !strings.Contains(got, x.want) || x.want == "" && got != "" {
			t.Errorf("%+v: %q, want %q", x.known, got, x.want)
		}
	}
	if got := lines(Check(p)); !strings.Contains(got, "rules[0].approve[0].tell: #sre can be renamed in Slack") {
		t.Errorf("a name is not warned of: %q", got)
	}
	if got := lines(Check(parse(t, approving(" {accounts: [U1, U2], tell: U1}")))); !strings.Contains(got, "U1 looks like another kind of id") {
		t.Errorf("a person's id: %q", got)
	}
}
