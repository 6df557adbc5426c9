package flow_test

import (
	"fmt"
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
			n, err := c.house.ReassignReview(c.ctx, c.root, d.ID, a.ID, []string{id}, []string{c.lin})
			c.ok(err)
			moved += n.Lines
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
	s.Scope.Kinds = []directory.Kind{directory.UserGroup}
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

// TestNamedReviewersLearnNoPrivateName: who runs a review names whom they like, and by
// that nobody comes to know of a private channel: neither by a level, nor by the
// fallback, nor when lines are given to others.
func TestNamedReviewersLearnNoPrivateName(t *testing.T) {
	c := newStoryCompany(t)
	c.hide()
	s := c.spec() // lin, and bob as fallback: neither is in the channels
	s.Levels = append(s.Levels, review.Level{By: review.ByGroup, Group: c.leads})
	d := c.campaign(s)
	for _, who := range []string{c.lin, c.bob} {
		for id, l := range lines(c.list(who, d.ID)) {
			if l.Private || l.Kind == directory.Channel {
				t.Errorf("%s reviews %s", who, id)
			}
		}
	}
	keeper := c.keepersList(d.ID)
	in := review.LineID(c.incident, "member", c.sam)
	if v, err := c.house.ReadReview(c.ctx, c.root, d.ID, keeper.ID, flow.LineFilter{}, flow.Slice{Limit: 50}); err != nil || lines(v)[in].ResourceName != "#incident-1" {
		t.Fatalf("the owner of the connector: %+v %v", lines(v), err)
	}

	u, err := c.house.Bind(c.ctx, c.root, c.conn.ID, c.kit, []access.Duty{access.CampaignAdministrator})
	c.ok(err)
	runs := access.Actor{User: u}
	give := func(by access.Actor, to ...string) (flow.Reassigned, error) {
		return c.house.ReassignReview(c.ctx, by, d.ID, keeper.ID, nil, to)
	}
	for name, to := range map[string][]string{"to oneself": {c.kit}, "to a friend": {c.lin, c.bob}} {
		for _, by := range []access.Actor{runs, c.root} {
			if n, err := give(by, to...); n.Lines != 0 || n.Kept == 0 || fault.FieldOf(err) != "to" {
				t.Errorf("%s: %+v %v", name, n, err)
			}
		}
	}
	// Of two, the one who is in the channel gets it.
	c.slack.HandInvite(c.incident, c.ada)
	c.sync()
	if n, err := give(runs, c.lin, c.ada); err != nil || n.Lines != 1 || n.Kept == 0 {
		t.Fatalf("%+v %v", n, err)
	}
	v := c.list(c.ada, d.ID)
	if l, ok := lines(v)[in]; !ok || len(v.List.Accounts) != 1 || l.ResourceName != "#incident-1" {
		t.Errorf("%+v of %v", l, v.List.Accounts)
	}
	// The next level's group has nobody who may know of it: it goes to the owner.
	if got := c.submit(d.ID, c.ada, c.incident, c.sam, review.Certify); got.Passed != 1 {
		t.Errorf("%+v", got)
	}
	if all, err := c.house.ReadCampaign(c.ctx, c.actor(c.lin), d.ID); err != nil || len(all.Mine) != 1 {
		t.Errorf("lin's lists: %+v %v", all.Mine, err)
	}
}

// TestGroupsReviewWhatTheirMembersKnow: of a user group that reviews, only those get a
// line about a private channel who may know of it, and while they are in the group.
func TestGroupsReviewWhatTheirMembersKnow(t *testing.T) {
	c := newStoryCompany(t)
	c.hide()
	c.slack.HandInvite(c.incident, c.kit)
	c.sync()
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByGroup, Group: c.oncall}} // sam and kit
	s.Scope.Resources = []string{c.incident}
	d := c.campaign(s)
	v, l := c.line(d.ID, c.kit, c.incident, c.sam)
	if v.List.Source != review.ByMembers || len(v.List.Accounts) != 1 {
		t.Errorf("%+v", v.List.Assigned)
	}
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.lin)
	c.sync()
	if _, err := c.house.ReadReview(c.ctx, c.actor(c.lin), d.ID, v.List.ID, flow.LineFilter{}, flow.Slice{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("who joined the group: %v", err)
	}
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
	c.clock.move(time.Minute)
	n := flow.Noting{Campaign: d.ID, Assignment: v.List.ID, Lines: []string{l.ID}, Verdict: review.Deny}
	if _, err := c.house.NoteReviews(c.ctx, c.actor(c.kit), n); err == nil {
		_, err = c.house.SubmitReviews(c.ctx, c.actor(c.kit), d.ID, v.List.ID)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("who left the group: %v", err)
		}
	}
}

