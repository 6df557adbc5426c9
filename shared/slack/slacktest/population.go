package slacktest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// crowd generates a believable organization from the seed: who there is, which
// groups, which channels, and who is in them.
type crowd struct {
	org    *Org
	rng    *rand.Rand
	names  map[string]int
	start  int64               // when the organization was founded, Unix seconds
	full   map[string][]string // active full members by workspace
	guests map[string][]string
	multi  map[string][]string // multi-channel guests, in no channel yet
	outer  []string            // external people
}

// New makes a generated organization: Options.People people, Groups user groups
// and Channels channels over all its workspaces, evenly. One in a hundred people
// is in a second workspace. The primary owners that NewEmpty makes and #general
// count among them.
func New(o Options) *Org {
	org := NewEmpty(o)
	defer org.lock()()
	c := &crowd{
		org: org, rng: rand.New(rand.NewPCG(uint64(o.Seed), 0xc0ffee)), names: map[string]int{},
		start: org.now().Add(-4 * 365 * 24 * time.Hour).Unix(),
		full:  map[string][]string{}, guests: map[string][]string{}, multi: map[string][]string{},
	}
	for _, t := range org.teams {
		c.full[t.id] = []string{t.primaryOwner}
	}
	c.people(o.People - len(org.teams))
	c.bots()
	c.channels(o.Channels - len(org.teams))
	c.groups(o.Groups)
	c.assignRoles()
	org.events.clear()
	return org
}

// people: 85 in 100 full members; the others guests, invited, deactivated and
// one in 200 external.
func (c *crowd) people(n int) {
	for i := range max(n, 0) {
		t := c.org.teams[i%len(c.org.teams)]
		u := c.person(t)
		switch roll := c.rng.IntN(200); {
		case roll < 170:
			c.promote(&u, i/len(c.org.teams))
		case roll < 176:
			u.Restricted = true
		case roll < 180:
			u.UltraRestricted = true
		case roll < 193:
			u.Deleted = true
		case roll < 199:
			u.Invited, u.Has2FA = true, false
		default:
			u.External, u.Email = true, strings.Replace(u.Email, t.domain, "partner", 1)
		}
		c.second(&u, t)
		c.enrol(c.org.addUser(u), t)
	}
}

// promote makes the first few owners and admins, and one in fifty an admin later.
func (c *crowd) promote(u *User, rank int) {
	u.Owner = rank == 0
	u.Admin = rank < 3 || c.rng.IntN(50) == 0 && rank < 1000
	if c.org.enterprise != nil {
		u.OrgOwner, u.OrgAdmin = rank == 0 && u.Team == c.org.home().id, rank == 1 && u.Team == c.org.home().id
	}
}

func (c *crowd) second(u *User, t *team) {
	u.Team, u.Teams = t.id, []string{t.id}
	if n := len(c.org.teams); n > 1 && !u.isGuest() && c.rng.IntN(100) == 0 {
		if other := c.org.teams[c.rng.IntN(n)]; other != t {
			u.Teams = append(u.Teams, other.id)
		}
	}
}

// enrol remembers a new user where groups and channels look for members.
func (c *crowd) enrol(id string, t *team) {
	u := c.org.users[id]
	switch {
	case u.External:
		c.outer = append(c.outer, id)
	case u.UltraRestricted:
		c.guests[t.id] = append(c.guests[t.id], id)
	case u.Restricted:
		c.multi[t.id] = append(c.multi[t.id], id)
	case !u.Deleted && !u.Invited:
		for _, team := range u.Teams {
			c.full[team] = append(c.full[team], id)
		}
	}
}

func (c *crowd) person(t *team) User {
	first, last := pick(c.rng, firstNames), pick(c.rng, lastNames)
	name := strings.ToLower(first + "." + last)
	c.names[name]++
	if n := c.names[name]; n > 1 {
		name += strconv.Itoa(n)
	}
	joined := c.start + c.rng.Int64N(3*365*24*3600)
	return User{
		Name: name, RealName: first + " " + last, DisplayName: strings.ToLower(first), Email: name + "@" + t.domain + ".example",
		Title: pick(c.rng, titles), TZ: pick(c.rng, zoneNames), Created: joined, Updated: joined + c.rng.Int64N(180*24*3600),
		Has2FA: c.rng.IntN(10) < 8,
	}
}

var zoneNames = sortedKeys(zones)

var botNames = []string{"deploybot", "calendar", "statuspage", "expenses", "pager"}

// bots that are not ours, a few in every workspace.
func (c *crowd) bots() {
	for _, t := range c.org.teams {
		for _, name := range botNames[:1+c.rng.IntN(len(botNames))] {
			c.org.addUser(User{Team: t.id, Name: name, RealName: strings.ToUpper(name[:1]) + name[1:], Bot: true, Created: c.start})
		}
	}
}

// groups: most live and small; among every twenty one is disabled, and in every
// workspace one is managed by the identity provider and one is locked.
func (c *crowd) groups(n int) {
	perTeam := map[string]int{}
	for i := range max(n, 0) {
		t := c.org.teams[i%len(c.org.teams)]
		rank := perTeam[t.id]
		perTeam[t.id]++
		members := c.some(c.full[t.id], 3+c.rng.IntN(58))
		if len(members) == 0 {
			members = []string{t.primaryOwner}
		}
		name := fmt.Sprintf("%s %s", departments[rank%len(departments)], duties[(rank/len(departments)+rank)%len(duties)])
		if rank >= len(departments)*len(duties) {
			name += " " + itoa(rank)
		}
		name = uniqueName(name, c.names)
		g := Group{
			Team: t.id, Name: name, Handle: strings.ToLower(strings.ReplaceAll(name, " ", "-")), Description: "Members of " + name,
			Members: members, Disabled: rank%20 == 7, IDPManaged: rank == 3, MembershipLocked: rank == 5,
			DateCreate: c.start + c.rng.Int64N(2*365*24*3600),
		}
		if rank%6 == 1 {
			g.Channels, g.PrivateChannels = c.defaults(t)
		}
		c.org.addGroup(g)
	}
}

// defaults picks a public and a private channel of a workspace.
func (c *crowd) defaults(t *team) (public, private []string) {
	for _, e := range t.channels.list {
		ch := c.org.channels[e.id]
		switch {
		case ch.Archived || ch.General || ch.isShared() || ch.isDirect():
		case ch.Private && len(private) == 0:
			private = []string{ch.ID}
		case !ch.Private && len(public) == 0:
			public = []string{ch.ID}
		}
	}
	return public, private
}

func (c *crowd) assignRoles() {
	if c.org.enterprise == nil {
		return
	}
	people := c.full[c.org.home().id]
	for i, role := range []string{"Rl0C", "Rl01", "Rl03", "Rl0A"} {
		c.org.assign(role, c.org.enterprise.id, people[i%len(people)])
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// some draws up to n different members of list.
func (c *crowd) some(list []string, n int) []string {
	if n >= len(list) {
		return list
	}
	seen, out := map[int]bool{}, make([]string, 0, n)
	for len(out) < n {
		if i := c.rng.IntN(len(list)); !seen[i] {
			seen[i] = true
			out = append(out, list[i])
		}
	}
	return out
}

func uniqueName(name string, taken map[string]int) string {
	taken[name]++
	if n := taken[name]; n > 1 {
		name += " " + itoa(n)
	}
	return name
}

func itoa(n int) string { return strconv.Itoa(n) }
