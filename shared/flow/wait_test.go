package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// A rule's wait may be longer than what holds without one, and shorter.
func TestWaitForADecision(t *testing.T) {
	for wait, open := range map[string]time.Duration{"": 72 * time.Hour, "    wait: 5d\n": 120 * time.Hour, "    wait: 1d\n": 24 * time.Hour} {
		c := newStoryCompany(t)
		c.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 1h\n    approve: {groups: [\"@leads\"]}\n" + wait)
		r, err := c.request(c.ada, c.oncall, time.Hour)
		c.ok(err)
		for left := open - time.Minute; left > 0; left -= 12 * time.Hour {
			c.on(min(left, 12*time.Hour))
			c.sweeps = 0 // a sweep a minute is no unrest
		}
		if got, err := c.store.Request(c.ctx, r.ID); err != nil || got.Items[0].State != access.Pending {
			t.Errorf("%q: a minute before %s it is %s (%v)", wait, open, got.Items[0].State, err)
		}
		c.on(2 * time.Minute)
		if got, err := c.store.Request(c.ctx, r.ID); err != nil || got.Items[0].State != access.Expired {
			t.Errorf("%q: a minute after %s it is %s (%v)", wait, open, got.Items[0].State, err)
		}
	}
}
