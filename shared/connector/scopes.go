package connector

import "slices"

// Events are what the Slack app subscribes to ("bot events"), each with the one
// scope of which it needs any (docs.slack.dev, the page of each event); without
// one it needs none. They keep the directory fresh between syncs; a house that
// gets none works too, and says so.
var Events = map[NoticeKind][]string{
	UserChanged:    {"users:read"},
	UserJoined:     {"users:read"},
	GroupMade:      {"usergroups:read"},
	GroupUpdated:   {"usergroups:read"},
	MembersChanged: {"usergroups:read"},
	ChannelJoined:  {"channels:read", "groups:read"}, // of channels that the app is in
	ChannelLeft:    {"channels:read", "groups:read"},
	TokensRevoked:  nil,
	Uninstalled:    nil,
	AccessGranted:  nil, // organizations only
	AccessRevoked:  nil,
}

// HomeOpened tells that somebody looks at the app's home tab; it needs no scope
// (docs.slack.dev, app_home_opened). It is of the collaboration, not of the
// directory, so it is no notice.
const HomeOpened = "app_home_opened"

// Scopes that Ebb asks for when it is installed with OAuth, and what its manifest
// declares. Never a *:history scope: Ebb reads no message. Sources: the scope
// columns of Slack's method pages; what each is for stands beside it. Which calls
// need which is proved in infra/ebb/manifest.
var (
	// CollaborationScopes are all that the collaboration integration needs: the
	// app's own voice, and who is who. They come with no administrator's token.
	CollaborationScopes = []string{
		"chat:write",       // messages
		"commands",         // the command and the shortcut
		"im:write",         // a direct message to whom a task waits for
		"usergroups:read",  // approvers that policy names by group
		"users:read",       // accounts, their time zone
		"users:read.email", // to recognise people
	}
	// InstallBotScopes are the app's own: its voice in channels, and reading.
	InstallBotScopes = append(slices.Clone(CollaborationScopes),
		"channels:read",    // public channels and their members
		"groups:read",      // private channels that the app is in
		"groups:write",     // invite to private channels, and remove from them
		"usergroups:write", // only to find out whether everybody may edit them
	)
	// InstallUserScopes are the installing administrator's: whoever edits user
	// groups has to be an administrator by Slack's default.
	InstallUserScopes = []string{
		"channels:read", "groups:read", "groups:write",
		"usergroups:read", "usergroups:write", "users:read", "users:read.email",
	}
	// SCIMScope lets SCIM take a user group's last member out. It is the widest
	// of Slack's scopes and worth it on Business+ alone, so that Install with
	// Slack asks for it only where the operator said so.
	SCIMScope = "admin"
	// AdministerScope lets an organization's token change who is in a workspace and
	// what role they have there. Slack gives it in Enterprise organizations alone.
	AdministerScope = "admin.users:write"
	// RolesScope shows who holds which system role of an Enterprise organization.
	RolesScope = "admin.roles:read"
	// PastedScopes are those of a user token for sync and review, as
	// administrators know them from other products. admin.roles:read is asked
	// for on Enterprise only.
	PastedScopes = []string{
		"admin", "admin.roles:read", "channels:read", "identify", "team:read",
		"usergroups:read", "users:read", "users:read.email",
	}
)

// UserScopes are what Install with Slack asks the installing administrator for.
func UserScopes(scim, roles bool) []string {
	out := slices.Clone(InstallUserScopes)
	if scim {
		out = append(out, SCIMScope)
	}
	if roles {
		out = append(out, AdministerScope, RolesScope)
	}
	return out
}
