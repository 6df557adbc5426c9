package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// TestReviewLevelsAreSeveralPeople: who decided about a line decides about it at no
// later level, whatever leads them there.
func TestReviewLevelsAreSeveralPeople(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByNamed, Accounts: []string{c.lin}}, {By: review.ByNamed, Accounts: []string{c.lin}}}
	d := c.campaign(s)
	if got := c.submit(d.ID, c.lin, c.shift, c.sam, review.Certify); got.Passed != 1 {
		t.Fatalf("%+v", got)
	}
	id := review.LineID(c.shift, "member", c.sam)
	bobs, err := c.house.ReadCampaign(c.ctx, c.actor(c.bob), d.ID) // the fallback
	c.ok(err)
	moved := 0
	for _, a := range bobs.Mine {
		if a.Level == 1 {
			moved, err = c.house.ReassignReview(c.ctx, c.root, d.ID, a.ID, []string{id}, []string{c.lin})
			c.ok(err)
		}
	}
	if moved != 1 {
		t.Fatalf("%d of the second level's lines were with bob", moved)
	}
	all, err := c.house.ReadCampaign(c.ctx, c.actor(c.lin), d.ID)
	c.ok(err)
	for _, a := range all.Mine {
		if a.Level == 1 {
			n, err := c.house.NoteReviews(c.ctx, c.actor(c.lin), flow.Noting{Campaign: d.ID, Assignment: a.ID, Lines: []string{id}, Verdict: review.Certify})
			if err != nil || n.Lines != 0 || n.Refused[id] == "" {
				t.Errorf("lin decides twice: %+v %v", n, err)
			}
		}
	}
}

// TestReassignGivesNoRights: a right that is borrowed does not become one's own, and
// nobody says who decides about their own access.
func TestReassignGivesNoRights(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByGroup, Group: c.oncall}} // sam and kit
	d := c.campaign(s)
	v, own := c.line(d.ID, c.sam, c.oncall, c.sam)
	give := func(who string, lines []string, to string) error {
		_, err := c.house.ReassignReview(c.ctx, c.actor(who), d.ID, v.List.ID, lines, []string{to})
		return err
	}
	other := review.LineID(c.leads, "member", c.lin)
	for name, err := range map[string]error{
		"one's own line":               give(c.sam, []string{own.ID}, c.bob),
		"to oneself, out of the group": give(c.sam, []string{other}, c.sam),
	} {
		if !fault.Is(err, fault.Forbidden, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.sam)
	c.clock.move(time.Minute) // a group that was read is believed for seconds
	if err := give(c.sam, []string{other}, c.bob); !fault.Is(err, fault.NotFound) {
		t.Errorf("by who left the group: %v", err)
	}
	c.ok(give(c.kit, []string{other}, c.bob))

	_, err := c.house.Delegate(c.ctx, c.actor(c.bob), c.conn.ID, c.ada, time.Time{}, c.clock.Now().Add(time.Hour))
	c.ok(err)
	bobs := c.list(c.bob, d.ID)
	_, err = c.house.ReassignReview(c.ctx, c.actor(c.ada), d.ID, bobs.List.ID, nil, []string{c.ada})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a delegate takes it over: %v", err)
	}
}

// TestOpenGroupsReviewNothing: where everybody may edit user groups, none of them
// reviews, also when that was opened after the start.
func TestOpenGroupsReviewNothing(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByGroup, Group: c.leads}}
	d := c.campaign(s)
	v, l := c.line(d.ID, c.lin, c.shift, c.sam)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	conn.OpenGroups = true
	_, err = c.store.SaveConnector(c.ctx, conn, audit.Event{At: c.clock.Now(), Aggregate: "connector/" + conn.ID, Action: "connector.opened", Actor: "ebb"})
	c.ok(err)
	_, err = c.house.NoteReviews(c.ctx, c.actor(c.lin), flow.Noting{Campaign: d.ID, Assignment: v.List.ID, Lines: []string{l.ID}, Verdict: review.Deny})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// TestNotesOfOthersGrowOld: a note keeps others from a shared line for a day, not
// for ever.
func TestNotesOfOthersGrowOld(t *testing.T) {
	c := newStoryCompany(t)
	s := c.spec()
	s.Levels[0].Accounts = []string{c.lin, c.bob}
	s.Scope.Resources = []string{c.shift}
	d := c.campaign(s)
	v, l := c.line(d.ID, c.lin, c.shift, c.sam)
	c.notes(c.lin, v, review.Certify, l.ID)
	if n := c.notes(c.bob, v, review.Deny, l.ID); n.Lines != 0 {
		t.Error("bob writes over a fresh note")
	}
	c.clock.move(25 * time.Hour)
	if n := c.notes(c.bob, v, review.Deny, l.ID); n.Lines != 1 {
		t.Errorf("a day later: %v", n.Refused)
	}
	if got := c.list(c.bob, d.ID); got.List.Noted != 1 {
		t.Errorf("%d are noted", got.List.Noted)
	}
}

// TestRevokingAllIsFresh: who denies everything that is open has just signed in.
func TestRevokingAllIsFresh(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.spec())
	old := c.root
	old.Session, old.Fresh = "s_1", c.clock.Now().Add(-access.FreshTime)
	if _, err := c.house.EndCampaign(c.ctx, old, d.ID, review.RevokeOpen); fault.CodeOf(err) != flow.FreshSignIn {
		t.Errorf("%v", err)
	}
	if _, err := c.house.EndCampaign(c.ctx, old, d.ID, review.SkipOpen); err != nil {
		t.Errorf("skipping needs none: %v", err)
	}
}
