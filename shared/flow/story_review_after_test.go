package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

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
	if got, moved := c.line(d.ID, c.ada, c.shift, c.sam); n.Lines != 1 || moved.Draft.Verdict != "" || got.List.Lines != 1 {
		t.Errorf("%+v, %+v", n, moved.Line)
	}
	after := c.list(c.lin, d.ID)
	if after.List.Lines != v.List.Lines-1 || after.List.Noted != 0 || len(after.Lines.Items) != after.List.Lines {
		t.Errorf("%+v", after.List)
	}
	rest, err := c.house.ReassignReview(c.ctx, c.root, d.ID, v.List.ID, nil, []string{c.bob})
	c.ok(err)
	if left, err := c.house.ReadCampaign(c.ctx, c.actor(c.bob), d.ID); err != nil || rest.Lines != after.List.Lines || len(left.Mine) != 2 {
		t.Errorf("%+v moved; bob has %+v", rest, left.Mine)
	}
	if got := c.submit(d.ID, c.ada, c.shift, c.sam, review.Certify); got.Certified != 1 {
		t.Errorf("%+v", got)
	}

	// Who takes over a whole list leaves the line about themselves where it is.
	d = c.campaign(c.spec())
	v, _ = c.line(d.ID, c.lin, c.shift, c.sam)
	n, err = c.house.ReassignReview(c.ctx, c.root, d.ID, v.List.ID, nil, []string{c.sam})
	c.ok(err)
	left, _ := c.line(d.ID, c.lin, c.shift, c.sam)
	if n.Lines == 0 || n.Lines != v.List.Lines-left.List.Lines {
		t.Errorf("%+v of %d moved, %d are left", n, v.List.Lines, left.List.Lines)
	}
	stay := 0
	for _, l := range left.Lines.Items {
		if l.Account != c.sam {
			stay++
		}
	}
	if stay != n.Kept { // about private channels that sam may not know of
		t.Errorf("%d of others stay, %d kept", stay, n.Kept)
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
	// Said, and done: it closes with the sync, not a quarter of an hour later.
	_, err = c.house.SayDone(c.ctx, c.root, m.ID)
	c.ok(err)
	c.on(time.Minute)
	c.slack.HandKick(public, c.sam)
	c.sync()
	c.on(2 * time.Minute)
	c.reviews()
	if m, err = c.house.ReadManual(c.ctx, c.root, l.Manual); err != nil || m.State != access.ManualDone {
		t.Errorf("seen gone, it is %s: %v", m.State, err)
	}
	if _, l = c.line(d.ID, c.lin, public, c.sam); l.State != review.LineRemoved {
		t.Errorf("the line is %s", l.State)
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

// TestReviewOfNothing: a review without a line is not started, and one that a template
// makes is canceled, and says why; the next one comes in its time.
func TestReviewOfNothing(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Scope.Accounts = []review.Class{review.Externals}
	d, err := c.house.DraftCampaign(c.ctx, c.root, s)
	c.ok(err)
	_, err = c.house.StageCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	c.reviews()
	if _, err := c.house.StartCampaign(c.ctx, c.root, d.ID); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "draft another") {
		t.Errorf("started: %v", err)
	}
	tpl, err := c.house.MakeTemplate(c.ctx, c.root, review.Template{Spec: s, Every: review.Monthly, First: c.clock.Now().Add(time.Minute), Auto: true})
	c.ok(err)
	for range 5 {
		c.clock.move(time.Minute)
		c.reviews()
	}
	tpl, err = c.store.Template(c.ctx, tpl.ID)
	c.ok(err)
	got, err := c.store.Campaign(c.ctx, tpl.Last)
	c.ok(err)
	if got.State != review.Canceled || got.Held == "" || !tpl.Next.Equal(tpl.Due) || !tpl.Due.After(c.clock.Now()) {
		t.Errorf("%s %q, next %s", got.State, got.Held, tpl.Next)
	}
	all, err := c.store.EventsOf(c.ctx, "campaign/"+got.ID)
	c.ok(err)
	if e := all[len(all)-1]; e.Action != "campaign.canceled" || e.Actor != "ebb" || e.Data["why"] != "no-lines" {
		t.Errorf("%+v", e)
	}
}

// TestProgressOfNobody: what has no reviewer is counted over all lists.
func TestProgressOfNobody(t *testing.T) {
	p := flow.Progress{}.Add(review.Assignment{Lines: 4, Closed: 1}).
		Add(review.Assignment{Assigned: review.Assigned{Source: review.Unassigned}, Lines: 5, Closed: 2}).
		Add(review.Assignment{Assigned: review.Assigned{Source: review.Unassigned}})
	if p.Nobody != 1 || p.Orphans != 3 || p.Lists != 3 || p.Left() != 6 {
		t.Errorf("%+v", p)
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

// TestReviewEndsAGrant: whose own grant a reviewer denies hears that a review did, and who.
func TestReviewEndsAGrant(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, 6*time.Hour)
	c.sweep(2 * time.Minute)
	c.sync()
	d := c.campaign(c.spec())
	if got := c.submit(d.ID, c.lin, c.shift, c.ada, review.Deny); got.Denied != 1 {
		t.Fatalf("%+v", got)
	}
	c.tell(10 * time.Minute)
	g := c.state(id, access.Revoked)
	if g.EndedFor != "review/"+d.ID+"/"+review.LineID(c.shift, "member", c.ada) {
		t.Errorf("ended for %q", g.EndedFor)
	}
	if got := c.heard(c.ada); !strings.Contains(got[len(got)-1], "denied it in an access review. If you still need it, ask for it anew.") {
		t.Errorf("%q", got)
	}
}
