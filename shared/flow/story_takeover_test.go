package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// gives adds somebody by hand, and gives the finding.
func (c *company) gives(resource, account string) directory.Finding {
	c.t.Helper()
	c.slack.TakeEvents()
	if strings.HasPrefix(resource, "S") {
		c.slack.HandAddToGroup(c.owner(), resource, account)
	} else {
		c.slack.HandInvite(resource, account)
	}
	c.hears()
	c.on(time.Second)
	return c.finding(resource, account, directory.FindingOpen)
}

func (c *company) finding(resource, account string, want directory.FindingState) directory.Finding {
	c.t.Helper()
	all, err := c.store.FindingsOf(c.ctx, c.conn.ID, resource)
	c.ok(err)
	i := slices.IndexFunc(all, func(f directory.Finding) bool { return f.Account == account && f.Stands() && f.State == want })
	if i < 0 {
		c.t.Fatalf("among the findings of %s is not %s of %s: %+v", resource, want, account, all)
	}
	return all[i]
}

// TestRemove: a person says that access which others gave goes; it is gone, and
// nothing else.
func TestRemove(t *testing.T) {
	for _, where := range []string{"group", "channel"} {
		t.Run(where, func(t *testing.T) {
			c := newStoryCompany(t)
			r := c.shift
			if where == "channel" {
				r = c.incident
			}
			before := c.held2(r)
			f := c.gives(r, c.kit)
			got, err := c.house.RemoveFinding(c.ctx, c.root, f.ID, "not theirs")
			c.ok(err)
			if got.State != directory.FindingRemoving || got.By != c.root.User.ID {
				t.Errorf("%+v", got)
			}
			again, err := c.house.RemoveFinding(c.ctx, c.root, f.ID, "not theirs")
			c.ok(err)
			if again.Grant != got.Grant || again.Rev != got.Rev {
				t.Errorf("said twice: %+v", again)
			}
			c.on(10 * time.Second)
			c.finding(r, c.kit, directory.FindingRemoved)
			g := c.state(got.Grant, access.Revoked)
			if g.EndedBy != c.root.User.ID || g.Outcome != access.OutcomeGone {
				t.Errorf("%+v", g)
			}
			if after := c.held2(r); !slices.Equal(before, after) {
				t.Errorf("held %v, was %v", after, before)
			}
			v, err := c.house.ReadFinding(c.ctx, c.root, f.ID)
			c.ok(err)
			if v.Comment != "not theirs" || v.Decider != "Root" || v.Ends == nil || v.May(directory.RemoveFinding) {
				t.Errorf("%+v", v)
			}
			c.hears()
			c.on(time.Hour)
			c.finding(r, c.kit, directory.FindingRemoved)
			c.gives(r, c.kit) // somebody does it again
			if seen := c.finding(r, c.kit, directory.FindingOpen); seen.Kind == directory.Came {
				t.Errorf("it came back: %+v", seen)
			}
		})
	}
}

// held2 are the members of a group or channel.
func (c *company) held2(r string) []string {
	if strings.HasPrefix(r, "S") {
		return c.slack.GroupMembers(r)
	}
	return slices.Sorted(slices.Values(c.slack.ChannelMembers(r)))
}

// TestAcceptEnds: access that is accepted until a time ends then by itself, and who
// has it hears of it.
func TestAcceptEnds(t *testing.T) {
	c := newStoryCompany(t)
	f := c.gives(c.shift, c.kit)
	until := c.clock.Now().Add(2 * time.Hour)
	got, err := c.house.AcceptFinding(c.ctx, c.root, f.ID, until, "")
	c.ok(err)
	c.tell(time.Minute)
	g := c.state(got.Grant, access.Active)
	if !g.End.Equal(until) || g.Finding() != f.ID {
		t.Errorf("%+v", g)
	}
	c.sync()
	c.tell(time.Hour)
	c.members(c.shift, c.sam, c.kit)
	c.finding(c.shift, c.kit, directory.FindingAccepted)
	c.tell(time.Hour)
	c.state(got.Grant, access.Revoked)
	c.members(c.shift, c.sam)
	if heard := strings.Join(c.heard(c.kit), "\n"); !strings.Contains(heard, "ended") {
		t.Errorf("kit heard %s", heard)
	}
	if _, err := c.house.Extend(c.ctx, c.root, got.Grant, time.Hour); err == nil {
		t.Error("what somebody decided was extended by asking")
	}
	v, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if !v.Whole() {
		t.Errorf("audit: %+v", v)
	}
}

