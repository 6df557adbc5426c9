package flow_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// tell lets virtual time pass: what is due happens, and people hear of it.
func (w *world) tell(d time.Duration) {
	w.t.Helper()
	end := w.clock.Now().Add(d)
	for {
		next, err := w.house.Sweep(w.ctx)
		w.ok(err)
		more, err := w.house.Tell(w.ctx, 0, time.Time{})
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
	return c.found(account, c.slack.DirectWithApp(account))
}

// found is what somebody finds in a channel, in the same form.
func (c *company) found(account, channel string) []string {
	c.t.Helper()
	var out []string
	for _, m := range c.slack.MessagesFor(account, channel) {
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

// A reminder is one although ends have milliseconds and its key whole seconds; and
// who ended an access is called as in Slack, not by the id of a user of Ebb's.
func TestReminderAndEarlyEnd(t *testing.T) {
	c := newCompany(t)
	c.clock.move(437 * time.Millisecond)
	r, err := c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.tell(time.Hour + 52*time.Minute)
	if got := c.heard(c.ada); len(got) != 3 || got[2] != "Your access to *@oncall* ends 2026-11-23 10:00 UTC, in about ten minutes. [extend end]" {
		t.Errorf("%q", got)
	}
	_, err = c.house.EndAccess(c.ctx, c.actor(c.ada), r.Items[0].Grant)
	c.ok(err)
	c.tell(10 * time.Second)
	if got := c.heard(c.ada); got[len(got)-1] != "Your access to *@oncall* ended. You ended it." {
		t.Errorf("%q", got)
	}
	r, err = c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.tell(10 * time.Second)
	_, err = c.house.EndAccess(c.ctx, c.root, r.Items[0].Grant)
	c.ok(err)
	c.tell(10 * time.Second)
	if got, want := c.heard(c.ada), "Your access to *@oncall* ended. "+c.root.User.Name+" ended it."; got[len(got)-1] != want {
		t.Errorf("%q, want %s", got, want)
	}
}

// quietly is what somebody heard, each message once: how often is another matter.
func quietly(heard []string) []string {
	var out []string
	for _, line := range heard {
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// told lets a grant live, from the request to after its end, while every call of
// the telling may go wrong.
func (c *company) toldOf(d time.Duration) {
	c.t.Helper()
	for end := c.clock.Now().Add(d); c.clock.Now().Before(end); {
		c.fate.watching = false
		_, err := c.house.Sweep(c.ctx)
		c.ok(err)
		c.fate.watching = true
		_ = c.survive(func() error { _, err := c.house.Tell(c.ctx, 0, time.Time{}); return err })
		c.fate.watching = false
		c.clock.move(20 * time.Second)
	}
}

// tellingStory is one life with everything told, one call of which goes wrong.
func tellingStory(t *testing.T, at int, how mishap) *company {
	c := newCompany(t)
	c.fate.at, c.fate.how = at, how
	lin := c.actor(c.lin)
	r, err := c.request(c.ada, c.oncall, 40*time.Minute)
	c.ok(err)
	c.toldOf(3 * time.Minute)
	_, err = c.house.Approve(c.ctx, lin, r.ID, "")
	c.ok(err)
	c.toldOf(50 * time.Minute)
	if c.slack.LandLate() > 0 {
		c.toldOf(2 * time.Minute)
	}
	return c
}

// TestTellingMishaps lets each call of the telling go wrong in each way:
// everybody hears of everything, and of nothing twice, unless we died between
// Slack's answer and our commit, or Slack's answer did not say that it was done.
func TestTellingMishaps(t *testing.T) {
	t.Parallel()
	clean := tellingStory(t, -1, mishap{})
	calls := clean.fate.calls
	ada, lin := clean.heard(clean.ada), clean.heard(clean.lin)
	if len(ada) != 4 || len(lin) != 1 || len(calls) < 30 {
		t.Fatalf("%d calls; ada %q, lin %q", len(calls), ada, lin)
	}
	for i, call := range calls {
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
				c := tellingStory(t, i, how)
				if !c.fate.struck {
					t.Fatalf("call %d did not happen again", i)
				}
				gotAda, gotLin := c.heard(c.ada), c.heard(c.lin)
				died := how.die > 0 || how.table == porttest.DieBefore || how.table == porttest.DieAfter
				if !died && !mayDouble(call, how) && len(gotAda)+len(gotLin) != len(ada)+len(lin) {
					t.Errorf("told twice, without need: %q %q", gotAda, gotLin)
				}
				// The second of two that are alike may have stayed as it was posted.
				for _, want := range slices.Concat(quietly(ada), quietly(lin)) {
					if !slices.Contains(slices.Concat(gotAda, gotLin), want) {
						t.Errorf("nobody heard %q, but %q %q", want, gotAda, gotLin)
					}
				}
			})
		}
	}
}

// mayDouble reports whether a mishap leaves open whether a message was posted.
func mayDouble(call string, how mishap) bool {
	if call != "slack chat.postMessage" {
		return false
	}
	switch how.slack.Kind {
	case slacktest.FailHappened, slacktest.CutHappened, slacktest.SlowLate:
		return true
	}
	return false
}

// TestTwoTell has another house tell everything just before each call of this one:
// nobody hears anything twice.
func TestTwoTell(t *testing.T) {
	clean := tellingStory(t, -1, mishap{})
	for i, call := range clean.fate.calls {
		if strings.HasPrefix(call, "table ") && i%3 != 0 {
			continue
		}
		t.Run(fmt.Sprintf("%d %s", i, call), func(t *testing.T) {
			c := tellingStory(t, i, mishap{name: "another house", meanwhile: func(w *world) {
				if _, err := w.other().Tell(w.ctx, 0, time.Time{}); err != nil {
					t.Error(err)
				}
			}})
			for _, account := range []string{c.ada, c.lin} {
				if got, want := c.heard(account), clean.heard(account); len(got) != len(want) {
					t.Errorf("heard %q, want %q", got, want)
				}
			}
		})
	}
}

// What is denied, or expires, tells requester and subject, and nobody else.
func TestTellingNo(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	_, err = c.house.Comment(c.ctx, c.actor(c.lin), r.ID, "k1", "which database?")
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(c.ada, "@lin says about the request for *@oncall*: which database? [comment details]")
	c.hasHeard(c.lin, "@ada asks for *@oncall* for 1h. [approve deny comment details]")
	_, err = c.house.Comment(c.ctx, c.actor(c.ada), r.ID, "k2", "<!channel> mine")
	c.ok(err)
	_, err = c.house.Deny(c.ctx, c.actor(c.lin), r.ID, "not today")
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(
		c.lin,
		"@ada asks for *@oncall* for 1h. Denied by @lin. (changed)",
		"@ada says: &lt;!channel&gt; mine",
	)
	for _, m := range c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))[1:] {
		if m.ThreadTS == "" {
			t.Errorf("the comment is not in the thread of the question: %+v", m)
		}
	}
	c.hasHeard(c.ada, "@lin says about the request for *@oncall*: which database? [comment details]", "You asked for *@oncall* for 1h. Denied by @lin.")

	_, err = c.request(c.bob, c.oncall, time.Hour)
	c.ok(err)
	c.tell(5 * time.Hour) // a reminder is a message of its own
	heard := c.heard(c.lin)
	if last := heard[len(heard)-1]; !strings.HasPrefix(last, "Still waiting for a decision: @bob asks") {
		t.Errorf("lin was not reminded: %q", heard)
	}
	c.tell(72 * time.Hour)
	c.hasHeard(c.bob, "You asked for *@oncall* for 1h. Expired: nobody decided in time.")
	for _, line := range c.heard(c.lin)[2:] {
		if strings.Contains(line, "[") {
			t.Errorf("what expired still has buttons: %q", line)
		}
	}
}

