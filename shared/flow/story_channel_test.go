package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func TestArchivedChannelIsDormant(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, time.Hour)
	c.slack.HandArchive(c.incident, true)
	c.on(2 * time.Hour)
	if g := c.state(id, access.Revoking); !g.Trouble.Dormant {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.resting(c.incident)
	c.slack.HandArchive(c.incident, false)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.inChannel(c.incident, c.sam)
}

// TestAppRemovedFromChannel: who is in the channel goes on reading it, so
// this is no sleep: a person has to bring the app back.
func TestAppRemovedFromChannel(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, time.Hour)
	bot := c.slack.BotUser(c.slack.TeamIDs()[0])
	c.slack.HandKick(c.incident, bot)
	c.on(2 * time.Hour)
	g := c.grant(id)
	if g.State.Final() || !g.NeedsAttention(c.clock.Now()) {
		t.Fatalf("%s, %+v", g.State, g.Trouble)
	}
	c.slack.HandInvite(c.incident, bot)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.inChannel(c.incident, c.sam)
	c.resting(c.incident)
}

// TestKickForbidden: a preference keeps everybody from removing people.
func TestKickForbidden(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, time.Hour)
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "owners")
	c.on(2 * time.Hour)
	g := c.state(id, access.Stuck)
	if g.Trouble.Text == "" || !g.NeedsAttention(c.clock.Now()) {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.resting(c.incident)
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "everyone")
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.inChannel(c.incident, c.sam)
}

// TestPublicChannelWithoutTheApp: a public channel is read without being in it,
// and nobody is removed from it without being in it.
func TestPublicChannelWithoutTheApp(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	bot := c.slack.BotUser(c.slack.TeamIDs()[0])
	public := c.slack.AddChannel(slacktest.Channel{Name: "incident-public", Members: []string{c.sam, bot}})
	c.connect()
	c.publish(`
version: 1
rules:
  - id: all
    resources: {kind: channel, names: ["*"]}
    requesters: {anyone: true}
    max: 4h
    approve: auto
    advisory: true
    unproven_removal: accept
`)
	c.slack.SetPref("", slacktest.PrefRemoveFromPublic, "everyone")
	id := c.auto(c.ada, public, time.Hour)
	c.state(id, access.Active)
	c.slack.HandKick(public, bot)
	c.on(2 * time.Hour)
	g := c.grant(id)
	if g.State.Final() || !g.NeedsAttention(c.clock.Now()) || g.Trouble.Code == "unclear" {
		t.Errorf("%s, %+v", g.State, g.Trouble)
	}
	c.slack.HandInvite(public, bot)
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.inChannel(public, c.sam)
	c.resting(public)
}

// TestDeactivatedInChannel: nobody can be kicked who is deactivated.
func TestDeactivatedInChannel(t *testing.T) {
	for name, hide := range map[string]bool{"listed": false, "hidden": true} {
		t.Run(name, func(t *testing.T) {
			c := newStoryCompanyIn(t, slacktest.Options{Seed: 1, HideDeactivatedInChannels: hide})
			id := c.auto(c.ada, c.incident, time.Hour)
			c.slack.HandDeactivate(c.ada)
			c.on(2 * time.Hour)
			if g := c.state(id, access.Revoking); !g.Trouble.Dormant {
				t.Errorf("trouble %+v", g.Trouble)
			}
			c.resting(c.incident)
			c.slack.HandReactivate(c.ada)
			c.on(20 * time.Minute)
			c.state(id, access.Revoked)
			c.inChannel(c.incident, c.sam)
		})
	}
}

func TestRemovedFromChannelByHand(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, time.Hour)
	c.slack.HandKick(c.incident, c.ada)
	c.seen(id)
	c.state(id, access.EndedOutside)
	c.on(2 * time.Hour)
	c.inChannel(c.incident, c.sam)
}

// TestKickedByHandBetweenReadAndWrite: somebody was faster.
func TestKickedByHandBetweenReadAndWrite(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.incident, time.Hour)
	c.on(30 * time.Minute)
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "conversations.members" && !c.clock.Now().Before(c.grant(id).End) {
			c.slack.OnCall = nil
			c.slack.HandKick(c.incident, c.ada)
		}
	}
	c.on(time.Hour)
	c.state(id, access.Revoked)
	c.inChannel(c.incident, c.sam)
	c.resting(c.incident)
}

// TestInvitationRefused: Slack refuses the account for good, nothing is held.
func TestInvitationRefused(t *testing.T) {
	c := newStoryCompany(t)
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	c.slack.HandDeactivate(c.ada)
	c.on(5 * time.Minute)
	g := c.state(r.Items[0].Grant, access.Failed)
	if g.Outcome == "" {
		t.Error("no outcome")
	}
	c.slack.HandReactivate(c.ada)
	c.on(2 * time.Hour)
	c.inChannel(c.incident, c.sam)
	c.resting(c.incident)
}

func TestGuestIsRefusedWhenAsking(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	guest := c.slack.AddUser(slacktest.User{Name: "guest", Restricted: true})
	c.connect()
	c.oncallAuto()
	_, err := c.house.Request(c.ctx, c.actor(c.ada), flow.Asking{Connector: c.conn.ID, Subject: guest, Resources: []string{c.oncall}, Length: time.Hour, Reason: "because"})
	if !fault.Is(err, fault.Forbidden) {
		t.Fatalf("error %v", err)
	}
	t.Log(fault.TextOf(err))
}
