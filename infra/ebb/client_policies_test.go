package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
)

// grownPolicy has an emergency, a request that approves itself, and a profile.
const grownPolicy = `
version: 1
organization: {zone: Europe/Berlin, hours: "09:00-17:30"}
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%[1]s]}
    emergency: {requesters: {accounts: [%[2]s]}, max: 2h, within: 1d}
    solo: {wait: 24h, veto: {accounts: [%[2]s]}}
profiles:
  - {id: week, label: On-call week, resources: ["@oncall"]}
  - {id: void, label: Void, resources: ["@nothing"]}
`

// TestGrownPolicies is what policies can do beside one yes, from the terminal.
func TestGrownPolicies(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, fmt.Appendf(nil, grownPolicy, d.ids["lin"], d.ids["ada"]), 0o600))
	d.says("policy check "+file, "ok, 1 rules")
	d.says("policy publish "+file, "Version 1 is in force", "there is no @nothing")
	d.says("policy explain --what @oncall --for 1h --as ada", "In an emergency (--emergency) it allows up to 2h")
	d.says("policy explain --what @oncall --for 1h --as lin", "approves itself after 1d, unless Ada Moreau vetoes it")

	d.fails("request @oncall --for 1h --emergency --as ada", "say why")
	d.fails("request @oncall --for 1h --emergency --why down --as lin", "skip its approvers")
	d.says("request @oncall --for 1h --emergency --why down --as ada", "approved", "it skipped "+d.ids["lin"], "somebody confirms it until")
	id := d.first("requests --as lin")
	d.says("tasks --as lin", "@oncall for Ada Moreau", "down", "ebb confirm "+id)
	d.fails("confirm "+id+" --as ada", "whoever asks")
	d.says("confirm "+id+" --no --comment really? --as lin", "Lin Okafor ended it afterwards", "comment by Lin Okafor: really?")
	d.fails("confirm "+id+" --as lin", "settled by Lin Okafor already")
	d.says("tasks --as lin", "Nothing waits for you")

	d.says("profiles --as lin", "week", "On-call week", "@oncall")
	d.fails("request @oncall --profile week --for 1h --as lin", "name resources, or an access profile")
	d.says("request --profile week --for 1h --as lin", "@oncall waits for Lin Okafor", "approves itself")
	id = d.first("requests --open --as ada")
	d.says("tasks --as ada", "ebb veto "+id)
	d.says("veto "+id+" --as ada", "denied", "by Ada Moreau")

	d.says("delegate to joanna --until +24h --as lin", "Joanna Diaz decides in your place")
	d.says("delegate --as lin", "Joanna Diaz", "Lin Okafor", "now")
	d.says("request @oncall --for 1h --why night --as ada", "pending")
	root, err := d.house.FirstUser(t.Context(), "u_admin", "")
	d.ok(err)
	u, err := d.house.Bind(t.Context(), access.Actor{User: root}, d.conn, d.ids["joanna"], nil)
	d.ok(err)
	key, _, err := d.house.CreateKey(t.Context(), access.Actor{User: u}, u.ID, "joanna", false)
	d.ok(err)
	t.Setenv("EBB_KEY", key)
	id = d.first("requests --open")
	d.says("tasks", "@oncall for Ada Moreau, in the place of Lin Okafor", "ebb approve "+id)
	d.says("approve "+id, "approved", "by Joanna Diaz in the place of Lin Okafor")
	d.says("delegate end "+d.first("delegate list"), "is taken back")
	d.says("delegate", "Nobody decides in your place")
}
