package slacktest

import (
	"cmp"
	"slices"
	"strings"
)

// AddUser adds a user and returns the id. Full members join #general, nobody
// joins anything else. It fires no event; see HandJoin.
func (o *Org) AddUser(u User) string {
	defer o.lock()()
	return o.addUser(u)
}

func (o *Org) addUser(u User) string {
	u.ID = cmp.Or(u.ID, o.mint.id("U"))
	mustBeNew(o.users, "user", u.ID)
	u.Team = cmp.Or(u.Team, o.home().id)
	if len(u.Teams) == 0 {
		u.Teams = []string{u.Team}
	}
	u.Name = cmp.Or(u.Name, strings.ToLower(u.ID))
	u.RealName = cmp.Or(u.RealName, u.Name)
	u.DisplayName = cmp.Or(u.DisplayName, u.Name)
	u.TZ = cmp.Or(u.TZ, "America/Los_Angeles")
	u.Created = cmp.Or(u.Created, o.now().Unix())
	u.Updated = cmp.Or(u.Updated, u.Created)
	if u.UltraRestricted {
		u.Restricted = true // Slack sets both on a single-channel guest
	}
	u.AdminOf = rolesOf(u.AdminOf, u.Admin || u.Owner || u.PrimaryOwner, u.Teams)
	u.OwnerOf = rolesOf(u.OwnerOf, u.Owner || u.PrimaryOwner, u.Teams)
	u.PrimaryOwnerOf = rolesOf(u.PrimaryOwnerOf, u.PrimaryOwner, u.Teams)
	if u.External {
		u.ExternalTeam = cmp.Or(u.ExternalTeam, o.mint.id("T"))
		u.Team, u.Teams = u.ExternalTeam, nil
	}
	stored := u
	stored.Teams = slices.Clone(u.Teams)
	o.users[u.ID] = &stored
	o.enlist(&stored)
	return u.ID
}

// enlist puts a user into the lists of workspaces, e-mails and #general.
func (o *Org) enlist(u *User) {
	if u.Email != "" {
		key := strings.ToLower(u.Email)
		o.byEmail[key] = append(o.byEmail[key], u.ID)
	}
	if u.External {
		o.externals.add(u.ID)
		return
	}
	for _, id := range u.Teams {
		t := mustTeam(o, id)
		t.users.add(u.ID)
		if general := o.channels[t.general]; general != nil && !u.Bot && !u.isGuest() {
			general.members.add(u.ID)
		}
	}
}

func rolesOf(given []string, all bool, teams []string) []string {
	if all && len(given) == 0 {
		return slices.Clone(teams)
	}
	return slices.Clone(given)
}

// AddGroup adds a user group and returns its id. Members join its default
// channels, as in Slack; no rule is applied to them and no event fires.
func (o *Org) AddGroup(g Group) string {
	defer o.lock()()
	return o.addGroup(g)
}

func (o *Org) addGroup(g Group) string {
	g.ID = cmp.Or(g.ID, o.mint.id("S"))
	mustBeNew(o.groups, "user group", g.ID)
	g.Team = cmp.Or(g.Team, o.home().id)
	t := mustTeam(o, g.Team)
	g.Name = cmp.Or(g.Name, g.ID)
	g.Handle = cmp.Or(g.Handle, strings.ToLower(strings.ReplaceAll(g.Name, " ", "-")))
	g.CreatedBy = cmp.Or(g.CreatedBy, t.primaryOwner)
	g.UpdatedBy = cmp.Or(g.UpdatedBy, g.CreatedBy)
	g.DateCreate = cmp.Or(g.DateCreate, o.now().Unix())
	g.DateUpdate = cmp.Or(g.DateUpdate, g.DateCreate)
	if g.Disabled {
		g.DateDelete = cmp.Or(g.DateDelete, g.DateUpdate)
		g.DeletedBy = cmp.Or(g.DeletedBy, g.UpdatedBy)
	}
	stored := &group{Group: g, members: newIDSet(g.Members)}
	stored.Members = nil
	o.groups[g.ID] = stored
	t.groups.add(g.ID)
	for _, c := range o.defaultChannels(stored) {
		for _, u := range g.Members {
			c.members.add(u)
		}
	}
	return g.ID
}

// AddChannel adds a conversation and returns its id. No event fires.
func (o *Org) AddChannel(c Channel) string {
	defer o.lock()()
	return o.addChannel(c)
}

func (o *Org) addChannel(c Channel) string {
	c.ID = cmp.Or(c.ID, o.mint.id(channelPrefix(c)))
	mustBeNew(o.channels, "channel", c.ID)
	c.Team = cmp.Or(c.Team, o.home().id)
	if len(c.Teams) == 0 {
		c.Teams = []string{c.Team}
	}
	c.Private = c.Private || c.IM || c.MPIM
	c.Name = cmp.Or(c.Name, strings.ToLower(c.ID))
	c.Creator = cmp.Or(c.Creator, o.team(c.Team).primaryOwner)
	c.Created = cmp.Or(c.Created, o.now().Unix())
	c.Updated = cmp.Or(c.Updated, c.Created*1000)
	stored := &channel{Channel: c, members: newIDSet(c.Members)}
	stored.Members, stored.Teams = nil, slices.Clone(c.Teams)
	o.channels[c.ID] = stored
	for _, id := range c.Teams {
		mustTeam(o, id).channels.add(c.ID)
	}
	return c.ID
}

func channelPrefix(c Channel) string {
	if c.IM {
		return "D"
	}
	return "C"
}

func mustTeam(o *Org, id string) *team {
	t := o.team(id)
	if t == nil {
		panic("slacktest: no workspace " + id)
	}
	return t
}

func mustBeNew[T any](m map[string]T, what, id string) {
	if _, taken := m[id]; taken {
		panic("slacktest: a second " + what + " " + id)
	}
}