// Whom an emergency skipped hears of it, and who may confirm it has the button.
func TestTellingAnEmergency(t *testing.T) {
	c := emergencyCompany(t)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	c.tell(10 * time.Second)
	const took = "@ada took *@oncall* for 1h in an emergency, without the approval that it needs otherwise."
	c.hasHeard(c.lin, took+" [details]")
	c.hasHeard(c.sam, took+" [details]")
	for _, account := range []string{c.lin, c.sam} {
		m := c.slack.MessagesFor(account, c.slack.DirectWithApp(account))[0]
		if !strings.Contains(string(m.Blocks), `"action_id":"confirm"`) {
			t.Errorf("%s cannot confirm: %s", account, m.Blocks)
		}
	}
	_, err = c.house.ConfirmAccess(c.ctx, c.actor(c.sam), r.ID, true, "")
	c.ok(err)
	c.tell(time.Second)
	c.hasHeard(c.lin, took+" (changed)")
	c.tell(30 * time.Hour) // confirmed in time: nobody hears of a finding
	c.hasHeard(c.lin, took+" (changed)")
}

// A rate limit of Slack's is waited for, and everything is told afterwards, once.
func TestTellingKeepsToTheRate(t *testing.T) {
	c := newCompany(t)
	c.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.RateLimit, RetryAfter: 30})
	_, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.request(c.bob, c.oncall, time.Hour)
	c.ok(err)
	calls := 0
	c.slack.OnCall = func(call slacktest.Call) {
		if call.Method == "chat.postMessage" {
			calls++
		}
	}
	c.tell(25 * time.Second)
	c.hasHeard(c.lin)
	if calls > 1 {
		t.Errorf("Slack was asked %d times while it wanted a pause", calls)
	}
	c.tell(20 * time.Second)
	c.hasHeard(c.lin, "@ada asks for *@oncall* for 1h. [approve deny comment details]", "@bob asks for *@oncall* for 1h. [approve deny comment details]")
}

// Owners hear of a grant that needs them, with the remedy, and that it does not
// any more; whose access it is hears of that alone.
func TestTellingOwners(t *testing.T) {
	c := newCompany(t)
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	c.tell(time.Minute)
	c.hasHeard(c.ada, "You have *#incident-1*. It ends by itself 2026-11-23 09:00 UTC. [extend end]")
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "owners")
	c.tell(2 * time.Hour)
	c.state(r.Items[0].Grant, access.Stuck)
	c.hasHeard(c.kit, "@ada still has *#incident-1*, and should not since 2026-11-23 09:00 UTC. [details]")
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "everyone")
	c.tell(2 * time.Hour)
	c.state(r.Items[0].Grant, access.Revoked)
	c.hasHeard(c.kit, "@ada's access to *#incident-1* needs nobody's attention any more. (changed)")
	if heard := c.heard(c.ada); len(heard) != 3 || !strings.Contains(heard[2], "ended") {
		t.Errorf("ada was told %q", heard)
	}
	c.hasHeard(c.bob)
}
