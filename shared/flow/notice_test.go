package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// told brings events of Slack to the house, as the door does.
func (c *company) told(events ...slacktest.Event) {
	c.t.Helper()
	for _, e := range events {
		n, served, err := slackapp.Read(e.Body)
		c.ok(err)
		if served {
			c.ok(c.house.Notice(c.ctx, n))
		}
	}
}

// hears brings all events that Slack has for the house.
func (c *company) hears() { c.t.Helper(); c.told(c.slack.TakeEvents()...) }

// actions are what the audit of an aggregate says, in order.
func (c *company) actions(aggregate string) []string {
	c.t.Helper()
	es, err := c.store.EventsOf(c.ctx, aggregate)
	c.ok(err)
	var out []string
	for _, e := range es {
		out = append(out, e.Action)
	}
	return out
}

func membershipOf(c *company, resource, account string) directory.Membership {
	return directory.Membership{Connector: c.conn.ID, Resource: resource, Slug: "member", Account: account}
}

// groupNote is what a connector says of its user groups.
func groupNote(conn connector.Connector) string {
	for _, k := range conn.Capabilities() {
		if k.Kind == directory.UserGroup {
			return k.Note
		}
	}
	return ""
}

func (c *company) says(aggregate, action string) map[string]string {
	c.t.Helper()
	es, err := c.store.EventsOf(c.ctx, aggregate)
	c.ok(err)
	for _, e := range es {
		if e.Action == action {
			return e.Data
		}
	}
	return nil
}

// TestDeactivatedIsHeardOf: no sync, and a minute after Slack's event everything
// that ada had is on its way out or gone. Reactivation restores nothing.
func TestDeactivatedIsHeardOf(t *testing.T) {
	c := newStoryCompany(t)
	group, channel := c.auto(c.ada, c.shift, 3*time.Hour), c.auto(c.ada, c.incident, 3*time.Hour)
	c.slack.TakeEvents()
	c.slack.HandDeactivate(c.ada)
	c.hears()
	c.on(time.Minute)
	c.state(group, access.Revoked)
	c.members(c.shift, c.sam)
	if g := c.grant(channel); !g.Takes() && !g.State.Final() {
		t.Errorf("the channel is %s", g.State)
	}
	u, err := c.store.UserOf(c.ctx, c.conn.ID, c.ada)
	if err != nil || !u.Ended {
		t.Errorf("ada's user: %+v %v", u, err)
	}
	c.slack.HandReactivate(c.ada)
	c.hears()
	c.on(10 * time.Minute)
	c.state(channel, access.Revoked)
	c.members(c.shift, c.sam)
	c.inChannel(c.incident, c.sam)
	if a, err := c.store.Account(c.ctx, c.conn.ID, c.ada); err != nil || !a.Live() {
		t.Errorf("ada's account: %+v %v", a, err)
	}
	if u, _ := c.store.UserOf(c.ctx, c.conn.ID, c.ada); !u.Ended {
		t.Error("reactivation gave ada her user back")
	}
	c.resting(c.shift, c.incident)
}

// TestAStaleDeactivationEndsNothing: the event comes after the reactivation.
func TestAStaleDeactivationEndsNothing(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, 3*time.Hour)
	c.slack.TakeEvents()
	c.slack.HandDeactivate(c.ada)
	late := c.slack.TakeEvents()
	c.slack.HandReactivate(c.ada)
	c.hears()
	c.told(late...)
	c.on(time.Minute)
	c.state(id, access.Active)
}

// TestANewcomerIsKnownAtOnce: who has joined can be given access without a sync.
func TestANewcomerIsKnownAtOnce(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.TakeEvents()
	newcomer := c.slack.HandJoin(slacktest.User{Name: "new", RealName: "new"})
	c.hears()
	c.on(time.Minute)
	id := c.auto(newcomer, c.shift, time.Hour)
	c.state(id, access.Active)
	if held, err := c.store.Holds(c.ctx, membershipOf(c, c.slack.TeamIDs()[0], newcomer)); err != nil || !held {
		t.Errorf("the newcomer's role: %v %v", held, err)
	}
}

