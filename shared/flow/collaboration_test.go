package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// The collaboration integration by itself: an ordinary member installs the app's
// own voice, Slack is synced by it as far as that goes, and what would need an
// administrator's token is refused when somebody asks for it.
func TestCollaborationAlone(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	added, err := c.house.AddConnector(c.ctx, c.root, "", nil)
	c.ok(err)
	link, err := c.house.InviteCollaboration(c.ctx, c.root, added.ID)
	c.ok(err)
	authorize, cookie, err := c.house.OpenInvitation(c.ctx, strings.TrimPrefix(link, "http://ebb.test/connect/"))
	c.ok(err)
	if strings.Contains(authorize, "user_scope") || strings.Contains(authorize, "usergroups%3Awrite") || strings.Contains(authorize, "groups%3Awrite") {
		t.Errorf("Slack is asked for more than the app's voice: %s", authorize)
	}
	code, state := c.consent(authorize, c.ada)
	c.conn, err = c.house.FinishInstall(c.ctx, state, cookie, code)
	c.ok(err)
	c.sync()
	if c.conn.Label != connector.Connected || len(c.conn.UserScopes) > 0 {
		t.Errorf("the connector is %s with the user scopes %v", c.conn.Label, c.conn.UserScopes)
	}
	for _, k := range c.conn.Capabilities() {
		// The simulated app has had a bot with more rights before, and Slack's scopes
		// only grow: of channels nothing can be said here.
		if k.Kind == directory.UserGroup && (k.Grant || !k.Sync) {
			t.Errorf("of user groups it says %+v", k)
		}
	}
	c.publish(oncallPolicy)
	_, err = c.request(c.ada, c.oncall, time.Hour)
	if !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), "ebb connect --connector "+c.conn.ID) {
		t.Errorf("asking for what nobody can give: %v", err)
	}
}

// An installation of the app's voice must not take the token by which access ends.
func TestCollaborationTakesNoTokenAway(t *testing.T) {
	c := newStoryCompany(t)
	link, err := c.house.InviteCollaboration(c.ctx, c.root, c.conn.ID)
	c.ok(err)
	authorize, cookie, err := c.house.OpenInvitation(c.ctx, strings.TrimPrefix(link, "http://ebb.test/connect/"))
	c.ok(err)
	code, state := c.consent(authorize, c.owner())
	if _, err := c.house.FinishInstall(c.ctx, state, cookie, code); !fault.Is(err, fault.Invalid) {
		t.Errorf("a connector with an administrator's token was installed without: %v", err)
	}
	id := c.auto(c.ada, c.shift, time.Minute)
	c.on(5 * time.Minute)
	c.goneBy(c.shift, c.ada, c.grant(id).End.Add(late))
}
