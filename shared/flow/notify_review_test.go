package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// days lets a review live: the house looks every so often, and people hear of what
// there is to hear.
func (c *company) days(d time.Duration) {
	c.t.Helper()
	for end := c.clock.Now().Add(d); c.clock.Now().Before(end); {
		c.reviews()
		_, err := c.house.Sweep(c.ctx)
		c.ok(err)
		for range 3 {
			_, err = c.house.Tell(c.ctx, 0, time.Time{})
			c.ok(err)
		}
		c.clock.move(min(time.Hour, end.Sub(c.clock.Now())))
	}
}

// proven are the events that say what an account was told of a review: "started",
// "reminder week-1".
func (c *company) proven(campaign, account string) []string {
	c.t.Helper()
	events, err := c.store.EventsOf(c.ctx, "review/"+campaign+"/"+account)
	c.ok(err)
	var out []string
	for _, e := range events {
		word := strings.TrimSpace(e.Data["what"] + " " + e.Data["n"])
		if e.Action != "review.told" {
			word = e.Action + " " + word
		}
		if e.Data["campaign"] != campaign || e.Data["account"] != account {
			c.t.Errorf("%+v", e)
		}
		out = append(out, word)
	}
	return out
}

func (c *company) wantProven(campaign, account string, want ...string) {
	c.t.Helper()
	if got := c.proven(campaign, account); !slices.Equal(got, want) {
		c.t.Errorf("%s: proven %q, want %q", c.slack.User(account).Name, got, want)
	}
}

// few is a review of two user groups by lin, bob and the fallback; four lines.
func (c *company) few() review.Spec {
	s := c.spec()
	s.Scope.Resources = []string{c.oncall, c.leads}
	return s
}

// TestReviewersHear: the start once, how far they are in the same message, that it is
// all submitted, and the end.
func TestReviewersHear(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.few())
	c.days(time.Hour)
	c.hasHeard(c.lin, "Access review *Autumn*: 2 of 2 lines left for you to decide, due 2026-12-07.")
	c.hasHeard(c.bob, "Access review *Autumn*: 1 line left for you to decide, due 2026-12-07.")
	c.hasHeard(c.sam)
	blocks := string(c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))[0].Blocks)
	if v := c.list(c.lin, d.ID); !strings.Contains(blocks, "/reviews/"+d.ID+"/lists/"+v.List.ID) {
		t.Errorf("no link to the list: %s", blocks)
	}
	c.submit(d.ID, c.lin, c.oncall, c.kit, review.Certify)
	c.days(time.Hour)
	c.hasHeard(c.lin, "Access review *Autumn*: 1 of 2 lines left for you to decide, due 2026-12-07. (changed)")
	c.submit(d.ID, c.lin, c.oncall, c.sam, review.Deny)
	c.days(10 * 24 * time.Hour)
	c.hasHeard(c.lin, "Access review *Autumn*: everything that waited for you is decided. Thank you. (changed)")
	if _, err := c.house.EndCampaign(c.ctx, c.root, d.ID, ""); err != nil {
		t.Fatal(err)
	}
	c.days(2 * time.Hour)
	c.hasHeard(c.lin, "The access review *Autumn* is over. Nothing waits for you any more. (changed)")
	if heard := c.heard(c.bob); heard[0] != "The access review *Autumn* is over. Nobody decided your line; it stays as it is. (changed)" {
		t.Errorf("bob: %q", heard)
	}
	c.wantProven(d.ID, c.lin, "started")
	c.wantProven(d.ID, c.bob, "started", "reminder week-1")
	c.days(20 * 24 * time.Hour)
	c.wantProven(d.ID, c.bob, "started", "reminder week-1")
}