// TestTasksGoToOthers: lin leads alone. Deactivated, what waited for lin goes to
// the owners, by an event, and lin decides nothing.
func TestTasksGoToOthers(t *testing.T) {
	c := newStoryCompany(t)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob}))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	lin, bob := c.actor(c.lin), c.actor(c.bob)
	c.waits(lin, flow.TaskDecide)
	c.waits(bob)
	c.slack.HandDeactivate(c.lin)
	c.hears()
	c.on(time.Minute)
	c.waits(bob, flow.TaskDecide)
	said := c.says("request/"+r.ID, "request.reassigned")
	if said["from"] != c.lin || said["to"] != c.bob || said["owners"] != "true" {
		t.Errorf("said %v", said)
	}
	if _, err := c.house.Approve(c.ctx, lin, r.ID, ""); err == nil {
		t.Error("lin approved after leaving")
	}
	for name, by := range map[string]access.Actor{"the requester": c.actor(c.ada), "somebody": c.actor(c.kit)} {
		if _, err := c.house.Approve(c.ctx, by, r.ID, ""); err == nil {
			t.Errorf("%s approved", name)
		}
	}
	r, err = c.house.Approve(c.ctx, bob, r.ID, "lin is away")
	c.ok(err)
	c.on(time.Minute)
	c.state(r.Items[0].Grant, access.Active)
}

// TestTasksStayWithTheOthers: two lead; one leaves, and nothing is widened.
func TestTasksStayWithTheOthers(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.HandAddToGroup(c.owner(), c.leads, c.kit)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob}))
	c.hears()
	c.on(time.Minute)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.slack.HandDeactivate(c.lin)
	c.hears()
	c.on(time.Minute)
	c.waits(c.actor(c.bob))
	c.waits(c.actor(c.kit), flow.TaskDecide)
	if said := c.says("request/"+r.ID, "request.reassigned"); said["to"] != c.kit || said["owners"] != "false" {
		t.Errorf("said %v", said)
	}
	c.slack.HandDeactivate(c.kit)
	c.hears()
	c.on(time.Minute)
	c.waits(c.actor(c.bob), flow.TaskDecide)
}

// TestHandEditsAreHeardOf: who leaves by hand ends the grant at once, who comes
// is known, and what came back within a day is said.
func TestHandEditsAreHeardOf(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	id, gone := c.auto(c.ada, c.oncall, 3*time.Hour), c.auto(c.bob, c.shift, time.Minute)
	c.on(5 * time.Minute)
	c.state(gone, access.Revoked)
	c.slack.TakeEvents()
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.ada)
	c.slack.HandAddToGroup(c.owner(), c.shift, c.bob)
	c.hears()
	c.on(time.Minute)
	c.state(id, access.EndedOutside)
	if held, err := c.store.Holds(c.ctx, membershipOf(c, c.shift, c.bob)); err != nil || !held {
		t.Errorf("bob's membership: %v %v", held, err)
	}
	if said := c.says("resource/"+c.conn.ID+"/"+c.shift, "finding.came-back"); said["account"] != c.bob {
		t.Errorf("said %v", said)
	}
	c.members(c.shift, c.sam, c.bob)
}

// TestChannelsAreHeardOf: the app is invited into a channel, which is there at
// once; somebody kicks ada out of another.
func TestChannelsAreHeardOf(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, 3*time.Hour)
	c.slack.TakeEvents()
	hidden := c.slack.AddChannel(slacktest.Channel{Name: "war-2", Private: true, Members: []string{c.sam}})
	c.slack.HandInvite(hidden, c.slack.BotUser(c.slack.TeamIDs()[0]))
	c.slack.HandKick(c.incident, c.ada)
	c.hears()
	c.on(time.Minute)
	c.state(id, access.EndedOutside)
	c.state(c.auto(c.bob, hidden, time.Hour), access.Active)
}

// TestGroupsAreHeardOf: a new group, and one that is enabled again, on which a
// removal slept.
func TestGroupsAreHeardOf(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.HandDisableGroup(c.owner(), c.shift)
	c.hears()
	c.on(8 * time.Hour)
	c.state(id, access.Revoking)
	if r, err := c.store.Resource(c.ctx, c.conn.ID, c.shift); err != nil || !r.Disabled {
		t.Errorf("%+v %v", r, err)
	}
	c.slack.HandEnableGroup(c.owner(), c.shift)
	c.hears()
	c.on(30 * time.Second)
	c.state(id, access.Revoked)
	c.members(c.shift, c.sam)
}

