package access

import (
	"slices"
	"testing"
	"time"
)

func TestCourse(t *testing.T) {
	leads := Who{Groups: []string{"@leads"}}
	const reminded, expires = "whoever it waits for is reminded after 4h, then less and less often, at least once in 1d", "what nobody has decided after 3d expires"
	for name, x := range map[string]struct {
		rule  Rule
		hours Hours
		want  []string
	}{
		"nobody is asked": {Rule{ID: "a", Max: time.Hour, Auto: true}, Hours{}, nil},
		"never":           {Rule{ID: "a", Approvers: leads}, Hours{}, nil},
		"no rule":         {Rule{Max: time.Hour, Approvers: leads}, Hours{}, nil},
		"one yes":         {Rule{ID: "a", Max: time.Hour, Approvers: leads, Wait: time.Hour}, Hours{}, []string{reminded, "what nobody has decided after 1h expires"}},
		"in working hours, in a channel that not everybody may know": {Rule{ID: "a", Max: time.Hour, Tell: "#ask", Steps: []Approval{{Approvers: leads, After: 4 * time.Hour, Then: Late{Cancel: true}}}}, office, []string{
			"what waits longer than 4h of working time is canceled",
			"whoever it waits for is reminded after 4h of working time, then less and less often, at least once in 1d of working time", expires,
		}},
		"all of it": {Rule{ID: "a", Max: time.Hour, Emergency: Emergency{Max: time.Hour}, Steps: []Approval{
			{Approvers: leads, Need: 2, Fallback: Who{AppOwners: true}, After: time.Hour, Then: Late{Escalate: Who{WorkspaceAdmins: true}}},
			{Approvers: leads, After: 2 * time.Hour, Then: Late{Reassign: Who{ResourceOwners: true}}},
		}}, Hours{}, []string{
			"step 1: where none of them could decide, the application's owners can", "step 1: after 1h workspace admins can decide too",
			"step 2: after 2h the resource's owners can decide instead",
			"nobody says yes twice, at another step or with another account", reminded, expires, "an emergency that nobody confirmed within 3d is a finding",
		}},
	} {
		if got := x.rule.Course(x.hours); !slices.Equal(got, x.want) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, x.want)
		}
	}
}
