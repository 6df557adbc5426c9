package slacktest

import "slices"

// conversations.invite adds up to 100 users. One that cannot be invited refuses
// the whole call, unless force is set.
// assumed: with force the answer is ok, with errors[] beside the channel, as long
// as one user was invited; more than 100 users are invalid_arguments.
func (r *request) conversationsInvite() (reply, error) {
	c, err := r.writable(true)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Archived:
		return nil, refuse("is_archived")
	case !c.members.has(r.user.ID):
		return nil, refuse("not_in_channel")
	}
	users := r.set("users")
	switch {
	case len(users) == 0:
		return nil, refuse("no_user")
	case len(users) > 100:
		return nil, badArguments("users must have at most 100 items")
	}
	good, failures := r.invitable(c, users)
	if len(failures) > 0 && (!r.flag("force") || len(good) == 0) {
		first, _ := failures[0]["error"].(string)
		return nil, refuseWith(first, reply{"errors": failures})
	}
	r.org.join(c, r.user.ID, good...)
	view := r.org.channelView(c, r.user.ID, r.here(c), true, false)
	if v, ok := view.(*channelJSON); ok {
		v.IsReadOnly, v.LastRead = new(bool), neverRead
	}
	out := reply{"channel": view}
	if len(failures) > 0 {
		out["errors"] = failures
	}
	return out, nil
}

func (r *request) invitable(c *channel, users []string) (good []string, failures []reply) {
	for _, id := range users {
		if code := r.inviteRefusal(c, id); code != "" {
			failures = append(failures, reply{"user": id, "ok": false, "error": code})
			continue
		}
		good = append(good, id)
	}
	return good, failures
}

// inviteRefusal is "" for a user who can be invited.
// assumed: deactivated accounts are cant_invite; external people are
// no_external_invite_permission in a channel shared with their organization,
// else cant_invite.
func (r *request) inviteRefusal(c *channel, id string) string {
	u := r.org.users[id]
	switch {
	case u == nil:
		return "user_not_found"
	case id == r.user.ID:
		return "cant_invite_self"
	case c.members.has(id):
		return "already_in_channel"
	case u.External && slices.Contains(c.ExtTeams, u.ExternalTeam):
		return "no_external_invite_permission"
	case u.External || u.Deleted || id == USLACKBOT:
		return "cant_invite"
	case !slices.ContainsFunc(c.Teams, u.in):
		return foreignCode(c)
	case u.UltraRestricted && r.org.inSomeChannel(id):
		return "ura_max_channels"
	}
	return ""
}

// foreignCode: of the organization, but not of this channel's workspace(s).
func foreignCode(c *channel) string {
	if len(c.Teams) > 1 {
		return "invitee_cant_see_channel"
	}
	return "org_user_not_in_team"
}

// inSomeChannel: a single-channel guest has room for one channel.
func (o *Org) inSomeChannel(user string) bool {
	for _, c := range o.channels {
		if !c.isDirect() && c.members.has(user) {
			return true
		}
	}
	return false
}

// conversations.kick removes one user.
// assumed: the order of refusals; an archived channel is channel_not_found; a
// caller outside of a public channel gets not_in_channel, the same code as for a
// user who is not in it; a deactivated user is user_not_found and stays.
func (r *request) conversationsKick() (reply, error) {
	c, err := r.writable(false)
	if err != nil {
		return nil, err
	}
	u := r.org.users[r.str("user")]
	switch {
	case u == nil || u.Deleted:
		return nil, refuse("user_not_found")
	case c.Archived:
		return nil, refuse("channel_not_found")
	case u.ID == r.user.ID:
		return nil, refuse("cant_kick_self")
	case c.General || c.OrgMandatory:
		return nil, refuse("cant_kick_from_general")
	case !r.mayKick(c):
		return nil, refuse("restricted_action")
	case !c.members.has(r.user.ID) || !c.members.has(u.ID):
		return nil, refuse("not_in_channel")
	}
	r.org.leave(c, u.ID)
	return reply{"errors": reply{}}, nil
}

func (r *request) mayKick(c *channel) bool {
	pref := PrefRemoveFromPublic
	if c.Private {
		pref = PrefRemoveFromPrivate
	}
	return r.org.team(c.Team).may(r.user, pref)
}
