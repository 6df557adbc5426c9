package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// business is a company on Business+ whose owner allowed SCIM's scope.
func business(t *testing.T) *company {
	t.Helper()
	return newStoryCompanyIn(t, slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
}

// silent lets policy say nothing of an empty group.
const silent = `
version: 1
rules:
  - id: all
    resources: {kind: usergroup, names: ["*"]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
`

// TestSCIMTakesTheLastMember: nobody need say when_empty where SCIM takes it.
func TestSCIMTakesTheLastMember(t *testing.T) {
	c := business(t)
	c.publish(silent)
	if !c.conn.MayEmpty() {
		t.Fatalf("the sync did not find SCIM: %+v", c.conn)
	}
	x, err := c.house.Explain(c.ctx, c.root, c.conn.ID, c.ada, "", c.solo, "", time.Hour)
	c.ok(err)
	if d := x.Decision; !d.Allowed || !slices.ContainsFunc(d.Gives, func(g string) bool { return strings.Contains(g, "SCIM") }) {
		t.Errorf("explained as %v %q %q", d.Allowed, d.Because, d.Gives)
	}
	id := c.auto(c.ada, c.solo, time.Hour)
	c.on(2 * time.Hour)
	if g := c.state(id, access.Revoked); g.Outcome != access.OutcomeGone {
		t.Errorf("outcome %q", g.Outcome)
	}
	c.members(c.solo)
	again := c.auto(c.bob, c.solo, time.Hour)
	c.members(c.solo, c.bob)
	c.on(2 * time.Hour)
	c.state(again, access.Revoked)
	c.resting(c.solo)
}

// TestWithoutSCIMALastMemberIsRefused: the same policy on Pro.
func TestWithoutSCIMALastMemberIsRefused(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(silent)
	_, err := c.request(c.ada, c.solo, time.Hour)
	refusedWith(t, err, fault.Forbidden, "when_empty")
}

// TestSCIMComesBeforeTheKeeper: the keeper is a way out that nobody needs.
func TestSCIMComesBeforeTheKeeper(t *testing.T) {
	c := business(t)
	id := c.auto(c.ada, c.guarded, time.Hour)
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.guarded)
	c.resting(c.guarded)
}

// TestSCIMRefuses: the plan was left since the last sync. Policy's way out is
// taken where there is one, else a person has to look.
func TestSCIMRefuses(t *testing.T) {
	c := business(t)
	id := c.auto(c.ada, c.guarded, time.Hour)
	c.slack.Inject(slacktest.Fault{Method: "scim.groups", Kind: slacktest.Fail, HTTPStatus: 403, Error: "plus_teams_only", Times: -1})
	c.on(2 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.guarded, c.bob)

	c.publish(silent)
	id = c.auto(c.ada, c.solo, time.Hour)
	c.on(2 * time.Hour)
	if g := c.state(id, access.Stuck); g.Trouble.Code != "plus_teams_only" {
		t.Errorf("trouble %+v", g.Trouble)
	}
	c.slack.ClearFaults()
	c.on(20 * time.Minute)
	c.state(id, access.Revoked)
	c.members(c.solo)
	c.resting(c.solo, c.guarded)
}

// TestSCIMLeavesWhoJoinedMeanwhile: a delta takes nobody's edit with it.
func TestSCIMLeavesWhoJoinedMeanwhile(t *testing.T) {
	c := business(t)
	id := c.auto(c.ada, c.solo, time.Hour)
	c.on(50 * time.Minute)
	c.between("usergroups.list", func() { c.slack.HandAddToGroup(c.owner(), c.solo, c.kit) })
	c.on(time.Hour)
	c.state(id, access.Revoked)
	c.members(c.solo, c.kit)
	if n := c.slack.Stats()["scim.groups"].Calls; n < 2 { // the sync's question, and the removal
		t.Errorf("%d calls of SCIM", n)
	}
	c.resting(c.solo)
}

// TestSCIMIsThrottled: a 429 of SCIM holds back last members and nobody else.
func TestSCIMIsThrottled(t *testing.T) {
	c := business(t)
	last := c.auto(c.ada, c.solo, time.Hour)
	other := c.auto(c.ada, c.shift, time.Hour)
	c.slack.Inject(slacktest.Fault{Method: "scim.groups", Kind: slacktest.RateLimit, RetryAfter: 300})
	c.on(52 * time.Minute)
	c.on(10 * time.Minute)
	c.state(other, access.Revoked)
	if g := c.grant(last); g.State != access.Revoking {
		t.Errorf("it is %s", g.State)
	}
	c.on(5 * time.Minute)
	c.state(last, access.Revoked)
	c.resting(c.solo, c.shift)
}
