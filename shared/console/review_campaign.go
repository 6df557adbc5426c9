package console

import (
	"strconv"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// CampaignPage is what review.html shows: where a campaign stands, its snapshot, and
// how far each list is.
type CampaignPage struct {
	Frame
	CampaignLine
	Facts    []Fact
	Took     []Tally
	Left     []Tally // what the snapshot left out
	Slack    []Tally // what Slack told
	Sum      flow.Progress
	Lists    []ListLine
	Next     string
	Accuracy flow.Accuracy // of a draft
	Own      []review.Assignment
	Evidence bool // the reader may take the package
	// Orphans are open lines that nobody could be found for, and Told is how many
	// lists have somebody: what a start does is told before.
	Orphans, Told int
	// Stand is how much that was denied stands still, as far as the reader may know.
	Stand int
}

// ListLine is one list of a campaign.
type ListLine struct {
	flow.ListView
	Whose  string
	Source string
}

func listLine(l flow.ListView) ListLine {
	return ListLine{ListView: l, Whose: listName(l), Source: listSources[l.Source]}
}

// Begun reports whether there are lists that one can look at.
func (l CampaignLine) Begun() bool { return l.State != review.Draft && l.State != review.Canceled }

// Over reports whether nothing can be decided any more.
func (l CampaignLine) Over() bool { return tabOf(l.State) == "completed" || l.State == review.Ending }

func (v *visit) campaign() error {
	h, ctx := v.s.house, v.ctx()
	c, err := h.ReadCampaign(ctx, v.by, v.path("id"))
	if err != nil {
		return err
	}
	p := CampaignPage{Frame: v.frame(c.Name), CampaignLine: campaignLine(c), Own: c.Mine, Evidence: auditor(v.by) && !c.Started.IsZero()}
	if p.Facts, err = v.specWords(c.Spec); err != nil {
		return err
	}
	if !c.Reads {
		return v.show("review", p)
	}
	p.Took, p.Left = seenTally(c.Snapshot.Seen), leftTally(c.Snapshot.Left)
	p.Slack = seenTally(c.Snapshot.Slack)
	if p.Begun() {
		lists, sum, err := h.ReadLists(ctx, v.by, c.ID, flow.Slice{After: v.field("after"), Limit: 50})
		if err != nil {
			return err
		}
		p.Sum, p.Next = sum, lists.Next
		for _, l := range lists.Items {
			p.Lists = append(p.Lists, listLine(l))
		}
		if p.Told = sum.Lists - sum.Nobody; !p.Over() {
			p.Orphans = sum.Orphans
		}
	}
	if !c.Settled.IsZero() {
		stand, err := h.ReadGivenUp(ctx, v.by)
		if err != nil {
			return err
		}
		for _, m := range stand {
			if of, _ := m.OfReview(); of == c.ID {
				p.Stand++
			}
		}
	}
	if c.Runs && c.State == review.Draft {
		if p.Accuracy, err = h.ReviewAccuracy(ctx, v.by, c.Connector); err != nil && !hidden(err) {
			return err
		}
	}
	return v.show("review", p)
}

// ofReview hides a campaign that the reader does not see.
func (v *visit) ofReview(err error) error {
	return masked(err, func() error {
		_, err := v.s.house.ReadCampaign(v.ctx(), v.by, v.path("id"))
		return err
	})
}

// moved is what a form about a campaign answers.
func (v *visit) moved(err error, said string) error {
	return v.done(v.ofReview(err), "/reviews/"+v.path("id"), said)
}

func (v *visit) stageReview() error {
	_, err := v.s.house.StageCampaign(v.ctx(), v.by, v.path("id"))
	return v.moved(err, "The snapshot is being taken. It does not change any more once it is done.")
}

func (v *visit) startReview() error {
	_, err := v.s.house.StartCampaign(v.ctx(), v.by, v.path("id"))
	return v.moved(err, "It runs: its reviewers are told now.")
}

func (v *visit) cancelReview() error {
	_, err := v.s.house.CancelCampaign(v.ctx(), v.by, v.path("id"))
	return v.moved(err, "Canceled. Nobody has to decide anything.")
}

// EndPage is what review_end.html shows: what becomes of lines that are open.
type EndPage struct {
	Frame
	CampaignLine
	Sum   flow.Progress
	Wrong string
}

func (v *visit) askEndReview() error { return v.endAgain("") }

func (v *visit) endAgain(wrong string) error {
	c, err := v.s.house.ReadCampaign(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	if c.State != review.Running {
		return v.to("/reviews/"+c.ID, "Only a running review can be ended.")
	}
	_, sum, err := v.s.house.ReadLists(v.ctx(), v.by, c.ID, flow.Slice{Limit: 1})
	if err != nil {
		return err
	}
	status := 200
	if wrong != "" {
		status = 422
	}
	return v.showAs(status, "review_end", EndPage{Frame: v.frame("End " + c.Name), CampaignLine: campaignLine(c), Sum: sum, Wrong: wrong})
}

// endReview asks that the number of open lines is confirmed: of those that came
// since nobody knew.
func (v *visit) endReview() error {
	_, sum, err := v.s.house.ReadLists(v.ctx(), v.by, v.path("id"), flow.Slice{Limit: 1})
	if err != nil {
		return v.ofReview(err)
	}
	confirmed, err := strconv.Atoi(v.field("confirm"))
	if sum.Left() > 0 && (err != nil || confirmed < sum.Left()) {
		return v.endAgain("Tick that you know of the " + count(sum.Left(), "open line", "open lines") + ".")
	}
	atEnd := review.AtEnd(v.field("at_end"))
	if atEnd == "" && sum.Left() > 0 {
		return v.endAgain("Say what becomes of the open lines.")
	}
	_, err = v.s.house.EndCampaign(v.ctx(), v.by, v.path("id"), atEnd)
	if fault.Is(err, fault.Conflict) {
		return v.to("/reviews/"+v.path("id"), "Only a running review can be ended.")
	}
	return v.moved(err, "It ends. Open lines are closed within a minute.")
}
