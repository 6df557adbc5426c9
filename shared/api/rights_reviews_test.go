package api_test

import (
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/review"
)

// spec is a review of user groups and channels by lin, as a body.
const spec = `{"name":"Autumn","connector":"{conn}","kinds":["usergroup","channel"],"public":true,"levels":[{"by":"named","accounts":["{lin}"]}],"unchanged":true,"atEnd":"skip","days":14}`

// The rights of access reviews, as in rights.
func init() {
	type row = struct{ method, path, body, want string }
	rights = append(rights, []row{
		// The owner of the connector has a list: what lin cannot review, her own.
		//        nobody outsider guest ada service lin owner integrator auditor root
		{"GET", "/v1/campaigns", "", "401 200 200 200 200 200 200 200 200 200"},
		{"POST", "/v1/campaigns", spec, "401 403 403 403 403 403 403 403 403 201"},
		{"POST", "/v1/campaign-preview", spec, "401 403 403 403 403 403 403 403 403 200"},
		{"GET", "/v1/campaigns/{draft}", "", "401 404 404 404 404 404 404 404 200 200"},
		{"PUT", "/v1/campaigns/{draft}", spec, "401 404 404 404 404 404 404 404 403 200"},
		{"POST", "/v1/campaigns/{draft}/stage", "", "401 404 404 404 404 404 404 404 403 200"},
		{"POST", "/v1/campaigns/{draft}/start", "", "401 404 404 404 404 404 404 404 403 409"},
		{"POST", "/v1/campaigns/{draft}/cancel", "", "401 404 404 404 404 404 404 404 403 200"},
		{"GET", "/v1/campaigns/{campaign}", "", "401 404 404 404 404 200 200 404 200 200"},
		{"POST", "/v1/campaigns/{campaign}/end", "{}", "401 404 404 404 404 403 403 404 403 200"},
		{"GET", "/v1/campaigns/{campaign}/lists", "", "401 404 404 404 404 403 403 404 200 200"},
		{"GET", "/v1/campaigns/{campaign}/evidence", "", "401 404 404 404 404 403 403 404 429 429"}, // given: TestEvidence
		{"GET", "/v1/campaigns/{campaign}/lists/{list}/lines", "", "401 404 404 404 404 200 404 404 200 200"},
		{"POST", "/v1/campaigns/{campaign}/lists/{list}/notes", `{"lines":["{oncall}/member/{sam}"],"verdict":"certify"}`, "401 404 404 404 404 200 404 404 404 404"},
		{"POST", "/v1/campaigns/{campaign}/lists/{list}/notes-unchanged", "", "401 404 404 404 404 200 404 404 404 404"},
		{"POST", "/v1/campaigns/{campaign}/lists/{list}/submit", "", "401 404 404 404 404 400 404 404 404 404"},
		{"POST", "/v1/campaigns/{campaign}/lists/{list}/reassign", `{"to":["{ada}"],"lines":["{oncall}/member/{sam}"]}`, "401 404 404 404 404 200 404 404 404 200"},
		{"GET", "/v1/connectors/{conn}/review-accuracy", "", "401 404 403 403 403 403 403 403 403 200"},
		{"POST", "/v1/connectors/{conn}/review-syncs", "", "401 404 403 403 403 403 403 403 403 202"},
		{"GET", "/v1/campaign-templates", "", "401 403 403 403 403 403 403 403 200 200"},
		{"POST", "/v1/campaign-templates", `{"spec":` + spec + `,"every":"quarterly"}`, "401 403 403 403 403 403 403 403 403 201"},
		{"POST", "/v1/campaign-templates/{template}/stop", "", "401 403 403 403 403 403 403 403 403 200"},
		{"GET", "/v1/manual-tasks?all=true", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/v1/manual-tasks/{manual}", "", "401 404 404 404 404 404 200 200 200 200"},
		{"POST", "/v1/manual-tasks/{manual}/give-up", `{"reason":"nobody can"}`, "401 404 404 404 404 404 403 403 403 200"},
		{"GET", "/v1/manual-tasks?stands=true", "", "401 200 200 200 200 200 200 200 200 200"},
		{"POST", "/v1/manual-tasks/{manual}/done", "", "401 404 404 404 404 404 200 200 403 200"},
	}...)
}

// drafted is the id of a draft.
func (w *world) drafted() string {
	w.t.Helper()
	var c apigen.Campaign
	w.want(w.send("root", "POST", "/v1/campaigns", w.fill(spec)), 201, &c)
	return c.Id
}

// reviewed lets the house carry reviews on until they rest.
func (w *world) reviewed() {
	w.t.Helper()
	for range 30 {
		next, err := w.house.Review(w.t.Context())
		w.ok(err)
		if next.IsZero() || next.After(w.at.Add(time.Second)) {
			return
		}
		w.at = w.at.Add(time.Second)
	}
	w.t.Fatal("reviews never rest")
}

// started is the id of a campaign that runs. Lin reviews the private channels, too:
// she owns them.
func (w *world) started() string {
	w.t.Helper()
	for _, id := range []string{w.incident, w.hush} {
		w.ok(w.house.SetOwners(w.t.Context(), w.root, w.conn, id, []string{w.account["lin"]}))
	}
	id := w.drafted()
	w.want(w.send("root", "POST", "/v1/campaigns/"+id+"/stage", ""), 200, nil)
	w.reviewed()
	w.want(w.send("root", "POST", "/v1/campaigns/"+id+"/start", ""), 200, nil)
	w.reviewed()
	w.campaign = id
	return id
}

// linsList is the id of lin's list in the campaign that was started last.
func (w *world) linsList() string {
	w.t.Helper()
	if w.campaign == "" {
		w.started()
	}
	var c apigen.Campaign
	w.want(w.send("lin", "GET", "/v1/campaigns/"+w.campaign, ""), 200, &c)
	if len(c.Lists) != 1 {
		w.t.Fatalf("lin has %d lists", len(c.Lists))
	}
	return c.Lists[0].Id
}

// templated is the id of a template.
func (w *world) templated() string {
	w.t.Helper()
	var t apigen.CampaignTemplate
	w.want(w.send("root", "POST", "/v1/campaign-templates", `{"spec":`+w.fill(spec)+`,"every":"quarterly"}`), 201, &t)
	return t.Id
}

// manual is the id of a manual task: lin denies sam a public channel.
func (w *world) manual() string {
	w.t.Helper()
	to := "/v1/campaigns/" + w.started() + "/lists/" + w.linsList()
	line := review.LineID(w.open, "member", w.account["sam"])
	w.want(w.send("lin", "POST", to+"/notes", fmt.Sprintf(`{"lines":[%q],"verdict":"deny","comment":"moved on"}`, line)), 200, nil)
	var got apigen.Submitted
	w.want(w.send("lin", "POST", to+"/submit", ""), 200, &got)
	if got.Denied != 1 {
		w.t.Fatalf("%+v", got)
	}
	var list struct{ Items []apigen.ManualTask }
	w.want(w.send("root", "GET", "/v1/manual-tasks", ""), 200, &list)
	if len(list.Items) == 0 {
		w.t.Fatal("nothing is to be done by hand")
	}
	return list.Items[0].Id
}
