package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestControl: freeze, kill, what the audit says of it, and what a policy changed.
func TestControl(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, []byte(testPolicy), 0o600))
	d.says("policy publish " + file)
	d.says("request @oncall --for 1h --as ada", "pending")
	d.says("approve " + d.first("requests --open --as lin") + " --as lin")
	_, err := d.house.Sweep(t.Context())
	d.ok(err)
	d.says("connectors pause", "Paused")
	d.says("connectors resume", "Connected")
	_, err = d.house.Sweep(t.Context())
	d.ok(err)
	d.says("audit search --action connector.paused", "connector.paused", "con_")
	d.says("audit search --resource @oncall --person ada", "grant.active")
	d.fails("audit export --as ada", "auditor")
	lines := d.says("audit export", `"n":1,`, "grant.active")
	var told bytes.Buffer
	d.ok(checkExport(strings.NewReader(lines), &told))
	if err := checkExport(strings.NewReader(strings.Replace(lines, "grant.active", "grant.failed", 1)), &told); err == nil || !strings.Contains(told.String(), "the event was changed") {
		t.Errorf("%v %s", err, &told)
	}
	d.says("audit export --as-format csv", "n,at,action")
	d.says("policy history", "VERSION", "1")
	d.says("policy diff", "+++ version 1", "+version: 1")
	d.says("policy publish --dry-run "+file, "0 of the live grants", "Nothing was published")
	d.fails("freeze --why drill --as ada", "integration administrator")
	d.fails("freeze", "--why")
	d.says("freeze --why drill", "whole house", "ebb thaw")
	d.says("freeze --list --as ada", "drill")
	d.says("policy explain --who lin --what @oncall --for 1h", "Yes", "waits all the same", "frozen")
	d.says("thaw", "is lifted")
	d.says("freeze --list", "Nothing is frozen")
	d.fails("kill --why drill", "say what ends")
	d.fails("kill --resource @oncall --as ada", "integration administrator")
	d.says("kill --resource @oncall", "1 grants would end", "--yes")
	d.fails("kill --resource @oncall --yes", "--why")
	d.says("kill --resource @oncall --why drill --yes", "kl_", "1 grants", "turned to its end")
	d.says("kill --list", "drill")
	d.says("kill --user ada", "grants would end")
	d.fails("kill --user zzzz", "means nothing that you can see")
	d.fails("kill --user ada --as ada", "duty")
	_, err = d.house.Sweep(t.Context())
	d.ok(err)
	d.says("kill --policy oncall", "0 grants would end")
	d.says("request @oncall --for 1h --as ada", "pending")
	d.says("approve " + d.first("requests --open --as lin") + " --as lin")
	_, err = d.house.Sweep(t.Context())
	d.ok(err)
}