// TestRemindersInWorkingHours: each reminder comes once, while people work, until
// the lines are submitted; an older one says that there is a newer.
func TestRemindersInWorkingHours(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(strings.Replace(oncallPolicy, "rules:", "organization: {zone: Europe/Berlin, hours: \"09:00-17:00\"}\nrules:", 1))
	c.clock.move(3*24*time.Hour + 12*time.Hour) // a Thursday, 21 o'clock in Berlin
	s := c.few()
	s.Days = 16 // to a Saturday
	d := c.campaign(s)
	var at []time.Time
	seen := 0
	for range 26 * 24 {
		c.days(time.Hour)
		for n := len(c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))); seen < n; seen++ {
			at = append(at, c.clock.Now().Add(-time.Hour))
		}
	}
	c.wantProven(d.ID, c.lin, "started", "reminder week-1", "reminder 3d", "reminder late-1", // a Monday's
		"reminder late-2", "reminder late-3", "reminder late-4", "reminder late-5", "reminder late-8", "reminder late-9")
	berlin, err := time.LoadLocation("Europe/Berlin")
	c.ok(err)
	for i, when := range at[1:] {
		local := when.In(berlin)
		if local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || local.Hour() < 8 || local.Hour() >= 17 {
			t.Errorf("reminder %d came on %s", i+1, local.Format("Mon 2 Jan 15:04"))
		}
	}
	heard := c.heard(c.lin)
	for i, line := range heard[1:] {
		newest := i == len(heard)-2
		if newest != strings.HasPrefix(line, "Still waiting for you: 2 of 2 lines") || !newest && !strings.HasSuffix(line, "there is a newer message. (changed)") {
			t.Errorf("reminder %d: %q", i+1, line)
		}
	}
	c.submit(d.ID, c.lin, c.oncall, c.kit, review.Certify)
	c.submit(d.ID, c.lin, c.oncall, c.sam, review.Certify)
	n := len(heard)
	c.days(8 * 24 * time.Hour)
	if heard = c.heard(c.lin); len(heard) != n || !strings.Contains(heard[n-1], "everything that waited for you is decided") {
		t.Errorf("%d messages, had %d: %q", len(heard), n, heard)
	}
}

// TestWhoJoinsAReviewingGroupHears: once, as those who were in it at the start, and is
// reminded as they are. Guests, and who joins when all is decided, hear nothing.
func TestWhoJoinsAReviewingGroupHears(t *testing.T) {
	c := newStoryCompany(t)
	guest := c.slack.AddUser(slacktest.User{Name: "guest", RealName: "guest", Restricted: true})
	c.sync()
	s := c.few()
	s.Scope.Resources = []string{c.oncall}
	s.Levels = []review.Level{{By: review.ByGroup, Group: c.leads}}
	d := c.campaign(s)
	c.days(time.Hour)
	c.slack.HandAddToGroup(c.owner(), c.leads, c.ada, guest)
	c.sync()
	c.days(3 * time.Hour)
	c.hasHeard(c.ada, "Access review *Autumn*: 2 of 2 lines left for you to decide, due 2026-12-07.")
	c.hasHeard(guest)
	c.days(7 * 24 * time.Hour)
	c.wantProven(d.ID, c.ada, "started", "reminder week-1")
	c.wantProven(d.ID, c.lin, "started", "reminder week-1")
	c.submit(d.ID, c.ada, c.oncall, c.kit, review.Certify)
	c.submit(d.ID, c.ada, c.oncall, c.sam, review.Certify)
	c.slack.HandAddToGroup(c.owner(), c.leads, c.bob)
	c.sync()
	c.days(3 * time.Hour)
	c.wantProven(d.ID, c.bob)
}

// TestOneReminderAfterAWeekend: what fell on the weekend and what Monday has of its own
// come as one on Monday, by the organization's clock and not by ours.
func TestOneReminderAfterAWeekend(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(strings.Replace(oncallPolicy, "rules:", "organization: {zone: Pacific/Auckland, hours: \"09:00-17:00\"}\nrules:", 1))
	auckland, err := time.LoadLocation("Pacific/Auckland")
	c.ok(err)
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, auckland) // a Sunday
	c.clock.move(noon.Sub(c.clock.Now()))
	s := c.few()
	s.Days = 14
	d := c.campaign(s)
	days := map[string]int{}
	seen := 0
	for range 18 * 24 {
		c.days(time.Hour)
		for n := len(c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))); seen < n; seen++ {
			days[c.clock.Now().Add(-time.Hour).In(auckland).Format("2 Mon")]++
		}
	}
	c.wantProven(d.ID, c.lin, "started", "reminder week-1", "reminder 3d", "reminder late-1", "reminder late-2", "reminder late-3")
	for day, n := range days {
		if n > 1 && day != "29 Sun" {
			t.Errorf("%d messages on %s", n, day)
		}
	}
}

// Around the clock each of the reminders comes, once, though two houses tell.
func TestEveryReminder(t *testing.T) {
	c := newStoryCompany(t)
	d := c.campaign(c.few())
	other := c.other()
	for range 16*4 - 1 {
		c.days(6 * time.Hour)
		_, err := other.Tell(c.ctx, 0, time.Time{})
		c.ok(err)
	}
	c.wantProven(d.ID, c.lin, "started", "reminder week-1", "reminder 3d", "reminder 1d", "reminder day", "reminder late-1")
	if heard := c.heard(c.lin); len(heard) != 6 {
		t.Errorf("%d messages: %q", len(heard), heard)
	}
}

