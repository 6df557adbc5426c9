package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// foundIn has a hand add somebody in Slack, and a sync show it; it gives the finding.
func (w *world) foundIn(resource, name string) string {
	w.t.Helper()
	ctx := w.t.Context()
	w.at = w.at.Add(2 * time.Minute) // Ebb may have written there just now
	if strings.HasPrefix(resource, "S") {
		w.slack.HandAddToGroup(w.slack.PrimaryOwner(w.slack.TeamIDs()[0]), resource, w.account[name])
	} else {
		w.slack.HandInvite(resource, w.account[name])
	}
	run, err := w.house.StartSync(ctx, w.root, w.conn, nil)
	for w.ok(err); run.State == connector.Running; w.ok(err) {
		run, err = w.house.SyncStep(ctx, run.ID)
	}
	f := directory.Finding{Connector: w.conn, Resource: resource, Slug: "member", Account: w.account[name], Kind: directory.Came}
	_, err = w.store.Finding(ctx, f.FindingID())
	w.ok(err)
	return f.FindingID()
}

// TestFindings: found, listed, accepted until a time and then removed by another
// word is refused; the answers are what the contract says.
func TestFindings(t *testing.T) {
	w := newWorld(t)
	id := w.foundIn(w.oncall, "ada")
	var list apigen.FindingList
	w.want(w.send("root", "GET", "/v1/findings?kind=came&resource="+w.oncall, ""), 200, &list)
	if len(list.Items) != 1 || list.Items[0].Account.Name != "Ada Example" || list.Items[0].Resource.Name != "@oncall" || list.Items[0].Run == "" || !list.Items[0].Decides {
		t.Fatalf("%+v", list.Items)
	}
	w.want(w.send("root", "GET", "/v1/findings?kind=nothing", ""), 400, nil)
	w.want(w.send("root", "POST", "/v1/findings/"+id+"/accept", `{"until":"2020-01-01T00:00:00Z"}`), 400, nil)
	var f apigen.Finding
	w.want(w.send("root", "POST", "/v1/findings/"+id+"/accept", `{"until":"2026-11-24T08:00:00Z","comment":"until the fair is over"}`), 200, &f)
	if f.State != "accepted" || f.Comment != "until the fair is over" || f.DecidedBy.Name != "Root" || f.Grant == "" {
		t.Errorf("%+v", f)
	}
	var g apigen.Grant
	w.want(w.send("root", "GET", "/v1/grants/"+f.Grant, ""), 200, &g)
	if g.State != "active" || g.Origin != "finding/"+id || !g.End.Equal(f.Until) {
		t.Errorf("%+v", g)
	}
	w.want(w.send("root", "POST", "/v1/findings/"+id+"/remove", `{}`), 400, nil)
	w.want(w.send("root", "GET", "/v1/findings", ""), 200, &list)
	if len(list.Items) != 0 {
		t.Errorf("decided, and it waits: %+v", list.Items)
	}
	w.want(w.send("root", "GET", "/v1/findings?all=true", ""), 200, &list)
	if len(list.Items) != 1 {
		t.Errorf("%+v", list.Items)
	}
}
