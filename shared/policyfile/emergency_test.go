package policyfile

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

func TestEmergenciesAreRead(t *testing.T) {
	src := approving(" {groups: [S1]}\n    emergency: {requesters: {groups: [S2]}, max: 2h, confirm: {app_owners: true}, within: 1d}")
	want := access.Emergency{Requesters: access.Who{Groups: []string{"S2"}}, Max: 2 * time.Hour, Confirm: access.Who{AppOwners: true}, Within: 24 * time.Hour}
	if got := parse(t, src).Rules[0].Emergency; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWrongEmergenciesSayWhere(t *testing.T) {
	for approve, want := range map[string]string{
		" {groups: [S1]}\n    emergency: {max: 2h}":                                                              "line 8: rules[0].emergency.requesters: is missing",
		" {groups: [S1]}\n    emergency: {requesters: {anyone: true}}":                                           "line 8: rules[0].emergency.max: is missing",
		" {groups: [S1]}\n    emergency: {requesters: {anyone: true}, max: 1h, confirm: {anyone: true}}":         "rules[0].emergency.confirm.anyone: does not approve",
		" auto\n    emergency: {requesters: {anyone: true}, max: 1h}":                                            "rules[0].emergency: says nothing here: policy approves by itself",
		" {groups: [S1]}\n    emergency: {requesters: {anyone: true}, max: 1h, confirm: {groups: [S1]}, in: 3d}": "rules[0].emergency.in: is no field here",
	} {
		_, err := Parse([]byte(approving(approve)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", approve, err, want)
		}
	}
}

func TestCheckOfEmergencies(t *testing.T) {
	for emergency, want := range map[string]string{
		"{requesters: {anyone: true}, max: 2d}":                                  "is 2d without anybody's decision",
		"{requesters: {accounts: [U1]}, max: 2h, confirm: {accounts: [U1]}}":     "only U1 confirms",
		"{requesters: {accounts: [U1]}, max: 2h, confirm: {groups: [S9]}}":       "people who can ask for this can also ask for S9",
		"{requesters: {accounts: [U1]}, max: 2h, confirm: {accounts: [U1, U2]}}": "",
		"{requesters: {accounts: [U1]}, max: 24h}":                               "",
	} {
		got := lines(Check(parse(t, approving(" {accounts: [U7, U8]}\n    emergency: "+emergency))))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", emergency, got, want)
		}
	}
}
