package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// chatty is a company over a Slack that keeps to its tiers, with a channel in which
// lin is asked about some user groups, and @quiet, about which kit is asked in person
// and sam and lin both about @shared.
func chatty(t *testing.T, groups int) (c *company, room string, ids []string) {
	t.Helper()
	c = hire(t, slacktest.Options{Seed: 1, Tiers: true})
	room = c.slack.AddChannel(slacktest.Channel{Name: "approvals", Members: []string{c.lin, c.sam, c.slack.BotUser(c.slack.TeamIDs()[0])}})
	for i := range groups {
		ids = append(ids, c.slack.AddGroup(slacktest.Group{Handle: fmt.Sprint("team-", i), Name: fmt.Sprint("Team ", i), Members: []string{c.sam, c.kit}}))
	}
	for _, h := range []string{"quiet", "shared"} {
		ids = append(ids, c.slack.AddGroup(slacktest.Group{Handle: h, Name: h, Members: []string{c.bob, c.ada}}))
	}
	c.connect()
	c.publish(fmt.Sprintf(`
version: 1
rules:
  - id: teams
    resources: {kind: usergroup, names: ["team-*"]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%[1]s]}
    tell: %[2]s
  - id: quiet
    resources: {kind: usergroup, names: [quiet]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%[3]s]}
  - id: shared
    resources: {kind: usergroup, names: [shared]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%[3]s, %[4]s]}
`, c.lin, room, c.kit, c.sam))
	return c, room, ids
}

// posts counts what was tried to be posted, and what Slack refused of it.
func (c *company) posts() (tried, refused *int) {
	tried, refused = new(int), new(int)
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "chat.postMessage" {
			*tried++
			if call.Error == "ratelimited" {
				*refused++
			}
		}
	}
	return tried, refused
}

// Two hundred messages in one channel come one a second, each once, and somebody who
// is told elsewhere waits for none of them.
func TestOneBusyChannelHoldsBackNobody(t *testing.T) {
	const many = 200
	c, room, ids := chatty(t, many)
	tried, refused := c.posts()
	for _, id := range ids[:many+1] { // @quiet is the last
		_, err := c.request(c.sam, id, time.Hour)
		if err != nil {
			_, err = c.request(c.ada, id, time.Hour)
		}
		c.ok(err)
	}
	c.tell(3 * time.Second)
	if n := len(c.found(c.lin, room)); n < 2 || n > 5 {
		t.Errorf("after three seconds %d stand in the channel", n)
	}
	if len(c.heard(c.kit)) != 1 {
		t.Errorf("kit waits for the channel: %q", c.heard(c.kit))
	}
	c.tell(time.Duration(many+10) * time.Second)
	seen := map[string]int{}
	for _, m := range c.slack.MessagesFor(c.lin, room) {
		seen[m.Text]++
	}
	for text, n := range seen {
		if n != 1 {
			t.Errorf("%d times: %s", n, text)
		}
	}
	if len(seen) != many || *refused > 3 || *tried > many+1+3 {
		t.Errorf("%d stand in the channel; Slack was called %d times and refused %d", len(seen), *tried, *refused)
	}
}

// Of one request's readers, one whose direct messages rest holds back no other.
func TestOneReadersLimitHoldsBackNoOther(t *testing.T) {
	c, _, ids := chatty(t, 1)
	_, err := c.request(c.ada, ids[1], time.Hour) // kit is told a moment ago
	c.ok(err)
	c.tell(0)
	_, refused := c.posts()
	_, err = c.request(c.bob, ids[2], time.Hour)
	c.ok(err)
	if _, err := c.house.Tell(c.ctx, 0, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if *refused != 1 || len(c.heard(c.kit)) != 1 || len(c.heard(c.sam)) != 1 {
		t.Fatalf("%d refused; kit was told %q, sam %q", *refused, c.heard(c.kit), c.heard(c.sam))
	}
	c.tell(3 * time.Second)
	if len(c.heard(c.kit)) != 2 || len(c.heard(c.sam)) != 1 {
		t.Errorf("kit was told %q, sam %q", c.heard(c.kit), c.heard(c.sam))
	}
}

// When Slack refuses in several channels at once, it is the workspace, and nobody
// asks in each of the others.
func TestTheWorkspacesLimitRestsForAll(t *testing.T) {
	c, _, ids := chatty(t, 12)
	c.publish(fmt.Sprintf(`
version: 1
rules:
  - id: teams
    resources: {kind: usergroup, names: ["team-*"]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s, %s, %s, %s, %s]}
`, c.lin, c.kit, c.sam, c.bob, c.slack.PrimaryOwner(c.slack.TeamIDs()[0])))
	for range 20 {
		c.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.RateLimit, RetryAfter: 30})
	}
	_, refused := c.posts()
	_, err := c.request(c.ada, ids[0], time.Hour)
	c.ok(err)
	c.tell(20 * time.Second)
	if *refused != 3 {
		t.Errorf("Slack refused %d times in twenty seconds of its pause", *refused)
	}
}
