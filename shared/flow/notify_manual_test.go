package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// TestByHandIsTold: what a review denied and no API takes is a message to those who
// can do it, with the steps and a button; it reminds once a day, shows who said that
// it is done, asks again where Slack does not show it, and closes when it does.
func TestByHandIsTold(t *testing.T) {
	c := newStoryCompany(t)
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	team := c.slack.TeamIDs()[0]
	s := c.spec()
	s.Scope.Kinds = []directory.Kind{directory.Workspace}
	d := c.campaign(s)
	v := c.list(c.lin, d.ID)
	id := review.LineID(team, "member", c.bob)
	c.notes(c.lin, v, review.Deny, id)
	_, err = c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	c.tell(time.Minute)
	task := func(account string) []string {
		var out []string
		for _, line := range c.heard(account) {
			if strings.Contains(line, "Take @bob out of") {
				out = append(out, line)
			}
		}
		return out
	}
	got := task(c.kit)
	if len(got) != 1 || !strings.HasPrefix(got[0], "Take @bob out of") {
		t.Fatalf("kit was told %q of %q", got, c.heard(c.kit))
	}
	for _, other := range []string{c.lin, c.ada, c.bob} {
		if heard := task(other); len(heard) > 0 {
			t.Errorf("%s was told %q", c.slack.User(other).Name, heard)
		}
	}
	all, err := c.house.ReadManuals(c.ctx, c.root, true)
	c.ok(err)
	m := all[0].Manual
	press := func() {
		_, err := c.house.Press(c.ctx, access.Press{ID: c.house.NewID("pr"), Act: access.ActDone, Connector: c.conn.ID, Account: c.kit, Target: m.ID})
		c.ok(err)
	}
	c.tell(25 * time.Hour)
	if got = task(c.kit); len(got) != 2 || !strings.HasPrefix(got[1], "Still waiting for somebody: Take @bob out of") {
		t.Errorf("a day later: %q", got)
	}
	press()
	c.tell(time.Minute)
	if got = task(c.kit); !strings.Contains(got[0], "@kit says that it is done. The task closes when Slack shows it. (changed)") {
		t.Errorf("said done: %q", got)
	}
	c.sync()
	c.tell(20 * time.Minute)
	if got = task(c.kit); !strings.Contains(got[0], "No API of Slack does this") {
		t.Errorf("Slack does not show it: %q", got)
	}
	c.slack.HandDeactivate(c.bob)
	c.sync()
	c.tell(20 * time.Minute)
	for _, line := range task(c.kit) {
		if !strings.Contains(line, ": seen done in Slack 2026-11-24") {
			t.Errorf("seen done: %q", line)
		}
	}
}

// TestGivenByHandIsTold: who asked hears that a person has to give it, and when it is
// there; the owners, what to do.
func TestGivenByHandIsTold(t *testing.T) {
	c := newStoryCompany(t)
	team := c.slack.TeamIDs()[0]
	c.publish(fmt.Sprintf(adminPolicy, team))
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	c.adminFor(c.ada, 2*time.Hour)
	c.tell(5 * time.Minute)
	if heard := c.heard(c.ada); len(heard) != 1 || !strings.HasPrefix(heard[0], "You do not have *Example* yet") && !strings.Contains(heard[0], "by hand") {
		t.Errorf("ada: %q", heard)
	}
	if heard := c.heard(c.kit); len(heard) != 1 || !strings.HasPrefix(heard[0], "Make @ada an admin of") {
		t.Errorf("kit: %q", heard)
	}
	c.slack.HandSetAdmin(team, c.ada, true)
	c.tell(5 * time.Minute)
	heard := c.heard(c.ada)
	if len(heard) != 2 || !strings.HasPrefix(heard[0], "No person is waited for any more") || !strings.HasPrefix(heard[1], "You have") {
		t.Errorf("ada: %q", heard)
	}
	if heard := c.heard(c.kit); !strings.Contains(heard[0], "seen done in Slack") {
		t.Errorf("kit: %q", heard)
	}
}

