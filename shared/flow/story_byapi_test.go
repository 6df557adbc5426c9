package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// newOrganization is an Enterprise organization of two workspaces, connected by an
// owner's token that may change roles and membership.
func newOrganization(t *testing.T) *company {
	t.Helper()
	c := hire(t, slacktest.Options{Seed: 1, Workspaces: 2, Plan: slacktest.PlanEnterprise})
	c.token = c.slack.Token(slacktest.TokenSpec{
		User: c.owner(), OrgWide: true, Scopes: append(slices.Clone(connector.PastedScopes), connector.AdministerScope),
	})
	conn, err := c.house.AddConnector(c.ctx, c.root, "", nil)
	c.ok(err)
	c.conn, err = c.house.PasteToken(c.ctx, c.root, conn.ID, c.token)
	c.ok(err)
	c.sync()
	if !c.conn.Administers() {
		t.Fatalf("%+v", c.conn)
	}
	c.publish(fmt.Sprintf(adminPolicy, c.slack.TeamIDs()[0]))
	return c
}

// TestAdminByAPI: in an organization Ebb gives an admin's role and takes it back, and
// nobody has anything to do.
func TestAdminByAPI(t *testing.T) {
	c := newOrganization(t)
	team := c.slack.TeamIDs()[0]
	id := c.adminFor(c.ada, 2*time.Hour)
	c.on(time.Minute)
	c.state(id, access.Active)
	if !slices.Contains(c.slack.User(c.ada).AdminOf, team) {
		t.Fatal("ada is no admin")
	}
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	if u := c.slack.User(c.ada); slices.Contains(u.AdminOf, team) || !slices.Contains(u.Teams, team) {
		t.Errorf("%+v", u)
	}
	c.sync()
	c.findings()
	c.nobodyAsked()
}

// nobodyAsked: no manual task was for a person.
func (c *company) nobodyAsked() {
	c.t.Helper()
	all, err := c.house.ReadManuals(c.ctx, c.root, false)
	c.ok(err)
	for _, m := range all {
		if !m.Ebb || m.State != access.ManualDone || m.SaidBy != "ebb" {
			c.t.Errorf("%+v", m)
		}
		events, err := c.store.EventsOf(c.ctx, "manual/"+m.ID)
		c.ok(err)
		if events[0].Action != "manual.begun" || len(events) != 3 {
			c.t.Errorf("%+v", events)
		}
	}
}

// manualLook is how often a manual task is held against the last sync.
const manualLook = 15 * time.Minute

// roleStory is a role by API in the failure matrix: ada is made admin for a while, a
// reviewer denies that sam is in the workspace, and nobody else's role changes.
var roleStory = story{
	name: "admin for a while, and expelled, by API",
	in:   newOrganization,
	tell: func(c *told) {
		team := c.slack.TeamIDs()[0]
		watching := c.fate.watching
		c.fate.watching = false
		d := c.campaign(c.roles())
		v, l := c.line(d.ID, c.lin, team, c.sam)
		c.notes(c.lin, v, review.Deny, l.ID)
		c.fate.watching = watching
		c.asks(c.ada, team, 20*time.Minute, false)
		c.person(func() error {
			_, err := c.house.SubmitReviews(c.ctx, c.actors[c.lin], d.ID, v.List.ID)
			return err
		})
		c.on(10 * time.Minute)
		if !slices.Contains(c.slack.User(c.ada).AdminOf, team) {
			c.t.Errorf("%s: no admin ten minutes after", c.grant(c.grants[0]).State)
		}
		c.on(25 * time.Minute)
		c.fate.watching = false
		c.sync()
		c.on(manualLook) // who died between two rows looks again then
	},
	end: func(c *told) {
		team := c.slack.TeamIDs()[0]
		c.gone(c.grants[0])
		if u := c.slack.User(c.ada); len(u.AdminOf) != 0 || !slices.Contains(u.Teams, team) || u.Restricted {
			c.t.Errorf("ada: %+v", u)
		}
		if u := c.slack.User(c.sam); slices.Contains(u.Teams, team) || u.Deleted {
			c.t.Errorf("sam: %+v", u)
		}
		for _, id := range []string{c.lin, c.kit, c.bob} {
			if u := c.slack.User(id); len(u.AdminOf) != 0 || !slices.Contains(u.Teams, team) {
				c.t.Errorf("%s: %+v", u.Name, u)
			}
		}
		if all, err := c.house.ReadManuals(c.ctx, c.root, true); err != nil || len(all) != 0 {
			c.t.Errorf("tasks that wait: %+v %v", all, err)
		}
	},
}

