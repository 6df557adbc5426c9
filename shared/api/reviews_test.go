package api_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/review"
)

// TestReviews: drafted, edited, previewed, staged, decided, submitted and ended, as
// programs do it.
func TestReviews(t *testing.T) {
	w := newWorld(t)
	id := w.drafted()
	var c apigen.Campaign
	w.want(w.send("root", "PUT", "/v1/campaigns/"+id, w.fill(strings.Replace(spec, "Autumn", "Winter", 1))), 200, &c)
	if c.State != "draft" || c.Spec.Name != "Winter" || c.DraftedBy.Name != "Root" || c.ConnectorName != "Umbra" || !c.Runs || len(c.Spec.Kinds) != 2 {
		t.Errorf("%+v", c)
	}
	var p apigen.CampaignPreview
	w.want(w.send("root", "POST", "/v1/campaign-preview", w.fill(spec)), 200, &p)
	if p.Lines == 0 || len(p.Samples) == 0 || p.Hidden != 0 || len(p.Accuracy.Warnings) != 0 || p.Accuracy.Synced.IsZero() || p.Unassigned != 0 || p.Cut {
		t.Errorf("%+v", p)
	}
	w.want(w.send("root", "POST", "/v1/campaigns", w.fill(strings.Replace(spec, `"skip"`, `"perhaps"`, 1))), 400, nil)
	w.want(w.send("root", "POST", "/v1/campaigns", w.fill(strings.Replace(spec, "{lin}", "U0NOBODY", 1))), 400, nil)

	list := "/v1/campaigns/" + w.started() + "/lists/" + w.linsList()
	var page apigen.ReviewLinePage
	w.want(w.send("lin", "GET", list+"/lines?limit=200", ""), 200, &page)
	line := review.LineID(w.incident, "member", w.account["sam"])
	if !page.Decides || page.Counts["all"] != len(page.Items) || page.Found != len(page.Items) || page.List.Reviewers[0].Name != "Lin Example" {
		t.Fatalf("%+v", page)
	}
	var one apigen.ReviewLinePage
	w.want(w.send("lin", "GET", list+"/lines?resource="+w.incident+"&q=sam&show=left&by=person", ""), 200, &one)
	if len(one.Items) != 1 || one.Items[0].Fact.Id != line || one.Items[0].Fact.Resource.Name != "#incident-1" || one.Items[0].Fact.Account.Name != "Sam Example" ||
		one.Items[0].State != "open" || one.Items[0].Gives == "" || one.Items[0].Fact.Held != "standing" || !one.Items[0].Fact.New {
		t.Fatalf("%+v", one.Items)
	}
	w.want(w.send("lin", "GET", list+"/lines?show=everything", ""), 400, nil)
	var n apigen.Noted
	w.want(w.send("lin", "POST", list+"/notes", `{"lines":["`+line+`","X1/member/U0NONE"],"verdict":"deny","comment":"left the team"}`), 200, &n)
	if n.Lines != 1 || n.Refused["X1/member/U0NONE"] == "" {
		t.Errorf("%+v", n)
	}
	w.want(w.send("lin", "POST", list+"/notes", `{"lines":["not a line"],"verdict":"deny"}`), 400, nil)
	w.want(w.send("lin", "GET", list+"/lines?show=noted", ""), 200, &one)
	if len(one.Items) != 1 || one.Items[0].Note.Verdict != "deny" || one.Items[0].Comment != "left the team" {
		t.Errorf("%+v", one.Items)
	}
	var s apigen.Submitted
	w.want(w.send("lin", "POST", list+"/submit", ""), 200, &s)
	if s.Denied != 1 || s.Left != len(page.Items)-1 {
		t.Errorf("%+v", s)
	}
	var lists apigen.ReviewListPage
	w.want(w.send("auditor", "GET", "/v1/campaigns/"+w.campaign+"/lists", ""), 200, &lists)
	if lists.Progress.Lists != 2 || lists.Progress.Denied != 1 || lists.Progress.Left != lists.Progress.Lines-1 || len(lists.Items) != 2 {
		t.Errorf("%+v", lists)
	}
	w.want(w.send("root", "POST", "/v1/campaigns/"+w.campaign+"/end", `{"atEnd":"skip"}`), 200, &c)
	if c.State != "ending" || c.EndedBy != "u_root" {
		t.Errorf("%+v", c)
	}
	w.reviewed()
	_, err := w.house.Sweep(t.Context())
	w.ok(err)
	w.at = w.at.Add(10 * time.Minute)
	w.reviewed()
	w.want(w.send("root", "GET", "/v1/campaigns/"+w.campaign, ""), 200, &c)
	if c.State != "completed" || c.Settled.IsZero() {
		t.Errorf("%+v", c)
	}
	w.want(w.send("auditor", "GET", list+"/lines?show=decided&resource="+w.incident, ""), 200, &one)
	if len(one.Items) != 1 || one.Items[0].State != "removed" || len(one.Items[0].Decided) != 1 || one.Items[0].Decided[0].Account != w.account["lin"] {
		t.Errorf("%+v", one.Items)
	}
}