// TestAcceptedGoesEarlier: its holder ends it, or a hand in Slack does.
func TestAcceptedGoesEarlier(t *testing.T) {
	c := newStoryCompany(t)
	f, h := c.gives(c.shift, c.kit), c.gives(c.shift, c.bob)
	until := c.clock.Now().Add(24 * time.Hour)
	a, err := c.house.AcceptFinding(c.ctx, c.root, f.ID, until, "")
	c.ok(err)
	b, err := c.house.AcceptFinding(c.ctx, c.root, h.ID, until, "")
	c.ok(err)
	c.on(time.Minute)
	_, err = c.house.EndAccess(c.ctx, c.actor(c.kit), a.Grant)
	c.ok(err)
	c.slack.HandRemoveFromGroup(c.owner(), c.shift, c.bob)
	c.hears()
	c.on(time.Minute)
	c.state(a.Grant, access.Revoked)
	c.state(b.Grant, access.EndedOutside)
	c.members(c.shift, c.sam)
}

// TestKeep: what is declared right is standing, whatever ends later.
func TestKeep(t *testing.T) {
	c := newStoryCompany(t)
	f := c.gives(c.shift, c.kit)
	_, err := c.house.KeepFinding(c.ctx, c.root, f.ID, "the new colleague")
	c.ok(err)
	id := c.auto(c.kit, c.shift, time.Hour)
	c.sync()
	c.on(2 * time.Hour)
	if g := c.grant(id); g.Outcome != access.OutcomeStood {
		t.Errorf("%+v", g)
	}
	c.members(c.shift, c.sam, c.kit)
	c.finding(c.shift, c.kit, directory.FindingKept)
}

// TestKeepAfterAnEnabledGroup: what Ebb would still call its own, because its group
// was disabled for its last member, is standing once somebody says so.
func TestKeepAfterAnEnabledGroup(t *testing.T) {
	c := newStoryCompany(t)
	c.auto(c.ada, c.solo, time.Hour)
	c.on(2 * time.Hour)
	if !c.slack.Group(c.solo).Disabled {
		t.Fatal("the group was to be disabled for its last member")
	}
	c.hears()
	c.on(time.Minute)
	c.slack.HandEnableGroup(c.owner(), c.solo)
	c.hears()
	c.on(time.Minute)
	f := c.finding(c.solo, c.ada, directory.FindingOpen)
	_, err := c.house.KeepFinding(c.ctx, c.root, f.ID, "")
	c.ok(err)
	id := c.auto(c.ada, c.solo, time.Hour)
	c.on(2 * time.Hour)
	if g := c.grant(id); g.Outcome != access.OutcomeStood {
		t.Errorf("%+v", g)
	}
	c.members(c.solo, c.ada)
}

// TestRemovedAndCovered: access that a grant covers, too, ends with the grant.
func TestRemovedAndCovered(t *testing.T) {
	c := newStoryCompany(t)
	f := c.gives(c.shift, c.kit)
	id := c.auto(c.kit, c.shift, 3*time.Hour)
	_, err := c.house.RemoveFinding(c.ctx, c.root, f.ID, "")
	c.ok(err)
	c.on(time.Minute)
	c.state(id, access.Active)
	c.members(c.shift, c.sam, c.kit)
	c.finding(c.shift, c.kit, directory.FindingRemoved)
	c.on(3 * time.Hour)
	c.state(id, access.Revoked)
	c.members(c.shift, c.sam)
}

