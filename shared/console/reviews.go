package console

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// reviewRoutes: whatever stands behind /reviews/{id}/ is a campaign's, so that
// templates have a path of their own.
var reviewRoutes = []route{
	{pattern: "GET /reviews", serve: (*visit).reviews},
	{pattern: "GET /reviews/new", serve: (*visit).newReview},
	{pattern: "POST /reviews/new", serve: (*visit).draftReview},
	{pattern: "POST /reviews/sync", serve: (*visit).syncForReview},
	{pattern: "GET /reviews/{id}", serve: (*visit).campaign},
	{pattern: "GET /reviews/{id}/edit", serve: (*visit).askEditReview},
	{pattern: "POST /reviews/{id}/edit", serve: (*visit).editReview},
	{pattern: "POST /reviews/{id}/stage", serve: (*visit).stageReview},
	{pattern: "POST /reviews/{id}/start", serve: (*visit).startReview},
	{pattern: "POST /reviews/{id}/cancel", serve: (*visit).cancelReview},
	{pattern: "GET /reviews/{id}/end", serve: (*visit).askEndReview},
	{pattern: "POST /reviews/{id}/end", serve: (*visit).endReview},
	{pattern: "GET /reviews/{id}/lists/{list}", serve: (*visit).list},
	{pattern: "POST /reviews/{id}/lists/{list}/note", serve: (*visit).note},
	{pattern: "POST /reviews/{id}/lists/{list}/unchanged", serve: (*visit).noteUnchanged},
	{pattern: "GET /reviews/{id}/lists/{list}/submit", serve: (*visit).askSubmit},
	{pattern: "POST /reviews/{id}/lists/{list}/submit", serve: (*visit).submit},
	{pattern: "GET /reviews/{id}/lists/{list}/reassign", serve: (*visit).askReassign},
	{pattern: "POST /reviews/{id}/lists/{list}/reassign", serve: (*visit).reassignList},
	{pattern: "GET /templates/new", serve: (*visit).newTemplate},
	{pattern: "POST /templates/new", serve: (*visit).makeTemplate},
	{pattern: "GET /templates/{id}", serve: (*visit).template},
	{pattern: "POST /templates/{id}/stop", serve: (*visit).stopTemplate},
}

// ReviewsPage is what reviews.html shows: campaigns by where they stand, and the
// reader's own lists.
type ReviewsPage struct {
	Frame
	Tabs      []Tab
	Tab       string
	Runs      bool // the reader may draft one
	Campaigns []CampaignLine
	Yours     []YourList
	Templates []review.Template
}

// Tab is one part of a page that has several.
type Tab struct {
	Path, Says string
	N          int
	Here       bool
}

// CampaignLine is one campaign in a list.
type CampaignLine struct {
	flow.CampaignView
	Stands string
}

// Moves reports whether it goes on by itself now.
func (l CampaignLine) Moves() bool {
	return l.State == review.Staging || l.State == review.Ending
}

// YourList is a list in which the reader decides.
type YourList struct {
	review.Assignment
	Campaign CampaignLine
}

// tabOf is where a campaign is listed.
func tabOf(s review.State) string {
	switch s {
	case review.Running, review.Ending:
		return "running"
	case review.Completed, review.Canceled:
		return "completed"
	}
	return "draft"
}

func campaignLine(c flow.CampaignView) CampaignLine {
	return CampaignLine{CampaignView: c, Stands: campaignStates[c.State]}
}

// oversees reports whether the reader sees all campaigns.
func (v *visit) overseesReviews() bool {
	return v.by.Is(access.CampaignAdministrator) || v.by.Is(access.Auditor)
}

func (v *visit) reviews() error {
	all, err := v.s.house.ReadCampaigns(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := ReviewsPage{Frame: v.frame("Access reviews"), Tab: v.field("tab"), Runs: v.by.Is(access.CampaignAdministrator) && !v.by.Service}
	n := map[string]int{}
	waits := false
	for _, c := range all {
		l := campaignLine(c)
		if c.Reads {
			n[tabOf(c.State)]++
		}
		for _, a := range c.Mine {
			n["yours"]++
			waits = waits || a.Left() > 0 && c.State == review.Running
			p.Yours = append(p.Yours, YourList{Assignment: a, Campaign: l})
		}
	}
	slices.SortStableFunc(p.Yours, func(a, b YourList) int { return rank(a) - rank(b) })
	if !v.overseesReviews() {
		p.Tab = "yours"
		return v.show("reviews", p)
	}
	if p.Templates, err = v.s.house.ReadTemplates(v.ctx(), v.by); err != nil {
		return err
	}
	slices.SortFunc(p.Templates, func(a, b review.Template) int { return -a.Created.Compare(b.Created) })
	for _, t := range p.Templates {
		if !t.Stopped {
			n["templates"]++
		}
	}
	words := map[string]string{"yours": "Yours", "draft": "Draft", "running": "Running", "completed": "Completed", "templates": "Templates"}
	if _, known := words[p.Tab]; !known {
		switch p.Tab = "running"; {
		case waits:
			p.Tab = "yours"
		case n["running"] == 0 && n["draft"] > 0:
			p.Tab = "draft"
		}
	}
	for _, tab := range []string{"draft", "running", "completed", "templates", "yours"} {
		if tab == "yours" && n[tab] == 0 && p.Tab != tab {
			continue
		}
		p.Tabs = append(p.Tabs, Tab{Path: "/reviews?tab=" + tab, Says: words[tab], N: n[tab], Here: tab == p.Tab})
	}
	for _, c := range all {
		if c.Reads && tabOf(c.State) == p.Tab {
			p.Campaigns = append(p.Campaigns, campaignLine(c))
		}
	}
	return v.show("reviews", p)
}

// rank puts what waits first, then what runs.
func rank(l YourList) int {
	switch {
	case l.Campaign.State != review.Running:
		return 2
	case l.Left() == 0:
		return 1
	}
	return 0
}

// Waits reports whether lines of it wait for the reader.
func (l YourList) Waits() bool { return rank(l) == 0 }

// waiting is how many lines of access reviews wait for the reader.
func (v *visit) waiting() int {
	all, err := v.s.house.ReadReviewTasks(v.ctx(), v.by)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		v.s.log.Warn("waiting", "error", err)
	}
	n := 0
	for _, t := range all {
		n += t.Left
	}
	return n
}

// hidden reports whether something is not there for the reader.
func hidden(err error) bool { return fault.Is(err, fault.NotFound) }

// late reports whether a deadline has passed.
func late(deadline, now time.Time) bool { return !deadline.IsZero() && now.After(deadline) }
