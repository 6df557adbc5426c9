package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// hand lets somebody edit a user group right after Ebb has read it, and so
// before it writes: Ebb's list then overwrites the edit.
func (c *company) hand(deed func(), accounts ...string) {
	c.byHand = map[string]bool{}
	for _, a := range accounts {
		c.byHand[a] = true
	}
	c.between("usergroups.list", deed)
}

// overwritten is what the audit says of edits that a write overwrote.
func (c *company) overwritten(group string) map[string]string {
	return c.says("resource/"+c.conn.ID+"/"+group, "finding.edit-overwritten")
}

// lose makes a company in which ada's grant is given while bob is added and kit
// removed by hand, both of which Ebb's list overwrites.
func lose(t *testing.T) *company {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.TakeEvents()
	c.hand(func() {
		c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
		c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
	}, c.bob, c.kit)
	c.state(c.auto(c.ada, c.oncall, 3*time.Hour), access.Active)
	c.members(c.oncall, c.ada, c.sam, c.kit) // both edits are lost
	return c
}

// TestLostEditsAreDoneAgain: Slack's events tell, and both come back as people
// meant them, with a finding; our own member stays, and what stands by a
// person's word is no grant of Ebb's.
func TestLostEditsAreDoneAgain(t *testing.T) {
	c := lose(t)
	c.hears()
	c.on(30 * time.Second)
	c.members(c.oncall, c.ada, c.sam, c.bob)
	if said := c.overwritten(c.oncall); said["added"] != c.bob || said["removed"] != c.kit || said["note"] != "done again" {
		t.Errorf("said %v", said)
	}
	c.hears() // our repair's own events
	c.on(4 * time.Hour)
	c.members(c.oncall, c.sam, c.bob)
	c.resting(c.oncall)
	if st, err := c.store.Standing(c.ctx, c.conn.ID, c.oncall); err != nil || len(st.Mends)+len(st.Meant)+len(st.Told) > 0 {
		t.Errorf("an hour later there is still %+v %v", st, err)
	}
}

// TestLostEditsWithoutEvents: nothing is told, and nothing is guessed.
func TestLostEditsWithoutEvents(t *testing.T) {
	c := lose(t)
	c.on(4 * time.Hour)
	c.members(c.oncall, c.sam, c.kit)
	if said := c.overwritten(c.oncall); said != nil {
		t.Errorf("said %v", said)
	}
}

// TestLostEditsByDisorderedEvents: doubled and backwards, once and for all.
func TestLostEditsByDisorderedEvents(t *testing.T) {
	c := lose(t)
	events := c.slack.TakeEvents()
	back := slices.Clone(events)
	slices.Reverse(back)
	c.told(append(back, events...)...)
	c.on(time.Minute)
	c.members(c.oncall, c.ada, c.sam, c.bob)
	c.hears()
	c.on(time.Minute)
	c.members(c.oncall, c.ada, c.sam, c.bob)
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n != 2 {
		t.Errorf("%d writes", n)
	}
}

// TestAnEditThatPeopleTookBack: after Ebb overwrote the adding of bob, somebody
// adds and removes him again. That is the last word, told or not.
func TestAnEditThatPeopleTookBack(t *testing.T) {
	for name, keep := range map[string]func(slacktest.Event) bool{
		"told":          func(slacktest.Event) bool { return true },
		"told in part":  nil, // the last two never come
		"told too late": nil,
	} {
		t.Run(name, func(t *testing.T) {
			c := lose(t)
			ours := c.slack.TakeEvents()
			c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
			c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.bob)
			theirs := c.slack.TakeEvents()
			switch {
			case keep != nil:
				c.told(append(ours, theirs...)...)
			case name == "told too late":
				c.told(ours...)
				c.on(5 * time.Minute)
				c.told(theirs...)
			default:
				c.told(ours...)
			}
			c.on(20 * time.Minute)
			if slices.Contains(c.slack.GroupMembers(c.oncall), c.bob) {
				t.Error("bob was added against the last word")
			}
			if !slices.Contains(c.slack.GroupMembers(c.oncall), c.ada) {
				t.Error("ada's grant suffered")
			}
			if c.overwritten(c.oncall) == nil {
				t.Error("nothing was said")
			}
			c.on(4 * time.Hour)
			c.resting(c.oncall)
		})
	}
}

