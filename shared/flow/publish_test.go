package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
)

// policyFor lets bob have @oncall for so long, and lin decide.
const policyFor = `version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {accounts: [%s]}
    max: %s
    approve: {accounts: [%s]}
`

func (c *company) policy(who, length string) access.Policy {
	c.t.Helper()
	p, err := policyfile.Parse([]byte(fmt.Sprintf(policyFor, who, length, c.lin)))
	c.ok(err)
	return p
}

// super makes somebody with an account a Super Administrator.
func (c *company) super(account string) access.Actor {
	c.t.Helper()
	a := c.actor(account)
	a.User.Duties = []access.Duty{access.SuperAdministrator}
	u, err := c.store.SaveUser(c.ctx, a.User, c.event("person/"+a.User.ID))
	c.ok(err)
	a.User = u
	return a
}

func (c *company) version() int64 {
	c.t.Helper()
	p, err := c.store.Policy(c.ctx, 0)
	c.ok(err)
	return p.Version
}

// TestNobodyWidensTheirOwnRightsAlone: what gives its publisher more waits for
// another Super Administrator; what does not is in force at once.
func TestNobodyWidensTheirOwnRightsAlone(t *testing.T) {
	c := newCompany(t)
	bob, kit := c.super(c.bob), c.super(c.kit)
	x, err := c.house.Propose(c.ctx, bob, c.policy(c.sam, "8h")) // somebody else's
	c.ok(err)
	if x.Draft != nil || x.Policy.Version != 2 {
		t.Fatalf("%+v", x)
	}
	wide := c.policy(c.bob, "8h")
	var id string
	for range 2 {
		x, err = c.house.Propose(c.ctx, bob, wide)
		c.ok(err)
		if x.Draft == nil || !x.Draft.Ripe.IsZero() || len(x.Draft.Wider) == 0 || id != "" && x.Draft.ID != id {
			t.Fatalf("%+v", x)
		}
		id = x.Draft.ID
	}
	_, _, err = c.house.Publish(c.ctx, bob, wide)
	if fault.CodeOf(err) != flow.Waits {
		t.Errorf("%v", err)
	}
	if c.version() != 2 || c.counted("policy", "policy.proposed") != 1 {
		t.Errorf("version %d", c.version())
	}
	if _, err := c.request(c.bob, c.oncall, time.Hour); !fault.Is(err, fault.Forbidden) {
		t.Errorf("bob asks by a policy that waits: %v", err)
	}
	for name, by := range map[string]access.Actor{
		"bob himself": bob, "an auditor": {User: access.User{ID: "u_a", Duties: []access.Duty{access.Auditor}}},
		"an administrator": {User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}},
		"kit's service":    {User: kit.User, Service: true},
	} {
		if _, err := c.house.ConfirmPolicy(c.ctx, by, id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	seen, err := c.house.ReadDrafts(c.ctx, kit, true)
	c.ok(err)
	if len(seen) != 1 || !seen[0].MayConfirm || !seen[0].MayRefuse || seen[0].ByName == "" {
		t.Errorf("%+v", seen)
	}
	for range 2 {
		x, err = c.house.ConfirmPolicy(c.ctx, kit, id)
		c.ok(err)
		if x.Policy.Version != 3 || x.Policy.By != bob.User.ID {
			t.Errorf("%+v", x)
		}
	}
	if _, err := c.request(c.bob, c.oncall, time.Hour); err != nil {
		t.Error(err)
	}
	// Who has no account has nothing to gain, and kit gives bob more, not herself.
	_, err = c.house.Propose(c.ctx, kit, c.policy(c.bob, "9h"))
	c.ok(err)
	c.publish(oncallPolicy)
	if c.version() != 5 {
		t.Errorf("version %d", c.version())
	}
}

// TestADraftIsOvertaken by whatever comes into force first.
func TestADraftIsOvertaken(t *testing.T) {
	c := newCompany(t)
	bob, kit := c.super(c.bob), c.super(c.kit)
	c.publish(fmt.Sprintf(policyFor, c.sam, "1h", c.lin))
	x, err := c.house.Propose(c.ctx, bob, c.policy(c.bob, "8h"))
	c.ok(err)
	c.publish(fmt.Sprintf(policyFor, c.sam, "2h", c.lin))
	_, err = c.house.ConfirmPolicy(c.ctx, kit, x.Draft.ID)
	refusedWith(t, err, fault.Invalid, "propose this policy again")
	_, err = c.house.ConfirmPolicy(c.ctx, kit, x.Draft.ID)
	refusedWith(t, err, fault.Invalid, "overtaken")
	if c.version() != 3 {
		t.Errorf("version %d", c.version())
	}
}

// TestOneSuperAdministrator: in a house that has no other the draft waits for a
// day, in which it can be vetoed; somebody who could confirm it comes first.
func TestOneSuperAdministrator(t *testing.T) {
	for name, x := range map[string]struct {
		meanwhile func(c *company, id string)
		version   int64
		state     access.DraftState
	}{
		"nobody says no": {func(*company, string) {}, 3, access.DraftPublished},
		"an auditor vetoes": {func(c *company, id string) {
			_, err := c.house.RefusePolicy(c.ctx, access.Actor{User: access.User{ID: "u_a", Duties: []access.Duty{access.Auditor}}}, id)
			c.ok(err)
		}, 2, access.DraftRefused},
		"another comes": {func(c *company, _ string) { c.super(c.kit) }, 2, access.DraftWaits},
		"bob is none any more": {func(c *company, _ string) {
			bob := c.actor(c.bob)
			bob.User.Duties = []access.Duty{access.Ordinary}
			_, err := c.store.SaveUser(c.ctx, bob.User, c.event("person/"+bob.User.ID))
			c.ok(err)
		}, 2, access.DraftRefused},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			bob := c.super(c.bob)
			c.publish(fmt.Sprintf(policyFor, c.sam, "1h", c.lin))
			root, err := c.store.User(c.ctx, "u_root")
			c.ok(err)
			root.Ended = true
			_, err = c.store.SaveUser(c.ctx, root, c.event("person/u_root"))
			c.ok(err)
			p, err := c.house.Propose(c.ctx, bob, c.policy(c.bob, "8h"))
			c.ok(err)
			if p.Draft == nil || !p.Draft.Ripe.Equal(c.clock.Now().Add(24*time.Hour)) {
				t.Fatalf("%+v", p)
			}
			c.sweep(23 * time.Hour)
			if c.version() != 2 {
				t.Fatalf("in force after 23 h")
			}
			x.meanwhile(c, p.Draft.ID)
			c.sweep(2 * time.Hour)
			d, err := c.store.Draft(c.ctx, p.Draft.ID)
			c.ok(err)
			if c.version() != x.version || d.State != x.state {
				t.Errorf("version %d, draft %s", c.version(), d.State)
			}
			if _, err := c.house.RefusePolicy(c.ctx, c.actor(c.ada), d.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("ada vetoes: %v", err)
			}
		})
	}
}

