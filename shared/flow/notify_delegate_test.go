package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// place is what a message says to who was asked in lin's place.
func (c *company) place(account string) bool {
	c.t.Helper()
	m := c.last(account, c.slack.DirectWithApp(account))
	return strings.Contains(string(m.Blocks), "You are asked in the place of \\u003c@"+c.lin+"\\u003e") ||
		strings.Contains(string(m.Blocks), "You are asked in the place of <@"+c.lin+">")
}

// Who decides in somebody's place is asked like them, and reads whose place it is;
// what they asked for themselves they are not asked, nor anything once it is over.
func TestADelegateIsAsked(t *testing.T) {
	c, d := away(t, 1)
	_, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	const asked = "@ada asks for *@oncall* for 1h. [approve deny comment details]"
	c.hasHeard(c.sam, asked)
	c.hasHeard(c.lin, asked)
	c.hasHeard(c.kit, asked)
	if !c.place(c.sam) || c.place(c.kit) {
		t.Errorf("in lin's place: sam %v, kit %v", c.place(c.sam), c.place(c.kit))
	}
	x, err := c.house.Explain(c.ctx, c.actor(c.ada), c.conn.ID, "", "", c.oncall, "", time.Hour)
	c.ok(err)
	if in := c.label(c.sam) + " in the place of " + c.label(c.lin); !slices.Contains(x.Approvers, in) {
		t.Errorf("the explanation names %q, not %q", x.Approvers, in)
	}
	c.tell(4*time.Hour + time.Minute)
	if got := c.heard(c.sam); len(got) != 2 || !strings.HasPrefix(got[1], "Still waiting for a decision") {
		t.Errorf("sam is not reminded: %q", got)
	}
	own, err := c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	if got := c.heard(c.sam); len(got) != 2 {
		t.Errorf("sam is asked what sam asks: %q", got)
	}
	_, err = c.house.Deny(c.ctx, c.actor(c.kit), own.ID, "")
	c.ok(err)
	_, err = c.house.EndDelegation(c.ctx, c.actor(c.lin), d.ID)
	c.ok(err)
	_, err = c.request(c.bob, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	if got := c.heard(c.sam); strings.Contains(got[len(got)-1], "@bob") {
		t.Errorf("it is over, and sam is asked: %q", got)
	}
}

// Of several yeses, delegate and delegator have one: after it neither is asked again.
func TestADelegateIsAskedOnce(t *testing.T) {
	c, _ := away(t, 2)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	c.say(c.sam, r.ID)
	c.tell(4*time.Hour + time.Minute)
	for _, account := range []string{c.sam, c.lin} {
		if got := c.heard(account); len(got) != 1 || strings.Contains(got[0], "[approve") {
			t.Errorf("%s was told %q", account, got)
		}
	}
	if got := c.heard(c.kit); len(got) != 2 {
		t.Errorf("kit was told %q", got)
	}
}

// A delegate hears of what waits for a confirmation and of what approves itself.
func TestADelegateIsAskedToConfirmAndVeto(t *testing.T) {
	c := emergencyCompany(t)
	_, err := c.house.Delegate(c.ctx, c.actor(c.lin), c.conn.ID, c.kit, time.Time{}, c.clock.Now().Add(24*time.Hour))
	c.ok(err)
	_, err = c.emergency(c.ada, time.Hour)
	c.ok(err)
	c.tell(10 * time.Second)
	m := c.last(c.kit, c.slack.DirectWithApp(c.kit))
	if !strings.Contains(string(m.Blocks), `"action_id":"confirm"`) || !c.place(c.kit) {
		t.Errorf("kit reads %s", m.Blocks)
	}
	c.publish(fmt.Sprintf(soloPolicy, c.sam, fmt.Sprintf("{wait: 24h, veto: {accounts: [%s]}}", c.lin)))
	_, err = c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	c.tell(time.Second)
	for account, place := range map[string]bool{c.lin: false, c.kit: true} {
		m := c.last(account, c.slack.DirectWithApp(account))
		if !strings.Contains(m.Text, "begins by itself") || !strings.Contains(string(m.Blocks), `"action_id":"veto"`) || c.place(account) != place {
			t.Errorf("%s reads %s %s", account, m.Text, m.Blocks)
		}
	}
}

func (c *company) label(account string) string {
	c.t.Helper()
	a, err := c.store.Account(c.ctx, c.conn.ID, account)
	c.ok(err)
	return a.Label()
}

// Whoever stands in for an owner is told what is to be done by hand, and whose task it
// is, does it, and has it no more when the time is over. About themselves nobody does
// anything in another's place, and of a private channel nobody learns by it.
func TestADelegateActsByHand(t *testing.T) {
	c := newStoryCompany(t)
	_, err := c.house.BindTo(c.ctx, c.root, c.root.User.ID, c.conn.ID, c.kit)
	c.ok(err)
	until := c.clock.Now().Add(24 * time.Hour)
	var ends []string
	for _, to := range []string{c.sam, c.bob} {
		c.actor(to)
		d, err := c.house.Delegate(c.ctx, c.actor(c.kit), c.conn.ID, to, time.Time{}, until)
		c.ok(err)
		ends = append(ends, d.ID)
	}
	secret := c.slack.AddChannel(slacktest.Channel{Name: "secret", Private: true, Members: []string{c.owner(), c.ada, c.lin, c.kit}})
	c.sync()
	team := c.slack.TeamIDs()[0]
	s := c.spec()
	s.Scope.Kinds = []directory.Kind{directory.Workspace, directory.Channel}
	d := c.campaign(s)
	c.slack.HandArchive(secret, true)
	c.sync()
	c.submit(d.ID, c.lin, team, c.bob, review.Deny)
	c.submit(d.ID, c.lin, secret, c.ada, review.Deny)
	c.tell(time.Minute)

	byHand := func(account string) map[string]access.Manual {
		tasks, _, err := c.house.ReadTasks(c.ctx, c.actor(account))
		c.ok(err)
		out := map[string]access.Manual{}
		for _, x := range tasks {
			if x.Kind == flow.TaskByHand {
				out[x.Manual.Resource] = x.Manual.Manual
			}
		}
		return out
	}
	told := func(account, what string) bool {
		return slices.ContainsFunc(c.heard(account), func(line string) bool { return strings.Contains(line, what) })
	}
	all := byHand(c.kit)
	if len(all) != 2 {
		t.Fatalf("kit's tasks: %+v", all)
	}
	for _, who := range []struct {
		account       string
		team, private bool
	}{{c.kit, true, true}, {c.sam, true, false}, {c.bob, false, false}, {c.lin, false, false}} {
		got := byHand(who.account)
		if _, has := got[team]; has != who.team || told(who.account, "Take @bob out of") != who.team {
			t.Errorf("%s, of the workspace: %v, told %q", who.account, has, c.heard(who.account))
		}
		if _, has := got[secret]; has != who.private || told(who.account, "secret") != who.private {
			t.Errorf("%s, of the private channel: %v, told %q", who.account, has, c.heard(who.account))
		}
	}
	// sam is asked in kit's place (c.place names lin).
	if m := c.last(c.sam, c.slack.DirectWithApp(c.sam)); !strings.Contains(string(m.Blocks), "in the place of") || !strings.Contains(string(m.Blocks), c.kit) {
		t.Errorf("sam reads %s", m.Blocks)
	}
	_, err = c.house.SayDone(c.ctx, c.actor(c.sam), all[secret].ID)
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("sam, of the private channel: %v", err)
	}
	_, err = c.house.SayDone(c.ctx, c.actor(c.bob), all[team].ID)
	if !fault.Is(err, fault.NotFound, fault.Forbidden) {
		t.Errorf("bob, of bob: %v", err)
	}
	m, err := c.house.SayDone(c.ctx, c.actor(c.sam), all[team].ID)
	c.ok(err)
	if m.State != access.ManualSaid || m.SaidBy != c.actor(c.sam).User.ID {
		t.Errorf("%+v", m)
	}
	_, err = c.house.EndDelegation(c.ctx, c.actor(c.kit), ends[0])
	c.ok(err)
	if got := byHand(c.sam); len(got) != 0 {
		t.Errorf("it is over, and sam has %v", got)
	}
}
