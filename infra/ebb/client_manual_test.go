package main

import (
	"testing"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// TestManualWhat: whose role goes is not to be put out of the workspace.
func TestManualWhat(t *testing.T) {
	task := func(give bool, entitlement string) apiclient.ManualTask {
		return apiclient.ManualTask{
			Give: give, Entitlement: entitlement,
			Account: apiclient.Ref{Id: "U1", Name: "Ada"}, Resource: apiclient.ResourceRef{Id: "T1", Name: "Acme"},
		}
	}
	for want, m := range map[string]apiclient.ManualTask{
		"make Ada admin of Acme":                       task(true, "workspace:admin"),
		"put Ada into Acme":                            task(true, "channel:member"),
		"take the role of owner in Acme away from Ada": task(false, "workspace:owner"),
		"take Ada out of Acme":                         task(false, "workspace:member"),
	} {
		if got := manualWhat(m); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
