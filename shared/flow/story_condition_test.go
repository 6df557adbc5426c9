package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// conditioned gives by day what it gives at no other time, and asks lin for the rest.
const conditioned = `version: 1
rules:
  - id: day
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    when: length <= duration("1h") && now.getHours("UTC") < 12 && risk == "low" && !("@leads" in requester.groups)
    risk: low
    max: 8h
    approve: auto
  - id: rest
    resources: {kind: usergroup, names: [oncall]}
    requesters: {accounts: [%s]}
    max: 2h
    approve: {accounts: [%s]}
`

// A condition says whether its rule speaks: when it is asked for, and again when the
// access begins.
func TestAConditionIsJudgedTwice(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(conditioned, c.bob, c.lin))
	short, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	if it := short.Items[0]; it.State != access.Approved || it.Rule != "day" {
		t.Errorf("%+v", it)
	}
	if _, err := c.request(c.ada, c.oncall, 2*time.Hour); err == nil || !strings.Contains(err.Error(), "no rule of the policy lets") {
		t.Errorf("longer than the condition says: %v", err)
	}
	if _, err := c.request(c.lin, c.oncall, time.Hour); err == nil {
		t.Error("a lead has what the condition keeps from leads")
	}
	long, err := c.request(c.bob, c.oncall, 2*time.Hour)
	c.ok(err)
	if it := long.Items[0]; it.State != access.Pending || it.Rule != "rest" {
		t.Errorf("%+v", it)
	}
	// Asked by day, for the evening: the condition does not hold when it begins.
	evening := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	late, err := c.house.Request(c.ctx, c.actor(c.kit), asking(c, c.oncall, evening, time.Hour))
	c.ok(err)
	c.on(evening.Sub(c.clock.Now()) + time.Minute)
	c.state(late.Items[0].Grant, access.Withdrawn)
}

// A delegate decides from the hour that was named, and not before.
func TestADelegationBeginsLater(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(delegatePolicy, c.lin, c.kit, 1))
	c.actor(c.sam)
	from := c.clock.Now().Add(2 * time.Hour)
	_, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.sam, from, from.Add(time.Hour))
	c.ok(err)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(c.sam)
	c.refused(c.sam, r.ID, "you cannot decide this")
	c.tell(2*time.Hour + time.Minute)
	r = c.say(c.sam, r.ID)
	if it := r.Items[0]; it.DecidedFor != c.lin {
		t.Errorf("%+v", it)
	}
	c.tell(time.Hour)
	r, err = c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.refused(c.sam, r.ID, "you cannot decide this")
}

// Into a channel and out of it people go in the app's name: no administrator's stands
// there at three in the morning.
func TestRemovalsInTheAppsName(t *testing.T) {
	c := newCompany(t)
	bot := c.slack.BotUser(c.slack.TeamIDs()[0])
	by := map[string][]string{}
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Write && call.OK && strings.HasPrefix(call.Method, "conversations.") && call.Args.Get("channel") == c.incident {
			by[call.Method] = append(by[call.Method], call.User)
		}
	}
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	c.tell(2 * time.Hour)
	c.state(r.Items[0].Grant, access.Revoked)
	for _, method := range []string{"conversations.invite", "conversations.kick"} {
		if got := by[method]; len(got) != 1 || got[0] != bot {
			t.Errorf("%s by %q, not the app's %s", method, got, bot)
		}
	}
}
