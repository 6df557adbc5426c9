package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// findings holds what was found against what should have been: "who what state".
func (c *company) findings(want ...string) []directory.Finding {
	c.t.Helper()
	all, err := c.store.Findings(c.ctx, c.conn.ID, false, 0)
	c.ok(err)
	var got []string
	for _, f := range all {
		who := f.Account
		if who != "" {
			who = c.slack.User(who).Name
		}
		if f.Count > 0 {
			who = fmt.Sprint(f.Count)
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", who, f.Kind, f.State)))
		if n := c.counted("resource/"+c.conn.ID+"/"+f.Resource, "finding."+string(f.Kind)); n == 0 {
			c.t.Errorf("%+v has no event", f)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		c.t.Fatalf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	return all
}

// shown takes the events of Slack, or a sync reads everything.
func (c *company) shown(by string) {
	c.t.Helper()
	if by == "events" {
		c.hears()
	} else {
		c.slack.TakeEvents()
		c.sync()
	}
	c.on(time.Second)
}

// TestWhatHandsDoIsFound: whoever is added to a user group or private channel
// without Ebb is found, once, whatever shows it; what they did before Ebb, what Ebb
// does, and who joins a public channel is not.
func TestWhatHandsDoIsFound(t *testing.T) {
	for _, by := range []string{"events", "sync"} {
		t.Run(by, func(t *testing.T) {
			c := newStoryCompany(t)
			public := c.slack.AddChannel(slacktest.Channel{Name: "lunch"})
			c.shown("sync")
			c.findings()
			id := c.auto(c.ada, c.shift, time.Hour)
			c.shown(by)
			c.findings()

			c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
			c.slack.HandInvite(c.incident, c.bob)
			c.slack.HandInvite(public, c.bob)
			c.on(2 * time.Minute) // a read so soon after a write of Ebb's is not certain
			c.shown(by)
			c.findings("kit came open", "bob came open")
			c.shown("sync")
			c.shown(by)
			c.findings("kit came open", "bob came open")

			c.slack.HandRemoveFromGroup(c.owner(), c.shift, c.kit)
			c.shown(by)
			c.findings("kit came gone", "bob came open")
			c.on(2 * time.Hour)
			c.state(id, access.Revoked)
			c.shown(by)
			c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
			c.shown(by)
			all := c.findings("kit came open", "bob came open")
			if i := slices.IndexFunc(all, func(f directory.Finding) bool { return f.Account == c.kit }); all[i].Times != 2 {
				t.Errorf("%+v", all[i])
			}
		})
	}
}

// TestFirstLooksFindNothing: a new group, a channel into which the app is invited,
// and a group of the second workspace are only learned.
func TestFirstLooksFindNothing(t *testing.T) {
	for _, by := range []string{"events", "sync"} {
		t.Run(by, func(t *testing.T) {
			c := newStoryCompany(t)
			c.slack.AddGroup(slacktest.Group{Handle: "new", Name: "New", Members: []string{c.sam, c.kit}})
			hidden := c.slack.AddChannel(slacktest.Channel{Name: "war-2", Private: true, Members: []string{c.sam, c.kit}})
			c.slack.HandInvite(hidden, c.slack.BotUser(c.slack.TeamIDs()[0]))
			c.shown(by)
			c.shown("sync")
			c.findings()
			c.slack.HandInvite(hidden, c.bob)
			c.shown(by)
			c.findings("bob came open")
		})
	}
}

// TestWhatEndsOutsideIsFound: what somebody takes that Ebb gave, what comes back,
// and that a group was enabled in which somebody's access was to end.
func TestWhatEndsOutsideIsFound(t *testing.T) {
	c := newStoryCompany(t)
	id, gone := c.auto(c.ada, c.shift, 3*time.Hour), c.auto(c.bob, c.shift, time.Minute)
	c.on(5 * time.Minute)
	c.state(gone, access.Revoked)
	c.slack.TakeEvents()
	c.slack.HandRemoveFromGroup(c.owner(), c.shift, c.ada)
	c.slack.HandAddToGroup(c.owner(), c.shift, c.bob)
	c.hears()
	c.on(time.Minute)
	c.state(id, access.EndedOutside)
	all := c.findings("ada ended-outside open", "bob came-back open")
	for _, f := range all {
		if f.Kind == directory.CameBack && (f.GoneAt.IsZero() || f.Notice == "") || f.Kind == directory.EndedOutside && f.Request == "" {
			t.Errorf("%+v", f)
		}
	}
}

// TestManyAreOneFinding: a group that is filled at once makes one finding and one
// commit, however many came.
func TestManyAreOneFinding(t *testing.T) {
	c := newStoryCompany(t)
	crowd := c.people(3000)
	c.sync()
	c.slack.HandAddToGroup(c.owner(), c.shift, crowd...)
	c.shown("sync")
	c.findings("3000 came open")
	if n := c.counted("resource/"+c.conn.ID+"/"+c.shift, "finding.came"); n != 1 {
		t.Errorf("%d events", n)
	}
	c.shown("sync")
	if run := c.synced(); run.Wrote != 0 {
		t.Errorf("an unchanged sync wrote %d rows", run.Wrote)
	}
}

// TestRisenIsFound: who becomes an administrator of the workspace.
func TestRisenIsFound(t *testing.T) {
	for _, by := range []string{"events", "sync"} {
		t.Run(by, func(t *testing.T) {
			c := newStoryCompany(t)
			c.slack.TakeEvents()
			c.slack.HandSetAdmin(c.slack.TeamIDs()[0], c.bob, true)
			c.shown(by)
			c.shown("sync")
			all := c.findings("bob role-raised open")
			if all[0].Slug != "admin" || all[0].Code != "member" {
				t.Errorf("%+v", all[0])
			}
		})
	}
}

// TestFindingsAreTold: the owners hear of what was found within an hour in one
// message, which changes with what becomes of it.
func TestFindingsAreTold(t *testing.T) {
	c := newStoryCompany(t)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.shift, []string{c.lin}))
	c.slack.HandAddToGroup(c.owner(), c.shift, c.kit, c.bob, c.ada)
	c.hears()
	c.tell(time.Minute)
	c.hasHeard(c.lin, "Somebody added 3 people to *@shift*.")
	c.slack.HandRemoveFromGroup(c.owner(), c.shift, c.kit)
	c.hears()
	c.tell(time.Minute)
	c.hasHeard(c.lin, "Somebody added 3 people to *@shift*. (changed)")
	c.hasHeard(c.bob)
}

// TestLateEventsOfOurOwn: an event of what Ebb gave that is heard after Ebb took it
// back says nothing; what a hand does then is found.
func TestLateEventsOfOurOwn(t *testing.T) {
	for _, where := range []string{"group", "channel"} {
		t.Run(where, func(t *testing.T) {
			c := newStoryCompany(t)
			r := c.shift
			if where == "channel" {
				r = c.war
			}
			c.slack.TakeEvents()
			id := c.auto(c.bob, r, time.Minute)
			late := c.slack.TakeEvents()
			c.on(5 * time.Minute)
			c.state(id, access.Revoked)
			c.slack.TakeEvents()
			c.told(late...)
			c.on(time.Minute)
			if held, err := c.store.Holds(c.ctx, membershipOf(c, r, c.bob)); err != nil || held {
				t.Errorf("bob's membership: %v %v", held, err)
			}
			c.findings()
			c.gives(r, c.bob)
			c.findings("bob came-back open")
		})
	}
}
