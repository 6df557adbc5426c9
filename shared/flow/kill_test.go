package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// have gives somebody access: approved by lin where policy asks her.
func (c *company) have(account, resource string, d time.Duration) string {
	c.t.Helper()
	r, err := c.request(account, resource, d)
	c.ok(err)
	if r.Open() {
		r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
		c.ok(err)
	}
	return r.Items[0].Grant
}

// TestKill ends exactly what it names, at once, and cancels what of it waits.
func TestKill(t *testing.T) {
	for name, x := range map[string]struct {
		target  func(c *company) access.Target
		ends    []string // of the grants below
		cancels []string // of the requests below
	}{
		"account":  {func(c *company) access.Target { return access.Target{Connector: c.conn.ID, Account: c.ada} }, []string{"ada group", "ada channel", "ada later"}, []string{"ada asks"}},
		"user":     {func(c *company) access.Target { return access.Target{User: c.actor(c.ada).User.ID} }, []string{"ada group", "ada channel", "ada later"}, []string{"ada asks"}},
		"resource": {func(c *company) access.Target { return access.Target{Connector: c.conn.ID, Resource: c.oncall} }, []string{"ada group", "bob group", "ada later"}, []string{"ada asks", "kit asks"}},
		"rule":     {func(c *company) access.Target { return access.Target{Rule: "incident"} }, []string{"ada channel", "bob channel"}, nil},
		"version":  {func(c *company) access.Target { return access.Target{Version: 1} }, []string{"ada group", "bob group", "ada later", "ada channel", "bob channel"}, []string{"ada asks", "kit asks"}},
		"another":  {func(c *company) access.Target { return access.Target{Connector: c.conn.ID, Account: c.sam} }, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			grants := map[string]string{
				"ada group": c.have(c.ada, c.oncall, 4*time.Hour), "ada channel": c.have(c.ada, c.incident, 4*time.Hour),
				"bob group": c.have(c.bob, c.oncall, 4*time.Hour), "bob channel": c.have(c.bob, c.incident, 4*time.Hour),
			}
			c.sweep(10 * time.Second)
			later, err := c.house.Request(c.ctx, c.actor(c.ada), asking(c, c.oncall, c.clock.Now().Add(time.Hour), time.Hour))
			c.ok(err)
			later, err = c.house.Approve(c.ctx, c.actor(c.lin), later.ID, "")
			c.ok(err)
			grants["ada later"] = later.Items[0].Grant
			asks := map[string]string{}
			for _, who := range []string{"ada", "kit"} {
				r, err := c.request(map[string]string{"ada": c.ada, "kit": c.kit}[who], c.oncall, time.Hour)
				c.ok(err)
				asks[who+" asks"] = r.ID
			}

			target := x.target(c)
			would, err := c.house.WouldEnd(c.ctx, c.root, target)
			c.ok(err)
			if len(would.Grants) != len(x.ends) || len(would.Requests) != len(x.cancels) {
				t.Fatalf("would end %d grants and %d requests", len(would.Grants), len(would.Requests))
			}
			k, err := c.house.Kill(c.ctx, c.root, flow.Killing{Target: target, Reason: "stolen laptop"})
			c.ok(err)
			if k.Done.IsZero() || k.Grants != len(x.ends) || k.Requests != len(x.cancels) {
				t.Errorf("%+v", k)
			}
			c.sweep(30 * time.Second)
			for name, id := range grants {
				g := c.grant(id)
				ended := g.State == access.Revoked || name == "ada later" && g.State == access.Withdrawn
				if want := slices.Contains(x.ends, name); ended != want || want && g.EndedBy != "u_root" {
					t.Errorf("%s is %s, ended by %q", name, g.State, g.EndedBy)
				}
			}
			for name, id := range asks {
				r, err := c.store.Request(c.ctx, id)
				c.ok(err)
				if want := slices.Contains(x.cancels, name); (r.Items[0].State == access.Canceled) != want {
					t.Errorf("%s: %s", name, r.Items[0].State)
				}
			}
			v, err := c.house.ReadKill(c.ctx, c.root, k.ID)
			c.ok(err)
			if v.Turning+v.Taking+v.Attention != 0 || v.Reason != "stolen laptop" || v.ByName != "Root" {
				t.Errorf("%+v", v)
			}
			if c.counted("kill/"+k.ID, "kill.pressed") != 1 || c.counted("kill/"+k.ID, "kill.done") != 1 {
				t.Error("the audit does not say that it was pressed, and done")
			}
		})
	}
}