// TestReviewTasks: who has lines to decide, and who has something to do by hand,
// finds it among their tasks.
func TestReviewTasks(t *testing.T) {
	w := newWorld(t)
	id := w.manual()
	var list apigen.TaskList
	w.want(w.send("lin", "GET", "/v1/tasks", ""), 200, &list)
	if len(list.Items) != 1 || list.Items[0].Kind != "review" || list.Items[0].Review.Campaign != w.campaign || list.Items[0].Review.Left == 0 || len(list.Items[0].Review.Lists) != 1 {
		t.Errorf("%+v", list.Items)
	}
	w.want(w.send("owner", "GET", "/v1/tasks", ""), 200, &list)
	if len(list.Items) != 2 || list.Items[0].Kind != "by_hand" || list.Items[0].Manual.Id != id || len(list.Items[0].Manual.Steps) == 0 {
		t.Errorf("%+v", list.Items)
	}
	var m apigen.ManualTask
	w.want(w.send("owner", "POST", "/v1/manual-tasks/"+id+"/done", ""), 200, &m)
	if m.State != "said done" || m.SaidBy.Name == "" || m.Resource.Name != "#town" || m.Account.Name != "Sam Example" || m.Because == "" {
		t.Errorf("%+v", m)
	}
}

// TestTemplates: made, listed, stopped.
func TestTemplates(t *testing.T) {
	w := newWorld(t)
	id := w.templated()
	var list struct{ Items []apigen.CampaignTemplate }
	w.want(w.send("auditor", "GET", "/v1/campaign-templates", ""), 200, &list)
	if len(list.Items) != 1 || list.Items[0].Id != id || list.Items[0].Every != "quarterly" || list.Items[0].Next.IsZero() {
		t.Errorf("%+v", list.Items)
	}
	var one apigen.CampaignTemplate
	w.want(w.send("root", "POST", "/v1/campaign-templates/"+id+"/stop", ""), 200, &one)
	if !one.Stopped || !one.Next.IsZero() {
		t.Errorf("%+v", one)
	}
	w.want(w.send("root", "POST", "/v1/campaign-templates", `{"spec":`+w.fill(spec)+`,"every":"weekly"}`), 400, nil)
	w.want(w.send("root", "POST", "/v1/campaign-templates", `{"spec":`+w.fill(spec)+`,"every":"yearly","first":"2020-01-01T00:00:00Z"}`), 400, nil)
}

