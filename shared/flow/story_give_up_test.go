package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// general makes a review in which sam is denied #general, and gives its manual task.
func (c *company) general() (review.Campaign, access.Manual) {
	c.t.Helper()
	s := c.spec()
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Channel}, Public: true}
	d := c.campaign(s)
	v, err := c.house.ReadReview(c.ctx, c.actor(c.lin), d.ID, c.list(c.lin, d.ID).List.ID, flow.LineFilter{}, flow.Slice{Limit: 200})
	c.ok(err)
	for _, l := range v.Lines.Items {
		if r, err := c.store.Resource(c.ctx, c.conn.ID, l.Resource); err == nil && r.General && l.Account == c.sam {
			if !l.Fixed() {
				c.t.Errorf("nothing says that nobody leaves #general: %+v", l.Advice)
			}
			c.submit(d.ID, c.lin, l.Resource, c.sam, review.Deny)
			_, l = c.line(d.ID, c.lin, l.Resource, c.sam)
			m, err := c.store.Manual(c.ctx, l.Manual)
			c.ok(err)
			return d, m
		}
	}
	c.t.Fatal("nobody reviews #general")
	return d, access.Manual{}
}

// TestGiveUp: what nobody can carry out is given up with a reason, by who runs reviews
// alone; the review settles, the line and the evidence say that the access stands, and it
// stays listed until Slack shows it gone.
func TestGiveUp(t *testing.T) {
	c := newStoryCompany(t)
	d, m := c.general()
	if m.Why != access.ManualGeneral || !m.Hopeless() {
		t.Fatalf("%+v", m)
	}
	v, err := c.house.ReadManual(c.ctx, c.root, m.ID)
	c.ok(err)
	if !v.GivesUp || !strings.Contains(strings.Join(v.Steps, " "), "gives this task up") {
		t.Errorf("%+v", v)
	}
	giveUp := func(by access.Actor, why string) error {
		_, err := c.house.GiveUpManual(c.ctx, by, m.ID, why)
		return err
	}
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, m.Resource, []string{c.bob}))
	service := c.root
	service.Service = true
	sam, err := c.house.SetDuties(c.ctx, c.root, c.actor(c.sam).User.ID, []access.Duty{access.CampaignAdministrator})
	c.ok(err)
	for name, x := range map[string]struct {
		by   access.Actor
		why  string
		want fault.Kind
	}{
		"without a reason":     {c.root, "  ", fault.Invalid},
		"with too long a one":  {c.root, strings.Repeat("x", 5000), fault.Invalid},
		"by nobody":            {access.Actor{}, "because", fault.Unauthenticated},
		"by a service":         {service, "because", fault.Forbidden},
		"by who has to do it":  {c.actor(c.bob), "because", fault.Forbidden},
		"by who knows nothing": {c.actor(c.kit), "because", fault.NotFound},
		"by whom it is about":  {access.Actor{User: sam}, "because", fault.Forbidden},
	} {
		if err := giveUp(x.by, x.why); !fault.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.sweep(10 * time.Minute)
	_, err = c.house.EndCampaign(c.ctx, c.root, d.ID, review.SkipOpen)
	c.ok(err)
	c.reviews()
	c.clock.move(49 * time.Hour)
	c.sync()
	c.on(time.Minute)
	c.reviews()
	if m, err = c.store.Manual(c.ctx, m.ID); err != nil || m.Nagged != 2 {
		t.Errorf("reminded %d times: %v", m.Nagged, err)
	}
	if x, err := c.store.Campaign(c.ctx, d.ID); err != nil || !x.Settled.IsZero() {
		t.Errorf("settled without anybody's word: %v", err)
	}
	const why = "nobody leaves #general; sam's contract ends in May"
	c.ok(giveUp(c.root, why))
	c.ok(giveUp(c.root, "said again")) // stays as it is
	c.reviews()
	x, err := c.store.Campaign(c.ctx, d.ID)
	c.ok(err)
	_, l := c.line(d.ID, c.lin, m.Resource, c.sam)
	if x.Settled.IsZero() || l.State != review.LineStands || !strings.Contains(l.Outcome, why) || l.Verdict() != review.Deny {
		t.Errorf("settled %s, the line is %s: %s", x.Settled, l.State, l.Outcome)
	}
	all, err := c.store.EventsOf(c.ctx, "manual/"+m.ID)
	c.ok(err)
	e := all[len(all)-1]
	if e.Action != "manual.given-up" || e.Data["reason"] == "" || strings.Contains(strings.Join([]string{e.Data["reason"], e.Data["why"]}, ""), "contract") {
		t.Errorf("%+v", e)
	}
	nagged := m.Nagged
	c.clock.move(72 * time.Hour)
	c.on(time.Minute)
	if m, err = c.store.Manual(c.ctx, m.ID); err != nil || m.Nagged != nagged || m.State != access.ManualGivenUp {
		t.Errorf("reminded after it was given up: %+v, %v", m, err)
	}
	// It stays in sight, and the next review says so.
	stand, err := c.house.ReadGivenUp(c.ctx, c.root)
	c.ok(err)
	if len(stand) != 1 || !stand[0].Stands || stand[0].Words != why || stand[0].GivenUpByName == "" {
		t.Errorf("%+v", stand)
	}
	if other, err := c.house.ReadGivenUp(c.ctx, c.actor(c.kit)); err != nil || len(other) != 0 {
		t.Errorf("kit reads %+v, %v", other, err)
	}
	raw, key := c.export(c.house, d.ID)
	c.verifies(raw, key)
	files := unzip(t, raw)
	for _, name := range []string{"lines.csv", "manual.csv", "manual.jsonl", "review.html"} {
		if !strings.Contains(files[name], "contract ends in May") {
			t.Errorf("%s does not say why the access stands", name)
		}
	}
	if !strings.Contains(files["README.txt"], "STILL STAND") || strings.Contains(files["events.jsonl"], "contract") {
		t.Error("the package does not say that access stands, or an event has the words")
	}
	s := c.spec()
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Channel}, Public: true}
	next := c.campaign(s)
	if _, l := c.line(next.ID, c.lin, m.Resource, c.sam); l.Advice.Verdict != review.Deny || l.Advice.Why[0] != review.BecauseDenied || !l.Fixed() {
		t.Errorf("the next review advises %+v", l.Advice)
	}
	if v, err := c.house.ReadManual(c.ctx, c.root, m.ID); err != nil || len(v.Steps) > 0 {
		t.Errorf("given up, it still has steps: %q, %v", v.Steps, err)
	}
	c.slack.HandDeactivate(c.sam)
	c.clock.move(time.Hour)
	c.sync()
	if stand, err = c.house.ReadGivenUp(c.ctx, c.root); err != nil || len(stand) != 0 {
		t.Errorf("gone, it is listed still: %+v, %v", stand, err)
	}
}

// TestGiveUpOfGrants: what a grant is to give or to take is not given up; access past its
// end would stay without anybody's word.
func TestGiveUpOfGrants(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(adminPolicy, c.slack.TeamIDs()[0]))
	c.adminFor(c.ada, 2*time.Hour)
	c.on(5 * time.Minute)
	m := c.task(true)
	_, err := c.house.GiveUpManual(c.ctx, c.root, m.ID, "no time")
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "end the grant") {
		t.Errorf("to be given: %v", err)
	}
	c.slack.HandSetAdmin(c.slack.TeamIDs()[0], c.ada, true)
	c.on(2 * time.Minute)
	c.clock.move(3 * time.Hour)
	c.on(5 * time.Minute)
	m = c.task(false)
	_, err = c.house.GiveUpManual(c.ctx, c.root, m.ID, "no time")
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "take it away in Slack") {
		t.Errorf("to be taken: %v", err)
	}
	if m, err = c.store.Manual(c.ctx, m.ID); err != nil || m.State != access.ManualWaits {
		t.Errorf("%s, %v", m.State, err)
	}
}
