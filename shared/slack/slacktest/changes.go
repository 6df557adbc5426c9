package slacktest

import "slices"

// What changes Slack, whoever does it: a token, a hand in Slack's own pages, or
// an identity provider. Each keeps dates and side effects right and fires the
// events that Slack fires.

// setMembers replaces a user group's list. Newcomers join the group's default
// channels; who leaves stays in them.
// assumed: leaving does not remove anybody from a default channel; Slack's pages
// describe only the adding.
func (o *Org) setMembers(g *group, ids []string, actor string) {
	next := newIDSet(ids)
	added, removed := difference(&next, &g.members), difference(&g.members, &next)
	if len(added)+len(removed) == 0 {
		return
	}
	before := g.DateUpdate
	g.members, g.UpdatedBy, g.DateUpdate = next, actor, o.grow(before)
	o.emitMembersChanged(g, before, added, removed)
	o.emitGroup("subteam_updated", g)
	if g.Disabled {
		return // assumed: a disabled group adds nobody to channels
	}
	for _, c := range o.defaultChannels(g) {
		o.join(c, actor, added...)
	}
}

func difference(a, b *idset) []string {
	out := []string{}
	for _, e := range a.list {
		if !b.has(e.id) {
			out = append(out, e.id)
		}
	}
	return out
}

func (o *Org) defaultChannels(g *group) []*channel {
	var out []*channel
	for _, id := range slices.Concat(g.Channels, g.PrivateChannels) {
		if c := o.channels[id]; c != nil && !c.Archived {
			out = append(out, c)
		}
	}
	return out
}

// setDisabled enables or disables a user group; members stay.
// assumed: enabling what is enabled, or disabling what is disabled, is accepted
// and changes nothing.
func (o *Org) setDisabled(g *group, disabled bool, actor string) {
	if g.Disabled == disabled {
		return
	}
	g.Disabled, g.UpdatedBy, g.DateUpdate = disabled, actor, o.grow(g.DateUpdate)
	g.DateDelete, g.DeletedBy = 0, ""
	if disabled {
		g.DateDelete, g.DeletedBy = g.DateUpdate, actor
	}
	o.emitGroup("subteam_updated", g)
}

// join adds users to a channel; who is there already stays as they are.
func (o *Org) join(c *channel, inviter string, users ...string) {
	for _, u := range users {
		if c.members.add(u) {
			o.emitJoined(c, u, inviter)
		}
	}
}

// leave takes a user out of a channel.
func (o *Org) leave(c *channel, user string) {
	if !c.members.has(user) {
		return
	}
	o.emitLeft(c, user)
	c.members.remove(user)
}

// setDeleted deactivates or reactivates an account. User groups and channels
// keep it, as whole-list writes that fail on it show.
func (o *Org) setDeleted(u *User, deleted bool) {
	if u.Deleted == deleted {
		return
	}
	u.Deleted, u.Updated = deleted, o.grow(u.Updated)
	o.emitUser("user_change", u)
}

// setAdmin makes or unmakes a workspace admin.
func (o *Org) setAdmin(u *User, team string, admin bool) {
	u.AdminOf = without(u.AdminOf, team)
	if admin {
		u.AdminOf = append(u.AdminOf, team)
	}
	u.Updated = o.grow(u.Updated)
	o.emitUser("user_change", u)
}
