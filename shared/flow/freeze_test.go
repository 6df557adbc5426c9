package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// TestFreeze: people ask and decide as before; what was given ends on time;
// nothing begins and no end moves, until it is lifted, and then at once.
func TestFreeze(t *testing.T) {
	for _, whole := range []bool{true, false} {
		c := newCompany(t)
		out := c.given(time.Hour)
		conn := c.conn.ID
		if whole {
			conn = ""
		}
		for range 2 {
			_, err := c.house.Freeze(c.ctx, c.root, conn, "somebody has a stolen laptop")
			c.ok(err)
		}
		r, err := c.request(c.bob, c.oncall, 4*time.Hour)
		c.ok(err)
		r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
		c.ok(err)
		short, err := c.request(c.kit, c.incident, 30*time.Minute)
		c.ok(err)
		urgent := r.Items[0].Grant
		_, err = c.house.Extend(c.ctx, c.actor(c.lin), out, time.Hour)
		refusedWith(t, err, fault.Misconfigured, "frozen")

		c.sweep(time.Hour + 5*time.Second)
		c.state(out, access.Revoked)
		c.members(c.oncall, c.sam, c.kit)
		g := c.state(urgent, access.Scheduled)
		if g.Trouble.Code != "frozen" || !strings.Contains(g.Trouble.Text, "frozen new access since 2026-") || strings.Contains(g.Trouble.Text, "laptop") {
			t.Errorf("the waiting grant says %+v", g.Trouble)
		}
		if n := c.counted("grant/"+urgent, "grant.held"); n != 1 {
			t.Errorf("%d events that it is held up", n)
		}
		// A start whose end has passed is never applied.
		c.state(short.Items[0].Grant, access.Withdrawn)

		x, err := c.house.Explain(c.ctx, c.actor(c.ada), c.conn.ID, "", "", c.oncall, "", time.Hour)
		c.ok(err)
		if !x.Decision.Allowed || !strings.Contains(x.Frozen, "frozen new access") {
			t.Errorf("%+v", x)
		}
		seen, err := c.house.ReadFreezes(c.ctx, c.actor(c.ada))
		c.ok(err)
		if len(seen) != 1 || seen[0].Reason != "somebody has a stolen laptop" || seen[0].ByName != "Root" || seen[0].Connector != conn {
			t.Errorf("%+v", seen)
		}

		for range 2 {
			_, err = c.house.Thaw(c.ctx, c.root, conn)
			c.ok(err)
		}
		c.sweep(15 * time.Second)
		c.state(urgent, access.Active)
		c.members(c.oncall, c.sam, c.kit, c.bob)
		if seen, err = c.house.ReadFreezes(c.ctx, c.actor(c.ada)); err != nil || len(seen) != 0 {
			t.Errorf("%+v %v", seen, err)
		}
		scope := "freeze/house"
		if !whole {
			scope = "freeze/" + conn
		}
		if c.counted(scope, "access.frozen") != 1 || c.counted(scope, "access.thawed") != 1 {
			t.Errorf("%d and %d events", c.counted(scope, "access.frozen"), c.counted(scope, "access.thawed"))
		}
		// Frozen anew, it is another freeze with a reason of its own.
		_, err = c.house.Freeze(c.ctx, c.root, conn, "a drill")
		c.ok(err)
		if seen, err = c.house.ReadFreezes(c.ctx, c.root); err != nil || len(seen) != 1 || seen[0].Reason != "a drill" {
			t.Errorf("%+v %v", seen, err)
		}
	}
}