// TestOverAListHidesWhatIsHidden: who reviewed a private channel as its owner, and may
// not know of it any more, sees no name in the list once the review is over. The list
// says how many lines it does not show, and an auditor sees them.
func TestOverAListHidesWhatIsHidden(t *testing.T) {
	c := newStoryCompany(t)
	c.hide()
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.incident, []string{c.lin}))
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.shift, []string{c.lin}))
	s := c.spec()
	s.Levels = []review.Level{{By: review.ByOwner}}
	d := c.campaign(s)
	v := c.list(c.lin, d.ID)
	in := review.LineID(c.incident, "member", c.sam)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.incident, []string{c.bob}))
	if now := c.list(c.lin, d.ID); lines(now)[in].ResourceName != "#incident-1" || now.Hidden != 0 {
		t.Errorf("while it runs she decides about it: %+v", lines(now)[in])
	}
	c.notes(c.lin, v, review.Certify, in)
	_, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	_, err = c.house.EndCampaign(c.ctx, c.root, d.ID, review.SkipOpen)
	c.ok(err)
	c.reviews()
	u, err := c.house.Bind(c.ctx, c.root, c.conn.ID, c.kit, []access.Duty{access.Auditor})
	c.ok(err)
	for name, x := range map[string]struct {
		by   access.Actor
		sees bool
	}{"lin": {c.actor(c.lin), false}, "auditor": {access.Actor{User: u}, true}} {
		got, err := c.house.ReadReview(c.ctx, x.by, d.ID, v.List.ID, flow.LineFilter{}, flow.Slice{Limit: 50})
		c.ok(err)
		if _, ok := lines(got)[in]; ok != x.sees || (got.Hidden == 0) != x.sees || got.Counts["all"]+got.Hidden != v.List.Lines {
			t.Errorf("%s: %+v, %d hidden", name, got.Counts, got.Hidden)
		}
		if _, ok := lines(got)[review.LineID(c.shift, "member", c.sam)]; !ok {
			t.Errorf("%s does not see the user group's line", name)
		}
	}
}

// hide makes the company's private channels such that nobody but their members may
// know of them.
func (c *company) hide() {
	c.t.Helper()
	hidden := strings.Replace(storyPolicy, "requesters: {anyone: true}\n    max: 4h", "requesters: {accounts: [%s]}\n    max: 4h", 1)
	if hidden == storyPolicy {
		c.t.Fatal("the policy lets nobody ask for private channels")
	}
	c.publish(fmt.Sprintf(hidden, c.bob, c.owner()))
	u, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.owner())
	c.ok(err)
	c.root.User = u // who owns the connector has an account in it
}

// keepersList is the list of the owners of the connector.
func (c *company) keepersList(campaign string) review.Assignment {
	c.t.Helper()
	var out []review.Assignment
	c.ok(c.store.EachAssignment(c.ctx, campaign, func(a review.Assignment) error {
		if a.Source == review.ByKeeper {
			out = append(out, a)
		}
		return nil
	}))
	if len(out) != 1 {
		c.t.Fatalf("%d lists of the owners of the connector", len(out))
	}
	return out[0]
}

// TestCertifyingAdminsIsFresh: who lets somebody go on administering a workspace has
// just signed in. What else a list says needs none, and a denial neither.
func TestCertifyingAdminsIsFresh(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.HandSetAdmin(c.slack.TeamIDs()[0], c.kit, true)
	c.slack.HandSetAdmin(c.slack.TeamIDs()[0], c.ada, true)
	c.sync()
	s := c.spec()
	s.Scope.Kinds = []directory.Kind{directory.Workspace}
	d := c.campaign(s)
	v := c.list(c.lin, d.ID)
	team := c.slack.TeamIDs()[0]
	admin, other, member := review.LineID(team, "admin", c.kit), review.LineID(team, "admin", c.ada), review.LineID(team, "member", c.sam)
	old := c.actor(c.lin)
	old.Session, old.Fresh = "s_1", c.clock.Now().Add(-access.FreshTime)
	c.notes(c.lin, v, review.Certify, admin, member)
	if _, err := c.house.SubmitReviews(c.ctx, old, d.ID, v.List.ID); fault.CodeOf(err) != flow.FreshSignIn {
		t.Errorf("an old sign-in certifies an admin: %v", err)
	}
	if l := lines(c.list(c.lin, d.ID))[member]; l.State != review.LineOpen || l.Draft.Verdict == "" {
		t.Errorf("half of it was submitted: %+v", l.Line)
	}
	c.notes(c.lin, v, "", admin)
	c.notes(c.lin, v, review.Deny, other)
	if got, err := c.house.SubmitReviews(c.ctx, old, d.ID, v.List.ID); err != nil || got.Certified != 1 || got.Denied != 1 {
		t.Errorf("a member, and a denial: %+v %v", got, err)
	}
	c.notes(c.lin, v, review.Certify, admin)
	old.Fresh = c.clock.Now()
	if got, err := c.house.SubmitReviews(c.ctx, old, d.ID, v.List.ID); err != nil || got.Certified != 1 {
		t.Errorf("signed in anew: %+v %v", got, err)
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
