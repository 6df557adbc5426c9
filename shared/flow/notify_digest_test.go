package flow_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// busy is a company in whose office hours lin, and nobody else, decides about each of
// some user groups; ada asks for them all, at eight in the morning of
// a Monday, and each waits for three days.
func busy(t *testing.T, groups int) (*company, []string) {
	t.Helper()
	c := hire(t, slacktest.Options{Seed: 1})
	var ids []string
	for i := range groups {
		ids = append(ids, c.slack.AddGroup(slacktest.Group{Handle: fmt.Sprint("team-", i), Name: fmt.Sprint("Team ", i), Members: []string{c.sam, c.kit}}))
	}
	c.connect()
	c.publish(fmt.Sprintf(`
version: 1
organization: {zone: UTC, hours: "08:00-18:00"}
rules:
  - id: teams
    resources: {kind: usergroup, names: ["team-*"]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s]}
`, c.lin))
	var asked []string
	for _, id := range ids {
		r, err := c.request(c.ada, id, time.Hour)
		c.ok(err)
		asked = append(asked, r.ID)
	}
	c.tell(time.Minute)
	return c, asked
}

// since is what somebody heard after the first so many messages, as the first words
// of each.
func (c *company) since(account string, n int) []string {
	c.t.Helper()
	var out []string
	for _, line := range c.heard(account)[n:] {
		out = append(out, strings.Join(strings.Fields(line)[:4], " "))
	}
	return out
}

// Six that wait are a list a working day, and no reminder; five are reminders again.
func TestDigestTakesThePlaceOfReminders(t *testing.T) {
	c, asked := busy(t, 6)
	c.tell(4 * time.Hour)
	if got := c.since(c.lin, 6); len(got) != 1 || got[0] != "6 requests wait for" {
		t.Fatalf("lin was told %q", got)
	}
	said := c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))
	var blocks []struct {
		Elements []struct {
			Action string `json:"action_id"`
			Value  string `json:"value"`
		} `json:"elements"`
	}
	c.ok(json.Unmarshal(said[6].Blocks, &blocks))
	has := map[string]bool{}
	for _, b := range blocks {
		for _, e := range b.Elements {
			has[e.Action+" "+e.Value] = true
		}
	}
	for _, id := range asked {
		for _, action := range []string{"approve", "deny", "comment", "details"} {
			if !has[action+" "+id] {
				t.Errorf("the list has no %s for %s: %s", action, id, said[6].Blocks)
			}
		}
	}
	c.tell(43*time.Hour + 50*time.Minute) // to Wednesday, before work
	if got := c.since(c.lin, 6); len(got) != 2 {
		t.Errorf("until Wednesday: %q", got)
	}
	c.tell(20 * time.Minute)
	if got := c.since(c.lin, 6); len(got) != 3 || got[2] != "6 requests wait for" {
		t.Errorf("on Wednesday: %q", got)
	}
	_, err := c.house.Deny(c.ctx, c.actor(c.lin), asked[0], "no")
	c.ok(err)
	c.tell(10 * time.Hour)
	if got := c.since(c.lin, 9); len(got) != 5 || got[0] != "Still waiting for a" {
		t.Errorf("of five that wait: %q", got)
	}
}

// Who decides in a channel where much waits has the list, too, of what they may decide;
// the reminders stay in the channel's threads, and of five there is no list.
func TestDigestOfAChannel(t *testing.T) {
	for _, many := range []int{6, 5} {
		c, room, ids := chatty(t, many)
		for _, id := range ids[:many] {
			_, err := c.request(c.ada, id, time.Hour)
			c.ok(err)
		}
		c.tell(time.Minute)
		if got := c.heard(c.lin); len(got) != 0 {
			t.Fatalf("lin is asked in person: %q", got)
		}
		c.tell(4*time.Hour + time.Minute)
		if got := c.found(c.lin, room); len(got) != 2*many {
			t.Errorf("in the channel stand %q", got)
		}
		switch got := c.since(c.lin, 0); {
		case many == 6 && (len(got) != 1 || got[0] != "6 requests wait for"):
			t.Errorf("lin was told %q", got)
		case many == 5 && len(got) != 0:
			t.Errorf("of five lin was told %q", got)
		}
		if got := c.heard(c.sam); len(got) != 0 {
			t.Errorf("sam reads the channel, decides nothing there, and was told %q", got)
		}
	}
}

// Two houses that tell at once tell a list once.
func TestDigestIsToldOnce(t *testing.T) {
	clean, _ := busy(t, 6)
	clean.clock.move(4 * time.Hour)
	clean.toldOf(3 * time.Minute)
	calls := clean.fate.calls
	if got := clean.since(clean.lin, 6); len(got) != 1 {
		t.Fatalf("lin was told %q", got)
	}
	for i, call := range calls {
		if i%7 != 0 && !strings.HasPrefix(call, "slack ") {
			continue
		}
		t.Run(fmt.Sprintf("%d %s", i, call), func(t *testing.T) {
			c, _ := busy(t, 6)
			c.fate.at, c.fate.how = i, mishap{name: "another house", meanwhile: func(w *world) {
				if _, err := w.other().Tell(w.ctx, 0, time.Time{}); err != nil {
					t.Error(err)
				}
			}}
			c.clock.move(4 * time.Hour)
			c.toldOf(3 * time.Minute)
			if got := c.since(c.lin, 6); len(got) != 1 || !c.fate.struck {
				t.Errorf("struck %v; lin was told %q", c.fate.struck, got)
			}
		})
	}
}

// Five are reminded of one by one.
func TestDigestIsForManyAlone(t *testing.T) {
	c, _ := busy(t, 5)
	c.tell(4 * time.Hour)
	if got := c.since(c.lin, 5); len(got) != 5 || got[0] != "Still waiting for a" {
		t.Errorf("lin was told %q", got)
	}
}
