package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// auto asks for what policy approves by itself and lets it begin.
func (c *company) auto(account, resource string, d time.Duration) string {
	c.t.Helper()
	r, err := c.request(account, resource, d)
	c.ok(err)
	c.on(10 * time.Second)
	return r.Items[0].Grant
}

func (c *company) owner() string { return c.slack.PrimaryOwner(c.slack.TeamIDs()[0]) }

// seen is what an event or a person's "look again" sets going.
func (c *company) seen(id string) {
	c.t.Helper()
	if _, err := c.house.Retry(c.ctx, c.root, id); err != nil && !fault.Is(err, fault.Conflict) {
		c.t.Fatal(err)
	}
}

func TestRemovedByHandIsNotAddedAgain(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.HandRemoveFromGroup(c.owner(), c.shift, c.ada)
	c.seen(id)
	c.state(id, access.EndedOutside)
	c.on(2 * time.Hour)
	c.members(c.shift, c.sam)
	c.resting(c.shift)
}

// TestStandingAccessThatWasTakenDoesNotComeBackAsStanding: sam stood, somebody
// removed him by hand, and Ebb gave him the group again: that is Ebb's to take.
func TestStandingAccessThatWasTakenDoesNotComeBackAsStanding(t *testing.T) {
	c := newStoryCompany(t)
	first := c.auto(c.sam, c.oncallAuto(), time.Hour)
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.sam)
	second := c.auto(c.sam, c.oncall, 2*time.Hour)
	c.state(first, access.EndedOutside)
	c.state(second, access.Active)
	c.members(c.oncall, c.sam, c.kit)
	c.on(3 * time.Hour)
	c.state(second, access.Revoked)
	c.members(c.oncall, c.kit)
}

// oncallAuto lets policy approve @oncall by itself.
func (c *company) oncallAuto() string {
	c.publish(`
version: 1
rules:
  - id: all
    resources: {kind: usergroup, names: ["*"]}
    requesters: {anyone: true}
    for_others: {anyone: true}
    max: 8h
    approve: auto
    when_empty: disable
`)
	return c.oncall
}

func TestHandEditsStay(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.oncallAuto(), time.Hour)
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.kit)
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.oncall, c.sam, c.bob)
}

func TestOverlappingGrants(t *testing.T) {
	c := newStoryCompany(t)
	first := c.auto(c.ada, c.shift, time.Hour)
	second := c.auto(c.ada, c.shift, 2*time.Hour)
	c.on(90 * time.Minute)
	if g := c.state(first, access.Ended); g.Outcome != access.OutcomeCovered {
		t.Errorf("outcome %q", g.Outcome)
	}
	c.members(c.shift, c.ada, c.sam)
	c.on(time.Hour)
	c.state(second, access.Revoked)
	c.members(c.shift, c.sam)
}

// TestOverlappingGrantsShareTheDefaultChannel: the first end must not take the
// channel that came with the group from who has the group still.
func TestOverlappingGrantsShareTheDefaultChannel(t *testing.T) {
	c := newStoryCompany(t)
	c.auto(c.ada, c.ops, time.Hour)
	c.inChannel(c.war, c.ada, c.sam)
	second := c.auto(c.ada, c.ops, 2*time.Hour)
	c.on(90 * time.Minute)
	c.members(c.ops, c.ada, c.sam)
	c.inChannel(c.war, c.ada, c.sam)
	c.on(time.Hour)
	c.state(second, access.Revoked)
	c.members(c.ops, c.sam)
	c.inChannel(c.war, c.sam)
	c.resting(c.ops, c.war)
}

// TestDefaultChannelStaysWithWhoStoodInIt: bob was in the channel before.
func TestDefaultChannelStaysWithWhoStoodInIt(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.HandInvite(c.war, c.bob)
	id := c.auto(c.bob, c.ops, time.Hour)
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.ops, c.sam)
	c.inChannel(c.war, c.bob, c.sam)
}

