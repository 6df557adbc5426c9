package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

// Reminders come after 4 hours, then after 8 and 16 more, then once a day.
func TestRemindersGrowApart(t *testing.T) {
	c := newStoryCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	passed := time.Duration(0)
	for i, at := range []time.Duration{4 * time.Hour, 12 * time.Hour, 28 * time.Hour, 52 * time.Hour} {
		c.on(at - time.Minute - passed)
		if n := c.counted("request/"+r.ID, "request.reminded"); n != i {
			t.Errorf("a minute before %s it was reminded of %d times", at, n)
		}
		c.on(2 * time.Minute)
		if passed = at + time.Minute; c.counted("request/"+r.ID, "request.reminded") != i+1 {
			t.Errorf("a minute after %s it was reminded of %d times", at, c.counted("request/"+r.ID, "request.reminded"))
		}
	}
}

// A step that took too long is others' instead: they are asked, and who had it has no
// buttons and no say any more.
func TestAStepThatTakesTooLongIsReassigned(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf("version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [%s], after: 1h, then: {reassign: {accounts: [%s]}}}\n", c.lin, c.sam))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	c.refused(c.sam, r.ID, "you cannot decide this")
	c.hasHeard(c.sam)
	c.tell(time.Hour + time.Minute)
	const asked = "@ada asks for *@oncall* for 1h."
	c.hasHeard(c.sam, asked+" [approve deny comment details]")
	if got := c.heard(c.lin); len(got) != 1 || strings.Contains(got[0], "[") {
		t.Errorf("lin was told %q", got)
	}
	c.refused(c.lin, r.ID, "you cannot decide this")
	if r = c.say(c.sam, r.ID); r.Items[0].State != access.Approved {
		t.Errorf("%+v", r.Items[0])
	}
}

// Where policy says nothing, an emergency that nobody has confirmed after three days
// is a finding, which goes when somebody does.
func TestThreeDaysToConfirm(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(strings.Replace(fmt.Sprintf(emergencyPolicy, c.lin, c.ada, c.lin, c.lin, c.sam), ", within: 24h", "", 1))
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	found := func() []directory.FindingKind {
		t.Helper()
		page, err := c.house.ReadFindings(c.ctx, c.root, flow.FindingFilter{Waiting: true}, flow.Slice{})
		c.ok(err)
		var kinds []directory.FindingKind
		for _, f := range page.Items {
			kinds = append(kinds, f.Kind)
		}
		return kinds
	}
	c.on(71 * time.Hour)
	if got := found(); len(got) != 0 {
		t.Errorf("before its time: %v", got)
	}
	c.on(2 * time.Hour)
	if got := found(); len(got) != 1 || got[0] != directory.EmergencyUnconfirmed {
		t.Errorf("after three days: %v", got)
	}
	_, err = c.house.ConfirmAccess(c.ctx, c.actor(c.sam), r.ID, true, "")
	c.ok(err)
	if got := found(); len(got) != 0 {
		t.Errorf("once it is confirmed: %v", got)
	}
}

// Whoever has access is reminded of its end as its length is worth, with the buttons to
// extend and to end it.
func TestRemindersSuitTheLength(t *testing.T) {
	for length, want := range map[time.Duration][]string{
		20 * time.Minute:    nil,
		time.Hour:           {"ten minutes"},
		4 * time.Hour:       {"an hour"},
		3 * 24 * time.Hour:  {"a day", "an hour"},
		30 * 24 * time.Hour: {"a day", "an hour"},
	} {
		c := newCompany(t)
		c.publish(fmt.Sprintf("version: 1\nrules:\n  - id: a\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 60d\n    approve: {accounts: [%s]}\n", c.lin))
		r, err := c.request(c.ada, c.oncall, length)
		c.ok(err)
		c.say(c.lin, r.ID)
		c.tell(length - time.Minute)
		var got []string
		for _, line := range c.heard(c.ada) {
			if _, in, ok := strings.Cut(line, ", in about "); ok {
				got = append(got, in)
			}
		}
		var full []string
		for _, w := range want {
			full = append(full, w+". [extend end]")
		}
		if strings.Join(got, "|") != strings.Join(full, "|") {
			t.Errorf("%s: %q, want %q", length, got, full)
		}
	}
}

// What could not be given is told to who asked, with the reason.
func TestWhatIsNotGivenIsTold(t *testing.T) {
	c := newCompany(t)
	r, err := c.house.Request(c.ctx, c.actor(c.ada), asking(c, c.oncall, c.clock.Now().Add(10*time.Minute), time.Hour))
	c.ok(err)
	r = c.say(c.lin, r.ID)
	c.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 30m\n    approve: {groups: [\"@leads\"]}\n")
	c.tell(20 * time.Minute)
	c.state(r.Items[0].Grant, access.Withdrawn)
	m := c.last(c.ada, c.slack.DirectWithApp(c.ada))
	if m.Text != "You do not get *@oncall*." || !strings.Contains(string(m.Blocks), "at most 30m") {
		t.Errorf("ada reads %q: %s", m.Text, m.Blocks)
	}
}
