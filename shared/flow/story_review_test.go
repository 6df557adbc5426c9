package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
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

// one is the id of the only line that a list has about a resource and account.
func (c *company) line(campaign, account, resource, about string) (flow.ReviewView, flow.LineView) {
	c.t.Helper()
	v := c.list(account, campaign)
	i := slices.IndexFunc(v.Lines.Items, func(l flow.LineView) bool { return l.Resource == resource && l.Account == about })
	if i < 0 {
		c.t.Fatalf("no line of %s in %s in the list of %s", about, resource, account)
	}
	return v, v.Lines.Items[i]
}

// submit notes and submits one verdict about one line.
func (c *company) submit(campaign, account, resource, about string, verdict review.Verdict) flow.Submitted {
	c.t.Helper()
	v, l := c.line(campaign, account, resource, about)
	if n := c.notes(account, v, verdict, l.ID); n.Lines != 1 {
		c.t.Fatalf("not noted: %v", n.Refused)
	}
	out, err := c.house.SubmitReviews(c.ctx, c.actor(account), campaign, v.List.ID)
	c.ok(err)
	return out
}

// TestReviewLevels: what the first level certifies the second decides; what it
// denies is the last word.
func TestReviewLevels(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels = append(s.Levels, review.Level{By: review.ByNamed, Accounts: []string{c.bob}})
	s.Fallback = []string{c.ada}
	d := c.campaign(s)
	got := c.submit(d.ID, c.lin, c.shift, c.sam, review.Certify)
	if got.Passed != 1 || got.Certified != 0 {
		t.Errorf("%+v", got)
	}
	v, l := c.line(d.ID, c.bob, c.shift, c.sam)
	if l.Level != 1 || len(l.Decided) != 1 || l.Decided[0].Account != c.lin || v.List.Level != 1 || v.List.Lines != 1 {
		t.Errorf("%+v of %+v", l.Line, v.List)
	}
	if got := c.submit(d.ID, c.bob, c.shift, c.sam, review.Certify); got.Certified != 1 {
		t.Errorf("%+v", got)
	}
	if got := c.submit(d.ID, c.lin, c.oncall, c.sam, review.Deny); got.Denied != 1 {
		t.Errorf("%+v", got)
	}
	c.sweep(time.Minute)
	c.members(c.oncall, c.kit)
}

// TestReviewerIsJudgedNow: who left the reviewers' group since, was deactivated, or
// is nobody's delegate any more, submits nothing; who came into it can.
func TestReviewerIsJudgedNow(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByGroup, Group: c.leads}}
	s.Scope.Kinds = []directory.Kind{directory.UserGroup}
	d := c.campaign(s)
	v, l := c.line(d.ID, c.lin, c.shift, c.sam)
	c.notes(c.lin, v, review.Deny, l.ID)
	c.slack.HandAddToGroup(c.owner(), c.leads, c.kit)
	c.slack.HandRemoveFromGroup(c.owner(), c.leads, c.lin)
	if _, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("lin is no lead any more: %v", err)
	}
	c.members(c.shift, c.sam)
	c.sync()
	if got := c.submit(d.ID, c.kit, c.oncall, c.sam, review.Deny); got.Denied != 1 {
		t.Errorf("kit: %+v", got)
	}
	if n := c.notes(c.kit, c.list(c.kit, d.ID), review.Certify, l.ID); n.Lines != 0 || n.Refused[l.ID] == "" {
		t.Errorf("kit writes over what lin noted: %+v", n)
	}
	for name, actor := range map[string]access.Actor{"bob": c.actor(c.bob), "root": c.root, "nobody": {}} {
		_, err := c.house.NoteReviews(c.ctx, actor, flow.Noting{Campaign: d.ID, Assignment: v.List.ID, Lines: []string{l.ID}, Verdict: review.Deny})
		if !fault.Is(err, fault.NotFound, fault.Unauthenticated) {
			t.Errorf("%s notes: %v", name, err)
		}
	}
	service := c.actor(c.kit)
	service.Service = true
	if _, err := c.house.SubmitReviews(c.ctx, service, d.ID, v.List.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a service's key reviews: %v", err)
	}
}