// TestReviewsHidePrivateChannels: a campaign administrator who may not know a private
// channel does not meet it: in no sample, in no list of others, and by no id.
func TestReviewsHidePrivateChannels(t *testing.T) {
	w := newWorld(t)
	u, err := w.house.Bind(t.Context(), w.root, w.conn, w.account["ada"], nil)
	w.ok(err)
	w.want(w.send("root", "PUT", "/v1/users/"+u.ID+"/duties", `{"duties":["campaign administrator"]}`), 200, nil)
	list := "/v1/campaigns/" + w.started() + "/lists/" + w.linsList() + "/lines?limit=200"
	line := review.LineID(w.hush, "member", w.account["sam"])
	for role, want := range map[string]bool{"ada": false, "auditor": true, "root": true, "lin": true} {
		var page apigen.ReviewLinePage
		got := w.send(role, "GET", list, "")
		w.want(got, 200, &page)
		if all := text(got); strings.Contains(all, "merger") != want || strings.Contains(all, line) != want || (page.Hidden == 0) != want {
			t.Errorf("%s: %d hidden: %s", role, page.Hidden, all)
		}
	}
	for role, want := range map[string]bool{"ada": false, "root": true} {
		var p apigen.CampaignPreview
		got := w.send(role, "POST", "/v1/campaign-preview", w.fill(spec))
		w.want(got, 200, &p)
		if all := text(got); strings.Contains(all, "merger") != want || strings.Contains(all, w.hush) != want || (p.Hidden == 0) != want {
			t.Errorf("%s: %s", role, all)
		}
	}
	named := func(role, id string) string {
		got := w.send(role, "POST", "/v1/campaigns", w.fill(strings.Replace(spec, `"public":true`, `"resources":["`+id+`"]`, 1)))
		if got.Code == 201 {
			return "drafted"
		}
		w.want(got, 400, nil)
		return strings.ReplaceAll(text(got), id, "X")
	}
	if a, b := named("ada", w.hush), named("ada", "C0NONE"); a != b || a == "drafted" {
		t.Errorf("%s is not %s", a, b)
	}
	if got := named("root", w.hush); got != "drafted" {
		t.Errorf("who sees it cannot name it: %s", got)
	}
}

// TestUnseenReviews: what one does not review and what is not there are the same.
func TestUnseenReviews(t *testing.T) {
	w := newWorld(t)
	manual := w.manual()
	list := w.linsList()
	if _, err := w.house.ReadManual(t.Context(), access.Actor{User: w.user("owner")}, manual); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ role, method, path, body, real, none string }{
		{"ada", "GET", "/v1/campaigns/X", "", w.campaign, "uc_none"},
		{"ada", "POST", "/v1/campaigns/X/end", "{}", w.campaign, "uc_none"},
		{"ada", "GET", "/v1/campaigns/X/lists", "", w.campaign, "uc_none"},
		{"ada", "GET", "/v1/campaigns/X/lists/as_1/lines", "", w.campaign, "uc_none"},
		{"ada", "POST", "/v1/campaigns/X/lists/" + list + "/submit", "", w.campaign, "uc_none"},
		{"ada", "POST", "/v1/campaigns/X/lists/" + list + "/reassign", `{"to":["{sam}"]}`, w.campaign, "uc_none"},
		{"lin", "GET", "/v1/campaigns/" + w.campaign + "/lists/X/lines", "", "as_other", "as_none"},
		{"ada", "GET", "/v1/manual-tasks/X", "", manual, "mt_none"},
		{"ada", "POST", "/v1/manual-tasks/X/done", "", manual, "mt_none"},
	} {
		answer := func(id string) string {
			got := w.send(x.role, x.method, strings.ReplaceAll(x.path, "X", id), w.fill(x.body))
			w.want(got, 404, nil)
			return strings.ReplaceAll(text(got), id, "X")
		}
		if a, b := answer(x.real), answer(x.none); a != b {
			t.Errorf("%s %s %s: %s is not %s", x.role, x.method, x.path, a, b)
		}
	}
}

