package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

const ownersPolicy = `
version: 1
rules:
  - id: owned
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {resource_owners: true}
`

// TestAResourceOwnerApproves: nobody can decide until somebody owns it; then
// its owner can, until the owners change.
func TestAResourceOwnerApproves(t *testing.T) {
	c := newCompany(t)
	c.publish(ownersPolicy)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, c.actor(c.bob), r.ID, "")
	refusedWith(t, err, fault.Forbidden, "cannot decide")

	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob, c.ada, c.bob}))
	_, err = c.house.Approve(c.ctx, c.actor(c.ada), r.ID, "") // an owner, but the requester too
	refusedWith(t, err, fault.Forbidden, "whoever asks")
	r, err = c.house.Approve(c.ctx, c.actor(c.bob), r.ID, "")
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(r.Items[0].Grant, access.Active)
	c.members(c.oncall, c.sam, c.kit, c.ada)
	c.sync() // no sync touches the owners
	res, err := c.store.Resource(c.ctx, c.conn.ID, c.oncall)
	c.ok(err)
	if len(res.Owners) != 2 {
		t.Errorf("owners: %v", res.Owners)
	}

	// Who stops being an owner approves nothing any more, and what they
	// approved does not begin.
	later, err := c.house.Request(c.ctx, c.actor(c.kit), asking(c, c.oncall, c.clock.Now().Add(time.Hour), time.Hour))
	c.ok(err)
	later, err = c.house.Approve(c.ctx, c.actor(c.bob), later.ID, "")
	c.ok(err)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.lin}))
	c.sweep(2 * time.Hour)
	c.state(later.Items[0].Grant, access.Withdrawn)
	c.state(r.Items[0].Grant, access.Revoked)
}

func TestOwnersAreLivePeopleOfThisSlack(t *testing.T) {
	c := newCompany(t)
	guest := c.slack.AddUser(slacktest.User{Name: "gus", RealName: "gus", Restricted: true})
	c.sync()
	for _, x := range []struct {
		owners []string
		kind   fault.Kind
	}{
		{[]string{"U0NOBODY"}, fault.NotFound}, {[]string{guest}, fault.Invalid}, {make([]string, 1), fault.NotFound},
	} {
		if err := c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, x.owners); !fault.Is(err, x.kind) {
			t.Errorf("%v: %v, want %s", x.owners, err, x.kind)
		}
	}
	for _, by := range []access.Actor{{}, c.actor(c.ada), {User: c.root.User, Service: true}} {
		if err := c.house.SetOwners(c.ctx, by, c.conn.ID, c.oncall, []string{c.lin}); !fault.Is(err, fault.Forbidden, fault.Unauthenticated) {
			t.Errorf("%+v: %v", by, err)
		}
	}
	events, err := c.store.EventsOf(c.ctx, "resource/"+c.conn.ID+"/"+c.oncall)
	if err != nil || len(events) != 0 {
		t.Errorf("%v %+v", err, events)
	}
}
