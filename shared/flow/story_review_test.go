package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// spec is a review of user groups and private channels by lin, and bob where lin
// would review her own.
func (c *company) spec() review.Spec {
	return review.Spec{
		Name: "Autumn", Connector: c.conn.ID, Days: 14, AtEnd: review.SkipOpen, Fallback: []string{c.bob},
		Scope:  review.Scope{Kinds: []directory.Kind{directory.UserGroup, directory.Channel}},
		Levels: []review.Level{{By: review.ByNamed, Accounts: []string{c.lin}}},
	}
}

// reviews lets the house look at reviews until nothing is due for a while.
func (c *company) reviews() {
	c.t.Helper()
	for range 50 {
		next, err := c.house.Review(c.ctx)
		c.ok(err)
		if next.IsZero() || next.After(c.clock.Now().Add(time.Second)) {
			return
		}
		c.clock.move(time.Second)
	}
	c.t.Fatal("reviews never rest")
}

// campaign stages and starts a review.
func (c *company) campaign(s review.Spec) review.Campaign {
	c.t.Helper()
	d, err := c.house.DraftCampaign(c.ctx, c.root, s)
	c.ok(err)
	_, err = c.house.StageCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	c.reviews()
	d, err = c.house.StartCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	c.reviews()
	return d
}

// list reads the one list that an account has in a campaign.
func (c *company) list(account, campaign string) flow.ReviewView {
	c.t.Helper()
	v, err := c.house.ReadCampaign(c.ctx, c.actor(account), campaign)
	c.ok(err)
	if len(v.Mine) != 1 {
		c.t.Fatalf("%s has %d lists", account, len(v.Mine))
	}
	out, err := c.house.ReadReview(c.ctx, c.actor(account), campaign, v.Mine[0].ID, flow.LineFilter{}, flow.Slice{Limit: 200})
	c.ok(err)
	return out
}

// lines are a list's, by id.
func lines(v flow.ReviewView) map[string]flow.LineView {
	out := map[string]flow.LineView{}
	for _, l := range v.Lines.Items {
		out[l.ID] = l
	}
	return out
}

// says notes a verdict about lines.
func (c *company) notes(account string, v flow.ReviewView, verdict review.Verdict, ids ...string) flow.Noted {
	c.t.Helper()
	n, err := c.house.NoteReviews(c.ctx, c.actor(account), flow.Noting{
		Campaign: v.Campaign.ID, Assignment: v.List.ID, Lines: ids, Verdict: verdict, Comment: "as agreed",
	})
	c.ok(err)
	return n
}

// TestReview: from draft to settled. What a reviewer denies goes, standing access
// too; what they certify stays; nothing happens before they submit.
func TestReview(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
	granted := c.auto(c.ada, c.shift, 6*time.Hour)
	c.on(2 * time.Minute)
	c.sync()
	d := c.campaign(c.spec())
	if d.State != review.Running || !d.Deadline.Equal(d.Started.Add(14*24*time.Hour)) {
		t.Fatalf("%+v", d)
	}
	v := c.list(c.lin, d.ID)
	all := lines(v)
	sam, ada := review.LineID(c.shift, "member", c.sam), review.LineID(c.shift, "member", c.ada)
	in := review.LineID(c.incident, "member", c.sam)
	for _, id := range []string{sam, ada, in} {
		if l, ok := all[id]; !ok || l.Refuses != "" {
			t.Fatalf("line %s: %+v", id, l)
		}
	}
	if all[ada].Facts.Held != review.Granted || all[ada].Grants[0].ID != granted || all[sam].Facts.Held != review.Standing {
		t.Errorf("held: %+v, %+v", all[ada].Fact, all[sam].Fact)
	}
	leads := review.LineID(c.leads, "member", c.lin)
	if _, ok := all[leads]; ok {
		t.Error("lin reviews her own access")
	}
	if l, ok := lines(c.list(c.bob, d.ID))[leads]; !ok || l.Refuses != "" {
		t.Errorf("the fallback: %+v", l)
	}

	c.notes(c.lin, v, review.Deny, sam, ada, in)
	c.members(c.shift, c.ada, c.sam, c.kit)
	c.sweep(time.Minute)
	c.members(c.shift, c.ada, c.sam, c.kit)
	got, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	if got.Denied != 3 || got.Left != v.List.Lines-3 || len(got.Refused) > 0 {
		t.Errorf("submitted: %+v of %d", got, v.List.Lines)
	}
	c.sweep(time.Minute)
	c.members(c.shift, c.kit)
	c.inChannel(c.incident)
	c.state(granted, access.Revoked)
	if l := lines(c.list(c.lin, d.ID))[sam]; l.Comment != "as agreed" || l.Decided[0].By == "" {
		t.Errorf("%+v", l)
	}

	var rest []string
	for id, l := range lines(c.list(c.lin, d.ID)) {
		if l.State == review.LineOpen {
			rest = append(rest, id)
		}
	}
	c.notes(c.lin, v, review.Certify, rest...)
	_, err = c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	if _, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("submitted twice: %v", err)
	}
	_, err = c.house.EndCampaign(c.ctx, c.root, d.ID, "")
	c.ok(err)
	c.reviews()
	c.sweep(10 * time.Minute)
	c.reviews()
	end, err := c.house.ReadCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	if end.State != review.Completed || end.Settled.IsZero() {
		t.Errorf("%s, settled %s", end.State, end.Settled)
	}
	states := map[review.LineState]int{}
	for _, l := range c.list(c.lin, d.ID).Lines.Items {
		states[l.State]++
		if want := review.LineCertified; l.Verdict() == review.Certify && l.State != want {
			t.Errorf("%s is %s, want %s", l.ID, l.State, want)
		}
	}
	if states[review.LineRemoved] != 3 || states[review.LineCertified] != len(rest) {
		t.Errorf("%v; outcomes %s", states, outcomes(c.list(c.lin, d.ID)))
	}
	verdict, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if !verdict.Whole() {
		t.Errorf("audit: %+v", verdict.Broken)
	}
}

func outcomes(v flow.ReviewView) string {
	var out []string
	for _, l := range v.Lines.Items {
		out = append(out, l.ID+" "+string(l.State)+" "+l.Outcome+" "+l.Grant+l.Manual)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

var (
	_ = context.Background
	_ audit.Event
)