// TestAdminByHand: an admin's role for an hour is asked for like all else, and given
// by a person.
func TestAdminByHand(t *testing.T) {
	w := newWorld(t)
	team := w.slack.TeamIDs()[0]
	w.want(w.send("root", "PUT", "/v1/policy", policy+`
  - id: admins
    resources: {kind: workspace, ids: ["`+team+`"]}
    entitlement: admin
    requesters: {anyone: true}
    max: 4h
    approve: auto
`), 200, nil)
	ask := `{"connector":"{conn}","resources":["` + team + `"],"entitlement":"admin","seconds":3600,"reason":"the audit"}`
	var r apigen.Request
	w.want(w.send("ada", "POST", "/v1/requests", w.fill(ask)), 201, &r)
	if r.Items[0].Entitlement != "workspace:admin" || r.Items[0].State != "approved" {
		t.Fatalf("%+v", r.Items)
	}
	_, err := w.house.Sweep(t.Context())
	w.ok(err)
	var list struct{ Items []apigen.ManualTask }
	w.want(w.send("owner", "GET", "/v1/manual-tasks", ""), 200, &list)
	if len(list.Items) != 1 || !list.Items[0].Give || list.Items[0].Entitlement != "workspace:admin" || list.Items[0].Account.Id != w.account["ada"] {
		t.Errorf("%+v", list.Items)
	}
}

// TestTemplateOnce: a template that is asked for again with the same Idempotency-Key is
// the same one.
func TestTemplateOnce(t *testing.T) {
	w := newWorld(t)
	send := func(every string) *httptest.ResponseRecorder {
		body := fmt.Sprintf(`{"spec":%s,"every":%q}`, w.fill(spec), every)
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/campaign-templates", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.keys["root"])
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-1")
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		return got
	}
	var a, b apigen.CampaignTemplate
	w.want(send("quarterly"), 201, &a)
	w.want(send("quarterly"), 201, &b)
	if a.Id == "" || a.Id != b.Id {
		t.Errorf("%s and %s", a.Id, b.Id)
	}
	w.want(send("monthly"), 409, nil)
}

// TestManualGivenUp: given up by who runs reviews, it stands in lists of its own.
func TestManualGivenUp(t *testing.T) {
	w := newWorld(t)
	id := w.manual()
	at := "/v1/manual-tasks/" + id
	w.want(w.send("root", "POST", at+"/give-up", `{"reason":"   "}`), 400, nil)
	w.want(w.send("root", "POST", at+"/give-up", `{}`), 400, nil)
	var m apigen.ManualTask
	w.want(w.send("root", "GET", at, ""), 200, &m)
	if !m.GivesUp {
		t.Errorf("%+v", m)
	}
	m = apigen.ManualTask{}
	for range 2 {
		w.want(w.send("root", "POST", at+"/give-up", `{"reason":"sam stays until May"}`), 200, &m)
	}
	if m.State != apigen.ManualTaskStateGivenUp || m.Reason != "sam stays until May" || m.GivenUpBy.Name == "" || !m.Stands || m.GivesUp {
		t.Errorf("%+v", m)
	}
	for query, want := range map[string]int{"": 0, "?stands=true": 1, "?all=true": 1} {
		var list struct{ Items []apigen.ManualTask }
		w.want(w.send("root", "GET", "/v1/manual-tasks"+query, ""), 200, &list)
		if len(list.Items) != want {
			t.Errorf("%q: %+v", query, list.Items)
		}
	}
	w.want(w.send("root", "POST", at+"/done", ""), 200, &m)
	if m.State != apigen.ManualTaskStateGivenUp {
		t.Errorf("said done, it is %s", m.State)
	}
}

// TestDraftOnce: a draft that is asked for again with the same Idempotency-Key is the
// same one; with another body it is refused, and who runs no reviews gets none of it.
func TestDraftOnce(t *testing.T) {
	w := newWorld(t)
	send := func(role, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/campaigns", strings.NewReader(w.fill(body)))
		r.Header.Set("Authorization", "Bearer "+w.keys[role])
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-1")
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		return got
	}
	var a, b apigen.Campaign
	w.want(send("root", spec), 201, &a)
	w.want(send("root", spec), 201, &b)
	if a.Id == "" || a.Id != b.Id {
		t.Errorf("%s and %s", a.Id, b.Id)
	}
	w.want(send("root", strings.Replace(spec, `"days":14`, `"days":15`, 1)), 409, nil)
	w.want(send("lin", spec), 403, nil)
	var all struct{ Items []apigen.Campaign }
	w.want(w.send("root", "GET", "/v1/campaigns", ""), 200, &all)
	if len(all.Items) != 1 {
		t.Errorf("%d drafts", len(all.Items))
	}
}
