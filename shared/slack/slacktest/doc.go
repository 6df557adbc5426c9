// Package slacktest is a simulated Slack over HTTP, good enough to be believed:
// one workspace or an Enterprise organization with one app installed, kept in
// memory, strict about tokens, scopes, plans, preferences, limits and errors.
// Org is an http.Handler and knows three ways in: HTTP as clients use it, the
// Hand methods (a person in Slack's own pages) and readers for assertions.
//
// It never imports a Slack client or anything else of this project, never starts
// a goroutine but for the pings of an open socket, never opens a connection unless
// DeliverEvents is called or a hand acts on the app, and never invents: fields and
// codes are Slack's, from its documentation or recordings. A method of Slack that
// is missing answers HTTP 501, outside of Slack's words; a name that is not in
// methods.json answers unknown_method.
//
// # What is simulated
//
//	Web API     auth.test teams.list revoke; team.info accessLogs; users.list info lookupByEmail conversations;
//	            usergroups.* (all seven); conversations.list info members invite kick join leave open;
//	            chat.postMessage update postEphemeral delete getPermalink; views.open push update publish;
//	            admin.teams.list admins.list owners.list, admin.users.list, admin.conversations.search,
//	            admin.roles.listAssignments addAssignments removeAssignments;
//	            oauth.v2.access, openid.connect.token userInfo; apps.connections.open
//	other HTTP  /oauth/v2/authorize, /openid/connect/authorize and keys, /.well-known/openid-configuration,
//	            /scim/v2/Users and Groups (list, read, PATCH active, PATCH members, DELETE user), /_stats (ours),
//	            response_urls (/commands and /actions: five uses, thirty minutes), /link/ (Socket Mode: a WebSocket
//	            whose address is good once; hello, envelopes, acknowledgements, disconnect, at most ten)
//	Block Kit   types in their places, counts, lengths, required fields, unique ids; of rich_text, video and
//	            table the type alone
//	interaction a trigger_id lives three seconds and is used once; hashes, external ids, three modals on one
//	            another; what was entered outlives an update
//	people      full members, guests of both kinds, bots, USLACKBOT, invited, deactivated, external
//	groups      whole-list replace, default channels, disabled, IdP-managed, locked, automatic
//	channels    public, private, #general, archived, shared in the organization or with others, direct messages
//	plans       free has no user groups and no access logs, SCIM needs business, admin.* and several workspaces need enterprise
//	limits      the lower of Slack's two tables of tiers, per method and per workspace or organization,
//	            a sliding minute on Options.Now; chat.postMessage one a second and channel
//	events      app_home_opened, team_access_granted/revoked, team_join, user_change, subteam_created/updated/members_changed,
//	            member_joined/left_channel (where the bot is), tokens_revoked, app_uninstalled;
//	            queued, signed, delivered and retried only by DeliverEvents
//	faults      fail, fail although it happened, slow, landing late, cut, cut although it happened, 429
//
// Not simulated: the other admin.* methods, the other team.*Logs, the other apps.*, the Audit
// Logs API, message shortcuts, dialogs, the stricter limit for calls
// without a cursor, SCIM bursts and locks, eventual consistency, messages' history.
//
// # A person at the screen
//
// SetAppURLs says where the app listens. Then HandCommand, HandShortcut,
// HandPress, HandChoose, HandType (what an external select offers), HandSubmit
// and HandClose each post one signed request, as Slack does, wait three seconds
// at most and return what the app answered; what it answers is shown. HandOpenHome
// queues an event. Conversations, MessagesFor, Modals, Home and Offered are what
// is seen then. Package window makes pages of them. Where the app has a socket open
// (Socket Mode: AppToken, apps.connections.open), all of it goes there instead of
// to its addresses; HandDisconnect and CutSockets end it.
//
// # What is assumed
//
// Slack's pages leave these open; each stands as "assumed:" where it is decided.
//
//	tokens        an uninstalled app's bot tokens are account_inactive, its user tokens token_revoked; a token
//	              in a query string is not seen; an org-wide bot has one user id everywhere and one budget of calls
//	team_id       of an unknown workspace is team_access_not_granted where the method has no code of its own;
//	              missing, it is missing_argument or target_team_must_be_specified_in_org_context
//	listings      pages are full but the last, in the order of hashed ids; users.list demands a limit above
//	              2,000 users; team_id of a user is the workspace that was asked about
//	access logs   come by their last use, the newest first; of a workspace in an organization, third parties alone
//	deactivated   accounts stay listed in groups and channels (Options can hide them), cannot be kicked
//	              (user_not_found) or invited (cant_invite), and make a whole list failed_for_some_users
//	user groups   an unknown id is no_such_subteam everywhere; so is a disabled group in usergroups.users.list
//	              without include_disabled; a disabled group can still be edited and then adds nobody to channels;
//	              enabling twice is fine; leaving a group removes nobody from its default channels; setting
//	              default channels brings present members in; bots, external people and multi-channel guests are
//	              invalid_users; org admins and owners may edit in every workspace; sending only dead ids empties
//	              nothing (reports from the field say that Slack sometimes does)
//	dates         date_update grows with every change, within one second too
//	channels      kick by a caller outside is not_in_channel, of an archived channel channel_not_found; invite
//	              with force is ok with errors[] as soon as one user was good
//	interaction   opening a modal closes those that were open; a used or old response_url is HTTP 404 used_url or
//	              expired_url; a command's text is sent as typed (should_escape is not applied); a view's problems
//	              are in the words known for messages
//	roles         assigning twice is fine; valid ids are applied although others were rejected
//	Socket Mode   an address is good for thirty seconds; connections take turns; an envelope whose connection
//	              dies is not sent again on another at once; pings come every ten seconds
//	OAuth         a used code is code_already_used; everybody but guests may install what needs no admin
//	SCIM          filters are ignored; on Enterprise only groups of the identity provider are seen; a group that
//	              SCIM emptied reads back as an empty list, and its PATCH fires the events that an edit fires;
//	              a person's manager is managerId in the enterprise extension, as the identity provider wrote it,
//	              and left out where there is none
//
// # Exports
//
// NewFromExport reads users.json, channels.json and groups.json of Slack's own
// workspace export. An export holds no user groups, so none are there.
//
// The command is in cmd/slacktest. With go run, a SIGTERM reaches only the go
// command: build it, or use -for, where nobody else ends it.
package slacktest
