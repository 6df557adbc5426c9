package connector

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

// Scopes that Ebb asks for when it is installed with OAuth. Never a *:history
// scope: Ebb reads no message. Sources: the scope columns of Slack's method
// pages; what each is for stands beside it.
var (
	// InstallBotScopes are the app's own: its voice in channels, and reading.
	InstallBotScopes = []string{
		"channels:read",        // public channels and their members
		"groups:read",          // private channels that the app is in
		"groups:write",         // remove from private channels
		"groups:write.invites", // invite to private channels
		"team:read",            // the workspace's name
		"usergroups:read",      // user groups and members
		"usergroups:write",     // only to find out whether everybody may edit them
		"users:read",           // accounts
		"users:read.email",     // to recognise people
	}
	// InstallUserScopes are the installing administrator's: whoever edits user
	// groups has to be an administrator by Slack's default.
	InstallUserScopes = []string{
		"channels:read", "groups:read", "groups:write", "team:read",
		"usergroups:read", "usergroups:write", "users:read", "users:read.email",
	}
	// SCIMScope lets SCIM take a user group's last member out. It is the widest
	// of Slack's scopes and worth it on Business+ alone, so that Install with
	// Slack asks for it only where the operator said so.
	SCIMScope = "admin"
	// PastedScopes are those of a user token for sync and review, as
	// administrators know them from other products. admin.roles:read is asked
	// for on Enterprise only.
	PastedScopes = []string{
		"admin", "admin.roles:read", "channels:read", "identify", "team:read",
		"usergroups:read", "users:read", "users:read.email",
	}
)
