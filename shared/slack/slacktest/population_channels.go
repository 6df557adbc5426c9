package slacktest

import (
	"fmt"
	"strings"
)

// channels: two in five private, one in twelve archived, one in twenty-five
// shared with another organization, and in an organization one in twenty shared
// by several workspaces. The app's bot is in two of three private channels and
// in half of the public ones.
func (c *crowd) channels(n int) {
	for i := range max(n, 0) {
		t := c.org.teams[i%len(c.org.teams)]
		name := fmt.Sprintf("%s-%s", strings.ToLower(departments[i%len(departments)]), topics[(i/len(departments)+i)%len(topics)])
		name = strings.ReplaceAll(uniqueName(name, c.names), " ", "-")
		roll := c.rng.IntN(300)
		ch := Channel{
			Team: t.id, Teams: []string{t.id}, Name: name, Private: roll%5 < 2, Archived: roll%12 == 11,
			Purpose: "Everything about " + name, Created: c.start + c.rng.Int64N(3*365*24*3600),
		}
		ch.Members = append([]string{}, c.some(c.full[t.id], c.size())...)
		if roll%25 == 24 && len(c.outer) > 0 {
			c.connect(&ch)
		}
		if roll%20 == 19 && len(c.org.teams) > 1 && len(ch.ExtTeams) == 0 {
			c.span(&ch)
		}
		c.admitGuests(&ch, t)
		if bot := c.org.installFor(t.id).bot; c.rng.IntN(6) < botChance(ch.Private) {
			ch.Members = append(ch.Members, bot)
		}
		ch.Creator = c.full[t.id][0]
		c.org.addChannel(ch)
	}
	c.settleGuests()
}

func botChance(private bool) int {
	if private {
		return 4
	}
	return 3
}

// size of a channel: mostly small, some large.
func (c *crowd) size() int {
	switch c.rng.IntN(10) {
	case 0:
		return 60 + c.rng.IntN(240)
	case 1, 2, 3:
		return 20 + c.rng.IntN(60)
	}
	return 3 + c.rng.IntN(20)
}

func (c *crowd) connect(ch *Channel) {
	outer := pick(c.rng, c.outer)
	ch.ExtTeams = []string{c.org.users[outer].ExternalTeam}
	ch.Members = append(ch.Members, outer)
}

// span shares a channel with a second workspace of the organization.
func (c *crowd) span(ch *Channel) {
	other := pick(c.rng, c.org.teams)
	if other.id != ch.Team {
		ch.Teams = append(ch.Teams, other.id)
		ch.Members = append(ch.Members, c.some(c.full[other.id], 5)...)
	}
}

// admitGuests brings multi-channel guests into a few channels and each
// single-channel guest into one.
func (c *crowd) admitGuests(ch *Channel, t *team) {
	if ch.Archived || c.rng.IntN(4) > 0 {
		return
	}
	ch.Members = append(ch.Members, c.some(c.multi[t.id], 2)...)
	if waiting := c.guests[t.id]; len(waiting) > 0 {
		ch.Members = append(ch.Members, waiting[0])
		c.guests[t.id] = waiting[1:]
	}
}

// settleGuests: single-channel guests whom no channel took stay in none, which
// Slack allows only until they accept.
func (c *crowd) settleGuests() {
	for _, t := range c.org.teams {
		for _, id := range c.guests[t.id] {
			c.org.users[id].Invited = true
		}
	}
}
