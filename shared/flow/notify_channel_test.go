package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// roomCompany asks @leads in #sre-approvals, a channel with the bot in it.
func roomCompany(t *testing.T, with func(*slacktest.Channel)) (*company, string) {
	t.Helper()
	c := hire(t, slacktest.Options{Seed: 1})
	ch := slacktest.Channel{Name: "sre-approvals", Members: []string{c.lin, c.bob, c.slack.BotUser(c.slack.TeamIDs()[0])}}
	with(&ch)
	room := c.slack.AddChannel(ch)
	c.connect()
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	c.publish(`
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@leads"]}
    tell: "#sre-approvals"
  - id: incident
    resources: {kind: channel, names: ["incident*"]}
    requesters: {anyone: true}
    max: 4h
    unproven_removal: accept
    approve:
      - {accounts: [` + c.lin + `], tell: ` + room + `}
`)
	return c, room
}

func asIs(*slacktest.Channel) {}

const askedInRoom = "@ada asks for *@oncall* for 2h."

// One message stands in the channel for everybody; reminders and comments go into its
// thread, and it changes with the decision.
func TestChannelIsAskedOnce(t *testing.T) {
	c, room := roomCompany(t, asIs)
	r, err := c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(c.lin)
	c.hasHeard(c.kit)
	if got := c.found(c.bob, room); len(got) != 1 || got[0] != askedInRoom+" [approve deny comment details]" {
		t.Fatalf("in the channel: %q", got)
	}
	c.tell(4*time.Hour + time.Minute)
	_, err = c.house.Comment(c.ctx, c.actor(c.ada), r.ID, "k1", "please")
	c.ok(err)
	c.tell(time.Second)
	got := c.found(c.bob, room)
	if len(got) != 3 || !strings.HasPrefix(got[1], "Still waiting for a decision: ") || got[2] != "@ada says: please" {
		t.Fatalf("in the channel: %q", got)
	}
	said := c.slack.MessagesFor(c.bob, room)
	for _, m := range said[1:] {
		if m.ThreadTS != said[0].TS {
			t.Errorf("not in the thread of the question: %+v", m)
		}
	}
	if _, err := c.house.Approve(c.ctx, c.actor(c.bob), r.ID, ""); err == nil {
		t.Error("whoever reads the channel approves")
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.tell(time.Second)
	if got := c.found(c.bob, room); got[0] != askedInRoom+" Approved by @lin; it begins now and ends by itself. (changed)" {
		t.Errorf("in the channel: %q", got)
	}
	c.hasHeard(c.lin)
}

// A further step that is asked in the same channel is said in the thread.
func TestChannelHearsOfTheNextStep(t *testing.T) {
	c, room := roomCompany(t, asIs)
	c.publish(`
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: [{accounts: [` + c.lin + `]}, {accounts: [` + c.bob + `]}]
    tell: ` + room + `
`)
	r, err := c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	c.tell(time.Second)
	if got := c.found(c.bob, room); len(got) != 1 {
		t.Fatalf("in the channel: %q", got)
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.tell(time.Second)
	said := c.slack.MessagesFor(c.bob, room)
	if len(said) != 2 || said[1].ThreadTS != said[0].TS || !strings.Contains(string(said[1].Blocks), "step 2 of 2") {
		t.Fatalf("in the channel: %q", c.found(c.bob, room))
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.bob), r.ID, "")
	c.ok(err)
	c.tell(time.Second)
	for _, line := range c.found(c.bob, room) {
		if strings.Contains(line, "[") {
			t.Errorf("it is decided, and has buttons: %q", line)
		}
	}
	c.hasHeard(c.lin)
	c.hasHeard(c.bob)
}

// What not everybody in a channel may know has no name there: neither what is asked
// for nor what a user group gives. In the channel itself its own name is known.
func TestChannelHidesPrivateNames(t *testing.T) {
	c, room := roomCompany(t, asIs)
	c.slack.HandSetDefaultChannels(c.kit, c.oncall, c.incident)
	c.sync()
	for _, res := range []string{c.incident, c.oncall} {
		_, err := c.request(c.ada, res, time.Hour)
		c.ok(err)
	}
	c.tell(time.Second)
	if got := c.found(c.bob, room); len(got) != 2 || got[0] != "@ada asks for a private channel for 1h. [approve deny comment details]" {
		t.Fatalf("in the channel: %q", got)
	}
	for _, m := range c.slack.MessagesFor(c.bob, room) {
		for _, secret := range []string{"incident", c.incident} {
			if strings.Contains(m.Text+string(m.Blocks), secret) {
				t.Errorf("the channel reads %q: %s", secret, m.Blocks)
			}
		}
	}
	if all := fmt.Sprint(c.slack.MessagesFor(c.bob, room)); !strings.Contains(string(c.slack.MessagesFor(c.bob, room)[1].Blocks), "1 private channels") {
		t.Errorf("it does not say what else the user group gives: %s", all)
	}
}

// Where nobody can be asked in a channel, those who decide are asked in person, and
// the owners hear why, once.
func TestChannelThatCannotBeAsked(t *testing.T) {
	for _, x := range []struct {
		name string
		with func(*slacktest.Channel)
		do   func(c *company, room string)
		why  string
	}{
		{"the app is not in it", func(ch *slacktest.Channel) { ch.Members = ch.Members[:2] }, nil, "app is not in it"},
		{"nothing is called so", func(ch *slacktest.Channel) { ch.Name = "elsewhere" }, nil, "no such channel"},
		{"archived", asIs, func(c *company, room string) { c.slack.HandArchive(room, true) }, "it is archived"},
		{"of others too", func(ch *slacktest.Channel) { ch.ExtTeams = []string{"T0OTHERS"} }, nil, "other organizations"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, room := roomCompany(t, x.with)
			if x.do != nil {
				x.do(c, room)
			}
			for _, who := range []string{c.ada, c.sam} {
				_, err := c.request(who, c.oncall, 2*time.Hour)
				if who == c.ada {
					c.ok(err)
				}
				c.tell(time.Minute)
			}
			if got := c.heard(c.lin); len(got) == 0 || got[0] != askedInRoom+" [approve deny comment details]" {
				t.Errorf("lin was told %q", got)
			}
			if got := c.found(c.bob, room); len(got) > 0 {
				t.Errorf("in the channel: %q", got)
			}
			if got := c.heard(c.kit); len(got) != 1 || !strings.Contains(got[0], x.why) {
				t.Errorf("the owner was told %q, want %q", got, x.why)
			}
		})
	}
}