func TestDeactivatedWhileGranted(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.HandDeactivate(c.ada)
	c.sync() // ends her grants
	c.on(10 * time.Second)
	c.members(c.shift, c.sam)
	c.state(id, access.Revoked)
	if u, err := c.store.UserOf(c.ctx, c.conn.ID, c.ada); err != nil || !u.Ended {
		t.Errorf("ada's user: %+v %v", u, err)
	}
	c.slack.HandReactivate(c.ada)
	c.sync()
	c.on(2 * time.Hour)
	c.members(c.shift, c.sam)
}

// TestHiddenMemberIsDormant: this Slack does not list who is deactivated.
func TestHiddenMemberIsDormant(t *testing.T) {
	c := newStoryCompanyIn(t, slacktest.Options{Seed: 1, HideDeactivatedInGroups: true})
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.HandDeactivate(c.ada)
	c.on(2 * time.Hour)
	g := c.state(id, access.Revoking)
	if !g.Trouble.Dormant || g.NeedsAttention(c.clock.Now()) {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.slack.HandReactivate(c.ada)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.members(c.shift, c.sam)
}

// TestLeftOutMember: kit is deactivated, and Slack refuses the list with kit in
// it; ada is served all the same, and kit comes back with reactivation.
func TestLeftOutMember(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.HandDeactivate(c.kit)
	id := c.auto(c.ada, c.oncall, 3*time.Hour)
	c.state(id, access.Active)
	c.members(c.oncall, c.ada, c.sam)
	es, err := c.store.EventsOf(c.ctx, "resource/"+c.conn.ID+"/"+c.oncall)
	c.ok(err)
	left := 0
	for _, e := range es {
		if e.Action == "resource.left-out" && e.Data["account"] == c.kit {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d events say that kit was left out", left)
	}
	c.slack.HandReactivate(c.kit)
	c.sync()
	c.on(2 * time.Hour)
	c.members(c.oncall, c.ada, c.sam, c.kit)
	c.sync()
	c.findings()
	c.on(30 * time.Minute)
	c.resting0(id)
	if due, err := c.store.Due(c.ctx, flow.LaneAct, c.clock.Now(), 0); err != nil || len(due) > 0 {
		t.Errorf("kit is put back, and still due: %v, %v", due, err)
	}
	c.on(2 * time.Hour)
	c.members(c.oncall, c.sam, c.kit)
	c.resting(c.oncall)
}

// TestGivenWhileLeftOut: kit is live again, unseen, and asks for the group before Ebb
// has put kit back: the end takes nothing that stood.
func TestGivenWhileLeftOut(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.HandDeactivate(c.kit)
	c.auto(c.ada, c.oncall, 3*time.Hour)
	c.members(c.oncall, c.ada, c.sam)
	c.slack.HandReactivate(c.kit)
	id := c.auto(c.kit, c.oncall, 10*time.Minute)
	c.state(id, access.Active)
	c.members(c.oncall, c.ada, c.sam, c.kit)
	c.on(time.Hour)
	if g := c.state(id, access.Ended); g.Outcome != access.OutcomeStood {
		t.Errorf("outcome %q", g.Outcome)
	}
	c.members(c.oncall, c.ada, c.sam, c.kit)
}

// TestLeftOutGrantDoesNotComeBack: the member that was left out had the group
// from Ebb; reactivation restores nothing.
func TestLeftOutGrantDoesNotComeBack(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	ada := c.auto(c.ada, c.oncall, 3*time.Hour)
	c.slack.HandDeactivate(c.ada)
	bob := c.auto(c.bob, c.oncall, 6*time.Hour)
	c.state(bob, access.Active)
	c.members(c.oncall, c.bob, c.sam, c.kit)
	c.slack.HandReactivate(c.ada)
	c.sync()
	c.on(5 * time.Hour)
	if s := c.grant(ada).State; !s.Final() {
		t.Errorf("ada's grant is %s", s)
	}
	c.members(c.oncall, c.bob, c.sam, c.kit)
}

// TestLeftOutMemberPutBackByHand: kit is live again and somebody put kit back,
// which the directory does not know yet; a further write keeps kit.
func TestLeftOutMemberPutBackByHand(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.HandDeactivate(c.kit)
	c.sync()
	c.auto(c.ada, c.oncall, 3*time.Hour)
	c.members(c.oncall, c.ada, c.sam)
	c.slack.HandReactivate(c.kit)
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.kit)
	c.auto(c.bob, c.oncall, 3*time.Hour)
	c.members(c.oncall, c.ada, c.bob, c.sam, c.kit)
	c.on(4 * time.Hour)
	c.members(c.oncall, c.sam, c.kit)
}

func TestGroupDisabledDuringTheGrant(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.HandDisableGroup(c.owner(), c.shift)
	c.on(2 * time.Hour)
	if g := c.state(id, access.Revoking); !g.Trouble.Dormant {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.resting(c.shift)
	c.slack.HandEnableGroup(c.owner(), c.shift)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.members(c.shift, c.sam)
}

// noWayOut is a policy that says nothing of a user group's last member.
const noWayOut = `
version: 1
rules:
  - id: all
    resources: {kind: usergroup, names: ["*"]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
`

// TestLastMemberWithoutAWayOut: policy loses its when_empty while the only
// member is a grant; the grant needs attention until policy says what to do.
func TestLastMemberWithoutAWayOut(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	id := c.auto(c.ada, c.solo, time.Hour)
	c.publish(noWayOut)
	c.on(2 * time.Hour)
	g := c.state(id, access.Stuck)
	if g.Trouble.Code != "last_member" || !g.NeedsAttention(c.clock.Now()) {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.members(c.solo, c.ada)
	c.slack.HandAddToGroup(c.owner(), c.solo, c.bob)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.members(c.solo, c.bob)
	c.resting(c.solo)
}

// TestAllButOneGo: of several who are the last members together each goes at their end
// but one, who needs attention alone, until somebody else joins.
func TestAllButOneGo(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	var ids []string
	for i, who := range []string{c.kit, c.ada, c.bob} {
		ids = append(ids, c.auto(who, c.solo, time.Hour+time.Duration(i%2)*time.Minute))
	}
	c.publish(noWayOut)
	c.clock.move(2 * time.Hour) // all are overdue at once
	c.on(5 * time.Minute)
	for i, id := range ids {
		want := access.Revoked
		if i == 1 {
			want = access.Stuck // ada's end was the last
		}
		c.state(id, want)
	}
	c.members(c.solo, c.ada)
	c.slack.HandAddToGroup(c.owner(), c.solo, c.sam)
	c.on(40 * time.Minute)
	c.state(ids[1], access.Revoked)
	c.members(c.solo, c.sam)
	c.resting(c.solo)
}

// TestKeeperIsTheLastMember: whom policy keeps as the last member of a group
// cannot ask for it, for it could not end. Named while the grant runs, a person
// has to look.
func TestKeeperIsTheLastMember(t *testing.T) {
	c := newStoryCompany(t)
	if _, err := c.request(c.bob, c.guarded, time.Hour); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("the keeper asked for what policy makes them keep: %v", err)
	}
	id := c.auto(c.ada, c.guarded, time.Hour)
	c.on(time.Minute)
	c.publish(strings.Replace(fmt.Sprintf(storyPolicy, c.bob), "keep: "+c.bob, "keep: "+c.ada, 1))
	c.on(2 * time.Hour)
	if g := c.state(id, access.Stuck); g.Trouble.Code != "last_member" {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.resting(c.guarded)
}

func TestHundredEndsInTwoCalls(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	var people []string
	for range 100 {
		people = append(people, c.slack.AddUser(slacktest.User{}))
	}
	c.sync()
	start := c.clock.Now().Add(time.Minute)
	for _, p := range people {
		_, err := c.house.Request(c.ctx, c.actor(p), asking(c, c.oncall, start, time.Hour))
		c.ok(err)
	}
	c.on(5 * time.Minute)
	if n := len(c.slack.GroupMembers(c.oncall)); n != 102 {
		t.Fatalf("%d members", n)
	}
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n > 2 {
		t.Errorf("%d calls gave it", n)
	}
	c.slack.ResetCalls()
	c.on(time.Hour)
	c.members(c.oncall, c.sam, c.kit)
	if n := c.slack.Stats()["usergroups.users.update"].Calls; n > 2 {
		t.Errorf("%d calls took it", n)
	}
	c.resting(c.oncall)
}