// TestDoubledAndDisorderedEvents: the same events twice, backwards, and one of a
// workspace that nobody knows; the house comes to rest, and the next sync agrees
// with Slack.
func TestDoubledAndDisorderedEvents(t *testing.T) {
	c := newStoryCompany(t)
	c.oncallAuto()
	c.slack.TakeEvents()
	id := c.auto(c.ada, c.oncall, time.Hour)
	c.slack.HandAddToGroup(c.owner(), c.oncall, c.bob)
	c.slack.HandRemoveFromGroup(c.owner(), c.oncall, c.bob)
	c.slack.HandDeactivate(c.kit)
	events := c.slack.TakeEvents()
	back := slices.Clone(events)
	slices.Reverse(back)
	c.told(append(back, events...)...)
	c.ok(c.house.Notice(c.ctx, connector.Notice{ID: "Ev0", Kind: connector.Uninstalled, Team: "T0NOBODY"}))
	calls := len(c.slack.Calls())
	c.on(time.Minute)
	if n := len(c.slack.Calls()) - calls; n > 4 {
		t.Errorf("%d calls of Slack for events that say nothing new", n)
	}
	c.state(id, access.Active)
	c.sync()
	for _, a := range []string{c.ada, c.sam, c.kit} {
		if held, err := c.store.Holds(c.ctx, membershipOf(c, c.oncall, a)); err != nil || !held {
			t.Errorf("%s: %v %v", a, held, err)
		}
	}
	if held, _ := c.store.Holds(c.ctx, membershipOf(c, c.oncall, c.bob)); held {
		t.Error("bob holds it still")
	}
	c.on(2 * time.Hour)
	c.resting(c.oncall)
}

// TestWhoCameSinceStays: what is told late of a time before somebody came takes them
// out of nothing; what is told of a time after does.
func TestWhoCameSinceStays(t *testing.T) {
	c := newStoryCompany(t)
	edit := func(hand func(string, string, ...string)) []slacktest.Event {
		c.on(2 * time.Second)
		hand(c.owner(), c.oncall, c.bob)
		return c.slack.TakeEvents()
	}
	held := func(when string, want bool) {
		t.Helper()
		c.on(time.Minute)
		if held, err := c.store.Holds(c.ctx, membershipOf(c, c.oncall, c.bob)); err != nil || held != want {
			t.Errorf("%s: held %v, %v", when, held, err)
		}
	}
	edit(c.slack.HandAddToGroup)
	late := edit(c.slack.HandRemoveFromGroup)
	c.told(edit(c.slack.HandAddToGroup)...)
	held("added again", true)
	c.told(late...)
	held("told late of the removal before", true)
	c.told(edit(c.slack.HandRemoveFromGroup)...)
	held("removed again", false)
}

// TestUninstalledIsHeardOf: the connector is in Error at once, says why, and the
// ends stay due until somebody installs again.
func TestUninstalledIsHeardOf(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.slack.TakeEvents()
	c.slack.Uninstall(c.slack.TeamIDs()[0])
	events := c.slack.PendingEvents()
	c.hears()
	c.on(time.Minute)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if conn.Label != connector.Error || conn.Trouble.Text == "" {
		t.Fatalf("label %s, trouble %+v (events %d)", conn.Label, conn.Trouble, len(events))
	}
	if !slices.Contains(c.actions("connector/"+conn.ID), "connector.error") {
		t.Error("no event tells of it")
	}
	c.waits(c.root, flow.TaskReconnect)
	c.on(2 * time.Hour)
	g := c.state(id, access.Stuck)
	if due, _ := g.Next(); due.After(c.clock.Now().Add(time.Hour)) {
		t.Errorf("it is looked at again at %s", due)
	}
	c.install(c.conn.ID)
	c.told(events...) // late: a new installation stands
	c.sync()
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	if conn, _ = c.store.Connector(c.ctx, c.conn.ID); conn.Label != connector.Connected {
		t.Errorf("label %s", conn.Label)
	}
	c.members(c.shift, c.sam)
}

// TestNoticesAreTriedAgain: Slack is away while they are served.
func TestNoticesAreTriedAgain(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, 3*time.Hour)
	c.slack.TakeEvents()
	c.slack.HandDeactivate(c.ada)
	c.slack.Inject(slacktest.Fault{Method: "users.info", Kind: slacktest.Fail, HTTPStatus: 503, Times: 5})
	c.hears()
	c.on(15 * time.Minute)
	c.state(id, access.Revoked)
	c.resting(c.shift)
}

// TestTheConnectorSaysWhetherItHears: the note about hand edits is true in both
// cases.
func TestTheConnectorSaysWhetherItHears(t *testing.T) {
	c := newStoryCompany(t)
	if note := groupNote(c.conn); !strings.Contains(note, "can be lost") {
		t.Errorf("before: %q", note)
	}
	c.slack.HandDeactivate(c.kit)
	c.hears()
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if note := groupNote(conn); !strings.Contains(note, "done again") || !strings.Contains(note, "2026-11-23") {
		t.Errorf("after: %q", note)
	}
}
