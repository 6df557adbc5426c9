package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// TestKeysOfOthers: no duty lets anybody decide as somebody else. A Super
// Administrator's key for an approver is a service's, which decides nothing; the
// approver's own does.
func TestKeysOfOthers(t *testing.T) {
	c := newCompany(t)
	lin := c.actor(c.lin)
	for _, service := range []bool{false, true} {
		_, _, err := c.house.CreateKey(c.ctx, c.actor(c.ada), lin.User.ID, "borrowed", service)
		refusedWith(t, err, fault.Forbidden, "super administrator")
	}
	_, _, err := c.house.CreateKey(c.ctx, c.root, lin.User.ID, "borrowed", false)
	refusedWith(t, err, fault.Forbidden, "that person alone")

	wish, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	bot, k, err := c.house.CreateKey(c.ctx, c.root, lin.User.ID, "bot", true)
	c.ok(err)
	if !k.Service || k.User != lin.User.ID {
		t.Errorf("%+v", k)
	}
	asBot, err := c.house.Authenticate(c.ctx, bot)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, asBot, wish.ID, "")
	refusedWith(t, err, fault.Forbidden, "")
	_, _, err = c.house.CreateKey(c.ctx, asBot, lin.User.ID, "grown", false)
	refusedWith(t, err, fault.Forbidden, "a person does")

	own, _, err := c.house.CreateKey(c.ctx, lin, lin.User.ID, "own", false)
	c.ok(err)
	asLin, err := c.house.Authenticate(c.ctx, own)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, asLin, wish.ID, "")
	c.ok(err)
}
