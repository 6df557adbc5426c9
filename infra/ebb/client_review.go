package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ReviewCmd is ebb review.
type ReviewCmd struct {
	List      ReviewListCmd      `cmd:"" default:"withargs" help:"List access reviews."`
	Preview   ReviewPreviewCmd   `cmd:"" help:"Say what a review would hold now: counts, samples, and how far they can be trusted." group:"Running reviews:"`
	Draft     ReviewDraftCmd     `cmd:"" help:"Draft a review; nobody is told." group:"Running reviews:"`
	Edit      ReviewEditCmd      `cmd:"" help:"Write a draft anew." group:"Running reviews:"`
	Show      ReviewShowCmd      `cmd:"" help:"Show one: what it asks, where it stands." group:"Running reviews:"`
	Sync      ReviewSyncCmd      `cmd:"" help:"Sync now, before a review is staged." group:"Running reviews:"`
	Stage     ReviewStageCmd     `cmd:"" help:"Take the snapshot." group:"Running reviews:"`
	Start     ReviewStartCmd     `cmd:"" help:"Tell the reviewers; from here on lines can be decided." group:"Running reviews:"`
	End       ReviewEndCmd       `cmd:"" help:"End a running review." group:"Running reviews:"`
	Cancel    ReviewCancelCmd    `cmd:"" help:"Give up a review that was not started." group:"Running reviews:"`
	Lists     ReviewListsCmd     `cmd:"" help:"List who reviews how much, and how far they are." group:"Running reviews:"`
	Templates ReviewTemplatesCmd `cmd:"" help:"List what drafts reviews again and again." group:"Running reviews:"`
	Template  ReviewTemplateCmd  `cmd:"" help:"Make or stop a template." group:"Running reviews:"`
	Lines     ReviewLinesCmd     `cmd:"" help:"List the lines of a list with what helps to decide." group:"Deciding:"`
	Certify   ReviewCertifyCmd   `cmd:"" help:"Note that lines are right; it counts once submitted." group:"Deciding:"`
	Deny      ReviewDenyCmd      `cmd:"" help:"Note that access has to go; it counts once submitted." group:"Deciding:"`
	Clear     ReviewClearCmd     `cmd:"" help:"Take notes back." group:"Deciding:"`
	Unchanged ReviewUnchangedCmd `cmd:"" help:"Note all as right that did not change, where the review allows it." group:"Deciding:"`
	Submit    ReviewSubmitCmd    `cmd:"" help:"Submit what was noted: it stands, and what was denied is removed." group:"Deciding:"`
	Reassign  ReviewReassignCmd  `cmd:"" help:"Give lines to others." group:"Deciding:"`
	Export    ReviewExportCmd    `cmd:"" help:"Write the evidence package of a review to a file." group:"Evidence:"`
	Verify    ReviewVerifyCmd    `cmd:"" help:"Check an evidence package, away from the house." group:"Evidence:"`
}

// oneReview names a review.
type oneReview struct {
	ClientFlags
	ID ident `arg:"" help:"The review; ebb review lists them."`
}

// ReviewListCmd is ebb review list, and ebb review.
type ReviewListCmd struct {
	ClientFlags
}

// Run lists them.
func (x *ReviewListCmd) Run(c *Client) error {
	list, err := call[struct{ Items []apiclient.Campaign }](c.api.ListCampaigns(background()))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "There is no access review for you.")
			return
		}
		rows := [][]string{{"ID", "NAME", "WHERE", "STATE", "UNTIL", "LINES", "YOURS LEFT"}}
		for _, r := range list.Items {
			left := 0
			for _, l := range r.Lists {
				left += l.Left
			}
			rows = append(rows, []string{r.Id, r.Spec.Name, r.ConnectorName, string(r.State), c.clock(r.Deadline), fmt.Sprint(r.Snapshot.Lines), fmt.Sprint(left)})
		}
		table(w, rows)
	})
}

// ReviewShowCmd is ebb review show.
type ReviewShowCmd struct{ oneReview }