// roles is a review of who is in the first workspace and what they are.
func (c *company) roles() review.Spec {
	s := c.spec()
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Workspace}, Resources: []string{c.slack.TeamIDs()[0]}}
	return s
}

// TestRolesGoByAPI: a reviewer denies an admin's role, and somebody's membership: both
// go through Slack's API, and the lines close when a sync has seen it.
func TestRolesGoByAPI(t *testing.T) {
	c := newOrganization(t)
	team := c.slack.TeamIDs()[0]
	c.slack.HandSetAdmin(team, c.kit, true)
	c.clock.move(time.Minute)
	c.sync()
	d := c.campaign(c.roles())
	c.submit(d.ID, c.lin, team, c.kit, review.Deny)
	c.submit(d.ID, c.lin, team, c.sam, review.Deny)
	c.on(2 * time.Minute)
	if u := c.slack.User(c.kit); slices.Contains(u.AdminOf, team) || !slices.Contains(u.Teams, team) {
		t.Errorf("kit: %+v", u)
	}
	if u := c.slack.User(c.sam); slices.Contains(u.Teams, team) || u.Deleted {
		t.Errorf("sam: %+v", u)
	}
	if all, err := c.house.ReadManuals(c.ctx, c.root, true); err != nil || len(all) != 2 || all[0].Asks() || all[1].Asks() {
		t.Errorf("nobody has seen it yet: %+v %v", all, err)
	}
	c.sync()
	c.on(20 * time.Minute)
	c.nobodyAsked()
	c.reviews()
	_, err := c.house.EndCampaign(c.ctx, c.root, d.ID, review.SkipOpen)
	c.ok(err)
	c.on(time.Hour)
	c.reviews()
	v, err := c.house.ReadCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	if v.State != review.Completed || v.Settled.IsZero() {
		t.Errorf("%s, settled %s", v.State, v.Settled)
	}
}

// TestRoleChangedMeanwhile: who became more than what was reviewed is left to a person;
// a later look finds it fits again.
func TestRoleChangedMeanwhile(t *testing.T) {
	c := newOrganization(t)
	team := c.slack.TeamIDs()[0]
	d := c.campaign(c.roles())
	c.slack.HandSetAdmin(team, c.sam, true)
	c.submit(d.ID, c.lin, team, c.sam, review.Deny)
	c.on(2 * time.Minute)
	m := c.task(false)
	if u := c.slack.User(c.sam); m.Refused != "role_changed" || !slices.Contains(u.AdminOf, team) || !slices.Contains(u.Teams, team) {
		t.Errorf("%+v %+v", m, u)
	}
	c.slack.HandSetAdmin(team, c.sam, false)
	c.on(20 * time.Minute)
	if u := c.slack.User(c.sam); slices.Contains(u.Teams, team) {
		t.Error("sam is in the workspace still")
	}
}

// TestRoleRefused: what Slack refuses is a person's, who is told, and reminded.
func TestRoleRefused(t *testing.T) {
	c := newOrganization(t)
	team := c.slack.TeamIDs()[0]
	d := c.campaign(c.roles())
	c.submit(d.ID, c.lin, team, c.owner(), review.Deny)
	c.on(2 * time.Minute)
	m := c.task(false)
	if m.Why != access.ManualPrimary || m.Ebb {
		t.Errorf("%+v", m)
	}
	c.slack.SetScopes(c.token, connector.PastedScopes...)
	c.submit(d.ID, c.lin, team, c.sam, review.Deny)
	c.on(25 * time.Hour)
	all, err := c.house.ReadManuals(c.ctx, c.root, true)
	c.ok(err)
	i := slices.IndexFunc(all, func(x flow.ManualView) bool { return x.Account == c.sam })
	if i < 0 || !all[i].Asks() || all[i].Refused != "missing_scope" || all[i].Nagged != 1 || len(all[i].Steps) < 3 {
		t.Fatalf("%+v", all)
	}
}
