package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// changes counts how often a message was changed.
func (c *company) changes(ts string) *int {
	n := new(int)
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "chat.update" && call.Args.Get("ts") == ts {
			*n++
		}
	}
	return n
}

// last is the newest message that somebody reads in a channel.
func (c *company) last(account, channel string) slacktest.Message {
	c.t.Helper()
	all := c.slack.MessagesFor(account, channel)
	if len(all) == 0 {
		c.t.Fatalf("%s has no message there", account)
	}
	return all[len(all)-1]
}

// lists reports whether a message has the buttons of a request.
func lists(m slacktest.Message, request string) bool {
	return strings.Contains(string(m.Blocks), `"`+request+`"`)
}

// What is decided goes from the day's list, once a minute at most; what comes since
// does not come onto it; and the list is of its day still.
func TestDigestChanges(t *testing.T) {
	c, asked := busy(t, 7)
	c.tell(4 * time.Hour)
	direct := c.slack.DirectWithApp(c.lin)
	list := c.last(c.lin, direct)
	if !strings.HasPrefix(list.Text, "7 requests wait for you") {
		t.Fatalf("no list: %q", c.heard(c.lin))
	}
	changed := c.changes(list.TS)
	at := func() slacktest.Message {
		t.Helper()
		for _, m := range c.slack.MessagesFor(c.lin, direct) {
			if m.TS == list.TS {
				return m
			}
		}
		t.Fatal("the list has gone")
		return list
	}
	approves := func(id string) {
		t.Helper()
		_, err := c.house.Approve(c.ctx, c.actor(c.lin), id, "")
		c.ok(err)
		c.tell(3 * time.Second)
	}
	for _, id := range asked[:3] {
		approves(id)
	}
	late, err := c.request(c.bob, c.read(asked[0]).Items[0].Resource, time.Hour)
	c.ok(err)
	if *changed != 0 {
		t.Errorf("it changed %d times within seconds", *changed)
	}
	c.tell(2 * time.Minute)
	m := at()
	if *changed != 1 || !strings.HasPrefix(m.Text, "4 requests wait for you") {
		t.Errorf("after three decisions it changed %d times: %q", *changed, m.Text)
	}
	for i, id := range asked {
		if lists(m, id) != (i >= 3) {
			t.Errorf("request %d on the list: %v", i, lists(m, id))
		}
	}
	if lists(m, late.ID) {
		t.Error("what came since is on the list")
	}
	_, err = c.house.Cancel(c.ctx, c.actor(c.ada), asked[3])
	c.ok(err)
	c.tell(2 * time.Minute)
	for _, id := range asked[4:] {
		approves(id)
	}
	c.tell(2 * time.Minute)
	if m = at(); !strings.HasPrefix(m.Text, "No request of this list waits for you any more") || strings.Contains(string(m.Blocks), `"approve"`) {
		t.Errorf("all is decided, and it says %q: %s", m.Text, m.Blocks)
	}
	before := *changed
	c.tell(20 * time.Hour) // to the next working day
	if *changed != before || len(c.since(c.lin, 9)) > 1 {
		t.Errorf("it changed %d times more; lin heard %q", *changed-before, c.since(c.lin, 9))
	}
}

// Whose list it is may be asked in a channel, and somebody else may decide.
func TestDigestOfAChannelChanges(t *testing.T) {
	c, _, ids := chatty(t, 6)
	for _, id := range ids[:6] {
		_, err := c.request(c.ada, id, time.Hour)
		c.ok(err)
	}
	c.tell(4*time.Hour + time.Minute)
	list := c.last(c.lin, c.slack.DirectWithApp(c.lin))
	if !strings.HasPrefix(list.Text, "6 requests wait for you") {
		t.Fatal(list.Text)
	}
	open, err := c.store.Requests(c.ctx, true, 0)
	c.ok(err)
	_, err = c.house.Cancel(c.ctx, c.actor(c.ada), open[0].ID)
	c.ok(err)
	c.tell(2 * time.Minute)
	if m := c.last(c.lin, c.slack.DirectWithApp(c.lin)); m.TS != list.TS || !strings.HasPrefix(m.Text, "5 requests wait for you") || lists(m, open[0].ID) {
		t.Errorf("lin reads %q", m.Text)
	}
}
