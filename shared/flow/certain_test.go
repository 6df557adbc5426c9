package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

const byGroup = `
version: 1
rules:
  - id: leads
    resources: {kind: usergroup, names: [oncall]}
    requesters: {groups: ["@leads"]}
    max: 8h
    approve: auto
`

// Lin leads no more, and neither event nor sync has told: what policy gives by
// itself because of a user group, it gives to whom Slack lists there now.
func TestAutoLooksIntoSlackForTheRequestersGroups(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(byGroup)
	r, err := c.request(c.lin, c.oncall, time.Hour)
	c.ok(err)
	ahead, err := c.house.Request(c.ctx, c.actor(c.lin), asking(c, c.oncall, c.clock.Now().Add(10*time.Minute), 20*time.Minute))
	c.ok(err)
	c.slack.HandRemoveFromGroup(c.owner(), c.leads, c.lin)
	c.on(time.Minute)
	if _, err := c.request(c.lin, c.oncall, 2*time.Hour); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who leads no more was given it: %v", err)
	}
	if _, err := c.house.Extend(c.ctx, c.actor(c.lin), r.Items[0].Grant, time.Hour); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who leads no more may extend: %v", err)
	}
	c.on(30 * time.Minute)
	c.state(ahead.Items[0].Grant, access.Withdrawn)
}
