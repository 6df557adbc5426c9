package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// between does a hand's deed right after the first call of a method.
func (c *company) between(method string, deed func()) {
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == method {
			c.slack.OnCall = nil
			deed()
		}
	}
}

// TestHandEditsBetweenWriteAndReadBack: what others do to the list after our
// write stays as they did it.
func TestHandEditsBetweenWriteAndReadBack(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.between("usergroups.users.update", func() {
		c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
		c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
	})
	id := c.auto(c.ada, c.oncall, time.Hour)
	c.state(id, access.Active)
	c.members(c.oncall, c.ada, c.sam, c.bob)
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.oncall, c.sam, c.bob)
	c.resting(c.oncall)
}

// TestRemovedByHandBeforeTheReadBack: Slack took our addition and somebody took
// it back at once; it is not forced on them.
func TestRemovedByHandBeforeTheReadBack(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.between("usergroups.users.update", func() { c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.ada) })
	id := c.auto(c.ada, c.oncall, time.Hour)
	c.on(2 * time.Hour)
	if s := c.grant(id).State; s != access.Failed {
		t.Errorf("it is %s", s)
	}
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

// TestGivenAgainByHandBeforeTheReadBack: somebody puts ada back while Ebb takes
// her out. Ebb cannot tell that from a write that Slack lost, and takes her
// out again until two reads show that she is gone.
func TestGivenAgainByHandBeforeTheReadBack(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	id := c.auto(c.ada, c.oncall, time.Hour)
	c.between("usergroups.users.update", func() { c.slack.HandAddToGroup(c.owner(), c.oncall, c.ada) })
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

// TestGivenByOthersAfterTheEnd: what others give after Ebb's access had gone is
// theirs, and a later grant over it leaves it.
func TestGivenByOthersAfterTheEnd(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	first := c.auto(c.ada, c.oncall, time.Hour)
	c.on(2 * time.Hour)
	c.state(first, access.Revoked)
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.ada)
	second := c.auto(c.ada, c.oncall, time.Hour)
	c.on(2 * time.Hour)
	if g := c.state(second, access.Ended); g.Outcome != access.OutcomeStood {
		t.Errorf("outcome %q", g.Outcome)
	}
	c.members(c.oncall, c.ada, c.sam, c.kit)
	c.resting(c.oncall)
}

// TestOutage: Slack is away for half an hour at the end. The access needs
// attention meanwhile and goes soon after Slack is back.
func TestOutage(t *testing.T) {
	c := newStoryCompany(t)
	group := c.auto(c.ada, c.shift, time.Hour)
	channel := c.auto(c.ada, c.incident, time.Hour)
	c.watch(c.shift, c.ada)
	c.watch(c.incident, c.ada)
	c.on(50 * time.Minute)
	c.slack.Inject(slacktest.Fault{Kind: slacktest.Fail, HTTPStatus: 503, Times: -1})
	c.on(40 * time.Minute)
	for _, id := range []string{group, channel} {
		if g := c.grant(id); g.State.Final() || !g.NeedsAttention(c.clock.Now()) {
			t.Errorf("%s: %+v", g.State, g.Trouble)
		}
	}
	calls := 0
	for _, s := range c.slack.Stats() {
		calls += s.Errors
	}
	if calls > 60 {
		t.Errorf("%d calls while Slack was away", calls)
	}
	c.slack.ClearFaults()
	back := c.clock.Now()
	c.on(30 * time.Minute)
	c.state(group, access.Revoked)
	c.state(channel, access.Revoked)
	c.goneBy(c.shift, c.ada, back.Add(10*time.Minute))
	c.goneBy(c.incident, c.ada, back.Add(10*time.Minute))
	c.resting(c.shift, c.incident)
}
