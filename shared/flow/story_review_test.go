package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
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
	l, ok := lines(v)[review.LineID(resource, "member", about)]
	if !ok {
		c.t.Fatalf("no line of %s in %s in the list of %s", about, resource, account)
	}
	return v, l
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

// TestReviewedAccessGoes: a line closes when its access goes by itself, by the next
// sync or by the time that somebody decides.
func TestReviewedAccessGoes(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.spec())
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
	c.clock.move(time.Hour)
	c.sync()
	c.reviews()
	if _, l := c.line(d.ID, c.lin, c.oncall, c.kit); l.State != review.LineGone {
		t.Errorf("after a sync it is %s", l.State)
	}
	v, l := c.line(d.ID, c.lin, c.oncall, c.sam)
	c.notes(c.lin, v, review.Deny, l.ID)
	c.slack.HandDeactivate(c.sam)
	c.hears()
	c.on(time.Second)
	got, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	if got.Gone != 1 || got.Denied != 0 {
		t.Errorf("%+v", got)
	}
}

// TestReviewReassign: lines go to whom they are given, and to nobody about whom they
// are; what was noted about them is forgotten.
func TestReviewReassign(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.spec())
	v, l := c.line(d.ID, c.lin, c.shift, c.sam)
	c.notes(c.lin, v, review.Deny, l.ID)
	if _, err := c.house.ReassignReview(c.ctx, c.actor(c.lin), d.ID, v.List.ID, []string{l.ID}, []string{c.sam}); !fault.Is(err, fault.Invalid) {
		t.Errorf("to whom it is about: %v", err)
	}
	if _, err := c.house.ReassignReview(c.ctx, c.actor(c.kit), d.ID, v.List.ID, nil, []string{c.kit}); !fault.Is(err, fault.NotFound) {
		t.Errorf("by who is no reviewer: %v", err)
	}
	n, err := c.house.ReassignReview(c.ctx, c.actor(c.lin), d.ID, v.List.ID, []string{l.ID}, []string{c.ada})
	c.ok(err)
	if got, moved := c.line(d.ID, c.ada, c.shift, c.sam); n != 1 || moved.Draft.Verdict != "" || got.List.Lines != 1 {
		t.Errorf("%d, %+v", n, moved.Line)
	}
	after := c.list(c.lin, d.ID)
	if after.List.Lines != v.List.Lines-1 || after.List.Noted != 0 || len(after.Lines.Items) != after.List.Lines {
		t.Errorf("%+v", after.List)
	}
	rest, err := c.house.ReassignReview(c.ctx, c.root, d.ID, v.List.ID, nil, []string{c.bob})
	c.ok(err)
	if left, err := c.house.ReadCampaign(c.ctx, c.actor(c.bob), d.ID); err != nil || rest != after.List.Lines || len(left.Mine) != 2 {
		t.Errorf("%d moved; bob has %+v", rest, left.Mine)
	}
	if got := c.submit(d.ID, c.ada, c.shift, c.sam, review.Certify); got.Certified != 1 {
		t.Errorf("%+v", got)
	}
}

// TestReviewByHand: what no API removes becomes a manual task, which only a sync
// ends, whoever says that it is done; and it reminds until then.
func TestReviewByHand(t *testing.T) {
	c := newStoryCompany(t)
	public := c.slack.AddChannel(slacktest.Channel{Name: "lunch", Members: []string{c.sam, c.bob}})
	c.sync()
	s := c.spec()
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Channel, directory.Workspace}, Public: true}
	d := c.campaign(s)
	c.submit(d.ID, c.lin, public, c.sam, review.Deny)
	c.sweep(10 * time.Minute)
	_, l := c.line(d.ID, c.lin, public, c.sam)
	if l.State != review.LineDenied || l.Manual == "" || l.Grant != "" {
		t.Fatalf("%+v", l.Line)
	}
	m, err := c.house.ReadManual(c.ctx, c.root, l.Manual)
	c.ok(err)
	if m.Why != access.ManualPublic || !m.Does || len(m.Steps) < 3 || m.Because == "" {
		t.Errorf("%+v", m)
	}
	if _, err := c.house.SayDone(c.ctx, c.actor(c.kit), m.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("kit has nothing to do with it: %v", err)
	}
	_, err = c.house.SayDone(c.ctx, c.root, m.ID)
	c.ok(err)
	c.clock.move(time.Hour)
	c.sync()
	c.on(time.Minute)
	if m, err = c.house.ReadManual(c.ctx, c.root, l.Manual); err != nil || m.State != access.ManualWaits {
		t.Errorf("said done, and not so: %s %v", m.State, err)
	}
	c.clock.move(25 * time.Hour)
	c.on(time.Minute)
	if m, err = c.house.ReadManual(c.ctx, c.root, l.Manual); err != nil || m.Nagged != 1 {
		t.Errorf("reminded %d times: %v", m.Nagged, err)
	}
	c.slack.HandKick(public, c.sam)
	c.sync()
	c.on(time.Hour)
	c.reviews()
	if m, err = c.house.ReadManual(c.ctx, c.root, l.Manual); err != nil || m.State != access.ManualDone {
		t.Errorf("seen gone, it is %s: %v", m.State, err)
	}
	if _, l = c.line(d.ID, c.lin, public, c.sam); l.State != review.LineRemoved {
		t.Errorf("the line is %s", l.State)
	}
}

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

