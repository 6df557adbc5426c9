package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// story is a part of a grant's life. tell goes through it with people who try
// again, over a house that may die; end says what must be true at rest.
type story struct {
	name string
	plan string                    // of the workspace; "" is Pro
	in   func(*testing.T) *company // where it is told; nil: a company on that plan
	tell func(*told)
	end  func(*told)
}

// TestFailureMatrix runs each story once for each of its outside calls and each
// mishap of such a call: failed, failed although it happened, died before and
// after it, throttled, landed late. The calls are recorded from a clean run, not
// listed. Table calls outnumber the others by far and are sampled (sampled).
func TestFailureMatrix(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			clean := tell(t, s, -1, mishap{})
			calls := clean.fate.calls
			for i, call := range calls {
				for _, how := range sampled(i, call) {
					t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) {
						if got := tell(t, s, i, how); !got.fate.struck && i < len(got.fate.calls) {
							t.Fatalf("call %d did not happen again", i)
						}
					})
				}
			}
			if len(calls) < 20 {
				t.Errorf("only %d calls were recorded", len(calls))
			}
		})
	}
}

// told is a story while it is told.
type told struct {
	*company
	actors map[string]access.Actor
	grants []string
}

func tell(t *testing.T, s story, at int, how mishap) *told {
	c := &told{actors: map[string]access.Actor{}}
	if s.in != nil {
		c.company = s.in(t)
	} else {
		c.company = newStoryCompanyIn(t, slacktest.Options{Seed: 1, Plan: s.plan})
	}
	for _, a := range []string{c.ada, c.lin, c.sam} {
		c.actors[a] = c.actor(a)
	}
	c.fate.at, c.fate.how, c.fate.watching = at, how, true
	s.tell(c)
	c.on(12 * time.Minute)
	c.fate.watching = false
	if c.slack.LandLate() > 0 {
		c.on(6 * time.Minute)
	}
	for _, r := range []string{c.oncall, c.shift, c.solo, c.guarded, c.ops, c.incident, c.war} {
		if r != "" {
			c.resting(r)
		}
	}
	s.end(c)
	c.members(c.leads, c.lin)
	return c
}

// asks makes a request as a person would: after an error they look whether it
// is there. lead says that lin approves it. It gives the grant.
func (c *told) asks(account, resource string, d time.Duration, lead bool) string {
	c.t.Helper()
	var r access.Request
	c.person(func() error {
		known, err := c.store.Requests(c.ctx, false, 0)
		if err != nil {
			return err
		}
		for _, k := range known {
			if k.By == account && k.Items[0].Resource == resource && k.Length == d {
				r = k
				return nil
			}
		}
		r, err = c.house.Request(c.ctx, c.actors[account], flow.Asking{Connector: c.conn.ID, Resources: []string{resource}, Length: d, Reason: "because"})
		return err
	})
	if lead {
		c.person(func() error {
			_, err := c.house.Approve(c.ctx, c.actors[c.lin], r.ID, "go ahead")
			return err
		})
		var err error
		r, err = c.store.Request(c.ctx, r.ID)
		c.ok(err)
	}
	c.watch(resource, account)
	c.grants = append(c.grants, r.Items[0].Grant)
	return r.Items[0].Grant
}

// delivered brings Slack's events to the house, again and again as Slack does
// until each was taken.
func (c *told) delivered() {
	c.t.Helper()
	for _, e := range c.slack.TakeEvents() {
		n, served, err := slackapp.Read(e.Body)
		c.ok(err)
		if served {
			c.person(func() error { return c.house.Notice(c.ctx, n) })
		}
	}
}

// held checks that what is active is held, some minutes after the start.
func (c *told) active(id string) {
	c.t.Helper()
	g := c.grant(id)
	if g.State != access.Active {
		c.t.Errorf("%s is %s five minutes after its start: %+v", id, g.State, g.Trouble)
	}
	if !c.holds(g.Resource, g.Account) {
		c.t.Errorf("%s is %s and not held", id, g.State)
	}
}

// gone checks that a grant's access was taken in time.
func (c *told) gone(id string) {
	c.t.Helper()
	g := c.grant(id)
	c.goneBy(g.Resource, g.Account, g.End.Add(late))
	if g.State != access.Revoked && g.State != access.Ended {
		c.t.Errorf("%s ended as %s: %q %+v", id, g.State, g.Outcome, g.Trouble)
	}
}

