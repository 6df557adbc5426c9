package slack

import "github.com/ebb-access/ebb/shared/fault"

const (
	editGroups   = "only workspace admins may edit user groups here: connect with an administrator's user token, or let everyone edit user groups in the workspace's settings"
	inviteApp    = "Ebb cannot see this channel: invite its app there (/invite)"
	keptIn       = "a setting of the workspace says who may remove people from channels, and the connector's token is not among them: an owner can change it under Settings & permissions, or " + askAdmin + " who is in the channel"
	primaryOwner = "this is the primary owner, whom nobody can take out or demote: they hand the workspace over first"
	otherAdmin   = "Slack lets nobody do this to oneself: do it by hand, or connect with another admin's user token"
	tooLate      = "Slack opens a window only within three seconds of a click, and this came later: click again"
	orgAdmin     = "only an admin or owner of the Enterprise organization may do this, with the app installed for the organization: connect with the user token of one"
	notAMember   = "Slack does not know this account in this workspace any more"
	startAgain   = "start the installation again from Install with Slack"
)

// ofMethod are the codes that mean something else, or something more, from one
// method (docs.slack.dev, the error table of that method).
var ofMethod = map[string]map[string]class{
	// Roles and membership of a workspace. What speaks of the account stays with it;
	// what speaks of who installed the app is for whoever connected Slack.
	"admin.roles.listAssignments": {
		"invalid_role_id": {fault.Internal, mistake},
		"invalid_sort":    {fault.Internal, mistake},
	},
	"admin.users.remove": {
		"cannot_modify_primary_owner":          {fault.Permanent, primaryOwner},
		"failed_to_remove_user_from_workspace": {unsure, ""},
		"invalid_permissions":                  {fault.Misconfigured, orgAdmin},
		"team_not_found":                       {fault.Misconfigured, orgAdmin},
		"user_already_deleted":                 {fault.Already, ""},
		"user_not_found":                       {fault.Permanent, notAMember},
	},
	"admin.users.setAdmin": {
		"cannot_modify_primary_owner":       {fault.Permanent, primaryOwner},
		"failed_to_set_admin_on_workspaces": {unsure, ""},
		"failed_to_set_user_to_admin":       {unsure, ""},
		"invalid_permissions":               {fault.Misconfigured, orgAdmin},
		"invalid_role_for_user":             {fault.Permanent, "Slack makes no admin of an account of this kind"},
		"team_not_found":                    {fault.Misconfigured, orgAdmin},
		"user_not_found":                    {fault.Permanent, notAMember},
	},
	"admin.users.setRegular": {
		"cannot_modify_primary_owner":                        {fault.Permanent, primaryOwner},
		"cannot_set_org_admin_to_regular_at_workspace_level": {fault.Permanent, "this is an admin of the whole organization: an owner of it changes that under Organization settings > People"},
		"cannot_set_this_guest_to_regular_at_team_level":     {fault.Permanent, "this is a guest of several workspaces, whose role Slack does not change in one"},
		"failed_to_set_user_to_regular":                      {unsure, ""},
		"invalid_permissions":                                {fault.Misconfigured, orgAdmin},
		"invalid_role_for_user":                              {fault.Permanent, "Slack does not change the role of an account of this kind"},
		"team_not_found":                                     {fault.Misconfigured, orgAdmin},
		"user_not_found":                                     {fault.Permanent, notAMember},
	},
	// A message reaches somebody or it does not; nothing else hangs on it. What
	// speaks of one message or of one channel is Permanent: others may be reached.
	"chat.postMessage": {
		"app_access_restricted":                    {fault.Permanent, "an administrator keeps the app out of this conversation"},
		"as_user_not_supported":                    {fault.Internal, mistake},
		"attachment_payload_limit_exceeded":        {fault.Internal, mistake},
		"cannot_reply_to_message":                  {fault.Permanent, "this message takes no replies"},
		"channel_not_found":                        {fault.Permanent, inviteApp},
		"draft_already_deleted":                    {fault.Internal, mistake},
		"draft_already_sent":                       {fault.Internal, mistake},
		"draft_has_conflict":                       {fault.Internal, mistake},
		"draft_not_found":                          {fault.Internal, mistake},
		"duplicate_channel_not_found":              {fault.Internal, mistake},
		"duplicate_message_not_found":              {fault.Internal, mistake},
		"invalid_blocks":                           {fault.Internal, mistake},
		"invalid_blocks_format":                    {fault.Internal, mistake},
		"invalid_metadata_format":                  {fault.Internal, mistake},
		"invalid_metadata_schema":                  {fault.Internal, mistake},
		"markdown_text_conflict":                   {fault.Internal, mistake},
		"message_limit_exceeded":                   {fault.Permanent, "the workspace's plan takes no more messages"},
		"messages_tab_disabled":                    {fault.Misconfigured, "the app's messages tab is off: switch it on under App Home in the app's settings (the manifest has it on)"},
		"metadata_must_be_sent_from_app":           {fault.Internal, mistake},
		"metadata_too_large":                       {fault.Internal, mistake},
		"missing_file_data":                        {fault.Internal, mistake},
		"msg_blocks_too_long":                      {fault.Internal, mistake},
		"no_text":                                  {fault.Internal, mistake},
		"not_in_channel":                           {fault.Permanent, "Ebb is not in this channel: invite its app there (/invite)"},
		"restricted_action":                        {fault.Permanent, "a setting of the workspace keeps apps from posting in this channel"},
		"restricted_action_non_threadable_channel": {fault.Permanent, "this channel takes no threads"},
		"restricted_action_read_only_channel":      {fault.Permanent, "this channel is read-only"},
		"restricted_action_thread_locked":          {fault.Permanent, "this thread is locked"},
		"restricted_action_thread_only_channel":    {fault.Permanent, "this channel takes replies only"},
		"send_on_behalf_not_allowed":               {fault.Internal, mistake},
		"slack_connect_canvas_sharing_blocked":     {fault.Internal, mistake},
		"slack_connect_file_link_sharing_blocked":  {fault.Internal, mistake},
		"slack_connect_lists_sharing_blocked":      {fault.Internal, mistake},
		"too_many_attachments":                     {fault.Internal, mistake},
		"too_many_contact_cards":                   {fault.Internal, mistake},
	},
	"chat.update": {
		"as_user_not_supported":                     {fault.Internal, mistake},
		"block_mismatch":                            {fault.Internal, mistake},
		"blocked_file_type":                         {fault.Internal, mistake},
		"cant_broadcast_message":                    {fault.Internal, mistake},
		"cant_update_message":                       {fault.NotFound, "this message is not the app's to change"},
		"channel_not_found":                         {fault.NotFound, "the conversation with this message is gone"},
		"edit_window_closed":                        {fault.NotFound, "a setting of the workspace lets nobody change a message that old"},
		"file_deleted":                              {fault.Internal, mistake},
		"file_is_deleted":                           {fault.Internal, mistake},
		"file_not_found":                            {fault.Internal, mistake},
		"file_share_limit_reached":                  {fault.Internal, mistake},
		"invalid_attachments":                       {fault.Internal, mistake},
		"invalid_blocks":                            {fault.Internal, mistake},
		"invalid_blocks_format":                     {fault.Internal, mistake},
		"invalid_metadata_format":                   {fault.Internal, mistake},
		"invalid_metadata_schema":                   {fault.Internal, mistake},
		"is_inactive":                               {fault.NotFound, "the channel with this message is archived"},
		"markdown_text_conflict":                    {fault.Internal, mistake},
		"max_file_sharing_exceeded":                 {fault.Internal, mistake},
		"message_limit_exceeded":                    {fault.NotFound, "the workspace's plan does not show this message any more"},
		"message_not_found":                         {fault.NotFound, "somebody deleted this message"},
		"metadata_must_be_sent_from_app":            {fault.Internal, mistake},
		"metadata_too_large":                        {fault.Internal, mistake},
		"msg_too_long":                              {fault.Internal, mistake},
		"no_dual_broadcast_content_update":          {fault.Internal, mistake},
		"no_text":                                   {fault.Internal, mistake},
		"posting_to_channel_denied":                 {fault.NotFound, "the app may not post in this channel any more"},
		"slack_connect_blocked_file_type":           {fault.Internal, mistake},
		"slack_connect_canvas_sharing_blocked":      {fault.Internal, mistake},
		"slack_connect_clip_sharing_blocked":        {fault.Internal, mistake},
		"slack_connect_file_link_sharing_blocked":   {fault.Internal, mistake},
		"slack_connect_file_upload_sharing_blocked": {fault.Internal, mistake},
		"streaming_state_conflict":                  {fault.Internal, mistake},
		"too_many_attachments":                      {fault.Internal, mistake},
		"unable_to_share_files":                     {fault.Internal, mistake},
		"update_failed":                             {unsure, ""},
	},
	"conversations.open": {
		"channel_not_found":                     {fault.Permanent, "the app may not write to this account"},
		"invalid_user_combination":              {fault.Permanent, "the app may not write to this account"},
		"method_not_supported_for_channel_type": {fault.Permanent, "the app may not write to this account"},
		"not_enough_users":                      {fault.Internal, mistake},
		"too_many_users":                        {fault.Internal, mistake},
		"user_disabled":                         {fault.Permanent, "the account is deactivated"},
		"user_not_found":                        {fault.Permanent, "Slack does not know this account any more"},
		"user_not_visible":                      {fault.Permanent, "Slack does not show this account to Ebb"},
		"users_list_not_supplied":               {fault.Internal, mistake},
	},
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
	"team.accessLogs": {
		"invalid_team_id":       {fault.Misconfigured, "Slack does not know this workspace for the connector's token: sync again"},
		"over_pagination_limit": {fault.Internal, mistake},
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
