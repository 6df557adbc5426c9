package slacktest

import "slices"

// Roles and membership of a workspace, which only an organization's API changes.
// assumed: a workspace's id changes the workspace's role alone; repeating a change
// is accepted and changes nothing; of the organization's own id nothing is simulated.

// adminUsersSetAdmin makes a member or an owner an admin.
func (r *request) adminUsersSetAdmin() (reply, error) {
	t, u, err := r.memberOf()
	switch {
	case err != nil:
		return nil, err
	case u.isGuest() || u.Bot || u.External:
		return nil, refuse("invalid_role_for_user")
	}
	u.OwnerOf = without(u.OwnerOf, t.id)
	r.org.setAdmin(u, t.id, true)
	return reply{}, nil
}

// adminUsersSetRegular makes an admin, an owner or a guest a full member.
func (r *request) adminUsersSetRegular() (reply, error) {
	t, u, err := r.memberOf()
	switch {
	case err != nil:
		return nil, err
	case u.isOrgAdmin():
		return nil, refuse("cannot_set_org_admin_to_regular_at_workspace_level")
	case u.isGuest() && len(u.Teams) > 1:
		return nil, refuse("cannot_set_this_guest_to_regular_at_team_level")
	}
	u.Restricted, u.UltraRestricted = false, false
	u.OwnerOf = without(u.OwnerOf, t.id)
	r.org.setAdmin(u, t.id, false)
	return reply{}, nil
}

// adminUsersRemove takes a user out of a workspace, its user groups and its channels.
// assumed: who was not in is user_not_found.
func (r *request) adminUsersRemove() (reply, error) {
	t, u, err := r.memberOf()
	if err != nil {
		return nil, err
	}
	r.org.leaveTeam(u, t)
	return reply{}, nil
}

// memberOf is the workspace and the user that a call is about; never its primary owner.
func (r *request) memberOf() (*team, *User, error) {
	t, u := r.org.team(r.str("team_id")), r.org.users[r.str("user_id")]
	switch {
	case t == nil:
		return nil, nil, refuse("team_not_found")
	case u == nil || !t.users.has(u.ID):
		return nil, nil, refuse("user_not_found")
	case u.Deleted:
		return nil, nil, refuse(firstDocumented(r.spec, "user_already_deleted", "user_not_found"))
	case u.isPrimary(t.id):
		return nil, nil, refuse("cannot_modify_primary_owner")
	}
	return t, u, nil
}

// leaveTeam takes a user out of one workspace.
func (o *Org) leaveTeam(u *User, t *team) {
	for _, id := range t.groups.ids() {
		g := o.groups[id]
		if g.members.has(u.ID) {
			o.setMembers(g, slices.DeleteFunc(g.members.ids(), func(x string) bool { return x == u.ID }), t.primaryOwner)
		}
	}
	for _, id := range t.channels.ids() {
		if c := o.channels[id]; len(c.Teams) <= 1 {
			o.leave(c, u.ID)
		}
	}
	t.users.remove(u.ID)
	u.Teams, u.AdminOf, u.OwnerOf = without(u.Teams, t.id), without(u.AdminOf, t.id), without(u.OwnerOf, t.id)
	u.Updated = o.grow(u.Updated)
	o.emitUser("user_change", u)
}
