package flow_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// tell lets virtual time pass: what is due happens, and people hear of it.
func (w *world) tell(d time.Duration) {
	w.t.Helper()
	end := w.clock.Now().Add(d)
	for {
		next, err := w.house.Sweep(w.ctx)
		w.ok(err)
		more, err := w.house.Tell(w.ctx, 0)
		w.ok(err)
		if next.IsZero() || !more.IsZero() && more.Before(next) {
			next = more
		}
		if next.IsZero() {
			next = w.clock.Now().Add(30 * time.Minute)
		}
		if next.After(end) {
			w.clock.move(max(0, end.Sub(w.clock.Now())))
			return
		}
		if w.sweeps++; w.sweeps > 5000 {
			w.t.Fatal("the house never comes to rest")
		}
		w.clock.move(max(time.Second, next.Sub(w.clock.Now())))
	}
}

var slacksDate = regexp.MustCompile(`<!date\^(\d+)\^[^|]*\|([^>]*)>`)

// heard is what a person has in the direct messages with the app, oldest first:
// the text of each, with "(changed)" where it was, and the buttons that it has.
func (c *company) heard(account string) []string {
	c.t.Helper()
	var out []string
	for _, m := range c.slack.MessagesFor(account, c.slack.DirectWithApp(account)) {
		line := slacksDate.ReplaceAllString(m.Text, "$2")
		for _, p := range []string{c.ada, c.lin, c.sam, c.kit, c.bob} {
			line = strings.ReplaceAll(line, "<@"+p+">", "@"+c.slack.User(p).Name)
		}
		var buttons []string
		for _, action := range []string{"approve", "deny", "comment", "details", "extend", "end"} {
			if strings.Contains(string(m.Blocks), fmt.Sprintf(`"action_id":%q`, action)) {
				buttons = append(buttons, action)
			}
		}
		if len(buttons) > 0 {
			line += " [" + strings.Join(buttons, " ") + "]"
		}
		if m.Updated {
			line += " (changed)"
		}
		out = append(out, line)
	}
	return out
}

// hears holds what somebody was told against what they should have been.
func (c *company) hasHeard(account string, want ...string) {
	c.t.Helper()
	got := c.heard(account)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		c.t.Fatalf("%s was told\n  %s\nwant\n  %s", c.slack.User(account).Name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestTellingTheMainJob(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(c.lin, "@ada asks for *@oncall* for 2h. [approve deny comment details]")
	c.hasHeard(c.ada)
	c.hasHeard(c.bob)

	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "go ahead")
	c.ok(err)
	c.tell(10 * time.Second)
	c.hasHeard(c.lin, "@ada asks for *@oncall* for 2h. Approved by @lin; it begins now and ends by itself. (changed)")
	c.hasHeard(
		c.ada,
		"You asked for *@oncall* for 2h. Approved by @lin; it begins now and ends by itself.",
		"You have *@oncall*. It ends by itself 2026-11-23 10:00 UTC. [extend end]",
	)
	c.tell(2*time.Hour + time.Minute)
	c.state(r.Items[0].Grant, access.Revoked)
	c.hasHeard(
		c.ada,
		"You asked for *@oncall* for 2h. Approved by @lin; it begins now and ends by itself.",
		"You had *@oncall*. Its time was over at 2026-11-23 10:00 UTC. (changed)",
		"Your access to *@oncall* ended. Its time was over at 2026-11-23 10:00 UTC. (changed)",
		"Your access to *@oncall* ended. Its time was over at 2026-11-23 10:00 UTC.",
	)
	if due, err := c.store.Due(c.ctx, "tell", c.clock.Now().Add(1000*time.Hour), 0); err != nil || len(due) > 0 {
		t.Errorf("still to tell: %+v %v", due, err)
	}
}

var _ = fault.Is
var _ = slacktest.Options{}