// TestRemoveWaitsForTheDeactivated: who is deactivated holds nothing to be seen gone;
// reactivated, it goes.
func TestRemoveWaitsForTheDeactivated(t *testing.T) {
	c := newStoryCompany(t)
	f := c.gives(c.incident, c.kit)
	c.slack.HandDeactivate(c.kit)
	got, err := c.house.RemoveFinding(c.ctx, c.root, f.ID, "")
	c.ok(err)
	c.on(time.Hour)
	c.finding(c.incident, c.kit, directory.FindingRemoving)
	if g := c.grant(got.Grant); !g.Trouble.Dormant {
		t.Errorf("%+v", g)
	}
	c.slack.HandReactivate(c.kit)
	c.hears()
	c.on(10 * time.Minute)
	c.finding(c.incident, c.kit, directory.FindingRemoved)
}

// TestRemovedWhileLeftOut: a list of Ebb's left kit out, being deactivated, and then
// somebody said that kit's access goes: reactivation does not bring it back.
func TestRemovedWhileLeftOut(t *testing.T) {
	c := newStoryCompany(t)
	f := c.leftOut(c.kit)
	got, err := c.house.RemoveFinding(c.ctx, c.root, f.ID, "")
	c.ok(err)
	c.on(time.Hour)
	c.finding(c.shift, c.kit, directory.FindingRemoving)
	if n := c.counted("resource/"+c.conn.ID+"/"+c.shift, "resource.stays-out"); n != 1 {
		t.Errorf("%d events say that kit stays out", n)
	}
	c.slack.HandReactivate(c.kit)
	c.hears()
	c.on(2 * time.Hour)
	c.finding(c.shift, c.kit, directory.FindingRemoved)
	c.state(got.Grant, access.Revoked)
	c.members(c.shift, c.ada, c.sam)
	c.on(4 * time.Hour)
	c.members(c.shift, c.sam)
	c.resting(c.shift)
}

// TestAcceptedWhileLeftOut: kit comes back with reactivation, until the time that
// somebody said.
func TestAcceptedWhileLeftOut(t *testing.T) {
	c := newStoryCompany(t)
	f := c.leftOut(c.kit)
	got, err := c.house.AcceptFinding(c.ctx, c.root, f.ID, c.clock.Now().Add(4*time.Hour), "")
	c.ok(err)
	c.slack.HandReactivate(c.kit)
	c.hears()
	c.on(2 * time.Hour)
	c.state(got.Grant, access.Active)
	c.members(c.shift, c.ada, c.sam, c.kit)
	c.on(3 * time.Hour)
	c.state(got.Grant, access.Revoked)
	c.members(c.shift, c.sam)
	c.resting(c.shift)
}

// TestLeftOutBeforeItWasSeen: a hand added kit, who was deactivated and left out of a
// list before anything had shown that. Back with reactivation, kit is found.
func TestLeftOutBeforeItWasSeen(t *testing.T) {
	c := newStoryCompany(t)
	c.slack.HandAddToGroup(c.owner(), c.shift, c.kit)
	c.slack.HandDeactivate(c.kit)
	c.auto(c.ada, c.shift, 4*time.Hour)
	c.members(c.shift, c.ada, c.sam)
	c.slack.HandReactivate(c.kit)
	c.shown("sync")
	c.on(2 * time.Hour)
	c.members(c.shift, c.ada, c.sam, c.kit)
	c.shown("sync")
	c.findings("kit came open")
}

// leftOut has a hand add somebody to @shift, who is deactivated then, and ada be
// given it for four hours: a list without them.
func (c *company) leftOut(account string) directory.Finding {
	c.t.Helper()
	f := c.gives(c.shift, account)
	c.slack.HandDeactivate(account)
	c.hears()
	c.auto(c.ada, c.shift, 4*time.Hour)
	c.members(c.shift, c.ada, c.sam)
	return f
}