// TestKillNeedsTheNumber: more than twenty end only when a person said how many.
func TestKillNeedsTheNumber(t *testing.T) {
	c := newCompany(t)
	target := access.Target{Connector: c.conn.ID, Resource: c.oncall}
	c.scheduled(21)
	_, err := c.house.Kill(c.ctx, c.root, flow.Killing{Target: target, Reason: "x"})
	refusedWith(t, err, fault.Invalid, "21 grants")
	_, err = c.house.Kill(c.ctx, c.root, flow.Killing{Target: target, Reason: "x", Confirmed: 20})
	refusedWith(t, err, fault.Invalid, "21 grants")
	if ks, err := c.store.Kills(c.ctx, 0); err != nil || len(ks) != 0 {
		t.Errorf("%v %v", ks, err)
	}
	k, err := c.house.Kill(c.ctx, c.root, flow.Killing{Target: target, Reason: "x", Confirmed: 21})
	c.ok(err)
	if k.Done.IsZero() {
		t.Errorf("%+v", k)
	}
}

// scheduled makes grants of an hour from now on @oncall, each for an account of
// its own, by rows.
func (c *company) scheduled(n int) []string {
	c.t.Helper()
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	like := c.grant(r.Items[0].Grant)
	ids := []string{like.ID}
	for i := 1; i < n; i++ {
		g := like
		g.ID, g.Account, g.Rev = fmt.Sprintf("g_many_%04d", i), fmt.Sprintf("UMANY%04d", i), 0
		g.Start, g.End = like.Start.Add(time.Hour), like.End.Add(time.Hour)
		c.ok(c.store.SaveGrants(c.ctx, []access.Grant{g}, c.event("grant/"+g.ID)))
		ids = append(ids, g.ID)
	}
	return ids
}

// TestKillGoesOn: a kill that died half-way is due, and sweep carries it on; what
// was asked for after it was pressed is not its matter.
func TestKillGoesOn(t *testing.T) {
	c := newCompany(t)
	ids := c.scheduled(30)
	pressed := access.Kill{
		ID: "kl_1", Target: access.Target{Connector: c.conn.ID, Resource: c.oncall}, By: "u_root", At: c.clock.Now(), Next: c.clock.Now(), Grants: 30,
	}
	_, err := c.store.SaveKill(c.ctx, pressed, nil, c.event("kill/kl_1"))
	c.ok(err)
	c.clock.move(time.Second)
	after := c.have(c.bob, c.oncall, time.Hour)
	c.sweep(30 * time.Second)
	for _, id := range ids {
		if g := c.grant(id); !g.State.Final() && g.State != access.Revoking {
			t.Fatalf("%s is %s", id, g.State)
		}
	}
	c.state(after, access.Active)
	if k, err := c.store.Kill(c.ctx, "kl_1"); err != nil || k.Done.IsZero() || !k.Next.IsZero() {
		t.Errorf("%+v %v", k, err)
	}
}

// TestKillOfADefaultChannel takes the user group that gave it, or Slack would
// leave the person in.
func TestKillOfADefaultChannel(t *testing.T) {
	c := newStoryCompany(t)
	group := c.have(c.ada, c.ops, time.Hour)
	other := c.have(c.ada, c.shift, time.Hour)
	c.sweep(time.Minute)
	c.state(group, access.Active)
	would, err := c.house.WouldEnd(c.ctx, c.root, access.Target{Connector: c.conn.ID, Resource: c.war})
	c.ok(err)
	if len(would.Grants) != 2 {
		t.Fatalf("%+v", would.Grants)
	}
	_, err = c.house.Kill(c.ctx, c.root, flow.Killing{Target: access.Target{Connector: c.conn.ID, Resource: c.war}, Reason: "leak"})
	c.ok(err)
	c.sweep(time.Minute)
	c.state(group, access.Revoked)
	c.state(group+"."+c.war, access.Revoked)
	c.state(other, access.Active)
}

// TestKillDuringAFreeze: what was killed does not wait for a thaw.
func TestKillDuringAFreeze(t *testing.T) {
	c := newCompany(t)
	out := c.given(time.Hour)
	_, err := c.house.Freeze(c.ctx, c.root, "", "stop")
	c.ok(err)
	waits := c.have(c.bob, c.oncall, time.Hour)
	c.sweep(10 * time.Second)
	_, err = c.house.Kill(c.ctx, c.root, flow.Killing{Target: access.Target{Connector: c.conn.ID, Resource: c.oncall}, Reason: "stop"})
	c.ok(err)
	c.sweep(10 * time.Second)
	c.state(out, access.Revoked)
	c.state(waits, access.Withdrawn)
}