// TestALostEditAndAGrantForTheSameAccount: bob was added and kit removed by hand,
// both lost, and both ask Ebb before the event arrives. What stands without Ebb
// is the hand's word: the ends leave bob in and take kit out.
func TestALostEditAndAGrantForTheSameAccount(t *testing.T) {
	c := lose(t)
	bob, kit := c.auto(c.bob, c.oncall, time.Hour), c.auto(c.kit, c.oncall, time.Hour)
	c.hears()
	c.on(2 * time.Minute)
	c.state(bob, access.Active)
	c.state(kit, access.Active)
	c.members(c.oncall, c.ada, c.sam, c.bob, c.kit)
	c.on(4 * time.Hour)
	if g := c.state(bob, access.Ended); g.Outcome != access.OutcomeStood {
		t.Errorf("bob's outcome %q", g.Outcome)
	}
	c.state(kit, access.Revoked)
	c.members(c.oncall, c.sam, c.bob)
	c.resting(c.oncall)
}

// TestOurOwnEventsSayNothing: gives and ends without anybody's edit make no
// finding and no further write.
func TestOurOwnEventsSayNothing(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.TakeEvents()
	for _, a := range []string{c.ada, c.bob} {
		c.auto(a, c.oncall, 10*time.Minute)
		c.hears()
	}
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.lin)
	c.hears()
	c.on(15 * time.Minute)
	c.hears()
	c.on(15 * time.Minute)
	c.members(c.oncall, c.sam, c.kit, c.lin)
	if said := c.overwritten(c.oncall); said != nil {
		t.Errorf("said %v", said)
	}
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n > 4 {
		t.Errorf("%d writes", n)
	}
}

// TestALostAnswerIsSaidAndNotActedUpon: which change was Ebb's is not certain
// when Slack's answer never came, so a person is told.
func TestALostAnswerIsSaidAndNotActedUpon(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.TakeEvents()
	c.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.CutHappened})
	c.hand(func() { c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob) }, c.bob)
	id := c.auto(c.ada, c.oncall, 3*time.Hour)
	c.hears()
	c.on(5 * time.Minute)
	c.state(id, access.Active)
	c.members(c.oncall, c.ada, c.sam, c.kit)
	if said := c.overwritten(c.oncall); said["added"] != c.bob || said["note"] == "done again" {
		t.Errorf("said %v", said)
	}
	c.on(4 * time.Hour)
	c.resting(c.oncall)
}

// TestAnEventWhileTheWriteIsOnItsWay: it arrives before the write was recorded,
// and waits for that.
func TestAnEventWhileTheWriteIsOnItsWay(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.TakeEvents()
	c.hand(func() {
		c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
		c.between("usergroups.users.update", c.hears)
	}, c.bob)
	c.auto(c.ada, c.oncall, 3*time.Hour)
	c.on(time.Minute)
	c.members(c.oncall, c.ada, c.bob, c.sam, c.kit)
}

// TestALostEditOfSomebodyWhoLeft: bob was deactivated before he could be put
// back. Slack would refuse the list with him in it, and it is not tried.
func TestALostEditOfSomebodyWhoLeft(t *testing.T) {
	c := lose(t)
	c.slack.HandDeactivate(c.bob)
	writes := c.slack.Stats()["usergroups.users.update"].Calls
	c.hears()
	c.on(20 * time.Minute)
	c.members(c.oncall, c.ada, c.sam) // the removal of kit is done again
	if n := c.slack.Stats()["usergroups.users.update"].Calls - writes; n > 1 {
		t.Errorf("%d writes", n)
	}
	c.on(4 * time.Hour)
	c.resting(c.oncall)
}
