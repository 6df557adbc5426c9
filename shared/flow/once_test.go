package flow_test

import (
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

func (c *company) requests() int {
	c.t.Helper()
	all, err := c.store.Requests(c.ctx, false, 0)
	c.ok(err)
	return len(all)
}

func TestTheSameCallAgain(t *testing.T) {
	c := newCompany(t)
	ada, bob := c.actor(c.ada), c.actor(c.bob)
	a := asking(c, c.incident, time.Time{}, time.Hour)
	a.Key = "k1"
	first, err := c.house.Request(c.ctx, ada, a)
	c.ok(err)
	c.sweep(10 * time.Second)
	second, err := c.house.Request(c.ctx, ada, a)
	c.ok(err)
	if second.ID != first.ID || second.Items[0].Grant != first.Items[0].Grant || c.requests() != 1 {
		t.Fatalf("%+v and %+v", first, second)
	}

	other := a
	other.Length = 2 * time.Hour
	_, err = c.house.Request(c.ctx, ada, other)
	refusedWith(t, err, fault.Already, "another body")
	// Another person's key, a service's, and no key are other calls.
	for _, by := range []access.Actor{bob, {User: ada.User, Service: true}} {
		r, err := c.house.Request(c.ctx, by, a)
		c.ok(err)
		if r.ID == first.ID {
			t.Errorf("%+v was given %s", by, r.ID)
		}
	}
	a.Key = ""
	_, err = c.house.Request(c.ctx, ada, a)
	c.ok(err)
	if n := c.requests(); n != 4 {
		t.Errorf("%d requests", n)
	}

	a.Key = "k1" // known for a day, and then new
	c.clock.move(access.OnceTime + time.Second)
	r, err := c.house.Request(c.ctx, ada, a)
	c.ok(err)
	if r.ID == first.ID {
		t.Error("the note did not end")
	}
}

// TestARefusalIsNotKept: what policy refused is judged again under the same key.
func TestARefusalIsNotKept(t *testing.T) {
	c := newCompany(t)
	c.publish("version: 1\nrules: []\n")
	a := asking(c, c.oncall, time.Time{}, time.Hour)
	a.Key = "k1"
	_, err := c.house.Request(c.ctx, c.actor(c.ada), a)
	refusedWith(t, err, fault.Forbidden, "policy")
	c.publish(oncallPolicy)
	_, err = c.house.Request(c.ctx, c.actor(c.ada), a)
	c.ok(err)
}

// TestTwoAtOnce: of calls with one key that cross each other, one makes a
// request and all of them answer with it.
func TestTwoAtOnce(t *testing.T) {
	c := newCompany(t)
	ada := c.actor(c.ada)
	a := asking(c, c.incident, time.Time{}, time.Hour)
	a.Key = "k1"
	var all sync.WaitGroup
	ids := make([]string, 8)
	houses := make([]func() (access.Request, error), len(ids))
	for i := range ids {
		h := c.open() // a process of its own
		h.NewID = func(prefix string) string { return prefix + "_" + string(rune('a'+i)) }
		houses[i] = func() (access.Request, error) { return h.Request(c.ctx, ada, a) }
	}
	for i, ask := range houses {
		all.Go(func() {
			r, err := ask()
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("several answers: %v", ids)
			break
		}
	}
	if n := c.requests(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// TestAddConnectorOnce: a key of one verb says nothing of another's.
func TestAddConnectorOnce(t *testing.T) {
	c := newCompany(t)
	first, err := c.house.AddConnectorOnce(c.ctx, c.root, "k1", flow.NewConnector{Name: "Second"})
	c.ok(err)
	again, err := c.house.AddConnectorOnce(c.ctx, c.root, "k1", flow.NewConnector{Name: "Second"})
	c.ok(err)
	if again.ID != first.ID {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
	_, err = c.house.AddConnectorOnce(c.ctx, c.root, "k1", flow.NewConnector{Name: "Third"})
	refusedWith(t, err, fault.Already, "another body")
	a := asking(c, c.incident, time.Time{}, time.Hour)
	a.Key = "k1"
	root, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.owner())
	c.ok(err)
	if _, err := c.house.Request(c.ctx, access.Actor{User: root}, a); err != nil {
		t.Error(err)
	}
}
