package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// campaign is a review of a connector that is being staged.
func (h *house) campaign(id string) review.Campaign {
	h.t.Helper()
	x := review.Campaign{
		ID: id, State: review.Draft, Created: h.now, By: "u1", Spec: review.Spec{
			Name: "Autumn", Connector: "c1", Days: 14, AtEnd: review.SkipOpen, Levels: []review.Level{{By: review.ByOwner}},
		},
	}
	x = value[review.Campaign](h)(h.SaveCampaign(ctx, x, h.event("review/"+id, "review.drafted")))
	return h.turnedReview(x, review.Stage)
}

// turnedReview moves a campaign and saves it.
func (h *house) turnedReview(x review.Campaign, t review.Turn) review.Campaign {
	h.t.Helper()
	x, err := x.Turn(t, h.now)
	h.must(err)
	return value[review.Campaign](h)(h.SaveCampaign(ctx, x, h.event("review/"+x.ID, "review."+string(x.State))))
}

// paged is a page of a campaign: accounts that hold "member" on resources, reviewed
// by whom the function says.
func (h *house) paged(x review.Campaign, n, lines int, who func(i int) review.Assigned) review.Page {
	p := review.Page{Campaign: x.ID, N: n, Next: review.Cursor{Resource: fmt.Sprint("S", n)}}
	for i := range lines {
		r := directory.Resource{ID: fmt.Sprint("S", n), Connector: "c1", Workspace: "T1", Kind: directory.UserGroup, Name: "it"}
		a := directory.Account{ID: fmt.Sprintf("U%03d", i), Name: "Ann"}
		p.Facts = append(p.Facts, x.Fact(review.Holding{Resource: r, Slug: "member", Account: a}, who(i), h.now))
	}
	return p
}

// owner is one reviewer; owners are one of many.
func owner(accounts ...string) review.Assigned {
	return review.Assigned{Source: review.ByOwner, Accounts: accounts}
}

func byOne(account string) func(int) review.Assigned {
	return func(int) review.Assigned { return owner(account) }
}

// linesOf makes the lines of a page as staging does.
func linesOf(p review.Page) (ls []review.Line) {
	for _, f := range p.Facts {
		ls = append(ls, review.Line{
			Fact: f, Campaign: p.Campaign, Assignment: review.AssignmentID(p.Campaign, 0, f.Assigned), State: review.LineOpen,
		})
	}
	return ls
}

// staged stores a page with all that is made of it.
func (h *house) staged(x review.Campaign, p review.Page) review.Campaign {
	h.t.Helper()
	h.must(h.SavePage(ctx, p))
	as := p.Assignments("c1", h.now)
	h.must(h.PutLines(ctx, as, linesOf(p)))
	x.Snapshot = x.Snapshot.Add(p)
	return value[review.Campaign](h)(h.SaveStaged(ctx, x, as))
}

// started stages one page of lines that one account reviews, and starts.
func (h *house) started(id string, lines int, who func(int) review.Assigned) review.Campaign {
	h.t.Helper()
	x := h.campaign(id)
	x = h.staged(x, h.paged(x, 0, lines, who))
	return h.turnedReview(h.turnedReview(x, review.StagedAll), review.Start)
}

func (h *house) linesIn(campaign, assignment string) (out []review.Line) {
	h.t.Helper()
	h.must(h.LinesAfter(ctx, campaign, assignment, "", func(l review.Line) error { out = append(out, l); return nil }))
	return out
}

func (h *house) assigned(account, campaign string) (out []string) {
	h.t.Helper()
	for _, a := range value[[]review.Assignment](h)(h.AssignmentsOf(ctx, "c1", account, campaign)) {
		out = append(out, fmt.Sprint(a.Campaign, " ", a.Lines))
	}
	return out
}

func (h *house) due(lane string) (out []string) {
	h.t.Helper()
	for _, d := range value[[]access.Due](h)(h.Due(ctx, lane, h.now.Add(1000*time.Hour), 0)) {
		out = append(out, fmt.Sprint(d.Kind, " ", d.ID, " ", d.Connector, " ", d.At.Sub(start)))
	}
	return out
}

