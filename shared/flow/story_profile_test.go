package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

const profilePolicy = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {accounts: [%s]}
  - id: incident
    resources: {kind: channel, ids: [%s]}
    requesters: {accounts: [%s]}
    max: 8h
    approve: auto
    unproven_removal: accept
profiles:
  - {id: week, label: A week of on-call, resources: ["@oncall", %s]}
  - {id: gone, label: Nothing, resources: ["@nobody"]}
`

func (c *company) profile(account, id string) (access.Request, error) {
	return c.house.Request(c.ctx, c.actor(account), flow.Asking{Connector: c.conn.ID, Profile: id, Length: time.Hour})
}

func TestAProfileIsARequestWithAsManyItems(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(profilePolicy, c.lin, c.incident, c.ada, c.incident))
	list, err := c.house.ReadProfiles(c.ctx, c.actor(c.ada), c.conn.ID)
	c.ok(err)
	if len(list) != 1 || list[0].ID != "week" || len(list[0].Holds) != 2 {
		t.Fatalf("%+v", list)
	}
	r, err := c.profile(c.ada, "week")
	c.ok(err)
	if len(r.Items) != 2 || r.Profile != "week" || r.Items[0].State != access.Pending || r.Items[1].State != access.Approved {
		t.Fatalf("each its own decision: %+v", r.Items)
	}
	r = c.say(c.lin, r.ID)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)
	c.state(r.Items[1].Grant, access.Active)
}

// Who does not see a private channel of it does not see the profile.
func TestProfilesThatCannotBeAskedFor(t *testing.T) {
	c := newStoryCompany(t)
	c.publish(fmt.Sprintf(profilePolicy, c.lin, c.incident, c.ada, c.incident))
	for who, id := range map[string]string{c.ada: "gone", c.kit: "week", c.sam: "unknown"} {
		if _, err := c.profile(who, id); !fault.Is(err, fault.NotFound) || strings.Contains(err.Error(), c.incident) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if list, err := c.house.ReadProfiles(c.ctx, c.actor(c.kit), c.conn.ID); err != nil || len(list) != 0 {
		t.Errorf("kit sees %+v %v", list, err)
	}
	both := flow.Asking{Connector: c.conn.ID, Profile: "week", Resources: []string{c.oncall}, Length: time.Hour}
	if _, err := c.house.Request(c.ctx, c.actor(c.ada), both); !fault.Is(err, fault.Invalid) {
		t.Errorf("both: %v", err)
	}
}
