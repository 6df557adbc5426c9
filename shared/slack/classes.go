package slack

import "github.com/ebb-access/ebb/shared/fault"

// class is what a code of Slack means to Ebb: its kind, and a sentence for a
// person that says what to do next.
type class struct {
	kind fault.Kind
	text string
}

// unsure marks codes after which part of the call may have been done: Backoff
// for a read, Unclear for a write. It never leaves this package.
const unsure fault.Kind = "unsure"

// waits are the codes that mean what HTTP 429 means.
var waits = map[string]bool{"ratelimited": true, "rate_limited": true}

const (
	askAdmin   = "connect with the user token of a workspace admin"
	reinstall  = "install again (ebb connect --connector CON, or paste a new token with it)"
	mistake    = "this is a mistake in Ebb: please report it with its code"
	ourSetting = "correct the app's settings at api.slack.com/apps and Ebb's configuration, then install again"
	paidOnly   = "the workspace's Slack plan has no user groups; they need a paid plan"
)

// classOf finds the class of a code: the method's own, then the general one.
// A code that nobody has sorted is a definite refusal, never a success.
func classOf(method, code string) class {
	if k, ok := ofMethod[method][code]; ok {
		return k
	}
	if k, ok := general[code]; ok {
		return k
	}
	return class{fault.Permanent, "Slack refused this with a code that Ebb does not know"}
}

