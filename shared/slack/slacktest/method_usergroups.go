package slacktest

import "slices"

// groupPlace is the workspace of a usergroups.* call, on a plan that has user
// groups.
func (r *request) groupPlace() (*team, error) {
	if r.org.opt.Plan == PlanFree {
		return nil, refuse(firstDocumented(r.spec, "plan_upgrade_required", "paid_teams_only"))
	}
	return r.team()
}

func (r *request) usergroupsList() (reply, error) {
	t, err := r.groupPlace()
	if err != nil {
		return nil, err
	}
	groups := []*groupJSON{}
	for _, e := range t.groups.list {
		g := r.org.groups[e.id]
		if !g.Disabled || r.flag("include_disabled") {
			groups = append(groups, r.org.groupView(g, r.flag("include_users"), r.flag("include_count")))
		}
	}
	return reply{"usergroups": groups}, nil
}

// group finds the user group of a call in its workspace.
// assumed: an id that is not there is no_such_subteam in every method, though
// only usergroups.users.list documents it.
func (r *request) group() (*group, error) {
	t, err := r.groupPlace()
	if err != nil {
		return nil, err
	}
	g := r.org.groups[r.str("usergroup")]
	if g == nil || g.Team != t.id {
		return nil, refuse("no_such_subteam")
	}
	return g, nil
}

// usergroups.users.list tells the members of a group.
// assumed: a disabled group without include_disabled is no_such_subteam. Slack
// says only that the flag includes disabled groups.
func (r *request) usergroupsUsersList() (reply, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	if g.Disabled && !r.flag("include_disabled") {
		return nil, refuse("no_such_subteam")
	}
	return reply{"users": r.org.shownMembers(g)}, nil
}

// editable finds a group that the token's owner may edit.
func (r *request) editable() (*group, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	if !r.org.team(g.Team).may(r.user, PrefEditUserGroups) || g.locked() {
		return nil, refuse("permission_denied")
	}
	return g, nil
}

func (r *request) groupReply(g *group) (reply, error) {
	return reply{"usergroup": r.org.groupView(g, true, r.flag("include_count"))}, nil
}

// maxGroupMembers: Slack's help names 5,000 for a user group.
const maxGroupMembers = 5000

// usergroups.users.update replaces the whole list, or refuses the whole call.
func (r *request) usergroupsUsersUpdate() (reply, error) {
	g, err := r.editable()
	if err != nil {
		return nil, err
	}
	users := r.set("users")
	if len(users) == 0 {
		return nil, refuse("no_users_provided")
	}
	if len(users) > maxGroupMembers {
		return nil, refuse("subteam_max_users_exceeded")
	}
	if err := r.groupable(users, g.Team); err != nil {
		return nil, err
	}
	r.org.setMembers(g, users, r.user.ID)
	return r.groupReply(g)
}

// groupable refuses a list for its worst member: unknown people first, then bots
// and guests, then who is deactivated or of another workspace.
// assumed: the order; invalid_users for bots, multi-channel guests and external
// people; failed_for_some_users for deactivated accounts.
func (r *request) groupable(users []string, team string) error {
	var foreign bool
	for _, id := range users {
		u := r.org.users[id]
		switch {
		case u == nil || u.External || u.Bot || id == USLACKBOT:
			return refuse("invalid_users")
		case u.UltraRestricted:
			return refuse("single_channel_guests_cannot_be_added")
		case u.Restricted:
			return refuse("invalid_users")
		case u.Deleted || !u.in(team):
			foreign = true
		}
	}
	if foreign {
		return refuse("failed_for_some_users")
	}
	return nil
}

func (r *request) usergroupsEnable() (reply, error)  { return r.switchGroup(false) }
func (r *request) usergroupsDisable() (reply, error) { return r.switchGroup(true) }

func (r *request) switchGroup(disabled bool) (reply, error) {
	g, err := r.editable()
	if err != nil {
		return nil, err
	}
	r.org.setDisabled(g, disabled, r.user.ID)
	return r.groupReply(g)
}

func (r *request) usergroupsCreate() (reply, error) {
	t, err := r.groupPlace()
	if err != nil {
		return nil, err
	}
	if !t.may(r.user, PrefEditUserGroups) {
		return nil, refuse("permission_denied")
	}
	if err := r.namesFree(t, nil); err != nil {
		return nil, err
	}
	channels := r.set("channels")
	if err := r.linkable(t, channels); err != nil {
		return nil, err
	}
	g := Group{Team: t.id, Name: r.str("name"), Handle: r.str("handle"), Description: r.str("description"), CreatedBy: r.user.ID}
	stored := r.org.groups[r.org.addGroup(g)]
	if len(channels) > 0 {
		r.org.setDefaults(stored, channels, r.user.ID)
	}
	r.org.emitGroup("subteam_created", stored)
	return r.groupReply(stored)
}

func (r *request) usergroupsUpdate() (reply, error) {
	g, err := r.editable()
	if err != nil {
		return nil, err
	}
	t := r.org.team(g.Team)
	if err := r.namesFree(t, g); err != nil {
		return nil, err
	}
	if err := r.linkable(t, r.set("channels")); err != nil {
		return nil, err
	}
	for name, field := range map[string]*string{"name": &g.Name, "handle": &g.Handle, "description": &g.Description} {
		if r.args.Has(name) {
			*field = r.str(name)
		}
	}
	if r.args.Has("channels") {
		r.org.setDefaults(g, r.set("channels"), r.user.ID)
		return r.groupReply(g)
	}
	g.UpdatedBy, g.DateUpdate = r.user.ID, r.org.grow(g.DateUpdate)
	r.org.emitGroup("subteam_updated", g)
	return r.groupReply(g)
}

const maxNameLength = 80 // assumed; Slack documents name_too_long and no number

// namesFree: a name is unique among user groups, a handle among user groups,
// people and channels of the workspace.
func (r *request) namesFree(t *team, self *group) error {
	name, handle := r.str("name"), r.str("handle")
	if len(name) > maxNameLength {
		return refuse("name_too_long")
	}
	if slices.Contains([]string{"here", "channel", "everyone", "admins", "owners"}, handle) {
		return refuse("forbidden_handle")
	}
	for _, e := range t.groups.list {
		switch g := r.org.groups[e.id]; {
		case g == self:
		case name != "" && g.Name == name:
			return refuse("name_already_exists")
		case handle != "" && g.Handle == handle:
			return refuse("handle_already_exists")
		}
	}
	if handle != "" && r.handleTaken(t, handle) {
		return refuse("handle_already_exists")
	}
	return nil
}

func (r *request) handleTaken(t *team, handle string) bool {
	byName := func(e idEntry) bool { return r.org.users[e.id].Name == handle }
	byChannel := func(e idEntry) bool { return r.org.channels[e.id].Name == handle }
	return slices.ContainsFunc(t.users.list, byName) || slices.ContainsFunc(t.channels.list, byChannel)
}

// linkable: up to 100 default channels of the workspace (Slack's help).
func (r *request) linkable(t *team, channels []string) error {
	if len(channels) > 100 {
		return refuse("too_many_linked_channels")
	}
	for _, id := range channels {
		if c := r.org.channels[id]; c == nil || !c.seenIn(t.id) || c.isDirect() {
			return refuse("invalid_channel_provided")
		}
	}
	return nil
}
