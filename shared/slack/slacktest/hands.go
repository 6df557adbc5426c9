package slacktest

import "slices"

// A human's hand in Slack's own pages: no token, no rate limit, no preference in
// the way (the hand is an administrator's), the same side effects and events as
// an API call. Ids that do not exist panic.

// HandAddToGroup adds users to a user group.
func (o *Org) HandAddToGroup(actor, group string, users ...string) {
	defer o.lock()()
	g := mustHave(o.groups, "user group", group)
	for _, u := range users {
		mustHave(o.users, "user", u)
	}
	o.setMembers(g, append(g.members.ids(), users...), actor)
}

// HandRemoveFromGroup removes users from a user group; the last one too, which
// only a hand, SCIM or an identity provider can.
func (o *Org) HandRemoveFromGroup(actor, group string, users ...string) {
	defer o.lock()()
	g := mustHave(o.groups, "user group", group)
	keep := slices.DeleteFunc(g.members.ids(), func(id string) bool { return slices.Contains(users, id) })
	o.setMembers(g, keep, actor)
}

// HandDisableGroup disables a user group.
func (o *Org) HandDisableGroup(actor, group string) {
	defer o.lock()()
	o.setDisabled(mustHave(o.groups, "user group", group), true, actor)
}

// HandEnableGroup enables a user group.
func (o *Org) HandEnableGroup(actor, group string) {
	defer o.lock()()
	o.setDisabled(mustHave(o.groups, "user group", group), false, actor)
}

// HandSetDefaultChannels replaces a user group's default channels; its
// members join them.
func (o *Org) HandSetDefaultChannels(actor, group string, channels ...string) {
	defer o.lock()()
	g := mustHave(o.groups, "user group", group)
	o.setDefaults(g, channels, actor)
}

// setDefaults replaces default channels and brings the members in.
// assumed: Slack does so for members who were in the group before, too.
func (o *Org) setDefaults(g *group, channels []string, actor string) {
	g.Channels, g.PrivateChannels = nil, nil
	for _, id := range channels {
		if mustHave(o.channels, "channel", id).Private {
			g.PrivateChannels = append(g.PrivateChannels, id)
		} else {
			g.Channels = append(g.Channels, id)
		}
	}
	g.UpdatedBy, g.DateUpdate = actor, o.grow(g.DateUpdate)
	o.emitGroup("subteam_updated", g)
	for _, c := range o.defaultChannels(g) {
		o.join(c, actor, g.members.ids()...)
	}
}

// HandLockGroup sets or clears the flags that stop edits through the API:
// managed by the identity provider, membership locked.
func (o *Org) HandLockGroup(group string, idp, locked bool) {
	defer o.lock()()
	g := mustHave(o.groups, "user group", group)
	g.IDPManaged, g.MembershipLocked = idp, locked
}

// HandInvite adds users to a channel.
func (o *Org) HandInvite(channel string, users ...string) {
	defer o.lock()()
	c := mustHave(o.channels, "channel", channel)
	for _, u := range users {
		mustHave(o.users, "user", u)
	}
	o.join(c, c.Creator, users...)
}

// HandKick removes a user from a channel.
func (o *Org) HandKick(channel, user string) {
	defer o.lock()()
	o.leave(mustHave(o.channels, "channel", channel), user)
}

// HandArchive archives or unarchives a channel. Unlike in Slack everybody stays
// a member (assumed).
func (o *Org) HandArchive(channel string, archived bool) {
	defer o.lock()()
	c := mustHave(o.channels, "channel", channel)
	c.Archived, c.Updated = archived, o.now().UnixMilli()
}

// HandJoin brings a new person in, as AddUser does, and fires team_join.
func (o *Org) HandJoin(u User) string {
	defer o.lock()()
	id := o.addUser(u)
	o.emitUser("team_join", o.users[id])
	return id
}

// HandDeactivate deactivates an account, in every workspace.
func (o *Org) HandDeactivate(user string) {
	defer o.lock()()
	o.setDeleted(mustHave(o.users, "user", user), true)
}

// HandSetManager writes who manages an account, as an identity provider does. No
// event tells of it.
func (o *Org) HandSetManager(user, manager string) {
	defer o.lock()()
	mustHave(o.users, "user", user).Manager = manager
}

// HandReactivate reactivates an account.
func (o *Org) HandReactivate(user string) {
	defer o.lock()()
	o.setDeleted(mustHave(o.users, "user", user), false)
}

// HandSetAdmin makes a user an admin of a workspace, or a plain member again.
func (o *Org) HandSetAdmin(team, user string, admin bool) {
	defer o.lock()()
	mustTeam(o, team)
	o.setAdmin(mustHave(o.users, "user", user), team, admin)
}
