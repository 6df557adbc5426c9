package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Each of these was a way around a promise that a security review found.

func TestManyGrantsOfOneAccountStopNobodysEnd(t *testing.T) {
	c := newStoryCompany(t)
	bob := c.auto(c.bob, c.shift, time.Hour)
	ada := c.actor(c.ada)
	// More than a request may pile up, made below the limit as an older house did.
	for i := range 30 {
		g := access.Grant{
			ID: fmt.Sprintf("g_many%02d", i), Request: c.grant(bob).Request, Connector: c.conn.ID, Workspace: c.slack.TeamIDs()[0],
			Resource: c.shift, Kind: "usergroup", Slug: "member", Account: c.ada, Start: c.clock.Now(), End: c.clock.Now().Add(2 * time.Hour),
			State: access.Granting, NextTry: c.clock.Now(), Rule: "shift", Created: c.clock.Now(),
		}
		c.ok(c.store.SaveGrants(c.ctx, []access.Grant{g}, audit.Event{At: c.clock.Now(), Aggregate: "grant/" + g.ID, Action: "test.made"}))
	}
	c.on(65 * time.Minute)
	c.state(bob, access.Revoked)
	c.on(2 * time.Hour)
	if slices.Contains(c.slack.GroupMembers(c.shift), c.ada) {
		t.Fatal("ada is still in")
	}
	for range 20 {
		_, err := c.house.Request(c.ctx, ada, flow.Asking{Connector: c.conn.ID, Resources: []string{c.shift}, Length: time.Hour})
		c.ok(err)
	}
	_, err := c.house.Request(c.ctx, ada, flow.Asking{Connector: c.conn.ID, Resources: []string{c.shift}, Length: time.Hour})
	refusedWith(t, err, fault.Invalid, "extend")
}

func TestAServiceAdministersNothing(t *testing.T) {
	c := newCompany(t)
	robot := c.root
	robot.Service = true
	if _, _, err := c.house.Publish(c.ctx, robot, access.Policy{Digest: "x"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("publish: %v", err)
	}
	if _, err := c.house.Bind(c.ctx, robot, c.conn.ID, c.ada, nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("bind: %v", err)
	}
	if _, err := c.house.Forget(c.ctx, robot, c.conn.ID, c.ada); !fault.Is(err, fault.Forbidden) {
		t.Errorf("forget: %v", err)
	}
	if _, err := c.house.AddConnector(c.ctx, robot, "", nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("add connector: %v", err)
	}
}

func TestRetryAsksSlackOnlyForWhatIsHeldUp(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	ada := c.actor(c.ada)
	c.slack.ResetCalls()
	for range 20 {
		if _, err := c.house.Retry(c.ctx, ada, id); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.slack.Calls()); n > 0 {
		t.Fatalf("%d calls for a grant that nothing holds up", n)
	}
}

func TestARefusedReinstallationLeavesTheBotAlone(t *testing.T) {
	c := newCompany(t)
	link, err := c.house.Invite(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	authorize, cookie, err := c.house.OpenInvitation(c.ctx, link[strings.LastIndex(link, "/")+1:])
	c.ok(err)
	code, state := c.consent(authorize, c.bob)
	c.slack.ResetCalls()
	_, err = c.house.FinishInstall(c.ctx, state, cookie, code)
	refusedWith(t, err, fault.Forbidden, "admin or owner")
	revoked := 0
	for _, call := range c.slack.Calls() {
		if call.Method == "auth.revoke" {
			revoked++
		}
	}
	if revoked != 1 {
		t.Fatalf("%d tokens were revoked, want the installer's alone", revoked)
	}
	c.conn, err = c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	if c.conn.Label != connector.Connected {
		t.Fatalf("label %s", c.conn.Label)
	}
}

func TestAnOrganizationOverAGovernedWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t, slacktest.Options{Seed: 2, Workspaces: 2})
	teams := w.slack.TeamIDs()
	first, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	_, err = w.house.PasteToken(w.ctx, w.root, first.ID, w.slack.Token(slacktest.TokenSpec{User: w.slack.PrimaryOwner(teams[0]), Team: teams[0], Scopes: pasted}))
	w.ok(err)
	second, err := w.house.AddConnector(w.ctx, w.root, "", nil)
	w.ok(err)
	_, err = w.house.PasteToken(w.ctx, w.root, second.ID, w.slack.Token(slacktest.TokenSpec{User: w.slack.PrimaryOwner(teams[0]), OrgWide: true, Scopes: pasted}))
	refusedWith(t, err, fault.Invalid, "governed by")
	w.unchanged(second.ID)
}

func TestAnApproverWhoLeftSlackHasNoVote(t *testing.T) {
	c := newCompany(t)
	c.publish(`
version: 1
rules:
  - id: named
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [` + c.lin + `]}
`)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	lin := c.actor(c.lin)
	c.slack.HandDeactivate(c.lin) // and no sync has told of it
	_, err = c.house.Approve(c.ctx, lin, r.ID, "")
	refusedWith(t, err, fault.Forbidden, "not an active member")
}

func TestForgottenNamesAreInNoEvent(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.publish("version: 1\nrules: []\n")
	c.sweep(time.Minute)
	c.ok(c.store.EachEvent(c.ctx, func(e audit.Event) error {
		for k, v := range e.Data {
			if strings.Contains(v, "incident-1") || strings.Contains(v, " ada ") {
				t.Errorf("event %s of %s tells %s=%q", e.Action, e.Aggregate, k, v)
			}
		}
		return nil
	}))
}

func TestMissingHeadsAreSaid(t *testing.T) {
	c := newCompany(t)
	c.sweep(time.Minute)
	c.house.Heads = &heads{}
	c.on(headMissing)
	v, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if v.Whole() {
		t.Fatal("a chain without a signed head was called whole")
	}
}

// headMissing is after what a round that died may leave to the next.
const headMissing = 11 * time.Minute

// A head follows its seal by one call. Whoever verifies in between, in a house
// in which nothing had happened for hours, must not be alarmed.
func TestVerifyBetweenSealAndHead(t *testing.T) {
	c := newCompany(t)
	c.sweep(time.Minute)
	c.on(5 * time.Hour)
	c.ok(c.house.Memory.SaveEvents(c.ctx, audit.Event{At: c.house.Now(), Aggregate: "policy/1", Action: "policy.asked", Actor: "u_1"}))
	if _, n, err := c.house.Memory.Seal(c.ctx, c.house.Now(), 25); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	for after, whole := range map[time.Duration]bool{0: true, headMissing: false} {
		at := c.house.Now()
		c.house.Now = func() time.Time { return at.Add(after) }
		v, err := c.house.Verify(c.ctx, c.root)
		c.ok(err)
		if v.Whole() != whole {
			t.Errorf("%s after a seal without its head: whole is %t: %v", after, v.Whole(), v.Broken)
		}
		c.house.Now = func() time.Time { return at }
	}
}

func TestAGroupDisabledForItsLastMemberMakesNobodyStanding(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.solo, 20*time.Minute)
	c.on(30 * time.Minute)
	c.state(id, access.Revoked)
	if !c.slack.Group(c.solo).Disabled {
		t.Fatal("the group is not disabled")
	}
	// Two days later an admin enables it, and the member shows again.
	c.on(48 * time.Hour)
	c.slack.HandEnableGroup(c.owner(), c.solo)
	c.sync()
	c.slack.HandAddToGroup(c.owner(), c.solo, c.bob)
	c.sync()
	again := c.auto(c.ada, c.solo, 20*time.Minute)
	c.on(30 * time.Minute)
	c.state(again, access.Revoked)
	c.members(c.solo, c.bob)
}
