package slacktest

import (
	"fmt"
	"slices"
)

// app is the one Slack app of the simulation, from its settings page.
type app struct {
	id, botID, clientID, clientSecret, signingSecret, verification string

	installs []*install
}

// install is the app in one workspace, or once for the whole organization.
// Scopes are additive: they only grow until the app is uninstalled (Slack,
// "Installing with OAuth").
type install struct {
	where     string // workspace or organization id
	bot       string // the bot's user id, kept over reinstalls
	scopes    []string
	uninstall bool
}

func newApp(m *mint) app {
	number := func() string { return fmt.Sprintf("%012d", m.secrets.Int64N(1e12)) }
	return app{
		id: m.id("A"), botID: m.id("B"), clientID: number() + "." + number(),
		clientSecret: m.secret("secret"), signingSecret: m.secret("signing"), verification: m.secret("verification"),
	}
}

// installApp installs the app with every ordinary scope of the plan and mints
// the two tokens that the command prints.
func (o *Org) installApp() {
	where := o.home().id
	if o.enterprise != nil {
		where = o.enterprise.id
	}
	in := o.installIn(where, ordinaryScopes(o.opt.Plan, true))
	owner := o.home().primaryOwner
	o.botToken = o.mintToken(token{user: in.bot, bot: true, scopes: in.scopes}, where)
	o.usrToken = o.mintToken(token{user: owner, scopes: ordinaryScopes(o.opt.Plan, false)}, where)
}

// installIn finds or makes the installation in a workspace or organization.
func (o *Org) installIn(where string, scopes []string) *install {
	in := o.installation(where)
	if in == nil {
		in = &install{where: where, bot: o.addBot(where)}
		o.app.installs = append(o.app.installs, in)
	}
	if bot := o.users[in.bot]; in.uninstall {
		in.uninstall, bot.Deleted = false, false
	}
	in.scopes = union(in.scopes, scopes)
	return in
}

func (o *Org) installation(where string) *install {
	for _, in := range o.app.installs {
		if in.where == where {
			return in
		}
	}
	return nil
}

// addBot makes the app's bot user.
// assumed: an org-wide installation has one bot user with one id in every
// workspace.
func (o *Org) addBot(where string) string {
	teams := []string{where}
	if o.isOrg(where) {
		teams = o.teamIDs()
	}
	return o.addUser(User{Team: teams[0], Teams: teams, Name: "ebb", RealName: "Ebb", DisplayName: "Ebb", Bot: true})
}

func (o *Org) isOrg(id string) bool { return o.enterprise != nil && o.enterprise.id == id }

// ClientID of the app, for OAuth.
func (o *Org) ClientID() string { return o.app.clientID }

// ClientSecret of the app, for OAuth.
func (o *Org) ClientSecret() string { return o.app.clientSecret }

// SigningSecret signs what Slack sends to the app.
func (o *Org) SigningSecret() string { return o.app.signingSecret }

// AppID of the app.
func (o *Org) AppID() string { return o.app.id }

// BotUser is the user id of the app's bot in a workspace (or the organization),
// "" when the app is not installed there.
func (o *Org) BotUser(team string) string {
	defer o.lock()()
	if in := o.installFor(team); in != nil {
		return in.bot
	}
	return ""
}

// installFor finds the live installation that serves a workspace.
func (o *Org) installFor(team string) *install {
	for _, in := range o.app.installs {
		if !in.uninstall && (in.where == team || o.isOrg(in.where)) {
			return in
		}
	}
	return nil
}

// Uninstall removes the app from a workspace or the organization: its tokens die
// and app_uninstalled and tokens_revoked are sent.
// assumed: bot tokens then are account_inactive, as their user is gone, and user
// tokens token_revoked.
func (o *Org) Uninstall(where string) {
	defer o.lock()()
	in := o.installation(where)
	if in == nil {
		panic("slacktest: the app is not installed in " + where)
	}
	o.emitUninstalled(in)
	in.uninstall, in.scopes = true, nil
	o.users[in.bot].Deleted = true
	for _, value := range sortedKeys(o.tokens) {
		if t := o.tokens[value]; t.where == where {
			t.revoked = true
		}
	}
	if o.isOrg(where) {
		for _, t := range o.teams {
			t.granted = false
		}
	}
}

// HandGrantTeam is an admin adding the org-wide app to a workspace; it fires
// team_access_granted. After an organization install through OAuth the app is in
// no workspace until this is done.
func (o *Org) HandGrantTeam(team string) { o.setGranted(team, true) }

// HandRevokeTeam takes the org-wide app out of a workspace again; it fires
// team_access_revoked.
func (o *Org) HandRevokeTeam(team string) { o.setGranted(team, false) }

func (o *Org) setGranted(id string, granted bool) {
	defer o.lock()()
	t := mustTeam(o, id)
	if t.granted == granted {
		return
	}
	if granted {
		t.granted = true
		o.emitAccess("team_access_granted", id)
		return
	}
	o.emitAccess("team_access_revoked", id)
	t.granted = false
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
