package slack

import (
	"cmp"
	"slices"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// slackbot is the one bot whose is_bot is false (docs.slack.dev, "user object").
const slackbot = "USLACKBOT"

// account turns a user object into an account. Its id is the object's own id,
// not enterprise_user.id: it is what usergroups.* and conversations.* answer and
// accept in the same workspace, and in an organization both are the same except
// for accounts from before its migration.
//
// workspace is where the flags is_admin and is_owner hold; external is decided
// by the caller, who knows what was asked. is_app_user is no sign of a bot: it
// marks people who have authorized the calling app.
func account(l connector.Link, u slackgo.User, workspace string, external bool) directory.Account {
	a := directory.Account{
		ID: u.ID, Connector: l.Connector, Kind: kindOf(u, external), State: stateOf(u),
		Handle: u.Name, Name: cmp.Or(u.RealName, u.Profile.RealName, u.Profile.DisplayName), Email: u.Profile.Email,
		OrgAdmin:  u.Enterprise.IsAdmin || u.Enterprise.IsOwner || u.Enterprise.IsPrimaryOwner,
		OrgOwner:  u.Enterprise.IsOwner || u.Enterprise.IsPrimaryOwner,
		TwoFactor: u.Has2FA != nil && *u.Has2FA,
	}
	if !external && workspace != "" {
		a.Roles = map[string]directory.WorkspaceRole{workspace: roleOf(u)}
	}
	return a
}

func kindOf(u slackgo.User, external bool) directory.AccountKind {
	switch {
	case u.IsBot, u.IsWorkflowBot, u.IsConnectorBot, u.ID == slackbot:
		return directory.Bot
	case external:
		return directory.External
	case u.IsUltraRestricted: // Slack sets is_restricted with it
		return directory.SingleChannelGuest
	case u.IsRestricted:
		return directory.MultiChannelGuest
	}
	return directory.Human
}

func stateOf(u slackgo.User) directory.AccountState {
	switch {
	case u.Deleted:
		return directory.Deactivated
	case u.IsInvitedUser:
		return directory.Invited
	}
	return directory.Active
}

func roleOf(u slackgo.User) directory.WorkspaceRole {
	switch {
	case u.IsPrimaryOwner:
		return directory.PrimaryOwner
	case u.IsOwner:
		return directory.Owner
	case u.IsAdmin:
		return directory.Admin
	}
	return directory.Member
}

// belongs reports whether the user object says that its user is a member of the
// workspace. One that names no workspace at all is of the one that was asked.
func belongs(u slackgo.User, workspace string) bool {
	if u.TeamID == "" && len(u.Enterprise.Teams) == 0 {
		return true
	}
	return u.ID == slackbot || u.TeamID == workspace || slices.Contains(u.Enterprise.Teams, workspace)
}

// resource of a user group. Managed, Locked: fields that Slack's documentation
// leaves out and its answers carry. auto_type: Slack fills the group itself.
func (g group) resource(l connector.Link) directory.Resource {
	return directory.Resource{
		ID: g.ID, Connector: l.Connector, Workspace: cmp.Or(l.Team, g.TeamID), Kind: directory.UserGroup,
		Name: g.Handle, Title: g.Name, Creator: g.CreatedBy,
		Disabled: g.DateDelete != 0, Managed: g.IsIDPGroup,
		Locked:   g.IsMembershipLocked || g.IsEditingRestricted || g.AutoType != "",
		Defaults: slices.Concat(g.Prefs.Channels, g.Prefs.Groups), Count: len(g.Users),
	}
}

// resource of a channel. A channel that several workspaces of the organization
// share belongs to the organization: whichever of them lists it, it is the same.
func (c channel) resource(l connector.Link) directory.Resource {
	r := directory.Resource{
		ID: c.ID, Connector: l.Connector, Workspace: cmp.Or(l.Team, c.ContextTeamID), Kind: directory.Channel,
		Name: c.Name, Creator: c.Creator, Private: c.IsPrivate, Archived: c.IsArchived, Shared: c.IsExtShared,
		General: c.IsGeneral || c.OrgDefault || c.Mandatory,
		Reached: c.Member != nil && *c.Member,
	}
	if c.Size != nil {
		r.Count = *c.Size
	}
	if c.IsOrgShared {
		r.Workspace = ""
	}
	return r
}