// general are the codes that every method can answer (docs.slack.dev, the error
// table of each method), and those that mean the same wherever they appear.
var general = map[string]class{
	// Slack is unwell: "possible some aspect of the operation succeeded".
	"fatal_error":          {unsure, ""},
	"fetch_members_failed": {unsure, ""},
	"internal_error":       {unsure, ""},
	"request_timeout":      {unsure, ""},
	"service_unavailable":  {unsure, ""},

	// A workspace moves into an Enterprise organization.
	"external_channel_migrating": {fault.Pause, "the channel is being moved to another organization; Ebb goes on when Slack is done"},
	"org_login_required":         {fault.Pause, "the workspace is moving into an Enterprise organization; Ebb goes on when Slack is done"},
	"team_added_to_org":          {fault.Pause, "the workspace is moving into an Enterprise organization; Ebb goes on when Slack is done"},

	// The token is gone.
	"account_inactive":          {fault.Reauthorize, "the account that connected Slack, or its workspace, was deactivated: an active admin has to " + reinstall},
	"invalid_auth":              {fault.Reauthorize, "Slack does not accept the connector's token: " + reinstall},
	"not_authed":                {fault.Reauthorize, "the connector has no token: " + reinstall},
	"not_bearer_token":          {fault.Reauthorize, "Slack does not accept the connector's token: " + reinstall},
	"token_expired":             {fault.Reauthorize, "the connector's token has run out: " + reinstall},
	"token_revoked":             {fault.Reauthorize, "the connector's token was revoked in Slack: " + reinstall},
	"two_factor_setup_required": {fault.Reauthorize, "the account that connected Slack has to set up two-factor authentication first; then " + reinstall},

	// A person has to change something in Slack.
	"access_denied":            {fault.Misconfigured, "Slack denies the connector's token access to this: " + askAdmin},
	"accesslimited":            {fault.Misconfigured, "Slack takes calls only from certain networks: allow Ebb's address in the app's settings"},
	"ekm_access_denied":        {fault.Misconfigured, "the organization's key management has suspended this: ask its administrators"},
	"enterprise_is_restricted": {fault.Misconfigured, "this cannot be done with a token of the whole organization: connect the workspace itself"},
	"feature_not_enabled":      {fault.Misconfigured, "this feature is off in the workspace: an owner can turn it on"},
	"invalid_actor":            {fault.Misconfigured, "the account that connected Slack may not do this: " + askAdmin},
	"missing_scope":            {fault.Misconfigured, "the connector's token lacks a scope: " + reinstall + " and allow it"},
	"no_permission":            {fault.Misconfigured, "the connector's token may not do this: " + askAdmin},
	"not_allowed":              {fault.Misconfigured, "Slack does not allow this for the account that connected it: " + askAdmin},
	"not_allowed_token_type":   {fault.Misconfigured, "Slack takes another kind of token here: " + reinstall + ", with user and bot scopes"},
	"not_an_admin":             {fault.Misconfigured, "the account that connected Slack is no admin any more: " + askAdmin},
	"not_an_enterprise":        {fault.Misconfigured, "this needs an Enterprise organization"},
	"paid_only":                {fault.Misconfigured, "this needs a paid Slack plan"},
	"paid_teams_only":          {fault.Misconfigured, paidOnly},
	"permission_denied":        {fault.Misconfigured, "the account that connected Slack may not do this: " + askAdmin},
	"plan_upgrade_required":    {fault.Misconfigured, paidOnly},
	"restricted_action":        {fault.Misconfigured, "a setting of the workspace forbids this: an owner can change it under Settings & permissions, or " + askAdmin},
	"team_access_not_granted":  {fault.Misconfigured, "the app was not added to this workspace: an organization admin can add it under Integrations"},
	"user_is_restricted":       {fault.Permanent, "this guest may not join this channel: an admin can add the channel to the guest's account"},

	// Ours: nothing that a person in Slack can change.
	"deprecated_endpoint":                   {fault.Internal, mistake},
	"invalid_arg_name":                      {fault.Internal, mistake},
	"invalid_arguments":                     {fault.Internal, mistake},
	"invalid_array_arg":                     {fault.Internal, mistake},
	"invalid_charset":                       {fault.Internal, mistake},
	"invalid_form_data":                     {fault.Internal, mistake},
	"invalid_json":                          {fault.Internal, mistake},
	"invalid_limit":                         {fault.Internal, mistake},
	"invalid_post_type":                     {fault.Internal, mistake},
	"invalid_types":                         {fault.Internal, mistake},
	"json_not_object":                       {fault.Internal, mistake},
	"limit_required":                        {fault.Internal, mistake},
	"method_deprecated":                     {fault.Internal, mistake},
	"missing_argument":                      {fault.Internal, mistake},
	"missing_post_type":                     {fault.Internal, mistake},
	"unknown_method":                        {fault.Internal, mistake},
	"too_many_users":                        {fault.Internal, mistake},
	"missing_user":                          {fault.Internal, mistake},
	"no_user":                               {fault.Internal, mistake},
	"invalid_team":                          {fault.Misconfigured, "Slack does not know this workspace for the connector's token: sync again"},
	"invalid_cursor":                        {fault.Invalid, "Slack's list moved on while it was read; Ebb begins it again"},
	"channel_not_found":                     {fault.NotFound, "Slack does not show this channel to Ebb: invite its app there (/invite)"},
	"user_not_found":                        {fault.NotFound, "Slack does not know this account"},
	"users_not_found":                       {fault.NotFound, "Slack does not know this account"},
	"user_not_visible":                      {fault.NotFound, "Slack does not show this account to Ebb"},
	"no_such_subteam":                       {fault.NotFound, "Slack does not know this user group any more"},
	"team_not_found":                        {fault.NotFound, "Slack does not know this workspace"},
	"is_archived":                           {fault.Permanent, "the channel is archived: unarchive it in Slack first"},
	"not_in_channel":                        {fault.Misconfigured, "Ebb is not in this channel: invite its app there (/invite)"},
	"too_many_members":                      {fault.Permanent, "the channel is full"},
	"name_already_exists":                   {fault.Permanent, "another user group has this name already"},
	"invalid_users":                         {fault.Permanent, "Slack refused the list because of someone in it: a deactivated account, a guest, or one of another workspace"},
	"org_user_not_in_team":                  {fault.Permanent, "this account is not a member of the channel's workspace: add it there first"},
	"method_not_supported_for_channel_type": {fault.Permanent, "Slack offers this for channels only"},
	"channel_is_limited_access":             {fault.NotFound, "Slack does not show this channel to Ebb"},
	"target_team_must_be_specified_in_org_context": {fault.Internal, mistake},
	"target_team_not_on_org":                       {fault.Misconfigured, "this workspace does not belong to the connected organization: sync again"},
}