// TestPolicyHistory: every version, with what changed.
func TestPolicyHistory(t *testing.T) {
	c := newCompany(t)
	for _, length := range []string{"1h", "2h", "3h"} {
		c.publish(fmt.Sprintf(policyFor, c.sam, length, c.lin))
	}
	var got []int64
	for after := ""; ; {
		p, err := c.house.ReadPolicies(c.ctx, c.root, flow.Slice{After: after, Limit: 2})
		c.ok(err)
		for _, x := range p.Items {
			got = append(got, x.Version)
			if x.ByName != "Root" || x.Source == "" {
				t.Errorf("%+v", x)
			}
		}
		if after = p.Next; after == "" {
			break
		}
	}
	if fmt.Sprint(got) != "[4 3 2 1]" {
		t.Errorf("%v", got)
	}
	d, err := c.house.DiffPolicies(c.ctx, c.root, 0, 0)
	c.ok(err)
	var lines []string
	for _, l := range d.Lines {
		if l.Sign != ' ' {
			lines = append(lines, string(l.Sign)+strings.TrimSpace(l.Text))
		}
	}
	if d.From.Version != 3 || d.To.Version != 4 || fmt.Sprint(lines) != "[-max: 2h +max: 3h]" {
		t.Errorf("%d to %d: %v", d.From.Version, d.To.Version, lines)
	}
	if d, err = c.house.DiffPolicies(c.ctx, c.root, 0, 1); err != nil || d.From.Version != 0 || d.Lines[0].Sign != '+' {
		t.Errorf("%+v %v", d, err)
	}
	if _, err = c.house.DiffPolicies(c.ctx, c.root, 7, 9); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	for _, err := range []error{
		func() error { _, err := c.house.ReadPolicies(c.ctx, c.actor(c.ada), flow.Slice{}); return err }(),
		func() error { _, err := c.house.ReadPolicyVersion(c.ctx, c.actor(c.ada), 1); return err }(),
		func() error { _, err := c.house.DiffPolicies(c.ctx, c.actor(c.ada), 1, 2); return err }(),
		func() error { _, err := c.house.WouldEndBy(c.ctx, c.actor(c.ada), access.Policy{}); return err }(),
		func() error { _, err := c.house.ReadDrafts(c.ctx, c.actor(c.ada), true); return err }(),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("ada reads: %v", err)
		}
	}
}

// TestWhatAPolicyWouldEnd is known before it is published.
func TestWhatAPolicyWouldEnd(t *testing.T) {
	c := newCompany(t)
	id := c.given(time.Hour)
	gs, err := c.house.WouldEndBy(c.ctx, c.root, c.policy(c.bob, "1h"))
	c.ok(err)
	if len(gs) != 1 || gs[0].ID != id || c.version() != 1 {
		t.Errorf("%+v", gs)
	}
	if gs, err = c.house.WouldEndBy(c.ctx, c.root, c.policy(c.ada, "1h")); err != nil || len(gs) != 0 {
		t.Errorf("%+v %v", gs, err)
	}
}
