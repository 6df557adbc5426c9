package slack

import "github.com/ebb-access/ebb/shared/fault"

const (
	editGroups = "only workspace admins may edit user groups here: connect with an administrator's user token, or let everyone edit user groups in the workspace's settings"
	inviteApp  = "Ebb cannot see this channel: invite its app there (/invite)"
	keptIn     = "a setting of the workspace says who may remove people from channels, and the connector's token is not among them: an owner can change it under Settings & permissions, or " + askAdmin + " who is in the channel"
	otherAdmin = "Slack lets nobody do this to oneself: do it by hand, or connect with another admin's user token"
	tooLate    = "Slack opens a window only within three seconds of a click, and this came later: click again"
	startAgain = "start the installation again from Install with Slack"
)

// ofMethod are the codes that mean something else, or something more, from one
// method (docs.slack.dev, the error table of that method).
var ofMethod = map[string]map[string]class{
	"conversations.invite": {
		"already_in_channel":            {fault.Already, ""},
		"app_cannot_join_channel":       {fault.Permanent, "this app cannot be invited to this channel"},
		"cant_invite":                   {fault.Permanent, "this account cannot be invited to this channel"},
		"cant_invite_self":              {fault.Misconfigured, otherAdmin},
		"channel_not_found":             {fault.Misconfigured, inviteApp},
		"invitee_cant_see_channel":      {fault.Permanent, "the channel is not shared with any workspace of this account: share it, or add the account to one"},
		"no_external_invite_permission": {fault.Permanent, "people of other organizations cannot be invited with this token"},
		"no_permission":                 {fault.Permanent, "the connector's token may not invite this account to the channel: " + askAdmin},
		"ura_max_channels":              {fault.Permanent, "this single-channel guest is in a channel already"},
		"user_not_found":                {fault.Permanent, "Slack does not know this account any more, or it is deactivated"},
	},
	"conversations.kick": {
		"cant_kick_from_general": {fault.Permanent, "everybody is in #general and nobody can be removed from it"},
		"cant_kick_self":         {fault.Misconfigured, otherAdmin},
		"channel_not_found":      {fault.Misconfigured, inviteApp},
		"not_in_channel":         {fault.Already, ""},
		"not_supported":          {fault.Permanent, "Slack removes nobody of this kind from this channel: remove the account by hand"},
		"restricted_action":      {fault.Misconfigured, keptIn},
		"user_not_found":         {fault.Permanent, "Slack does not know this account any more, or it is deactivated"},
	},
	"oauth.v2.access": {
		"access_denied":                       {fault.Misconfigured, "the installation was declined in Slack: " + startAgain},
		"bad_client_secret":                   {fault.Misconfigured, "Slack does not know the app's client secret: " + ourSetting},
		"bad_redirect_uri":                    {fault.Misconfigured, "the redirect address is not among the app's: " + ourSetting},
		"cannot_install_an_org_installed_app": {fault.Misconfigured, "the app is installed for the whole organization already: an organization admin can add it to the workspace"},
		"code_already_used":                   {fault.Reauthorize, "this answer of Slack was used before: " + startAgain},
		"code_expired":                        {fault.Reauthorize, "Slack's answer is older than ten minutes: " + startAgain},
		"invalid_client_id":                   {fault.Misconfigured, "Slack does not know the app's client id: " + ourSetting},
		"invalid_code":                        {fault.Reauthorize, "Slack does not accept this answer, which lives for ten minutes and works once: " + startAgain},
		"invalid_code_verifier":               {fault.Misconfigured, "the app asks for PKCE, which Ebb does not use: " + ourSetting},
		"invalid_grant_type":                  {fault.Internal, mistake},
		"invalid_refresh_token":               {fault.Reauthorize, "the connector's token has run out: " + startAgain},
		"no_scopes":                           {fault.Misconfigured, "the app asks for no scopes: " + ourSetting},
		"oauth_authorization_url_mismatch":    {fault.Misconfigured, "the installation began at another address of Slack: " + startAgain},
		"pkce_not_allowed":                    {fault.Misconfigured, "the app is not set up for PKCE: " + ourSetting},
		"preview_feature_not_available":       {fault.Misconfigured, "Slack does not offer this to the workspace yet"},
		"user_email_unverified":               {fault.Misconfigured, "confirm your e-mail address in Slack first; then " + startAgain},
	},
	"usergroups.disable": {
		"no_such_subteam":   {fault.Permanent, "Slack does not know this user group any more"},
		"permission_denied": {fault.Misconfigured, editGroups},
	},
	"usergroups.list": {
		"users_not_found": {unsure, ""},
	},
	"usergroups.update": {
		"permission_denied":        {fault.Misconfigured, editGroups},
		"too_many_linked_channels": {fault.Permanent, "the user group has too many default channels"},
	},
	"usergroups.users.update": {
		"failed_for_some_users":                 {fault.Permanent, "Slack refused the list because someone in it is not in the user group's workspace"},
		"invalid_user":                          {fault.Permanent, "Slack refused the list because of someone in it"},
		"no_such_subteam":                       {fault.Permanent, "Slack does not know this user group any more"},
		"no_users_provided":                     {fault.Permanent, lastMember},
		"permission_denied":                     {fault.Misconfigured, editGroups},
		"single_channel_guests_cannot_be_added": {fault.Permanent, "Slack refused the list because a guest is in it"},
		"subteam_max_users_exceeded":            {fault.Permanent, "the user group is full"},
		"user_not_found":                        {fault.Permanent, "Slack refused the list because it does not know someone in it"},
	},
	"views.open": {
		"duplicate_external_id": {fault.Internal, mistake},
		"exchanged_trigger_id":  {fault.Invalid, "this was opened already"},
		"expired_trigger_id":    {fault.Invalid, tooLate},
		"invalid_trigger_id":    {fault.Invalid, tooLate},
		"view_too_large":        {fault.Internal, mistake},
	},
	"views.publish": {
		"duplicate_external_id": {fault.Internal, mistake},
		"hash_conflict":         {fault.Conflict, "the page has changed since"},
		"missing_profile_id":    {fault.Internal, mistake},
		"not_enabled":           {fault.Misconfigured, "the app's home tab is switched off: " + ourSetting},
		"not_implemented":       {fault.Internal, mistake},
		"view_too_large":        {fault.Internal, mistake},
	},
	"views.update": {
		"duplicate_external_id": {fault.Internal, mistake},
		"hash_conflict":         {fault.Conflict, "the window has changed since"},
		"not_found":             {fault.NotFound, "the window was closed"},
		"view_too_large":        {fault.Internal, mistake},
	},
}

const lastMember = "Slack lets no user group become empty: keep one member, or disable the group"

// ofAccount are the codes of conversations.invite that speak of one account,
// not of the channel or of the token.
var ofAccount = map[string]bool{
	"already_in_channel": true, "app_cannot_join_channel": true, "cant_invite": true, "cant_invite_self": true,
	"invitee_cant_see_channel": true, "no_external_invite_permission": true, "no_permission": true,
	"org_user_not_in_team": true, "ura_max_channels": true, "user_is_restricted": true, "user_not_found": true,
}
