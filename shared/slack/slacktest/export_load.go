package slacktest

import (
	"cmp"
	"slices"
)

// load puts an export into an empty workspace. The export's primary owner and
// #general take the place of the made-up ones; members who are not in users.json
// (people of other organizations, whom exports leave out) are dropped.
func (e *export) load(o *Org) {
	t := o.home()
	if slices.ContainsFunc(e.public, func(c exportChannel) bool { return c.IsGeneral }) {
		e.replaceGeneral(o, t)
	}
	for _, u := range e.users {
		if u.ID == USLACKBOT {
			continue
		}
		o.addUser(u.user(t.id))
		if u.IsPrimaryOwner && !u.Deleted {
			e.replaceOwner(o, t, u.ID)
		}
	}
	for _, c := range e.public {
		o.addChannel(c.channel(o, t.id, false))
		if c.IsGeneral {
			t.general = c.ID
		}
	}
	for _, c := range e.private {
		o.addChannel(c.channel(o, t.id, true))
	}
}

func (e *export) replaceGeneral(o *Org, t *team) {
	t.channels.remove(t.general)
	delete(o.channels, t.general)
	t.general = ""
}

// replaceOwner hands the workspace and the ordinary user token to the export's
// primary owner.
func (e *export) replaceOwner(o *Org, t *team, id string) {
	old := t.primaryOwner
	t.primaryOwner = id
	o.tokens[o.usrToken].user = id
	t.users.remove(old)
	if general := o.channels[t.general]; general != nil {
		general.members.remove(old)
		general.Creator = id
	}
	delete(o.byEmail, o.users[old].Email)
	delete(o.users, old)
}

func (u exportUser) user(team string) User {
	return User{
		ID: u.ID, Team: team, Name: u.Name, RealName: cmp.Or(u.RealName, u.Profile.RealName), DisplayName: u.Profile.DisplayName,
		Email: u.Profile.Email, Title: u.Profile.Title, TZ: u.TZ, Updated: u.Updated, Created: u.Updated,
		Deleted: u.Deleted, Invited: u.IsInvitedUser, Restricted: u.IsRestricted, UltraRestricted: u.IsUltraRestricted,
		Bot: u.IsBot, AppUser: u.IsAppUser, Admin: u.IsAdmin, Owner: u.IsOwner, PrimaryOwner: u.IsPrimaryOwner,
	}
}

func (c exportChannel) channel(o *Org, team string, private bool) Channel {
	members := slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return o.users[id] == nil })
	return Channel{
		ID: c.ID, Team: team, Name: c.Name, Private: private, Archived: c.IsArchived, General: c.IsGeneral,
		Topic: c.Topic.Value, Purpose: c.Purpose.Value, Creator: c.Creator, Created: c.Created, Members: members,
	}
}
