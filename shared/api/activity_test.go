package api_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
)

// TestLastActivity: seen, not seen and not known are told apart, to who may know.
func TestLastActivity(t *testing.T) {
	w := newWorld(t)
	type account struct{ ID, LastActive, Activity, ActivityFrom, ActivityWhy string }
	get := func(role, name string) (a account) {
		w.want(w.send(role, "GET", w.fill("/v1/connectors/{conn}/accounts/")+w.account[name], ""), 200, &a)
		a.ID = ""
		return a
	}
	if got := get("auditor", "sam"); got.Activity != "not known" || got.ActivityWhy == "" || got.LastActive+got.ActivityFrom != "" {
		t.Errorf("nothing was read: %+v", got)
	}
	w.ok(w.store.SaveActive(t.Context(), w.conn, []directory.Activity{{Account: w.account["sam"], Last: w.at.AddDate(0, 0, -120)}, {Account: w.account["lin"], Last: w.at}}))
	w.ok(w.store.SaveActivitySource(t.Context(), w.conn, directory.ActivitySource{Shown: true, From: w.at.AddDate(0, 0, -200), Read: w.at}))
	for name, want := range map[string]account{
		"sam": {LastActive: "2026-07-26", Activity: "seen", ActivityFrom: "2026-05-07"},
		"lin": {LastActive: "2026-11-23", Activity: "seen", ActivityFrom: "2026-05-07"},
		"ada": {Activity: "not seen", ActivityFrom: "2026-05-07"},
	} {
		if got := get("auditor", name); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if got := get("ada", name); got != (account{}) {
			t.Errorf("ada sees of %s: %+v", name, got)
		}
	}
	var list struct{ Items []account }
	w.want(w.send("auditor", "GET", w.fill("/v1/connectors/{conn}/accounts?inactive=90&limit=100"), ""), 200, &list)
	found := map[string]string{}
	for _, a := range list.Items {
		found[a.ID] = a.Activity
	}
	if found[w.account["sam"]] != "seen" || found[w.account["ada"]] != "not seen" || found[w.account["lin"]] != "" {
		t.Errorf("inactive for 90 days: %v", found)
	}
	for _, days := range []string{"6", "401", "-90", "soon"} {
		if got := w.send("auditor", "GET", w.fill("/v1/connectors/{conn}/accounts?inactive=")+days, ""); got.Code != 400 {
			t.Errorf("%s days: %d", days, got.Code)
		}
	}
}
