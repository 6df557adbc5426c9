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
