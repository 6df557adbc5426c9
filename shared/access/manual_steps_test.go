package access_test

import (
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// TestStepsOfWhoIsDeactivated: nobody is sent to deactivate an account that is.
func TestStepsOfWhoIsDeactivated(t *testing.T) {
	r := directory.Resource{ID: "C1", Name: "general", Kind: directory.Channel, General: true}
	for _, why := range []access.ManualWhy{access.ManualGeneral, access.ManualMember} {
		for state, asks := range map[directory.AccountState]bool{directory.Active: true, directory.Deactivated: false} {
			m := access.Manual{Resource: r.ID, Kind: r.Kind, Slug: "member", Account: "U1", Why: why}
			got := strings.Join(m.Steps(r, directory.Account{ID: "U1", Name: "Sam", State: state}, ""), "\n")
			if strings.Contains(got, "Deactivate") != asks || strings.Contains(got, "deactivated already") == asks || !strings.Contains(got, "Sync now") {
				t.Errorf("%s, %s:\n%s", why, state, got)
			}
		}
	}
}