// TestReassignedReviewersHear: whom lines were moved to hears of them; who had them,
// that nothing waits; who stands in for somebody, as long as they do and without a
// proof; who left, nothing.
func TestReassignedReviewersHear(t *testing.T) {
	c := newStoryCompany(t)
	_, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.ada, time.Time{}, c.clock.Now().Add(time.Hour))
	c.ok(err)
	s := c.few()
	s.Levels = []review.Level{{By: review.ByNamed, Accounts: []string{c.lin}}, {By: review.ByNamed, Accounts: []string{c.bob}}}
	s.Scope.Resources = []string{c.oncall}
	d := c.campaign(s)
	c.days(30 * time.Minute)
	const asked = "Access review *Autumn*: 2 of 2 lines left for you to decide, due 2026-12-07."
	c.hasHeard(c.ada, asked)
	if !c.place(c.ada) || c.place(c.lin) {
		t.Error("ada does not read in whose place, or lin does")
	}
	c.wantProven(d.ID, c.ada)
	c.wantProven(d.ID, c.lin, "started")
	v := c.list(c.lin, d.ID)
	_, err = c.house.ReassignReview(c.ctx, c.root, d.ID, v.List.ID, nil, []string{c.ada})
	c.ok(err)
	c.days(time.Hour)
	// The hour is over, and now they are ada's own.
	c.hasHeard(c.ada, "Access review *Autumn*: you are not asked in the place of @lin any more. (changed)", asked)
	c.hasHeard(c.lin, "Access review *Autumn*: everything that waited for you is decided. Thank you. (changed)")
	c.submit(d.ID, c.ada, c.oncall, c.sam, review.Certify)
	c.days(time.Hour)
	c.hasHeard(c.bob, "Access review *Autumn*: 1 line left for you to decide, due 2026-12-07.")
	c.wantProven(d.ID, c.bob, "started level-2")
	c.slack.HandDeactivate(c.bob)
	c.sync()
	c.days(9 * 24 * time.Hour)
	c.wantProven(d.ID, c.bob, "started level-2")
	c.wantProven(d.ID, c.ada, "started", "reminder week-1")
}

// Who cannot be reached is not said to have been told.
func TestNobodyReachedIsNoProof(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.Inject(slacktest.Fault{Method: "conversations.open", Kind: slacktest.Fail, Error: "user_not_found", Times: 100})
	d := c.campaign(c.few())
	c.days(time.Hour)
	c.wantProven(d.ID, c.lin, "review.not-told started")
}

// toldReview is a start and a reminder, one call of whose telling goes wrong.
func toldReview(t *testing.T, at int, how mishap) (*company, string) {
	c := newStoryCompany(t)
	c.fate.at, c.fate.how = at, how
	d := c.campaign(c.few())
	c.toldOf(3 * time.Minute)
	c.clock.move(7 * 24 * time.Hour)
	c.reviews()
	c.toldOf(3 * time.Minute)
	if c.slack.LandLate() > 0 {
		c.toldOf(2 * time.Minute)
	}
	return c, d.ID
}

// TestReviewTellingMishaps lets each call of the telling go wrong in each way: that
// somebody was told and reminded is proven exactly once, whatever happened, and
// nobody is told twice but where we died, or Slack's answer was lost, on the way.
func TestReviewTellingMishaps(t *testing.T) {
	clean, _ := toldReview(t, -1, mishap{})
	calls := clean.fate.calls
	if heard := clean.heard(clean.lin); len(heard) != 2 || len(calls) < 30 {
		t.Fatalf("%d calls; lin %q", len(calls), heard)
	}
	for i, call := range calls {
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
				c, id := toldReview(t, i, how)
				if !c.fate.struck {
					t.Fatalf("call %d did not happen again", i)
				}
				died := how.die > 0 || how.table == porttest.DieBefore || how.table == porttest.DieAfter
				for _, account := range []string{c.lin, c.bob} {
					c.wantProven(id, account, "started", "reminder week-1")
					if n := len(c.heard(account)); n < 2 || n > 2 && !died && !mayDouble(call, how) {
						t.Errorf("%s has %d messages: %q", c.slack.User(account).Name, n, c.heard(account))
					}
				}
			})
		}
	}
}
