package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
)

// TestAFloodOfEventsHoldsUpNoEnd: thousands of events that came before an end are
// not looked at before it.
func TestAFloodOfEventsHoldsUpNoEnd(t *testing.T) {
	c := newStoryCompany(t)
	id := c.auto(c.ada, c.shift, time.Hour)
	c.on(time.Minute)
	for i := range 6000 {
		c.ok(c.house.Notice(c.ctx, connector.Notice{
			ID: fmt.Sprintf("Ev%06d", i), Kind: connector.UserChanged, Team: c.slack.TeamIDs()[0], Account: c.bob, Told: c.clock.Now(),
		}))
	}
	c.clock.move(time.Hour)
	_, err := c.house.Sweep(c.ctx)
	c.ok(err)
	c.state(id, access.Revoked)
}
