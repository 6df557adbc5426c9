package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// stuckOn is a grant of ada's on a private channel that Slack did not let Ebb
// take back for so long.
func (c *company) stuckOn(d time.Duration) string {
	c.t.Helper()
	r, err := c.request(c.ada, c.incident, time.Hour)
	c.ok(err)
	c.sweep(time.Minute)
	c.state(r.Items[0].Grant, access.Active)
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "owners")
	c.sweep(time.Hour + d)
	c.state(r.Items[0].Grant, access.Stuck)
	return r.Items[0].Grant
}

// TestRetryByHand: who may try again, what it leaves in the trail, and that a
// mended grant is taken back at once.
func TestRetryByHand(t *testing.T) {
	c := newCompany(t)
	id := c.stuckOn(time.Hour)
	before := c.grant(id)
	_, err := c.house.Retry(c.ctx, c.actor(c.bob), id)
	refusedWith(t, err, fault.Forbidden, "an owner")

	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.incident, []string{c.bob}))
	c.clock.move(time.Minute)
	_, err = c.house.Retry(c.ctx, c.actor(c.bob), id)
	c.ok(err)
	g := c.state(id, access.Stuck)
	trail, err := c.store.EventsOf(c.ctx, "grant/"+id)
	c.ok(err)
	if !slices.ContainsFunc(trail, func(e audit.Event) bool {
		return e.Action == "grant.retried" && e.Actor == c.actor(c.bob).User.ID && e.At.Equal(c.clock.Now())
	}) {
		t.Errorf("nobody retried it: %+v", trail)
	}
	if !g.Trouble.Since.Equal(before.Trouble.Since) || g.Tries <= before.Tries {
		t.Errorf("tried again, the trouble is of %s and was of %s; %d tries and %d before", g.Trouble.Since, before.Trouble.Since, g.Tries, before.Tries)
	}
	_, err = c.house.Retry(c.ctx, c.root, id)
	refusedWith(t, err, fault.Wait, "seconds ago")

	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "everyone")
	c.clock.move(time.Minute)
	_, err = c.house.Retry(c.ctx, c.root, id)
	c.ok(err)
	c.state(id, access.Revoked)
}

// TestRetryOfWhatIsBusy: somebody else is at the channel, so it is due now, and
// the next sweep takes it back.
func TestRetryOfWhatIsBusy(t *testing.T) {
	c := newCompany(t)
	id := c.stuckOn(5 * time.Hour)
	c.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "everyone")
	c.clock.move(15 * time.Second)
	if next := c.grant(id).NextTry; next.Before(c.clock.Now().Add(time.Minute)) {
		t.Fatalf("it would be tried soon without anybody, at %s", next)
	}
	lock, err := c.store.Lock(c.ctx, c.conn.ID, c.incident, "another", c.clock.Now())
	c.ok(err)
	_, err = c.house.Retry(c.ctx, c.root, id)
	c.ok(err)
	c.state(id, access.Stuck)
	c.ok(c.store.Unlock(c.ctx, lock))
	c.sweep(5 * time.Second)
	c.state(id, access.Revoked)
}

// TestTheAgeGoesOn: another word of Slack's, or a person's try, does not begin
// the time anew for which somebody has been needed.
func TestTheAgeGoesOn(t *testing.T) {
	c := newCompany(t)
	id := c.stuckOn(time.Hour)
	c.slack.Inject(slacktest.Fault{Method: "conversations.kick", Kind: slacktest.Fail, HTTPStatus: 503, Times: 2})
	c.clock.move(time.Minute)
	_, err := c.house.Retry(c.ctx, c.root, id)
	c.ok(err)
	if p := c.pulse(); p.Attention != 1 || p.Longest < time.Hour {
		t.Errorf("the age is %s: %+v", p.Longest, c.grant(id))
	}
}