// TestFindingsAreRefused: who may not decide, and what cannot be done, in words.
func TestFindingsAreRefused(t *testing.T) {
	c := newStoryCompanyIn(t, slacktest.Options{Seed: 1})
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.shift, []string{c.kit}))
	f := c.gives(c.shift, c.kit)
	hidden := c.gives(c.incident, c.bob)
	only := c.gives(c.guarded, c.ada)
	keep := func(by access.Actor, id string) error {
		_, err := c.house.KeepFinding(c.ctx, by, id, "")
		return err
	}
	remove := func(by access.Actor, id string) error {
		_, err := c.house.RemoveFinding(c.ctx, by, id, "")
		return err
	}
	until := func(d time.Duration) error {
		_, err := c.house.AcceptFinding(c.ctx, c.root, f.ID, c.clock.Now().Add(d), "")
		return err
	}
	auditor := access.Actor{User: access.User{ID: "u_auditor", Duties: []access.Duty{access.Auditor}}}
	admin := access.Actor{User: access.User{ID: "u_admin", Duties: []access.Duty{access.IntegrationAdministrator}}}
	service := c.root
	service.Service = true
	for name, x := range map[string]struct {
		err  error
		kind fault.Kind
		says string
	}{
		"a colleague":                         {remove(c.actor(c.bob), f.ID), fault.NotFound, "there is no finding"},
		"nobody":                              {remove(access.Actor{}, f.ID), fault.Unauthenticated, ""},
		"no such finding":                     {remove(c.root, "fd_none"), fault.NotFound, "there is no finding"},
		"an auditor":                          {keep(auditor, f.ID), fault.Forbidden, "auditor"},
		"a service":                           {keep(service, f.ID), fault.Forbidden, "a person has to"},
		"an owner about themselves":           {keep(c.actor(c.kit), f.ID), fault.Invalid, "somebody else"},
		"an administrator, a private channel": {keep(admin, hidden.ID), fault.NotFound, ""},
		"the last member":                     {remove(c.root, only.ID), fault.Invalid, "last member"},
		"an end that is now":                  {until(time.Second), fault.Invalid, "remove it"},
		"an end that is too far":              {until(361 * 24 * time.Hour), fault.Invalid, "360 days"},
	} {
		if !fault.Is(x.err, x.kind) || !strings.Contains(x.err.Error(), x.says) {
			t.Errorf("%s: %v", name, x.err)
		}
	}
	list := func(by access.Actor, w flow.FindingFilter) int {
		p, err := c.house.ReadFindings(c.ctx, by, w, flow.Slice{})
		c.ok(err)
		return len(p.Items)
	}
	for name, x := range map[string]struct{ got, want int }{
		"root":                 {list(c.root, flow.FindingFilter{}), 3},
		"of a group":           {list(c.root, flow.FindingFilter{Connector: c.conn.ID, Resource: c.shift}), 1},
		"of a kind":            {list(c.root, flow.FindingFilter{Kind: directory.CameBack}), 0},
		"the auditor":          {list(auditor, flow.FindingFilter{Waiting: true}), 3},
		"the administrator":    {list(admin, flow.FindingFilter{}), 2},
		"an owner of a group":  {list(c.actor(c.kit), flow.FindingFilter{}), 1},
		"a colleague, nothing": {list(c.actor(c.bob), flow.FindingFilter{}), 0},
	} {
		if x.got != x.want {
			t.Errorf("%s sees %d, want %d", name, x.got, x.want)
		}
	}
	c.ok(remove(c.actor(c.kit), f.ID)) // one's own access may always go
	if err := keep(c.root, f.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("kept while it is being removed: %v", err)
	}
	c.on(time.Minute)
	c.finding(c.shift, c.kit, directory.FindingRemoved)
}