// TestReviewDelegate: a delegate decides in a reviewer's place, about neither's own
// access, and not when the delegation is over.
func TestReviewDelegate(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.spec())
	if _, err := c.house.ReadCampaign(c.ctx, c.actor(c.kit), d.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("kit sees a review that is not theirs: %v", err)
	}
	_, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.kit, time.Time{}, c.clock.Now().Add(time.Hour))
	c.ok(err)
	v, l := c.line(d.ID, c.kit, c.shift, c.sam)
	if v.Place != c.lin || l.Refuses != "" {
		t.Errorf("place %q, refuses %q", v.Place, l.Refuses)
	}
	if l, ok := lines(v)[review.LineID(c.oncall, "member", c.kit)]; !ok || l.Refuses == "" {
		t.Error("kit may decide about their own access")
	}
	if got := c.submit(d.ID, c.kit, c.oncall, c.sam, review.Certify); got.Certified != 1 {
		t.Errorf("%+v", got)
	}
	if x := lines(v)[review.LineID(c.oncall, "member", c.sam)]; x.State != review.LineOpen {
		t.Error("the list was read before")
	}
	x := lines(c.list(c.lin, d.ID))[review.LineID(c.oncall, "member", c.sam)]
	if len(x.Decided) != 1 || x.Decided[0].Account != c.kit || x.Decided[0].For != c.lin {
		t.Errorf("%+v", x.Decided)
	}
	c.notes(c.kit, v, review.Deny, l.ID)
	c.clock.move(2 * time.Hour)
	if _, err := c.house.SubmitReviews(c.ctx, c.actor(c.kit), d.ID, v.List.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the delegation: %v", err)
	}
}

// TestReviewEnds: what nobody decided is skipped or denied as the campaign says, a
// note that was not submitted counts for nothing, and what was decided stays.
func TestReviewEnds(t *testing.T) {
	for _, end := range []review.AtEnd{review.SkipOpen, review.RevokeOpen} {
		t.Run(string(end), func(t *testing.T) {
			c := newStoryCompany(t)
			s := c.spec()
			s.AtEnd, s.Ends, s.Days = end, true, 1
			s.Scope.Resources = []string{c.oncall, c.incident}
			d := c.campaign(s)
			c.submit(d.ID, c.lin, c.oncall, c.kit, review.Certify)
			v, l := c.line(d.ID, c.lin, c.oncall, c.sam)
			c.notes(c.lin, v, review.Certify, l.ID)
			c.clock.move(24 * time.Hour)
			c.reviews()
			c.sweep(10 * time.Minute)
			c.reviews()
			want := []string{c.sam, c.kit}
			if end == review.RevokeOpen {
				want = []string{c.kit}
			}
			c.members(c.oncall, want...)
			got, err := c.house.ReadCampaign(c.ctx, c.root, d.ID)
			c.ok(err)
			if got.State != review.Completed || got.EndedBy != "" || got.Settled.IsZero() {
				t.Errorf("%s, by %q, settled %s", got.State, got.EndedBy, got.Settled)
			}
			for _, l := range c.list(c.lin, d.ID).Lines.Items {
				switch {
				case l.Account == c.kit && l.State != review.LineCertified,
					l.Account == c.sam && end == review.SkipOpen && l.State != review.LineSkipped,
					l.Account == c.sam && end == review.RevokeOpen && (l.State != review.LineRemoved || l.Decided[0].By != ""):
					t.Errorf("%s is %s: %+v", l.ID, l.State, l.Decided)
				}
			}
			if _, err := c.house.NoteReviews(c.ctx, c.actor(c.lin), flow.Noting{Campaign: d.ID, Assignment: v.List.ID, Lines: []string{l.ID}, Verdict: review.Deny}); !fault.Is(err, fault.Invalid) {
				t.Errorf("decided after the end: %v", err)
			}
		})
	}
}
