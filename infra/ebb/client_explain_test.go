package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wholePolicy has everything that a policy can say of how something is decided.
const wholePolicy = `version: 1
organization: {zone: Europe/Berlin, hours: "09:00-17:30"}
rules:
  - id: short
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    when: length <= duration("30m") && requester.id == subject.id
    max: 30m
    approve: auto
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {accounts: [%[1]s, %[2]s]}
    for_others: {accounts: [%[2]s]}
    risk: high
    max: 8h
    wait: 2d
    approve:
      - {accounts: [%[2]s, %[3]s, %[4]s], need: 2, fallback: {app_owners: true}, after: 4h, then: {escalate: {workspace_admins: true}}}
      - {accounts: [%[2]s, %[3]s, %[4]s], after: 2h, then: {reassign: {resource_owners: true}}}
      - {app_owners: true, workspace_admins: true, after: 6h, then: cancel}
    emergency: {requesters: {accounts: [%[1]s]}, max: 2h, confirm: {accounts: [%[2]s]}}
  - id: leads
    resources: {kind: usergroup, names: ["leads"]}
    requesters: {accounts: [%[2]s]}
    max: 1h
    approve: {accounts: [%[2]s]}
    solo: {wait: 24h, veto: {accounts: [%[1]s]}}
    when_empty: {keep: %[2]s}
profiles:
  - {id: week, label: On-call week, resources: ["@oncall", "@leads"]}
`

// The check takes everything that a policy can say, and the explanation says what it
// comes to, before anybody asks.
func TestExplainKnowsAll(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, fmt.Appendf(nil, wholePolicy, d.ids["ada"], d.ids["lin"], d.ids["sam.a"], d.ids["sam.b"]), 0o600))
	d.says("policy check "+file, "ok, 3 rules")
	d.says("policy publish "+file, "Version 1 is in force")
	d.says("policy explain --what @oncall --for 30m --as ada", `Rule "short" of version 1 allows up to 30m, approved by policy`)
	d.says("policy explain --what @oncall --for 1h --as ada",
		`rule "short" (line 4): has a condition (when) that does not hold`,
		"approved by 2 of Lin Okafor or Sam Adeyemi or Sam Becker, then by ",
		"The policy calls this high risk.",
		"- step 1: where none of them could decide, the application's owners can.",
		"- step 1: after 4h of working time workspace admins can decide too.",
		"- step 2: after 2h of working time the resource's owners can decide instead.",
		"- step 3: what waits longer than 6h of working time is canceled.",
		"- nobody says yes twice",
		"- whoever it waits for is reminded after 4h of working time",
		"- what nobody has decided after 2d expires.",
		"- an emergency that nobody confirmed within 3d is a finding.",
		"In an emergency (--emergency) it allows up to 2h",
		"Could approve now: ", "Lin Okafor", "Sam Adeyemi", "Sam Becker",
	)
	d.says("policy explain --who lin --subject joanna --what @oncall --for 30m --as admin", "Yes: Lin Okafor may ask for Joanna Diaz to have @oncall")
	d.says("policy explain --what @leads --for 1h --as lin", "approves itself after 1d, unless Ada Moreau vetoes it")
	d.says("delegate to joanna --until +24h --as lin", "Joanna Diaz decides in your place")
	d.says("policy explain --what @oncall --for 1h --as ada", "Joanna Diaz in the place of Lin Okafor")
	d.says("policy explain --profile week --for 1h --as lin", "may have @oncall", "may have @leads")
	d.fails("policy explain --profile wek --for 1h --as lin", `no access profile "wek"`, "ebb profiles")
	d.fails("policy explain --for 1h --as lin", "--what", "--profile")
	d.fails("policy explain --what @oncall --profile week --for 1h --as lin", "--what", "--profile")
}

// Each of its parts that is wrong is said with its line and what to do.
func TestCheckKnowsAll(t *testing.T) {
	good := fmt.Sprintf(wholePolicy, "U0ADA000", "U0LIN000", "U0SAM000", "U0SUE000")
	for was, is := range map[string][2]string{
		`risk: high`:                     {`risk: extreme`, "known are low, medium, high"},
		`requester.id == subject.id`:     {`requester.idd == subject.id`, "undefined field 'idd'"},
		`need: 2`:                        {`need: 20`, "a number from 1 to 10"},
		`fallback: {app_owners: true}`:   {`fallbak: {app_owners: true}`, "did you mean fallback?"},
		`then: cancel`:                   {`then: {cancel: true}`, "or the word cancel"},
		`then: {reassign: {resource_ow`:  {`then: {reasign: {resource_ow`, "did you mean reassign?"},
		`emergency: {requesters: {acc`:   {`emergency: {requester: {acc`, "did you mean requesters?"},
		`max: 2h, confirm`:               {`max: 2x, confirm`, "a time such as 30m, 8h, 2d or 1w"},
		`solo: {wait: 24h, veto`:         {`solo: {wait: 4d, veto`, "the request expires after 3d"},
		`profiles:`:                      {`profile:`, "did you mean profiles?"},
		`resources: ["@oncall", "@lead`:  {`resources: ["oncall", "@lead`, `a user group's "@handle"`},
		`label: On-call week, `:          {``, "label: is missing"},
		`hours: "09:00-17:30"`:           {`hours: "9-17"`, `such as "09:00-17:30"`},
		`zone: Europe/Berlin`:            {`zone: Mars/Olympus`, "write one such as Europe/Berlin"},
		`after: 2h, then: {reassign: {r`: {`then: {reassign: {r`, "add after: 4h"},
		`for_others: {acc`:               {`for_other: {acc`, "did you mean for_others?"},
	} {
		if !strings.Contains(good, was) {
			t.Fatalf("the policy has no %s", was)
		}
		var out strings.Builder
		err := checkPolicy("-", strings.NewReader(strings.Replace(good, was, is[0], 1)), &out)
		if err == nil || !strings.Contains(out.String(), is[1]) || !strings.Contains(out.String(), "-: line ") {
			t.Errorf("%s: %v\n%swant %s", is[0], err, out.String(), is[1])
		}
	}
}
