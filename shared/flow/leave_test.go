package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// TestEndUser: keys, grants, wishes and approvals end with their user; a new
// user of the same account has nothing of the old one's.
func TestEndUser(t *testing.T) {
	c := newCompany(t)
	ada, lin := c.actor(c.ada), c.actor(c.lin)
	key, _, err := c.house.CreateKey(c.ctx, ada, ada.User.ID, "laptop", false)
	c.ok(err)
	room, err := c.request(c.ada, c.incident, 2*time.Hour)
	c.ok(err)
	later, err := c.house.Request(c.ctx, c.actor(c.bob), asking(c, c.oncall, c.clock.Now().Add(time.Hour), time.Hour))
	c.ok(err)
	later, err = c.house.Approve(c.ctx, lin, later.ID, "")
	c.ok(err)
	wish, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(room.Items[0].Grant, access.Active)

	_, err = c.house.EndUser(c.ctx, lin, ada.User.ID)
	refusedWith(t, err, fault.Forbidden, "super administrator")
	_, err = c.house.EndUser(c.ctx, c.root, c.root.User.ID)
	refusedWith(t, err, fault.Invalid, "another")
	for range 2 { // it repeats safely
		_, err = c.house.EndUser(c.ctx, c.root, ada.User.ID)
		c.ok(err)
	}
	_, err = c.house.Authenticate(c.ctx, key)
	refusedWith(t, err, fault.Unauthenticated, "ended")
	_, err = c.house.Approve(c.ctx, lin, wish.ID, "")
	refusedWith(t, err, fault.Forbidden, "ended this user")
	c.sweep(10 * time.Second)
	c.state(room.Items[0].Grant, access.Revoked)

	// Lin's approval is worth nothing once lin has ended.
	_, err = c.house.EndUser(c.ctx, c.root, lin.User.ID)
	c.ok(err)
	c.sweep(2 * time.Hour)
	c.state(later.Items[0].Grant, access.Withdrawn)
	c.members(c.oncall, c.sam, c.kit)

	anew := c.actor(c.ada)
	if anew.User.ID == ada.User.ID || anew.User.Ended {
		t.Fatalf("%+v", anew)
	}
	if _, err := c.house.Authenticate(c.ctx, key); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the old key: %v", err)
	}
	_, err = c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.BindTo(c.ctx, c.root, ada.User.ID, c.conn.ID, c.kit)
	refusedWith(t, err, fault.Invalid, "has ended")
}
