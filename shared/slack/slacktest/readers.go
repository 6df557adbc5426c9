package slacktest

import "slices"

// Reading for assertions, past HTTP and its rules. All are copies.

// EnterpriseID is the organization's id, "" when there is none.
func (o *Org) EnterpriseID() string {
	if o.enterprise == nil {
		return ""
	}
	return o.enterprise.id
}

// TeamIDs are the workspaces, in the order in which they were made.
func (o *Org) TeamIDs() []string { return o.teamIDs() }

// PrimaryOwner of a workspace.
func (o *Org) PrimaryOwner(team string) string { return mustTeam(o, team).primaryOwner }

// General is the id of a workspace's #general.
func (o *Org) General(team string) string { return mustTeam(o, team).general }

// GroupMembers is the stored list of a user group, deactivated accounts
// included, sorted by id.
func (o *Org) GroupMembers(group string) []string {
	defer o.lock()()
	return mustHave(o.groups, "user group", group).members.sorted()
}

// ChannelMembers is the stored list of a channel, deactivated accounts included,
// sorted by id.
func (o *Org) ChannelMembers(channel string) []string {
	defer o.lock()()
	return mustHave(o.channels, "channel", channel).members.sorted()
}

// User by id.
func (o *Org) User(id string) User {
	defer o.lock()()
	return copyUser(mustHave(o.users, "user", id))
}

// Group by id, with its members.
func (o *Org) Group(id string) Group {
	defer o.lock()()
	return copyGroup(mustHave(o.groups, "user group", id))
}

// Channel by id, with its members.
func (o *Org) Channel(id string) Channel {
	defer o.lock()()
	return copyChannel(mustHave(o.channels, "channel", id))
}

// Users are all users, bots and external people among them, sorted by id.
func (o *Org) Users() []User {
	defer o.lock()()
	out := make([]User, 0, len(o.users))
	for _, id := range sortedKeys(o.users) {
		out = append(out, copyUser(o.users[id]))
	}
	return out
}

// Groups are all user groups, sorted by id.
func (o *Org) Groups() []Group {
	defer o.lock()()
	out := make([]Group, 0, len(o.groups))
	for _, id := range sortedKeys(o.groups) {
		out = append(out, copyGroup(o.groups[id]))
	}
	return out
}

// Channels are all conversations, sorted by id.
func (o *Org) Channels() []Channel {
	defer o.lock()()
	out := make([]Channel, 0, len(o.channels))
	for _, id := range sortedKeys(o.channels) {
		out = append(out, copyChannel(o.channels[id]))
	}
	return out
}

func copyUser(u *User) User {
	c := *u
	c.Teams, c.AdminOf, c.OwnerOf = slices.Clone(u.Teams), slices.Clone(u.AdminOf), slices.Clone(u.OwnerOf)
	c.PrimaryOwnerOf = slices.Clone(u.PrimaryOwnerOf)
	c.Admin, c.Owner, c.PrimaryOwner = u.isAdmin(u.Team), u.isOwner(u.Team), u.isPrimary(u.Team)
	return c
}

func copyGroup(g *group) Group {
	c := g.Group
	c.Members, c.Channels, c.PrivateChannels = g.members.sorted(), slices.Clone(g.Channels), slices.Clone(g.PrivateChannels)
	return c
}

func copyChannel(ch *channel) Channel {
	c := ch.Channel
	c.Members, c.Teams, c.ExtTeams = ch.members.sorted(), slices.Clone(ch.Teams), slices.Clone(ch.ExtTeams)
	return c
}
