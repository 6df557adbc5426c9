package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// inRole are who holds a role, by name.
func (c *company) inRole(resource string) string {
	c.t.Helper()
	var out []string
	c.ok(c.store.EachHolder(c.ctx, c.conn.ID, resource, func(m directory.Membership) error {
		out = append(out, c.slack.User(m.Account).Name+" "+directory.Word(m.Kind, m.Slug))
		return nil
	}))
	return strings.Join(out, ", ")
}

// run is the last sync.
func (c *company) run() connector.Run {
	c.t.Helper()
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	run, err := c.store.Run(c.ctx, conn.LastRun)
	c.ok(err)
	return run
}

// TestOrganizationRoles: who holds a role of an Enterprise organization is read with
// each sync; a system role that somebody was given since is a finding, which closes
// when it is taken away.
func TestOrganizationRoles(t *testing.T) {
	c := newOrganization(t)
	team, org := c.slack.TeamIDs()[0], c.conn.Enterprise
	workspace, err := c.store.Resource(c.ctx, c.conn.ID, team)
	c.ok(err)
	owner := c.slack.User(c.owner()).Name
	if got := c.inRole("owner." + org); got != owner+" orgrole:owner" {
		t.Errorf("owners: %q", got)
	}
	c.slack.HandAssignRole("Rl03", org, c.ada)
	c.slack.HandAssignRole("Rl0A", c.incident, c.kit)
	c.slack.HandAssignRole("RlCUSTOM", team, c.ada)
	c.clock.move(time.Minute)
	c.sync()
	for resource, want := range map[string]struct {
		name, holders string
		private       bool
	}{
		"Rl03." + org:        {"User Admin", "ada orgrole:Rl03", false},
		"Rl0A." + c.incident: {"Channel Manager of " + c.incident, "kit orgrole:Rl0A", true},
		"RlCUSTOM." + team:   {"custom role RlCUSTOM of " + workspace.Name, "ada orgrole:RlCUSTOM", false},
	} {
		r, err := c.store.Resource(c.ctx, c.conn.ID, resource)
		c.ok(err)
		if got := c.inRole(resource); r.Name != want.name || got != want.holders || r.Private != want.private || r.Count != 1 {
			t.Errorf("%s: %+v held by %q", resource, r, got)
		}
	}
	c.findings("ada came open", "ada came open", "kit came open")
	wrote := c.run().Wrote
	c.sync()
	if again := c.run().Wrote; again != 0 {
		t.Errorf("%d rows written for what did not change, %d before", again, wrote)
	}
	c.slack.HandRemoveRole("Rl03", org, c.ada)
	c.clock.move(time.Minute)
	c.sync()
	_, err = c.store.Resource(c.ctx, c.conn.ID, "Rl03."+org)
	refusedWith(t, err, fault.NotFound, "")
	c.findings("ada came gone", "ada came open", "kit came open")
}

// TestOrganizationRolesUnread: without the scope, admins and owners are read all the
// same, and what was known of system roles stays.
func TestOrganizationRolesUnread(t *testing.T) {
	c := newOrganization(t)
	org := c.conn.Enterprise
	c.slack.HandAssignRole("Rl03", org, c.ada)
	c.clock.move(time.Minute)
	c.sync()
	narrow := c.slack.Token(slacktest.TokenSpec{
		User: c.owner(), OrgWide: true, Scopes: slices.DeleteFunc(slices.Clone(connector.PastedScopes), func(s string) bool { return s == connector.RolesScope }),
	})
	_, err := c.house.PasteToken(c.ctx, c.root, c.conn.ID, narrow)
	c.ok(err)
	c.slack.HandRemoveRole("Rl03", org, c.ada)
	c.clock.move(time.Minute)
	c.sync()
	if got := c.inRole("Rl03." + org); got != "ada orgrole:Rl03" {
		t.Errorf("held by %q", got)
	}
	if got := c.inRole("owner." + org); got == "" {
		t.Error("no owner")
	}
	if notes := strings.Join(c.run().Notes, "; "); !strings.Contains(notes, connector.RolesScope) {
		t.Errorf("notes: %s", notes)
	}
}

// TestOrganizationRolesAreReviewed: a review of everything has the organization's roles
// in it. A denied one is a task for a person, with the steps, until a sync sees it gone.
func TestOrganizationRolesAreReviewed(t *testing.T) {
	c := newOrganization(t)
	org := c.conn.Enterprise
	c.slack.HandAssignRole("Rl03", org, c.kit)
	c.clock.move(time.Minute)
	c.sync()
	s := c.spec()
	s.Scope = review.Scope{}
	d := c.campaign(s)
	if !slices.Contains(d.Scope.Kinds, directory.Role) {
		t.Fatalf("kinds %v", d.Scope.Kinds)
	}
	role := "Rl03." + org
	v, l := c.line(d.ID, c.lin, role, c.kit)
	if !l.Fact.Administers() || l.Gives != directory.RoleGives("Rl03") {
		t.Errorf("%+v", l)
	}
	c.notes(c.lin, v, review.Deny, l.ID)
	_, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	tasks, err := c.house.ReadManuals(c.ctx, c.root, true)
	c.ok(err)
	i := slices.IndexFunc(tasks, func(m flow.ManualView) bool { return m.Resource == role })
	if i < 0 || tasks[i].Why != access.ManualOrgRole || !strings.Contains(strings.Join(tasks[i].Steps, " "), "Role assignments") {
		t.Fatalf("%+v", tasks)
	}
	c.slack.HandRemoveRole("Rl03", org, c.kit)
	c.clock.move(time.Minute)
	c.sync()
	c.on(manualLook)
	m, err := c.store.Manual(c.ctx, tasks[i].ID)
	c.ok(err)
	if m.State != access.ManualDone {
		t.Errorf("%+v", m)
	}
}
