package slacktest

// endpoints are the Web API methods that are simulated. A method of Slack that
// is missing here answers HTTP 501.
var endpoints = map[string]endpoint{
	"auth.test":       {run: (*request).authTest},
	"auth.teams.list": {run: (*request).authTeamsList},
	"auth.revoke":     {run: (*request).authRevoke, write: true},
	"team.info":       {run: (*request).teamInfo},
	"team.accessLogs": {run: (*request).teamAccessLogs},

	"apps.connections.open": {run: (*request).appsConnectionsOpen, noToken: true},

	"users.list":          {run: (*request).usersList},
	"users.info":          {run: (*request).usersInfo},
	"users.lookupByEmail": {run: (*request).usersLookupByEmail},
	"users.conversations": {run: (*request).usersConversations},

	"usergroups.list":         {run: (*request).usergroupsList},
	"usergroups.users.list":   {run: (*request).usergroupsUsersList},
	"usergroups.users.update": {run: (*request).usergroupsUsersUpdate, write: true},
	"usergroups.create":       {run: (*request).usergroupsCreate, write: true},
	"usergroups.update":       {run: (*request).usergroupsUpdate, write: true},
	"usergroups.enable":       {run: (*request).usergroupsEnable, write: true},
	"usergroups.disable":      {run: (*request).usergroupsDisable, write: true},

	"conversations.list":    {run: (*request).conversationsList},
	"conversations.info":    {run: (*request).conversationsInfo},
	"conversations.members": {run: (*request).conversationsMembers},
	"conversations.invite":  {run: (*request).conversationsInvite, write: true},
	"conversations.kick":    {run: (*request).conversationsKick, write: true},
	"conversations.join":    {run: (*request).conversationsJoin, write: true},
	"conversations.leave":   {run: (*request).conversationsLeave, write: true},
	"conversations.open":    {run: (*request).conversationsOpen, write: true},

	"chat.postMessage":   {run: (*request).chatPostMessage, write: true},
	"chat.update":        {run: (*request).chatUpdate, write: true},
	"chat.postEphemeral": {run: (*request).chatPostEphemeral, write: true},

	"chat.delete":       {run: (*request).chatDelete, write: true},
	"chat.getPermalink": {run: (*request).chatGetPermalink},

	"views.open":    {run: (*request).viewsOpen, write: true},
	"views.push":    {run: (*request).viewsPush, write: true},
	"views.update":  {run: (*request).viewsUpdate, write: true},
	"views.publish": {run: (*request).viewsPublish, write: true},

	"admin.teams.list":              {run: (*request).adminTeamsList},
	"admin.teams.admins.list":       {run: (*request).adminTeamsAdminsList},
	"admin.teams.owners.list":       {run: (*request).adminTeamsOwnersList},
	"admin.users.list":              {run: (*request).adminUsersList},
	"admin.users.setAdmin":          {run: (*request).adminUsersSetAdmin, write: true},
	"admin.users.setRegular":        {run: (*request).adminUsersSetRegular, write: true},
	"admin.users.remove":            {run: (*request).adminUsersRemove, write: true},
	"admin.conversations.search":    {run: (*request).adminConversationsSearch},
	"admin.roles.listAssignments":   {run: (*request).adminRolesListAssignments},
	"admin.roles.addAssignments":    {run: (*request).adminRolesAddAssignments, write: true},
	"admin.roles.removeAssignments": {run: (*request).adminRolesRemoveAssignments, write: true},

	"oauth.v2.access":         {run: (*request).oauthAccess, noToken: true},
	"openid.connect.token":    {run: (*request).openidToken, noToken: true},
	"openid.connect.userInfo": {run: (*request).openidUserInfo},
}