// TestStandsIsTold: whoever denied what somebody then gives up hears of it once, with
// the reason; nobody else does, nor who gave it up themselves.
func TestStandsIsTold(t *testing.T) {
	const why = "nobody leaves <!channel>"
	denials := func(c *company, account string) (out []string) {
		for _, line := range c.heard(account) {
			if strings.Contains(line, "You denied this") {
				out = append(out, line)
			}
		}
		return out
	}
	silent := func(c *company, accounts ...string) {
		c.t.Helper()
		for _, a := range accounts {
			if got := denials(c, a); len(got) > 0 {
				c.t.Errorf("%s was told %q", c.slack.User(a).Name, got)
			}
		}
	}
	t.Run("once", func(t *testing.T) {
		c := newStoryCompany(t)
		d, m := c.general()
		silent(c, c.lin)
		_, err := c.house.GiveUpManual(c.ctx, c.root, m.ID, why)
		c.ok(err)
		c.tell(time.Minute)
		_, err = c.house.GiveUpManual(c.ctx, c.root, m.ID, "again")
		c.ok(err)
		c.tell(48 * time.Hour)
		got := denials(c, c.lin)
		if len(got) != 1 || !strings.HasPrefix(got[0], "You denied this in the access review *Autumn*, and it stands: @sam in <#"+m.Resource) ||
			!strings.Contains(got[0], "gave its removal up 2026-11-23") || strings.Contains(got[0], "(changed)") {
			t.Errorf("lin was told %q", got)
		}
		silent(c, c.sam, c.kit, c.bob, c.ada)
		all := c.slack.MessagesFor(c.lin, c.slack.DirectWithApp(c.lin))
		blocks := string(all[len(all)-1].Blocks)
		if !strings.Contains(blocks, "nobody leaves") || strings.Contains(blocks, "<!channel>") || !strings.Contains(blocks, c.house.URL+"/reviews/"+d.ID) {
			t.Errorf("%s", blocks)
		}
	})
	t.Run("not who gave it up", func(t *testing.T) {
		c := newStoryCompany(t)
		_, m := c.general()
		u, err := c.house.SetDuties(c.ctx, c.root, c.actor(c.lin).User.ID, []access.Duty{access.CampaignAdministrator})
		c.ok(err)
		_, err = c.house.GiveUpManual(c.ctx, access.Actor{User: u}, m.ID, why)
		c.ok(err)
		c.tell(time.Hour)
		silent(c, c.lin, c.sam, c.kit, c.bob, c.ada)
	})
	t.Run("nobody, where nobody decided", func(t *testing.T) {
		c := newStoryCompany(t)
		s := c.spec()
		s.Scope = review.Scope{Kinds: []directory.Kind{directory.Channel}, Public: true}
		d := c.campaign(s)
		_, err := c.house.EndCampaign(c.ctx, c.root, d.ID, review.RevokeOpen)
		c.ok(err)
		c.reviews()
		given := 0
		all, err := c.house.ReadManuals(c.ctx, c.root, true)
		c.ok(err)
		for _, m := range all {
			if m.GivesUp {
				_, err := c.house.GiveUpManual(c.ctx, c.root, m.ID, why)
				c.ok(err)
				given++
			}
		}
		if given == 0 {
			t.Fatal("there was nothing to give up")
		}
		c.tell(time.Hour)
		silent(c, c.lin, c.sam, c.kit, c.bob, c.ada)
	})
	// Of a private channel whoever may not know of it any more hears nothing.
	for name, owner := range map[string]bool{"who owns a private channel": true, "not who may not know of it any more": false} {
		t.Run(name, func(t *testing.T) {
			c := newStoryCompany(t)
			c.hide()
			c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.incident, []string{c.lin}))
			d := c.campaign(c.spec())
			c.slack.HandArchive(c.incident, true)
			c.sync()
			c.submit(d.ID, c.lin, c.incident, c.sam, review.Deny)
			_, l := c.line(d.ID, c.lin, c.incident, c.sam)
			if !owner {
				c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.incident, []string{c.bob}))
			}
			_, err := c.house.GiveUpManual(c.ctx, c.root, l.Manual, why)
			c.ok(err)
			c.tell(time.Hour)
			if got := denials(c, c.lin); len(got) > 0 != owner {
				t.Errorf("lin was told %q", got)
			}
			silent(c, c.sam, c.kit, c.bob, c.ada)
		})
	}
}