// TestReviewTemplate: a template drafts on its days, starts by itself once its
// connector is fresh, and says why not before.
func TestReviewTemplate(t *testing.T) {
	c := newStoryCompany(t)
	first := c.clock.Now().Add(24 * time.Hour)
	tpl, err := c.house.MakeTemplate(c.ctx, c.root, review.Template{Spec: c.spec(), Every: review.Monthly, First: first, Auto: true})
	c.ok(err)
	c.reviews()
	last := func() flow.CampaignView {
		t.Helper()
		all, err := c.house.ReadCampaigns(c.ctx, c.root)
		c.ok(err)
		if len(all) == 0 {
			return flow.CampaignView{}
		}
		return all[0]
	}
	if last().ID != "" {
		t.Error("drafted before its day")
	}
	c.clock.move(25 * time.Hour)
	for range 5 {
		c.reviews()
		c.clock.move(time.Minute)
	}
	got := last()
	if got.State != review.Draft || got.Held == "" || got.Template != tpl.ID {
		t.Errorf("with a stale connector: %s, held %q", got.State, got.Held)
	}
	c.sync()
	for range 60 {
		c.reviews()
		c.clock.move(time.Minute)
	}
	if got = last(); got.State != review.Running || got.Held != "" || got.Snapshot.Lines == 0 {
		t.Errorf("with a fresh one: %s, held %q, %d lines", got.State, got.Held, got.Snapshot.Lines)
	}
	c.clock.move(10 * 24 * time.Hour)
	c.reviews()
	if got.ID != last().ID {
		t.Error("drafted again in the same month")
	}
	c.clock.move(21 * 24 * time.Hour)
	c.reviews()
	if next := last(); next.ID == got.ID || next.State != review.Draft {
		t.Errorf("a month later: %s %s", next.ID, next.State)
	}
	_, err = c.house.StopTemplate(c.ctx, c.root, tpl.ID)
	c.ok(err)
	id := last().ID
	c.clock.move(40 * 24 * time.Hour)
	c.reviews()
	if last().ID != id {
		t.Error("a stopped template drafts")
	}
}

// TestReviewAgain: the next campaign knows what the last one decided, what is new,
// and certifies at once only what did not change.
func TestReviewAgain(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Unchanged = true
	d := c.campaign(s)
	v := c.list(c.lin, d.ID)
	if n, err := c.house.NoteUnchanged(c.ctx, c.actor(c.lin), d.ID, v.List.ID); err != nil || n.Lines != 0 {
		t.Errorf("nothing was reviewed before: %+v %v", n, err)
	}
	var all []string
	for id := range lines(v) {
		all = append(all, id)
	}
	c.notes(c.lin, v, review.Certify, all...)
	_, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	c.clock.move(30 * 24 * time.Hour)
	c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
	c.sync()
	next := c.campaign(s)
	nv := c.list(c.lin, next.ID)
	for id, l := range lines(nv) {
		fresh := id == review.LineID(c.shift, "member", c.kit)
		if l.New != fresh || l.Same() == fresh || !fresh && l.EarlierBy == "" {
			t.Errorf("%s: new %v, same %v, earlier %+v by %q", id, l.New, l.Same(), l.Earlier, l.EarlierBy)
		}
	}
	n, err := c.house.NoteUnchanged(c.ctx, c.actor(c.lin), next.ID, nv.List.ID)
	c.ok(err)
	if n.Lines != len(nv.Lines.Items)-1 {
		t.Errorf("%d of %d were noted", n.Lines, len(nv.Lines.Items))
	}
	s.Unchanged, s.Scope.New = false, true
	delta := c.campaign(s)
	dv := c.list(c.lin, delta.ID)
	if len(dv.Lines.Items) != 1 || dv.Lines.Items[0].Account != c.kit {
		t.Errorf("only what is new: %s", outcomes(dv))
	}
	if _, err := c.house.NoteUnchanged(c.ctx, c.actor(c.lin), delta.ID, dv.List.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("where the campaign does not allow it: %v", err)
	}
}

// TestReviewMemberMadeAdmin: who is denied a place in the workspace and made an admin
// of it is in it all the same: neither the task nor the line is over.
func TestReviewMemberMadeAdmin(t *testing.T) {
	c := newStoryCompany(t)
	team := c.slack.TeamIDs()[0]
	s := c.spec()
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Workspace}}
	d := c.campaign(s)
	v, sam := c.list(c.lin, d.ID), review.LineID(team, "member", c.sam)
	kit := review.LineID(team, "member", c.kit)
	c.notes(c.lin, v, review.Deny, sam)
	_, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	for _, who := range []string{c.sam, c.kit} {
		c.slack.HandSetAdmin(team, who, true)
	}
	look := func(task access.ManualState, denied, open review.LineState) {
		t.Helper()
		c.clock.move(time.Hour)
		c.sync()
		c.on(time.Hour)
		c.reviews()
		all := lines(c.list(c.lin, d.ID))
		m, err := c.store.Manual(c.ctx, all[sam].Manual)
		if err != nil || m.State != task || all[sam].State != denied || all[kit].State != open {
			t.Errorf("the task is %s (%v), the lines are %s and %s", m.State, err, all[sam].State, all[kit].State)
		}
	}
	look(access.ManualWaits, review.LineDenied, review.LineOpen)
	c.slack.HandDeactivate(c.sam)
	look(access.ManualDone, review.LineRemoved, review.LineOpen)
}
