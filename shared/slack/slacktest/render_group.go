package slacktest

// groupJSON is a user group as Slack prints it: the documented fields, and the
// recorded ones that the documentation leaves out: is_idp_group to is_section,
// auto_provision, enterprise_subteam_id, and is_subteam, which slack-go knows.
type groupJSON struct {
	ID                  string         `json:"id"`
	TeamID              string         `json:"team_id"`
	IsUsergroup         bool           `json:"is_usergroup"`
	IsSubteam           bool           `json:"is_subteam"`
	Name                string         `json:"name"`
	Description         string         `json:"description"`
	Handle              string         `json:"handle"`
	IsExternal          bool           `json:"is_external"`
	DateCreate          int64          `json:"date_create"`
	DateUpdate          int64          `json:"date_update"`
	DateDelete          int64          `json:"date_delete"`
	AutoType            *string        `json:"auto_type"`
	AutoProvision       bool           `json:"auto_provision"`
	EnterpriseSubteamID string         `json:"enterprise_subteam_id"`
	CreatedBy           string         `json:"created_by"`
	UpdatedBy           *string        `json:"updated_by"`
	DeletedBy           *string        `json:"deleted_by"`
	Prefs               groupPrefsJSON `json:"prefs"`
	IsIDPGroup          bool           `json:"is_idp_group"`
	IsMembershipLocked  bool           `json:"is_membership_locked"`
	IsEditingRestricted bool           `json:"is_editing_restricted"`
	IsOrgLevel          bool           `json:"is_org_level"`
	IsVisible           bool           `json:"is_visible"`
	IsSection           bool           `json:"is_section"`
	Users               *[]string      `json:"users,omitempty"`
	UserCount           *int           `json:"user_count,omitempty"`
}

type groupPrefsJSON struct {
	Channels []string `json:"channels"`
	Groups   []string `json:"groups"`
}

// groupView renders g. user_count is a number: the documentation prints a
// string, recordings have a number.
func (o *Org) groupView(g *group, withUsers, withCount bool) *groupJSON {
	v := &groupJSON{
		ID: g.ID, TeamID: g.Team, IsUsergroup: true, IsSubteam: true, Name: g.Name, Description: g.Description, Handle: g.Handle,
		DateCreate: g.DateCreate, DateUpdate: g.DateUpdate, DateDelete: g.DateDelete, AutoType: nullable(g.AutoType),
		CreatedBy: g.CreatedBy, UpdatedBy: nullable(g.UpdatedBy), DeletedBy: nullable(g.DeletedBy),
		Prefs:      groupPrefsJSON{notNil(g.Channels), notNil(g.PrivateChannels)},
		IsIDPGroup: g.IDPManaged, IsMembershipLocked: g.MembershipLocked, IsEditingRestricted: g.EditingRestricted,
		IsOrgLevel: g.OrgLevel, IsVisible: true,
	}
	members := o.shownMembers(g)
	if withUsers {
		v.Users = &members
	}
	if withCount {
		count := len(members)
		v.UserCount = &count
	}
	return v
}

// shownMembers are what lists show of the stored members.
func (o *Org) shownMembers(g *group) []string {
	out := []string{}
	for _, e := range g.members.list {
		if !o.opt.HideDeactivatedInGroups || !o.users[e.id].Deleted {
			out = append(out, e.id)
		}
	}
	return out
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