// Who loses what Ebb took back and gets it again in Slack is told of to the owners of
// the resource, once; the connector's owners hear of it only without such.
func TestCameBackIsTold(t *testing.T) {
	for _, owned := range []bool{true, false} {
		c := newCompany(t)
		_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
		c.ok(err)
		owner, other := c.kit, c.bob
		if owned {
			owner, other = c.bob, c.kit
			c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob}))
		}
		r, err := c.request(c.ada, c.oncall, time.Hour)
		c.ok(err)
		r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
		c.ok(err)
		c.tell(2 * time.Hour)
		c.state(r.Items[0].Grant, access.Revoked)
		c.hasHeard(owner)
		c.slack.HandAddToGroup(c.kit, c.oncall, c.ada)
		for range 2 {
			c.sync()
			c.tell(time.Minute)
		}
		c.hasHeard(owner, "@ada is in *@oncall* again. Ebb took that back 2026-11-23 09:00 UTC, and somebody gave it in Slack since.")
		c.hasHeard(other)
	}
}

// What nobody confirmed in time is a finding, and the owners hear of it.
func TestTellingOwnersOfAnUnconfirmedEmergency(t *testing.T) {
	c := emergencyCompany(t)
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	_, err = c.emergency(c.ada, time.Hour)
	c.ok(err)
	c.tell(time.Minute)
	c.hasHeard(c.kit)
	c.tell(25 * time.Hour)
	said := c.slack.MessagesFor(c.kit, c.slack.DirectWithApp(c.kit))
	if len(said) != 1 || !strings.Contains(string(said[0].Blocks), "Not confirmed") {
		t.Errorf("the owner was told %q", c.heard(c.kit))
	}
	if got := c.heard(c.sam); len(got) != 2 {
		t.Errorf("who confirms was told %q", got)
	}
}
