package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// found has a hand add somebody in Slack, and a sync show it; it gives the finding.
func (w *world) found(resource, account string) string {
	w.Helper()
	w.At = w.At.Add(70 * time.Second) // what is seen within a minute of a write of Ebb's is not certain
	if strings.HasPrefix(resource, "S") {
		w.Slack.HandAddToGroup(w.Slack.PrimaryOwner(w.Slack.TeamIDs()[0]), resource, account)
	} else {
		w.Slack.HandInvite(resource, account)
	}
	w.Sync(w.Conn)
	f := directory.Finding{Connector: w.Conn, Resource: resource, Slug: "member", Account: account, Kind: directory.Came}
	have, err := w.Store.Finding(w.Context(), f.FindingID())
	w.OK(err)
	if have.State != directory.FindingOpen {
		w.Fatalf("%+v", have)
	}
	return have.ID
}

// TestFindings: what a hand did is listed, accepted with an end, removed after one
// saw what goes, and kept.
func TestFindings(t *testing.T) {
	w := newWorld(t)
	w.says(w.get("root", "/findings"), "Nothing waits for you")
	accepted, removed, kept := w.found(w.Oncall, w.Account["ada"]), w.found(w.Incident, w.Account["lin"]), w.found(w.Leads, w.Account["ada"])
	w.says(w.get("root", "/findings"), "Ada Example", "Lin Example", "@oncall", "#incident-1", "Added in Slack", "To be decided")
	w.says(w.get("root", "/findings?kind=role-raised"), "Nothing waits for you")
	if page := w.get("ada", "/findings"); strings.Contains(page, "oncall") {
		t.Error("who is concerned sees it")
	}
	page := w.get("root", "/findings/"+accepted)
	w.says(page, "Accept it with an end", "Remove it", "Keep it as standing access", "a sync")
	form := url.Values{"from": {between(page, `name="from" value="`, `"`)}, "for": {"7d"}, "comment": {"the <b>fair</b>"}}.Encode()
	for range 2 { // sent twice it says the same
		w.post("root", "/findings/"+accepted+"/accept", form)
	}
	w.says(w.get("root", "/findings/"+accepted), "Accepted until", "the &lt;b&gt;fair&lt;/b&gt;", "the grant that takes it over")

	page = w.get("root", "/findings/"+removed+"/remove")
	w.says(page, "Take Lin Example out of #incident-1?", "What goes", "Nobody else")
	w.post("root", "/findings/"+removed+"/remove", "comment=no")
	w.At = w.At.Add(5 * time.Second)
	w.Sweep()
	w.says(w.get("root", "/findings/"+removed), "Removed", "by Root")
	if got := w.do("root", "GET", "/findings/"+removed+"/remove", ""); got.code != 303 {
		t.Errorf("what is removed can be removed: %d", got.code)
	}

	w.post("root", "/findings/"+kept+"/keep", "comment=")
	w.says(w.get("root", "/findings/"+kept), "Declared right")
	w.says(w.get("root", "/findings"), "Nothing waits for you")
	w.says(w.get("root", "/findings?all=1"), "Accepted until", "Removed", "Declared right")
	if got := w.do("root", "POST", "/findings/"+kept+"/accept", "for=7y&from=x"); got.code != 422 {
		t.Errorf("for seven years: %d", got.code)
	}
}

// TestFindingsAreForOwners: others have none, and an administrator does not hear of a
// private channel.
func TestFindingsAreForOwners(t *testing.T) {
	w := newWorld(t)
	id := w.found(w.Hush, w.Account["lin"])
	for role, want := range map[string]int{"root": 200, "owner": 200, "auditor": 200, "integrator": 404, "ada": 404, "lin": 404} { // lin is who it is about
		if got := w.do(role, "GET", "/findings/"+id, ""); got.code != want {
			t.Errorf("%s: %d, want %d", role, got.code, want)
		}
		if list := w.get(role, "/findings"); strings.Contains(list, "merger") != (want == 200) {
			t.Errorf("%s lists it: %v", role, want != 200)
		}
	}
}