// Run shows one.
func (x *ReviewShowCmd) Run(c *Client) error {
	r, err := call[apiclient.Campaign](c.api.GetCampaign(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

func levelSays(l apiclient.ReviewLevel, names map[string]string) string {
	switch {
	case l.Group != "":
		return "members of " + namesOf([]string{l.Group}, names)
	case len(l.Accounts) > 0:
		return namesOf(l.Accounts, names)
	}
	return string(l.By)
}

// namesOf are ids by name, as far as there are names; of many the first.
func namesOf(ids []string, names map[string]string) string {
	const most = 10
	var out []string
	for _, id := range ids[:min(len(ids), most)] {
		out = append(out, called(apiclient.Ref{Id: id, Name: names[id]}))
	}
	says := strings.Join(out, ", ")
	if n := len(ids) - most; n > 0 {
		says += fmt.Sprintf(" and %d more", n)
	}
	return says
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// ReviewSyncCmd is ebb review sync.
type ReviewSyncCmd struct{ ClientFlags }

// Run begins a sync.
func (x *ReviewSyncCmd) Run(c *Client) error {
	conn, err := c.connector(background())
	if err != nil {
		return err
	}
	run, err := call[apiclient.Run](c.api.SyncForReview(background(), conn.Id))
	if err != nil {
		return err
	}
	return c.show(run, func(w io.Writer) { fmt.Fprintf(w, "%s reads %s now.\n", clean(run.Id), clean(conn.Name)) })
}

// ReviewStageCmd is ebb review stage.
type ReviewStageCmd struct{ oneReview }

// Run stages it, and says what makes the snapshot doubtful.
func (x *ReviewStageCmd) Run(c *Client) error {
	ctx := background()
	r, err := call[apiclient.Campaign](c.api.StageCampaign(ctx, string(x.ID)))
	if err != nil {
		return err
	}
	a, err := call[apiclient.Accuracy](c.api.ReviewAccuracy(ctx, r.Spec.Connector))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) {
		tellAccuracy(w, a)
		c.tellReview(w, r)
	})
}

func tellAccuracy(w io.Writer, a apiclient.Accuracy) {
	for _, why := range a.Warnings {
		fmt.Fprintf(w, "Warning: %s\n", clean(why))
	}
}

// ReviewStartCmd is ebb review start.
type ReviewStartCmd struct{ oneReview }

// Run starts it.
func (x *ReviewStartCmd) Run(c *Client) error {
	r, err := call[apiclient.Campaign](c.api.StartCampaign(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

// ReviewEndCmd is ebb review end.
type ReviewEndCmd struct {
	oneReview
	Open string `enum:",skip,revoke" default:"" placeholder:"skip|revoke" help:"What becomes of lines that nobody decided; left out: as the review says."`
	Yes  bool   `help:"End it although lines are open. Without, it is said how many, and nothing ends."`
}

// Run ends it. Where lines are open it says first what becomes of them: an end is
// not taken back.
func (x *ReviewEndCmd) Run(c *Client) error {
	ctx := background()
	if !x.Yes {
		p, err := call[apiclient.ReviewListPage](c.api.ListReviewLists(ctx, string(x.ID), &apiclient.ListReviewListsParams{Limit: opt(1)}))
		if err != nil {
			return err
		}
		r, err := call[apiclient.Campaign](c.api.GetCampaign(ctx, string(x.ID)))
		if err != nil {
			return err
		}
		if r.State == apiclient.CampaignStateRunning && p.Progress.Left > 0 {
			return c.show(p.Progress, func(w io.Writer) { x.wouldEnd(w, r, p.Progress) })
		}
	}
	r, err := call[apiclient.Campaign](c.api.EndCampaign(ctx, string(x.ID), apiclient.CampaignEnd{AtEnd: apiclient.CampaignEndAtEnd(x.Open)}))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

func (x *ReviewEndCmd) wouldEnd(w io.Writer, r apiclient.Campaign, sum apiclient.ReviewProgress) {
	fate := "would be skipped: the access stays as it is"
	if cmp.Or(x.Open, string(r.Spec.AtEnd)) == string(apiclient.CampaignSpecAtEndRevoke) {
		fate = "would be denied, and the access removed from Slack"
	}
	fmt.Fprintf(w, "Of %s, %d open ones %s.\n", counted(sum.Lines, "line"), sum.Left, fate)
	if sum.Noted > 0 {
		fmt.Fprintf(w, "%s and not submitted would be forgotten.\n", counted(sum.Noted, "note"))
	}
	fmt.Fprintln(w, "Nothing has ended. To end it: the same command with --yes")
}

// ReviewCancelCmd is ebb review cancel.
type ReviewCancelCmd struct{ oneReview }

// Run gives it up.
func (x *ReviewCancelCmd) Run(c *Client) error {
	r, err := call[apiclient.Campaign](c.api.CancelCampaign(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

// ReviewListsCmd is ebb review lists.
type ReviewListsCmd struct {
	oneReview
	Limit most `default:"200" help:"How many at most."`
}

// Run lists them, what has the most left first.
func (x *ReviewListsCmd) Run(c *Client) error {
	var sum apiclient.ReviewProgress
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.ReviewList, string, error) {
		p, err := call[apiclient.ReviewListPage](c.api.ListReviewLists(background(), string(x.ID), &apiclient.ListReviewListsParams{Limit: x.Limit.page(), Cursor: opt(cursor)}))
		sum = p.Progress
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		fmt.Fprintf(w, "%d of %d lines are closed: %d certified, %d denied, %d not held any more, %d that nobody decided. %d are noted and not submitted.\n",
			sum.Closed, sum.Lines, sum.Certified, sum.Denied, sum.Gone, sum.Skipped, sum.Noted)
		rows := [][]string{{"LIST", "LEVEL", "WHO", "LINES", "LEFT", "NOTED"}}
		for _, l := range list {
			rows = append(rows, []string{l.Id, fmt.Sprint(l.Level), reviewers(l), fmt.Sprint(l.Lines), fmt.Sprint(l.Left), fmt.Sprint(l.Noted)})
		}
		table(w, rows)
		more(w, cut)
	})
}

func reviewers(l apiclient.ReviewList) string {
	if l.Source == "unassigned" {
		return "nobody: ebb review reassign"
	}
	var names []string
	for _, r := range l.Reviewers {
		names = append(names, called(r))
	}
	if l.More > 0 {
		names = append(names, fmt.Sprintf("and %d more", l.More))
	}
	return cmp.Or(l.Group, l.Source) + ": " + strings.Join(names, ", ")
}

// myList is the list that is meant: by --list, else the only one of the key's user.
func (c *Client) myList(ctx context.Context, campaign, list string) (string, error) {
	if list != "" {
		return list, nil
	}
	r, err := call[apiclient.Campaign](c.api.GetCampaign(ctx, campaign))
	if err != nil {
		return "", err
	}
	switch len(r.Lists) {
	case 1:
		return r.Lists[0].Id, nil
	case 0:
		return "", fmt.Errorf("you review nothing in %s; --list looks at a list of others: ebb review lists %s", campaign, campaign)
	}
	var ids []string
	for _, l := range r.Lists {
		ids = append(ids, fmt.Sprintf("%s (%d left)", l.Id, l.Left))
	}
	return "", fmt.Errorf("you have several lists there; say which with --list: %s", strings.Join(ids, ", "))
}
