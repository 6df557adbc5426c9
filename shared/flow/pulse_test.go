package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func (w *world) pulse() flow.Pulse {
	w.t.Helper()
	p, err := w.house.Pulse(w.ctx)
	w.ok(err)
	return p
}

// TestPulse: a house that keeps up is quiet; what waits has a lag; what a person
// has to look at is counted from when it began.
func TestPulse(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	id := r.Items[0].Grant
	c.sweep(time.Minute)
	c.state(id, access.Active)
	if p := c.pulse(); p != (flow.Pulse{}) {
		t.Errorf("at rest: %+v", p)
	}
	c.clock.move(time.Hour + time.Minute)
	if p := c.pulse(); p.Lag < time.Minute || p.Attention != 0 {
		t.Errorf("an end that nobody served: %+v", p)
	}
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "owners")
	c.sweep(20 * time.Minute)
	c.state(id, access.Stuck)
	if p := c.pulse(); p.Attention != 1 || p.Longest < 19*time.Minute || p.Longest > 20*time.Minute || p.Lag > 0 {
		t.Errorf("stuck: %+v", p)
	}
}

// TestPulseOfReviews: a review that is due and that nobody serves has a lag.
func TestPulseOfReviews(t *testing.T) {
	c := newStoryCompany(t)
	d, err := c.house.DraftCampaign(c.ctx, c.root, c.spec())
	c.ok(err)
	c.clock.move(time.Hour)
	if p := c.pulse(); p.Reviews != 0 {
		t.Errorf("a draft waits for nobody: %+v", p)
	}
	_, err = c.house.StageCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	c.clock.move(20 * time.Minute)
	if p := c.pulse(); p.Reviews != 20*time.Minute {
		t.Errorf("a snapshot that does not begin: %+v", p)
	}
	c.reviews()
	if p := c.pulse(); p.Reviews != 0 {
		t.Errorf("served: %+v", p)
	}
}
