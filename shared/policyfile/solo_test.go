package policyfile

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

func TestSoloIsRead(t *testing.T) {
	for text, want := range map[string]access.Solo{
		"true":                             {Wait: 24 * time.Hour},
		"false":                            {},
		"{wait: 48h}":                      {Wait: 48 * time.Hour},
		"{wait: 1h, veto: {anyone: true}}": {Wait: time.Hour, Veto: access.Who{Anyone: true}},
		"{veto: {accounts: [U2]}}":         {Wait: 24 * time.Hour, Veto: access.Who{Accounts: []string{"U2"}}},
	} {
		p := parse(t, approving(" {accounts: [U1]}\n    solo: "+text))
		if got := p.Rules[0].Solo; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if got := lines(Check(p)); want.Wait > 0 && got != "" {
			t.Errorf("%s: a single approver is meant, and the check says %s", text, got)
		}
	}
}

func TestWrongSoloSaysWhere(t *testing.T) {
	for approve, want := range map[string]string{
		" {accounts: [U1]}\n    solo: {wait: 30m}":            "line 8: rules[0].solo.wait: is at least 1h",
		" {accounts: [U1]}\n    solo: {wait: 3d}":             "line 8: rules[0].solo: waits 3d, and the request expires after 3d",
		" {accounts: [U1]}\n    wait: 12h\n    solo: true":    "line 9: rules[0].solo: waits 1d, and the request expires after 12h",
		" auto\n    solo: true":                               "rules[0].solo: says nothing here",
		" {accounts: [U1]}\n    solo: {vote: {anyone: true}}": "rules[0].solo.vote: is no field here; did you mean veto?",
		" {accounts: [U1]}\n    solo: yes":                    "rules[0].solo: has to be true or false",
	} {
		_, err := Parse([]byte(approving(approve)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", approve, err, want)
		}
	}
}
