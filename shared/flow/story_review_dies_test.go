package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/review"
)

// TestReviewStagingDies: wherever staging dies it goes on with what it had read, and
// every line is there once, whoever left or came between.
func TestReviewStagingDies(t *testing.T) {
	whole := 0
	for n := -1; ; n++ {
		c := newStoryCompany(t)
		d, err := c.house.DraftCampaign(c.ctx, c.root, c.spec())
		c.ok(err)
		_, err = c.house.StageCampaign(c.ctx, c.root, d.ID)
		c.ok(err)
		c.fate.at, c.fate.how, c.fate.watching = n, mishap{name: "died after", table: porttest.DieAfter}, n >= 0
		_ = c.survive(func() error { _, err := c.house.Review(c.ctx); return err })
		c.fate.watching = false
		if n >= 0 && !c.fate.struck {
			if n < 5 {
				t.Fatalf("only %d calls to die at", n)
			}
			return
		}
		c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
		c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
		c.sync()
		c.reviews()
		d, err = c.house.StartCampaign(c.ctx, c.root, d.ID)
		c.ok(err)
		lin, bob := c.list(c.lin, d.ID), c.list(c.bob, d.ID)
		got := len(lin.Lines.Items) + len(bob.Lines.Items)
		if n < 0 {
			whole = got
		}
		// Before the page was stored the connector is read anew: as many, one another.
		if got != whole || d.Snapshot.Lines != whole || lin.List.Lines+bob.List.Lines != whole {
			t.Errorf("death at call %d: %d lines, %d counted, lists of %d and %d; want %d", n, got, d.Snapshot.Lines, lin.List.Lines, bob.List.Lines, whole)
		}
	}
}

// reviewStory is a review in the failure matrix: from staging to settled.
var reviewStory = story{
	name: "reviewed, denied, removed",
	tell: func(c *told) {
		var d review.Campaign
		d, err := c.store.SaveCampaign(c.ctx, review.Campaign{ID: "uc_1", Spec: c.spec(), State: review.Draft, By: c.root.User.ID, Created: c.clock.Now()},
			audit.Event{At: c.clock.Now(), Aggregate: "campaign/uc_1", Action: "campaign.drafted", Actor: c.root.User.ID})
		c.ok(err)
		c.person(func() error { _, err := c.house.StageCampaign(c.ctx, c.root, d.ID); return err })
		c.goesOn(3 * time.Minute)
		c.person(func() error { _, err := c.house.StartCampaign(c.ctx, c.root, d.ID); return err })
		c.goesOn(2 * time.Minute)
		watching := c.fate.watching
		c.fate.watching = false
		list := c.list(c.lin, d.ID)
		c.fate.watching = watching
		deny := []string{review.LineID(c.oncall, "member", c.sam), review.LineID(c.incident, "member", c.sam)}
		note := func(v review.Verdict, ids ...string) {
			c.person(func() error {
				_, err := c.house.NoteReviews(c.ctx, c.actors[c.lin], flow.Noting{Campaign: d.ID, Assignment: list.List.ID, Lines: ids, Verdict: v, Comment: "so"})
				return err
			})
		}
		note(review.Deny, deny...)
		note(review.Certify, review.LineID(c.shift, "member", c.sam))
		c.person(func() error {
			_, err := c.house.SubmitReviews(c.ctx, c.actors[c.lin], d.ID, list.List.ID)
			return err
		})
		c.goesOn(5 * time.Minute)
		c.person(func() error { _, err := c.house.EndCampaign(c.ctx, c.root, d.ID, review.SkipOpen); return err })
		c.goesOn(20 * time.Minute)
	},
	end: func(c *told) {
		c.members(c.oncall, c.kit)
		c.members(c.shift, c.sam)
		c.inChannel(c.incident)
		d, err := c.store.Campaign(c.ctx, "uc_1")
		c.ok(err)
		if d.State != review.Completed || d.Settled.IsZero() {
			c.t.Errorf("the review is %s, settled %s", d.State, d.Settled)
		}
		states, sum := map[review.LineState]int{}, flow.Progress{}
		said := map[string]int{}
		c.ok(c.store.EachAssignment(c.ctx, d.ID, func(a review.Assignment) error {
			sum = sum.Add(a)
			events, err := c.store.EventsOf(c.ctx, "review/"+d.ID+"/"+a.ID)
			c.ok(err)
			for _, e := range events {
				for _, w := range strings.Fields(e.Data["lines"]) {
					if id, word, ok := strings.Cut(w, "="); ok && e.Action == "review.submitted" && word != "" {
						said[id]++
					}
				}
			}
			return c.store.LinesAfter(c.ctx, d.ID, a.ID, "", func(l review.Line) error {
				if states[l.State]++; len(l.Decided) > 1 {
					c.t.Errorf("%s was decided %d times", l.ID, len(l.Decided))
				}
				return nil
			})
		}))
		for id, n := range said {
			if n != 1 {
				c.t.Errorf("%s was submitted %d times", id, n)
			}
		}
		if n := d.Snapshot.Lines; sum.Lines != n || sum.Closed != n || sum.Noted != 0 || sum.Denied != 2 || sum.Certified != 1 || len(said) != 3 ||
			states[review.LineRemoved] != 2 || states[review.LineCertified] != 1 || states[review.LineSkipped] != n-3 {
			c.t.Errorf("of %d lines: %v, counted %+v, said %v", n, states, sum, said)
		}
	},
}

// goesOn lets the house go on, its reviews too.
func (c *told) goesOn(d time.Duration) {
	c.t.Helper()
	for end := c.clock.Now().Add(d); c.clock.Now().Before(end); {
		_ = c.survive(func() error { _, err := c.house.Review(c.ctx); return err })
		c.on(30 * time.Second)
	}
}