// same compares what is printed.
func (h *house) same(what string, got, want any) {
	h.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A campaign through its life: its rows, its due row, the list it stands in.
func TestCampaigns(t *testing.T) {
	h := newHouse(t)
	x := review.Campaign{ID: "uc_1", State: review.Draft, Created: h.now, Spec: review.Spec{Connector: "c1"}}
	h.refused(second(h.SaveCampaign(ctx, x)), fault.Internal) // silently
	x = h.campaign("uc_1")
	h.same("due", h.due("review"), "[campaign uc_1 c1 0s]")
	h.same("rows", h.table.rows, 4) // itself, its due row, the event and its place in the chain
	x.Next = h.now.Add(time.Minute)
	x = value[review.Campaign](h)(h.SaveCampaign(ctx, x)) // another time needs none
	h.same("due", h.due("review"), "[campaign uc_1 c1 1m0s]")
	old := x
	silent, err := x.Turn(review.StagedAll, h.now)
	h.must(err)
	h.refused(second(h.SaveCampaign(ctx, silent)), fault.Internal)
	x = h.turnedReview(x, review.StagedAll)
	h.same("due", h.due("review"), "[]")
	h.refused(second(h.SaveCampaign(ctx, old)), fault.Conflict)
	if got := value[review.Campaign](h)(h.Campaign(ctx, "uc_1")); got.Rev != x.Rev || got.State != review.Staged {
		t.Errorf("%+v", got)
	}
	h.now = h.now.Add(time.Hour)
	h.campaign("uc_0")
	var ids []string
	for _, x := range value[[]review.Campaign](h)(h.Campaigns(ctx, 0)) {
		ids = append(ids, x.ID)
	}
	h.same("the newest first", ids, "[uc_0 uc_1]")
	h.same("limit", len(value[[]review.Campaign](h)(h.Campaigns(ctx, 1))), 1)
	h.refused(second(h.Campaign(ctx, "uc_9")), fault.NotFound)
	h.refused(second(h.Campaign(ctx, "")), fault.NotFound)
}

// A template and the campaign that it drafts are one commit.
func TestTemplates(t *testing.T) {
	h := newHouse(t)
	e := h.event("template/ut_1", "template.saved")
	m := review.Template{ID: "ut_1", Every: review.Monthly, First: h.now, Next: h.now, Created: h.now, Spec: review.Spec{Connector: "c1"}}
	h.refused(second(h.SaveTemplate(ctx, m, nil)), fault.Internal)
	m = value[review.Template](h)(h.SaveTemplate(ctx, m, nil, e))
	h.same("due", h.due("review"), "[template ut_1 c1 0s]")
	m.Next = h.now.Add(time.Hour)
	m = value[review.Template](h)(h.SaveTemplate(ctx, m, nil)) // looked at later: no event
	drafted := review.Campaign{ID: "uc_1", Template: m.ID, State: review.Draft, Created: h.now, Spec: m.Spec}
	m.Last, m.Drafted, m.Next = "uc_1", 1, h.now.Add(2*time.Hour)
	h.refused(second(h.SaveTemplate(ctx, m, &drafted)), fault.Internal)
	h.refused(second(h.Campaign(ctx, "uc_1")), fault.NotFound)
	old := m
	m = value[review.Template](h)(h.SaveTemplate(ctx, m, &drafted, e))
	h.same("due", h.due("review"), "[template ut_1 c1 2h0m0s]")
	h.same("drafted", value[review.Campaign](h)(h.Campaign(ctx, "uc_1")).Template, "ut_1")
	h.refused(second(h.SaveTemplate(ctx, old, &drafted, e)), fault.Conflict)
	m.Stopped, m.Next = true, time.Time{}
	h.refused(second(h.SaveTemplate(ctx, m, nil)), fault.Internal)
	value[review.Template](h)(h.SaveTemplate(ctx, m, nil, e))
	h.same("due", h.due("review"), "[]")
	m.ID, m.Rev = "ut_0", 0
	value[review.Template](h)(h.SaveTemplate(ctx, m, nil, e))
	all := value[[]review.Template](h)(h.Templates(ctx))
	if len(all) != 2 || all[0].ID != "ut_0" || !all[1].Stopped || value[review.Template](h)(h.Template(ctx, "ut_1")).Rev != 4 {
		t.Errorf("%+v", all)
	}
	h.refused(second(h.Template(ctx, "ut_9")), fault.NotFound)
}

// manual is a task that waits, under its id.
func (h *house) manual(origin, resource, account string) access.Manual {
	m := access.Manual{
		Connector: "c1", Workspace: "T1", Resource: resource, Kind: directory.Channel, Slug: "member", Account: account,
		Origin: origin, Why: access.ManualPublic, State: access.ManualWaits, Created: h.now, Next: h.now,
	}
	m.ID = m.ManualID()
	return m
}

// A manual task through its life: its rows, its due row, the lists it stands in.
func TestManuals(t *testing.T) {
	h := newHouse(t)
	e := h.event("manual/1", "manual.made")
	m := h.manual("review/uc_1/C1/member/U1", "C1", "U1")
	h.refused(second(h.SaveManual(ctx, m)), fault.Internal)
	m = value[access.Manual](h)(h.SaveManual(ctx, m, e))
	h.same("rows", h.table.rows, 8) // itself, three pointers, two due rows, the event and its place
	h.same("due", h.due("act"), "[manual "+m.ID+" c1 0s]")
	h.same("told", h.due("tell"), "[manual "+m.ID+" c1 0s]")
	h.now = h.now.Add(time.Minute)
	other := value[access.Manual](h)(h.SaveManual(ctx, h.manual("review/uc_1/C1/member/U2", "C1", "U2"), e))
	lists := func(waiting, all, of string) {
		t.Helper()
		ids := func(ms []access.Manual) (out []string) {
			for _, m := range ms {
				out = append(out, m.Account)
			}
			return out
		}
		h.same("waiting", ids(value[[]access.Manual](h)(h.Manuals(ctx, "c1", true, 0))), waiting)
		h.same("all", ids(value[[]access.Manual](h)(h.Manuals(ctx, "c1", false, 0))), all)
		got := ids(value[[]access.Manual](h)(h.ManualsOf(ctx, "c1", "C1")))
		slices.Sort(got)
		h.same("of C1", got, of)
	}
	lists("[U2 U1]", "[U2 U1]", "[U1 U2]")
	said, err := m.Turn(access.SayManual, h.now)
	h.must(err)
	said.Created = time.Time{} // the pointers know
	said = value[access.Manual](h)(h.SaveManual(ctx, said, e))
	said = value[access.Manual](h)(h.SaveManual(ctx, said)) // looked at, and nothing is new
	h.refused(second(h.SaveManual(ctx, m, e)), fault.Conflict)
	lists("[U2 U1]", "[U2 U1]", "[U1 U2]")
	done, err := said.Turn(access.SeeManual, h.now)
	h.must(err)
	value[access.Manual](h)(h.SaveManual(ctx, done, e))
	lists("[U2]", "[U2 U1]", "[U2]")
	h.same("due", h.due("act"), "[manual "+other.ID+" c1 1m0s]")
	h.same("rows of telling", len(h.due("tell")), 4)
	// Given up it waits no more, and is listed for itself.
	h.same("given up", len(value[[]access.Manual](h)(h.GivenUp(ctx, "c1"))), 0)
	up, err := other.Turn(access.GiveUp, h.now)
	h.must(err)
	up.GivenUpBy, up.Reason = "u_1", "h:00"
	h.refused(h.SaveReviewed(ctx, review.Change{Manuals: []access.Manual{up}}), fault.Internal) // without an event
	h.must(h.SaveReviewed(ctx, review.Change{Manuals: []access.Manual{up}, Texts: []access.Text{{About: access.ManualText(up.ID), Author: "U9", Body: "no"}}}, e))
	list := value[[]access.Manual](h)(h.GivenUp(ctx, "c1"))
	h.same("given up", len(list), 1)
	h.same("by", list[0].GivenUpBy+" "+list[0].Reason+" "+string(list[0].State), "u_1 h:00 given up")
	h.same("elsewhere", len(value[[]access.Manual](h)(h.GivenUp(ctx, "c2"))), 0)
	h.same("waiting", len(value[[]access.Manual](h)(h.Manuals(ctx, "c1", true, 0))), 0)
	h.same("due", len(h.due("act")), 0)
	other.Account = "U9"
	h.refused(second(h.SaveManual(ctx, other, e)), fault.Internal) // under another one's id
	h.refused(second(h.Manual(ctx, "mt_9")), fault.NotFound)
}
