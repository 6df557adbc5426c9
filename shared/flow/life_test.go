package flow_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// consent clicks Allow on the simulated Slack's page.
func (w *world) consent(authorize, as string) (code, state string) {
	w.t.Helper()
	client := w.slack.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Get(authorize + "&_as=" + as + "&_team=" + w.slack.TeamIDs()[0] + "&_approve=1")
	w.ok(err)
	defer resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	w.ok(err)
	if to.Query().Get("code") == "" {
		w.t.Fatalf("no code from the consent page: %s %s", resp.Status, to)
	}
	return to.Query().Get("code"), to.Query().Get("state")
}

const oncallPolicy = `
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall*"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@leads"]}
  - id: incident
    resources: {kind: channel, names: ["incident*"]}
    requesters: {anyone: true}
    max: 4h
    approve: auto
    unproven_removal: accept
`

// company is a small Slack: ada asks, lin leads, sam and kit stand in @oncall.
type company struct {
	*world
	ada, lin, sam, kit, bob string
	oncall, leads, incident string

	shift, solo, guarded, ops, war string // of newStoryCompany
	token                          string // of newOrganization
}

func newCompany(t *testing.T) *company {
	t.Helper()
	c := hire(t, slacktest.Options{Seed: 1})
	c.connect()
	c.publish(oncallPolicy)
	return c
}

// hire makes the people, the groups and a channel of the company.
func hire(t *testing.T, o slacktest.Options) *company { return hireOn(t, o, inMemory) }

func hireOn(t *testing.T, o slacktest.Options, on engine) *company {
	t.Helper()
	c := &company{world: newWorldOn(t, o, on)}
	person := func(name string) string {
		return c.slack.AddUser(slacktest.User{Name: name, RealName: name, Email: name + "@example.com"})
	}
	c.ada, c.lin, c.sam, c.kit, c.bob = person("ada"), person("lin"), person("sam"), person("kit"), person("bob")
	c.oncall = c.slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{c.sam, c.kit}})
	c.leads = c.slack.AddGroup(slacktest.Group{Handle: "leads", Name: "Leads", Members: []string{c.lin}})
	team := c.slack.TeamIDs()[0]
	c.incident = c.slack.AddChannel(slacktest.Channel{Name: "incident-1", Private: true, Members: []string{c.sam, c.slack.BotUser(team)}})
	return c
}

// storyPolicy is what newStoryCompany lives by; %s is bob.
const storyPolicy = `
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@leads"]}
  - id: solo
    resources: {kind: usergroup, names: ["solo"]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
    when_empty: disable
  - id: guarded
    resources: {kind: usergroup, names: ["guarded"]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
    when_empty: {keep: %s}
  - id: groups
    resources: {kind: usergroup, names: ["shift", "ops"]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
  - id: incident
    resources: {kind: channel, names: ["incident*", "war*"]}
    requesters: {anyone: true}
    max: 4h
    approve: auto
    unproven_removal: accept
`

// newStoryCompany adds @shift (sam), @solo and @guarded (nobody), and @ops
// (sam), whose members Slack puts into the private #war-room.
func newStoryCompany(t *testing.T) *company {
	t.Helper()
	return newStoryCompanyIn(t, slacktest.Options{Seed: 1})
}

func newStoryCompanyIn(t *testing.T, o slacktest.Options) *company {
	t.Helper()
	return newStoryCompanyOn(t, o, inMemory)
}

func newStoryCompanyOn(t *testing.T, o slacktest.Options, on engine) *company {
	t.Helper()
	c := hireOn(t, o, on)
	c.shift = c.slack.AddGroup(slacktest.Group{Handle: "shift", Name: "Shift", Members: []string{c.sam}})
	c.solo = c.slack.AddGroup(slacktest.Group{Handle: "solo", Name: "Solo"})
	c.guarded = c.slack.AddGroup(slacktest.Group{Handle: "guarded", Name: "Guarded"})
	c.war = c.slack.AddChannel(slacktest.Channel{Name: "war-room", Private: true, Members: []string{c.sam, c.slack.BotUser(c.slack.TeamIDs()[0])}})
	c.ops = c.slack.AddGroup(slacktest.Group{Handle: "ops", Name: "Ops", Members: []string{c.sam}, PrivateChannels: []string{c.war}})
	c.connect()
	c.publish(fmt.Sprintf(storyPolicy, c.bob))
	return c
}

func TestMainJob(t *testing.T) {
	c := newCompany(t)
	if c.conn.Label != connector.Connected {
		t.Fatalf("label %s", c.conn.Label)
	}
	r, err := c.request(c.ada, c.oncall, 2*time.Hour)
	c.ok(err)
	if _, err := c.house.Approve(c.ctx, c.actor(c.ada), r.ID, ""); err == nil {
		t.Fatal("ada approved her own request")
	}
	if _, err := c.house.Approve(c.ctx, c.actor(c.sam), r.ID, ""); err == nil {
		t.Fatal("sam, who is no lead, approved")
	}
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "go ahead")
	c.ok(err)
	id := r.Items[0].Grant
	c.sweep(10 * time.Second)
	c.state(id, access.Active)
	c.members(c.oncall, c.ada, c.sam, c.kit)

	c.slack.HandAddToGroup(c.slack.PrimaryOwner(c.slack.TeamIDs()[0]), c.oncall, c.bob)
	c.sweep(2*time.Hour + time.Minute)
	c.state(id, access.Revoked)
	c.members(c.oncall, c.sam, c.kit, c.bob)

	v, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if !v.Whole() || v.Unsealed != 0 || v.Sealed == 0 {
		t.Fatalf("audit: %+v", v)
	}
}

func TestStandingMembershipSurvives(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.sweep(2 * time.Hour)
	g := c.state(r.Items[0].Grant, access.Ended)
	if g.Outcome != access.OutcomeStood {
		t.Fatalf("outcome %q", g.Outcome)
	}
	c.members(c.oncall, c.sam, c.kit)
}

func TestChannelGrant(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)
	if !contains(c.slack.ChannelMembers(c.incident), c.ada) {
		t.Fatal("ada is not in the channel")
	}
	c.sweep(time.Hour + time.Minute)
	c.state(r.Items[0].Grant, access.Revoked)
	if contains(c.slack.ChannelMembers(c.incident), c.ada) {
		t.Fatal("ada is still in the channel")
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