// TestWhoMayKill: administrators; owners what is theirs.
func TestWhoMayKill(t *testing.T) {
	c := newCompany(t)
	owner, keeper := c.actor(c.kit), c.actor(c.sam)
	conn, err := c.store.Connector(c.ctx, c.conn.ID)
	c.ok(err)
	conn.Owners = []string{owner.User.ID}
	_, err = c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	c.ok(c.store.SetOwners(c.ctx, conn.ID, c.oncall, []string{c.sam}, c.event("x")))
	admin := access.Actor{User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}}
	robot := access.Actor{User: admin.User, Service: true}
	auditor := access.Actor{User: access.User{ID: "u_a", Duties: []access.Duty{access.Auditor}}}
	ada := access.Target{User: c.actor(c.ada).User.ID}
	account := access.Target{Connector: conn.ID, Account: c.ada}
	group := access.Target{Connector: conn.ID, Resource: c.oncall}
	for name, x := range map[string]struct {
		by     access.Actor
		target access.Target
		kind   fault.Kind
	}{
		"nobody":               {access.Actor{}, group, fault.Unauthenticated},
		"auditor":              {auditor, group, fault.Forbidden},
		"service":              {robot, group, fault.Forbidden},
		"ada, herself":         {c.actor(c.ada), ada, fault.Forbidden},
		"lin, who approves":    {c.actor(c.lin), group, fault.Forbidden},
		"nothing named":        {c.root, access.Target{}, fault.Invalid},
		"two things named":     {c.root, access.Target{User: "u", Rule: "r"}, fault.Invalid},
		"account without conn": {c.root, access.Target{Account: c.ada}, fault.Invalid},
		"no such account":      {c.root, access.Target{Connector: conn.ID, Account: "UNO"}, fault.NotFound},
		"no such resource":     {c.root, access.Target{Connector: conn.ID, Resource: "SNO"}, fault.NotFound},
		"no such user":         {c.root, access.Target{User: "u_no"}, fault.NotFound},
		"no such rule":         {c.root, access.Target{Rule: "no"}, fault.NotFound},
		"no such version":      {c.root, access.Target{Version: 9}, fault.NotFound},
		"owner, user":          {owner, ada, fault.Forbidden},
		"owner, rule":          {owner, access.Target{Rule: "oncall"}, fault.Forbidden},
		"owner, account":       {owner, account, ""},
		"owner, resource":      {owner, group, ""},
		"keeper, account":      {keeper, account, fault.Forbidden},
		"keeper, resource":     {keeper, group, ""},
		"keeper, another":      {keeper, access.Target{Connector: conn.ID, Resource: c.leads}, fault.Forbidden},
		"admin, user":          {admin, ada, ""},
		"admin, rule":          {admin, access.Target{Rule: "oncall"}, ""},
		"root, version":        {c.root, access.Target{Version: 1}, ""},
	} {
		_, err := c.house.WouldEnd(c.ctx, x.by, x.target)
		if fault.KindOf(err) != x.kind {
			t.Errorf("%s looks: %v", name, err)
		}
		if _, err = c.house.Kill(c.ctx, x.by, flow.Killing{Target: x.target, Reason: "why"}); fault.KindOf(err) != x.kind {
			t.Errorf("%s kills: %v", name, err)
		}
	}
	_, err = c.house.Kill(c.ctx, c.root, flow.Killing{Target: group})
	refusedWith(t, err, fault.Invalid, "say why")
	ks, err := c.house.ReadKills(c.ctx, keeper, flow.Slice{})
	c.ok(err)
	for _, k := range ks.Items {
		if k.Target != group {
			t.Errorf("sam reads %+v", k.Target)
		}
	}
	if _, err := c.house.ReadKill(c.ctx, c.actor(c.ada), ks.Items[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("ada reads it: %v", err)
	}
}

// TestKillOfWhatLeftSlack: an account that the directory has lost still has grants.
func TestKillOfWhatLeftSlack(t *testing.T) {
	c := newCompany(t)
	ids := c.scheduled(2)
	_, err := c.house.Kill(c.ctx, c.root, flow.Killing{Target: access.Target{Connector: c.conn.ID, Account: c.grant(ids[1]).Account}, Reason: "gone"})
	c.ok(err)
	c.state(ids[1], access.Withdrawn)
}