// TestFreezeCatchesWhatHasBegun: a grant that was begun and not yet written
// waits too, while what ends on the same resource goes.
func TestFreezeCatchesWhatHasBegun(t *testing.T) {
	c := newCompany(t)
	out := c.given(time.Minute)
	r, err := c.request(c.bob, c.oncall, 4*time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	late := r.Items[0].Grant
	lock, err := c.store.Lock(c.ctx, c.conn.ID, c.oncall, "test", c.clock.Now())
	c.ok(err)
	_, err = c.house.Grant(c.ctx, late)
	c.ok(err)
	c.state(late, access.Granting)
	_, err = c.house.Freeze(c.ctx, c.root, "", "stop")
	c.ok(err)
	c.ok(c.store.Unlock(c.ctx, lock))
	c.sweep(2 * time.Minute)
	c.state(out, access.Revoked)
	c.members(c.oncall, c.sam, c.kit)
	if g := c.state(late, access.Granting); g.Trouble.Code != "frozen" {
		t.Errorf("%+v", g.Trouble)
	}
	_, err = c.house.Thaw(c.ctx, c.root, "")
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(late, access.Active)
}

// TestEmergenciesAreFrozenToo: whoever froze has to lift it.
func TestEmergenciesAreFrozenToo(t *testing.T) {
	c := emergencyCompany(t)
	_, err := c.house.Freeze(c.ctx, c.root, "", "stop")
	c.ok(err)
	r, err := c.emergency(c.ada, time.Hour)
	c.ok(err)
	c.sweep(5 * time.Minute)
	c.state(r.Items[0].Grant, access.Scheduled)
}

// TestWhoMayFreeze: administrators the house, a connector's owners it.
func TestWhoMayFreeze(t *testing.T) {
	c := newCompany(t)
	owner := c.actor(c.kit)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	conn.Owners = []string{owner.User.ID}
	_, err = c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	admin := access.Actor{User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}}
	robot := access.Actor{User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}, Service: true}
	auditor := access.Actor{User: access.User{ID: "u_a", Duties: []access.Duty{access.Auditor}}}
	for name, x := range map[string]struct {
		by   access.Actor
		conn string
		kind fault.Kind
	}{
		"nobody, house":      {access.Actor{}, "", fault.Unauthenticated},
		"ada, house":         {c.actor(c.ada), "", fault.Forbidden},
		"ada, connector":     {c.actor(c.ada), conn.ID, fault.Forbidden},
		"auditor, house":     {auditor, "", fault.Forbidden},
		"service, house":     {robot, "", fault.Forbidden},
		"service, connector": {robot, conn.ID, fault.Forbidden},
		"owner, house":       {owner, "", fault.Forbidden},
		"admin, no such":     {admin, "con_x", fault.NotFound},
		"owner, connector":   {owner, conn.ID, ""},
		"admin, house":       {admin, "", ""},
		"admin, connector":   {admin, conn.ID, ""},
		"root, house":        {c.root, "", ""},
	} {
		_, err := c.house.Freeze(c.ctx, x.by, x.conn, "why")
		if fault.KindOf(err) != x.kind {
			t.Errorf("%s freezes: %v", name, err)
		}
		if _, err = c.house.Thaw(c.ctx, x.by, x.conn); fault.KindOf(err) != x.kind {
			t.Errorf("%s thaws: %v", name, err)
		}
	}
	_, err = c.house.Freeze(c.ctx, c.root, "", " ")
	refusedWith(t, err, fault.Invalid, "say why")
	_, err = c.house.Freeze(c.ctx, c.root, "", strings.Repeat("x", 2001))
	refusedWith(t, err, fault.Invalid, "2000 characters")
}

// TestAFreezeOfAnotherConnector stops nothing here.
func TestAFreezeOfAnotherConnector(t *testing.T) {
	c := newCompany(t)
	other, err := c.house.AddConnector(c.ctx, c.root, "Other", nil)
	c.ok(err)
	_, err = c.house.Freeze(c.ctx, c.root, other.ID, "there")
	c.ok(err)
	c.given(time.Hour)
	if _, on, err := c.house.FrozenIn(c.ctx, c.conn.ID); on || err != nil {
		t.Errorf("%v %v", on, err)
	}
	if seen, err := c.house.ReadFreezes(c.ctx, c.actor(c.ada)); err != nil || len(seen) != 0 {
		t.Errorf("ada has no business there: %+v %v", seen, err)
	}
	_, err = c.house.Freeze(c.ctx, c.root, "", "everywhere")
	c.ok(err)
	if f, on, err := c.house.FrozenIn(c.ctx, other.ID); !on || err != nil || f.Connector != "" {
		t.Errorf("the house's comes first: %+v %v", f, err)
	}
}
