package slack

import (
	"maps"
	"slices"
)

// method is what has to be known of a Web API method before it is called.
type method struct {
	perMinute int  // calls a minute and workspace that Slack promises at least
	team      bool // takes team_id, which an organization-wide token has to send
	writes    bool // changes Slack: an answer that got lost leaves it unclear
}

// Slack's tiers (docs.slack.dev, "Rate limits"): calls per minute, per method,
// workspace and app. Special tiers publish no number; one a second is Slack's
// general advice.
const (
	tier2   = 20
	tier3   = 50
	tier4   = 100
	special = 60
)

// methods are the methods that Ebb calls, after Slack's reference of each
// (testdata/methods.json). Where Slack's two published tables of tiers disagree,
// the lower one counts.
var methods = map[string]method{
	"admin.roles.listAssignments": {perMinute: tier3},
	"admin.users.remove":          {perMinute: tier2, team: true, writes: true},
	"admin.users.setAdmin":        {perMinute: tier2, team: true, writes: true},
	"admin.users.setRegular":      {perMinute: tier2, team: true, writes: true},
	"auth.revoke":                 {perMinute: tier3},
	"auth.teams.list":             {perMinute: tier2},
	"auth.test":                   {perMinute: special},
	"chat.postMessage":            {perMinute: special, writes: true},
	"chat.update":                 {perMinute: tier3, writes: true},
	"conversations.info":          {perMinute: tier3},
	"conversations.invite":        {perMinute: tier3, writes: true},
	"conversations.kick":          {perMinute: tier3, writes: true},
	"conversations.list":          {perMinute: tier2, team: true},
	"conversations.members":       {perMinute: tier4},
	"conversations.open":          {perMinute: tier3},
	"oauth.v2.access":             {perMinute: special},
	"team.accessLogs":             {perMinute: tier2, team: true},
	"usergroups.disable":          {perMinute: tier2, team: true, writes: true},
	"usergroups.list":             {perMinute: tier2, team: true},
	"usergroups.update":           {perMinute: tier2, team: true, writes: true},
	"usergroups.users.list":       {perMinute: tier2, team: true},
	"usergroups.users.update":     {perMinute: tier2, team: true, writes: true},
	"users.info":                  {perMinute: tier4},
	"users.list":                  {perMinute: tier2, team: true},
	"views.open":                  {perMinute: tier4, writes: true},
	"views.publish":               {perMinute: tier4, writes: true},
	"views.update":                {perMinute: tier4, writes: true},
}

// Tier is how many calls of a method Slack promises to take each minute for one
// workspace; 0 for a method that Ebb does not call.
func Tier(name string) int { return methods[name].perMinute }

// Methods are the Web API methods that Ebb calls, in order of name.
func Methods() []string { return slices.Sorted(maps.Keys(methods)) }

// The largest pages: "under 1000" where Slack says so, 1000 where it is the
// documented maximum (auth.teams.list).
const (
	pageLimit     = "999"
	teamPageLimit = "1000"
)