var stories = []story{
	{
		name: "approved, given, taken at the end",
		tell: func(c *told) {
			id := c.asks(c.ada, c.oncall, 20*time.Minute, true)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) { c.gone(c.grants[0]); c.members(c.oncall, c.sam, c.kit) },
	},
	{
		name: "ended early",
		tell: func(c *told) {
			id := c.asks(c.ada, c.shift, 2*time.Hour, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.person(func() error { _, err := c.house.EndAccess(c.ctx, c.actors[c.ada], id); return err })
		},
		end: func(c *told) { c.gone(c.grants[0]); c.members(c.shift, c.sam) },
	},
	{
		name: "extended",
		tell: func(c *told) {
			id := c.asks(c.ada, c.shift, 10*time.Minute, false)
			c.on(5 * time.Minute)
			was := c.grant(id).End
			c.person(func() error {
				if c.grant(id).End.After(was) {
					return nil // an answer was lost, and the person has looked
				}
				_, err := c.house.Extend(c.ctx, c.actors[c.ada], id, 10*time.Minute)
				return err
			})
			if got := c.grant(id).End.Sub(was); got != 10*time.Minute {
				c.t.Errorf("extended by %s", got)
			}
			c.on(10 * time.Minute)
			c.active(id)
			c.on(6 * time.Minute)
		},
		end: func(c *told) { c.gone(c.grants[0]); c.members(c.shift, c.sam) },
	},
	{
		name: "channel",
		tell: func(c *told) {
			id := c.asks(c.ada, c.incident, 20*time.Minute, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) { c.gone(c.grants[0]); c.inChannel(c.incident, c.sam) },
	},
	{
		name: "last member, the group is disabled",
		tell: func(c *told) {
			id := c.asks(c.ada, c.solo, 20*time.Minute, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) {
			c.state(c.grants[0], access.Revoked)
			if !c.slack.Group(c.solo).Disabled {
				c.t.Error("the group is not disabled")
			}
		},
	},
	{
		name: "last member, a keeper stays",
		tell: func(c *told) {
			id := c.asks(c.ada, c.guarded, 20*time.Minute, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) { c.gone(c.grants[0]); c.members(c.guarded, c.bob) },
	},
	{
		name: "last member, taken by SCIM",
		plan: slacktest.PlanBusiness,
		tell: func(c *told) {
			id := c.asks(c.ada, c.solo, 20*time.Minute, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) {
			c.gone(c.grants[0])
			c.members(c.solo)
			if c.slack.Group(c.solo).Disabled {
				c.t.Error("the group is disabled, though SCIM empties it")
			}
		},
	},
	{
		name: "somebody's edit is overwritten, and Slack tells",
		tell: func(c *told) {
			c.hand(func() { c.slack.HandAddToGroup(c.owner(), c.shift, c.bob) }, c.bob)
			id := c.asks(c.ada, c.shift, 20*time.Minute, false)
			for range 5 { // what happens, and what is told of it, take turns
				c.on(30 * time.Second)
				c.delivered()
			}
			c.on(3 * time.Minute)
			c.active(id)
			c.on(16 * time.Minute)
		},
		end: func(c *told) {
			c.gone(c.grants[0])
			if !c.holds(c.shift, c.bob) && c.overwritten(c.shift) == nil {
				c.t.Error("the adding of bob was lost silently")
			}
		},
	},
	{
		name: "two grants overlap",
		tell: func(c *told) {
			first := c.asks(c.ada, c.oncall, 10*time.Minute, true)
			second := c.asks(c.ada, c.oncall, 20*time.Minute, true)
			c.on(5 * time.Minute)
			c.active(first)
			c.on(10 * time.Minute)
			c.active(second)
			c.on(6 * time.Minute)
		},
		end: func(c *told) {
			c.gone(c.grants[1])
			c.members(c.oncall, c.sam, c.kit)
		},
	},
	{
		name: "default channel",
		tell: func(c *told) {
			id := c.asks(c.ada, c.ops, 20*time.Minute, false)
			c.watch(c.war, c.ada)
			c.on(5 * time.Minute)
			c.active(id)
			if !c.holds(c.war, c.ada) {
				c.t.Error("Slack did not put ada into the default channel")
			}
			c.on(16 * time.Minute)
		},
		end: func(c *told) {
			g := c.grant(c.grants[0])
			c.gone(g.ID)
			c.goneBy(c.war, c.ada, g.End.Add(late))
			c.members(c.ops, c.sam)
			c.inChannel(c.war, c.sam)
		},
	},
	{
		name: "shorter than an unclear answer",
		tell: func(c *told) { c.asks(c.ada, c.shift, 30*time.Second, false) },
		end: func(c *told) {
			c.goneBy(c.shift, c.ada, c.grant(c.grants[0]).End.Add(late))
			c.members(c.shift, c.sam)
		},
	},
	{
		name: "over standing membership",
		tell: func(c *told) {
			id := c.asks(c.sam, c.shift, 10*time.Minute, false)
			c.on(5 * time.Minute)
			c.active(id)
			c.on(6 * time.Minute)
		},
		end: func(c *told) { c.state(c.grants[0], access.Ended); c.members(c.shift, c.sam) },
	},
	reviewStory, roleStory,
}

// inChannel checks the members of a channel, the app aside.
func (c *company) inChannel(channel string, want ...string) {
	c.t.Helper()
	bot := c.slack.BotUser(c.slack.TeamIDs()[0])
	got := slices.DeleteFunc(c.slack.ChannelMembers(channel), func(a string) bool { return a == bot })
	slices.Sort(want)
	if !slices.Equal(got, want) {
		c.t.Errorf("members of channel %s: %v, want %v", channel, got, want)
	}
}
