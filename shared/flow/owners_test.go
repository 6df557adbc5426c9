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

// TestManyOwners: a file is looked at line by line, done wholly or not at all, and
// goes on where it stopped.
func TestManyOwners(t *testing.T) {
	c := newCompany(t)
	file := "name,Resource,owners\r\nx,'@oncall,bob ada@example.com\r\ny," + c.leads + ",\"@sam; kit\"\r\nz,#incident-1,\r\n"
	lines, err := flow.ReadOwnersCSV(strings.NewReader("\ufeff" + file))
	c.ok(err)
	verdicts := func(plans []flow.OwnersPlan) (out []string) {
		for _, p := range plans {
			out = append(out, p.Verdict)
		}
		return out
	}
	plans, err := c.house.PreviewOwners(c.ctx, c.root, c.conn.ID, lines)
	c.ok(err)
	if got := verdicts(plans); !slices.Equal(got, []string{"change", "change", "same"}) || lines[0].Line != 2 {
		t.Errorf("%v %+v", got, plans)
	}
	owners := func(id string) []string {
		r, err := c.store.Resource(c.ctx, c.conn.ID, id)
		c.ok(err)
		return r.Owners
	}
	if len(owners(c.oncall)) != 0 {
		t.Fatal("a preview changed something")
	}
	wrong := append(slices.Clone(lines), flow.OwnersLine{Resource: "@oncall", Owners: []string{"kit"}}, flow.OwnersLine{Resource: "@nothing"},
		flow.OwnersLine{Resource: c.incident, Owners: []string{"nobody"}})
	plans, err = c.house.SetManyOwners(c.ctx, c.root, c.conn.ID, wrong)
	refusedWith(t, err, fault.Invalid, "nothing was changed")
	if got := verdicts(plans)[3:]; !slices.Equal(got, []string{"wrong", "wrong", "wrong"}) || len(owners(c.oncall)) != 0 {
		t.Errorf("%v, %v", got, owners(c.oncall))
	}
	// It dies behind the first commit; sent again it does the rest.
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.ada, c.bob}))
	plans, err = c.house.SetManyOwners(c.ctx, c.root, c.conn.ID, lines)
	c.ok(err)
	if got := verdicts(plans); !slices.Equal(got, []string{"same", "change", "same"}) || len(owners(c.leads)) != 2 {
		t.Errorf("%v, %v", got, owners(c.leads))
	}
	_, err = c.house.PreviewOwners(c.ctx, c.actor(c.sam), c.conn.ID, lines)
	refusedWith(t, err, fault.Forbidden, "says who owns")
}

func TestOwnersFilesThatAreWrong(t *testing.T) {
	for file, want := range map[string]string{
		"": "head line", "a,b\n": "names no column", "resource,owners\n\"x": "line 2", "resource,owners\nx\n": "line 2 has 1",
		"resource,owners\n" + strings.Repeat("x,y\n", 1001): "at most 1000",
	} {
		_, err := flow.ReadOwnersCSV(strings.NewReader(file))
		refusedWith(t, err, fault.Invalid, want)
	}
	lines, err := flow.ReadOwnersCSV(strings.NewReader("resource;owners\n@a;b c\n"))
	if err != nil || len(lines) != 1 || len(lines[0].Owners) != 2 {
		t.Errorf("semicolons: %+v, %v", lines, err)
	}
}

// TestUnseenOwners: an administrator names no private channel that they do not
// see, and the answer is that of one that is not there.
func TestUnseenOwners(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	hush := c.slack.AddChannel(slacktest.Channel{Name: "hush", Private: true, Members: []string{c.sam, c.slack.BotUser(c.slack.TeamIDs()[0])}})
	c.connect()
	u, err := c.house.Bind(c.ctx, c.root, c.conn.ID, c.kit, []access.Duty{access.IntegrationAdministrator})
	c.ok(err)
	kit := access.Actor{User: u}
	plans, err := c.house.PreviewOwners(c.ctx, kit, c.conn.ID, []flow.OwnersLine{{Resource: hush}, {Resource: "#hush"}, {Resource: "#nothing"}, {Resource: "@oncall"}})
	c.ok(err)
	for i, p := range plans[:3] {
		if p.Verdict != "wrong" || p.Why != "there is no resource "+p.Resource || p.About.ID != "" {
			t.Errorf("%d: %+v", i, p)
		}
	}
	if plans[3].Verdict != "same" {
		t.Errorf("%+v", plans[3])
	}
}

// TestAnOwnerWhoLeft: those of the connector stand in, once nobody is left, and it
// is found.
func TestAnOwnerWhoLeft(t *testing.T) {
	c := newCompany(t)
	c.publish(ownersPolicy)
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.lin)
	c.ok(err)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.bob, c.kit}))
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.slack.HandDeactivate(c.kit)
	c.sync()
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	refusedWith(t, err, fault.Forbidden, "cannot decide")
	c.slack.HandDeactivate(c.bob)
	c.sync()
	gone := func() (out []string) {
		all, err := c.store.FindingsOf(c.ctx, c.conn.ID, c.oncall)
		c.ok(err)
		for _, f := range all {
			if f.Kind == directory.OwnerGone && f.State == directory.FindingOpen {
				out = append(out, f.Account)
			}
		}
		return out
	}
	if got := gone(); len(got) != 2 || !slices.Contains(got, c.kit) || !slices.Contains(got, c.bob) {
		t.Errorf("findings: %v", got)
	}
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.ok(c.house.SetOwners(c.ctx, c.root, c.conn.ID, c.oncall, []string{c.sam}))
	if got := gone(); len(got) != 0 {
		t.Errorf("somebody owns it now, and still: %v", got)
	}
}
