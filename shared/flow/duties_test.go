package flow_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// root2 is another Super Administrator.
func (c *company) root2() access.Actor {
	c.t.Helper()
	u, err := c.house.Bind(c.ctx, c.root, c.conn.ID, c.kit, []access.Duty{access.SuperAdministrator})
	c.ok(err)
	return access.Actor{User: u}
}

func TestDutiesAreGivenAndTaken(t *testing.T) {
	c := newCompany(t)
	ada := c.actor(c.ada)
	for name, by := range map[string]access.Actor{
		"a user": ada, "nobody": {}, "a service of root's": {User: c.root.User, Service: true},
		"an auditor":    {User: access.User{ID: "u_x", Duties: []access.Duty{access.Auditor}}},
		"an integrator": {User: access.User{ID: "u_x", Duties: []access.Duty{access.IntegrationAdministrator}}},
	} {
		if _, err := c.house.SetDuties(c.ctx, by, ada.User.ID, []access.Duty{access.Auditor}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.house.SetDuties(c.ctx, c.root, c.root.User.ID, []access.Duty{access.Ordinary})
	refusedWith(t, err, fault.Invalid, "another super administrator")
	_, err = c.house.SetDuties(c.ctx, c.root, ada.User.ID, []access.Duty{"emperor"})
	refusedWith(t, err, fault.Invalid, "emperor")
	old := c.root
	old.Session, old.Fresh = "ses_1", c.clock.Now().Add(-access.FreshTime)
	_, err = c.house.SetDuties(c.ctx, old, ada.User.ID, []access.Duty{access.Auditor})
	refusedWith(t, err, fault.Forbidden, "sign in anew")
	if fault.CodeOf(err) != flow.FreshSignIn {
		t.Errorf("code %q", fault.CodeOf(err))
	}
	for range 2 { // it repeats safely
		u, err := c.house.SetDuties(c.ctx, c.root, ada.User.ID, []access.Duty{access.Ordinary, access.Auditor, access.Auditor})
		c.ok(err)
		if words := u.Duties; len(words) != 2 || words[0] != access.Auditor || words[1] != access.Ordinary {
			t.Errorf("%v", words)
		}
	}
	u, err := c.house.SetDuties(c.ctx, c.root, ada.User.ID, nil)
	c.ok(err)
	if len(u.Duties) != 1 || u.Duties[0] != access.Ordinary {
		t.Errorf("%v", u.Duties)
	}
	events, err := c.store.EventsOf(c.ctx, "person/"+ada.User.ID)
	c.ok(err)
	changed := 0
	for _, e := range events {
		if e.Action == "person.duties-changed" {
			changed++
		}
	}
	if changed != 2 {
		t.Errorf("%d changes are in the audit", changed)
	}
}

// Two Super Administrators who take it from each other, or end each other, at
// once: one of them stays.
func TestOneSuperAdministratorStays(t *testing.T) {
	for name, act := range map[string]func(h *flow.House, by access.Actor, whom string) error{
		"duties": func(h *flow.House, by access.Actor, whom string) error {
			_, err := h.SetDuties(t.Context(), by, whom, []access.Duty{access.Ordinary})
			return err
		},
		"end": func(h *flow.House, by access.Actor, whom string) error {
			_, err := h.EndUser(t.Context(), by, whom)
			return err
		},
	} {
		for range 20 {
			c := newCompany(t)
			other := c.root2()
			done := make(chan error, 2)
			one, two := c.open(), c.open()
			one.NewID, two.NewID = flow.RandomID, flow.RandomID
			go func() { done <- act(one, c.root, other.User.ID) }()
			go func() { done <- act(two, other, c.root.User.ID) }()
			<-done
			<-done
			left := 0
			c.ok(c.store.EachUser(c.ctx, "", func(u access.User) error {
				if u.Has(access.SuperAdministrator) && !u.Ended {
					left++
				}
				return nil
			}))
			if left != 1 {
				t.Fatalf("%s: %d super administrators are left", name, left)
			}
		}
	}
}

// A new duty or the loss of one ends the sessions that stood for the old ones.
func TestChangedDutiesEndSessions(t *testing.T) {
	c := newCompany(t)
	word, _ := c.signIn()
	other := c.root2()
	_, err := c.house.SetDuties(c.ctx, other, c.root.User.ID, []access.Duty{access.Auditor})
	c.ok(err)
	c.signedOut(word)
	_, err = c.house.SetDuties(c.ctx, c.root, other.User.ID, []access.Duty{access.Ordinary})
	refusedWith(t, err, fault.Forbidden, "any more") // an actor from before
	c.clock.move(time.Minute)
}
