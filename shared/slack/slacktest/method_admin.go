package slacktest

import (
	"slices"
)

func (r *request) adminTeamsList() (reply, error) {
	limit, err := r.limit(100, 1000)
	if err != nil {
		return nil, err
	}
	all := newIDSet(r.org.teamIDs())
	ids, next, err := r.page(&all, limit, nil)
	if err != nil {
		return nil, err
	}
	teams := []reply{}
	for _, id := range ids {
		t := r.org.team(id)
		owner := r.org.users[t.primaryOwner]
		teams = append(teams, reply{
			"id": t.id, "name": t.name, "discoverability": "hidden", "team_url": "https://" + t.domain + ".slack.com/",
			"primary_owner": reply{"user_id": owner.ID, "email": owner.Email},
		})
	}
	return reply{"teams": teams, "response_metadata": nextCursor(next)}, nil
}

func (r *request) adminTeamsAdminsList() (reply, error) {
	return r.listRole("admin_ids", func(u *User, team string) bool { return slices.Contains(u.AdminOf, team) && !u.isOwner(team) })
}

func (r *request) adminTeamsOwnersList() (reply, error) {
	return r.listRole("owner_ids", (*User).isOwner)
}

func (r *request) listRole(field string, holds func(u *User, team string) bool) (reply, error) {
	limit, err := r.limit(100, 1000)
	if err != nil {
		return nil, err
	}
	t := r.org.team(r.str("team_id"))
	if t == nil {
		return nil, refuse("team_not_found")
	}
	ids, next, err := r.page(&t.users, limit, func(id string) bool {
		u := r.org.users[id]
		return !u.Deleted && holds(u, t.id)
	})
	if err != nil {
		return nil, err
	}
	return reply{field: notNil(ids), "response_metadata": nextCursor(next)}, nil
}

// adminUserJSON is a user of admin.users.list.
type adminUserJSON struct {
	ID                string   `json:"id"`
	Email             string   `json:"email"`
	IsAdmin           bool     `json:"is_admin"`
	IsOwner           bool     `json:"is_owner"`
	IsPrimaryOwner    bool     `json:"is_primary_owner"`
	IsRestricted      bool     `json:"is_restricted"`
	IsUltraRestricted bool     `json:"is_ultra_restricted"`
	IsBot             bool     `json:"is_bot"`
	Username          string   `json:"username"`
	FullName          string   `json:"full_name"`
	IsActive          bool     `json:"is_active"`
	DateCreated       int64    `json:"date_created"`
	DeactivatedTS     int64    `json:"deactivated_ts"`
	ExpirationTS      int64    `json:"expiration_ts"`
	Workspaces        []string `json:"workspaces"`
	Roles             []string `json:"roles"`
	Has2FA            bool     `json:"has_2fa"`
	HasSSO            bool     `json:"has_sso"`
	LastActiveTS      int64    `json:"last_active_ts"`
}

// admin.users.list lists the organization, or one workspace with team_id.
// assumed: role flags are the organization's without team_id.
func (r *request) adminUsersList() (reply, error) {
	limit, err := r.limit(100, 100)
	if err != nil {
		return nil, err
	}
	teamID := r.str("team_id")
	set := r.org.everybody()
	if teamID != "" {
		t := r.org.team(teamID)
		if t == nil {
			return nil, refuse("team_not_found")
		}
		set = &t.users
	}
	if r.flag("include_deactivated_user_workspaces") && teamID != "" {
		return nil, refuse("include_deactivated_user_workspaces_invalid")
	}
	if r.flag("only_guests") && (teamID == "" || r.flag("include_admins") || r.flag("include_owners")) {
		return nil, badArguments("only_guests needs team_id and no role filter")
	}
	ids, next, err := r.page(set, limit, func(id string) bool { return r.wanted(r.org.users[id], teamID) })
	if err != nil {
		return nil, err
	}
	users := make([]adminUserJSON, len(ids))
	for i, id := range ids {
		users[i] = r.adminUser(r.org.users[id], teamID)
	}
	return reply{"users": users, "response_metadata": nextCursor(next)}, nil
}

// everybody in the organization, once each.
func (o *Org) everybody() *idset {
	all := &idset{}
	if len(o.teams) == 1 {
		return &o.teams[0].users
	}
	for _, t := range o.teams {
		all.list = append(all.list, t.users.list...)
	}
	slices.SortFunc(all.list, compareEntries)
	all.list = slices.Compact(all.list)
	return all
}

func (r *request) wanted(u *User, team string) bool {
	admin, owner := r.rolesIn(u, team)
	switch {
	case u.ID == USLACKBOT:
		return false
	case r.args.Has("is_active") && r.flag("is_active") == u.Deleted:
		return false
	case r.flag("only_guests"):
		return u.isGuest()
	case r.flag("include_admins") && r.flag("include_owners"):
		return admin || owner
	case r.flag("include_admins"):
		return admin && !owner
	case r.flag("include_owners"):
		return owner
	}
	return true
}

func (r *request) rolesIn(u *User, team string) (admin, owner bool) {
	if team == "" {
		return u.isOrgAdmin(), u.OrgOwner || u.OrgPrimaryOwn
	}
	return u.isAdmin(team), u.isOwner(team)
}

func (r *request) adminUser(u *User, team string) adminUserJSON {
	admin, owner := r.rolesIn(u, team)
	v := adminUserJSON{
		ID: u.ID, Email: u.Email, IsAdmin: admin, IsOwner: owner, IsPrimaryOwner: u.OrgPrimaryOwn && team == "" || u.isPrimary(team),
		IsRestricted: u.Restricted, IsUltraRestricted: u.UltraRestricted, IsBot: u.Bot, Username: u.Name, FullName: u.RealName,
		IsActive: !u.Deleted, DateCreated: u.Created, ExpirationTS: u.GuestExpires, Workspaces: notNil(u.Teams),
		Roles: r.org.rolesOf(u.ID), Has2FA: u.Has2FA, LastActiveTS: r.org.lastUse(u.ID),
	}
	if u.Deleted {
		v.DeactivatedTS = u.Updated
		if !r.flag("include_deactivated_user_workspaces") {
			v.Workspaces = []string{}
		}
	}
	return v
}
