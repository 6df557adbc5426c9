package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// DefaultEvery is the time between scheduled syncs.
const DefaultEvery = time.Hour

// CallbackPath is where Slack sends the browser back.
const CallbackPath = "/slack/oauth/callback"

// TokenName names a connector's credentials in the secret store: a JSON object
// {"user": "…", "bot": "…"}.
func TokenName(connectorID string) string { return "connector/" + connectorID + "/slack" }

// NewConnector is what begins a connector. Zero fields: named "Slack", for the
// application "slack" that is governed, owned by the actor (Owners are user ids).
type NewConnector struct {
	Name        string
	Application string
	Integration connector.Integration
	Owners      []string
	SignIn      connector.IdentityProvider
}

// AddConnector is AddConnectorOnce for a call that is made once.
func (h *House) AddConnector(ctx context.Context, by access.Actor, name string, owners []string) (connector.Connector, error) {
	return h.AddConnectorOnce(ctx, by, "", NewConnector{Name: name, Owners: owners})
}

// AddConnectorOnce begins a connector, Not connected. A Super or Integration
// Administrator's act. For a call that may be sent again, the same key gives the
// connector that the first one made, for a day.
func (h *House) AddConnectorOnce(ctx context.Context, by access.Actor, key string, n NewConnector) (connector.Connector, error) {
	o := once[connector.Connector]{verb: "connector", key: key, body: n, read: h.Memory.Connector}
	o.make = func(note *access.Once) (connector.Connector, error) {
		return h.addConnector(ctx, by, n, note)
	}
	c, err := o.do(ctx, h, by)
	return c, fault.Wrap("flow.AddConnector", err)
}

func (h *House) addConnector(ctx context.Context, by access.Actor, n NewConnector, note *access.Once) (connector.Connector, error) {
	const op = "flow.addConnector"
	if !by.Is(access.IntegrationAdministrator) {
		return connector.Connector{}, fault.New(op, fault.Forbidden, "adding a connector needs the duty integration administrator or super administrator")
	}
	c := connector.Connector{
		ID: h.NewID("con"), Application: strings.TrimSpace(n.Application), Integration: n.Integration, Label: connector.NotConnected,
		Plan: connector.PlanUnknown, Every: DefaultEvery, Created: h.Now(),
	}
	if c.Application == "" {
		c.Application = "slack"
	}
	if len(n.Owners) == 0 {
		n.Owners = []string{by.User.ID}
	}
	if strings.TrimSpace(n.Name) == "" {
		n.Name = "Slack"
	}
	c, err := h.described(ctx, c, n.Name, n.Owners, n.SignIn)
	if err != nil {
		return c, err
	}
	e := h.event("connector/"+c.ID, "connector.added", who(by), map[string]string{"owners": strings.Join(c.Owners, " "), "integration": string(c.Integration)})
	if note == nil {
		return h.Memory.SaveConnector(ctx, c, e)
	}
	note.Answer = c.ID
	return h.Memory.SaveConnectorOnce(ctx, *note, c, e)
}

// owned reads a connector that the actor may complete: one of its owners, or a
// Super Administrator.
func (h *House) owned(ctx context.Context, by access.Actor, id string) (connector.Connector, error) {
	c, err := h.Memory.Connector(ctx, id)
	if err != nil {
		return c, err
	}
	if by.Service || !by.Is(access.SuperAdministrator) && (by.User.ID == "" || by.User.Ended || !slices.Contains(c.Owners, by.User.ID)) {
		return c, fault.New("flow.owned", fault.Forbidden, "only an owner of this connector can do that")
	}
	return c, nil
}

// Invite mints a start link for installing Slack on one connector: single use,
// ten minutes. The word goes into the link and is stored as a hash only.
func (h *House) Invite(ctx context.Context, by access.Actor, id string) (link string, err error) {
	return h.invite(ctx, by, connector.Invitation{Connector: id})
}

// InviteCollaboration is Invite for the collaboration integration alone: Slack
// is asked for the app's own scopes and for no administrator's token. People
// ask, decide and are told; what they ask for is given by nobody.
func (h *House) InviteCollaboration(ctx context.Context, by access.Actor, id string) (link string, err error) {
	return h.invite(ctx, by, connector.Invitation{Connector: id, Collaboration: true})
}

func (h *House) invite(ctx context.Context, by access.Actor, i connector.Invitation) (link string, err error) {
	const op = "flow.Invite"
	id := i.Connector
	c, err := h.owned(ctx, by, id)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	word := h.NewWord()
	i.Link, i.Connector, i.By, i.Expires = hash(word), c.ID, by.User.ID, h.Now().Add(connector.InvitationTime)
	err = h.Memory.SaveInvitation(ctx, i, h.event("connector/"+c.ID, "connector.invited", who(by), nil))
	return h.URL + "/connect/" + word, fault.Wrap(op, err)
}

// OpenInvitation is the click on the start link: it binds the installation to
// this browser, once, and says where to send it. cookie is a secret word for
// this browser alone.
func (h *House) OpenInvitation(ctx context.Context, word string) (authorize, cookie string, err error) {
	const op = "flow.OpenInvitation"
	i, err := h.Memory.Invitation(ctx, hash(word))
	if fault.Is(err, fault.NotFound) {
		return "", "", fault.New(op, fault.NotFound, "there is no such link; ask for a new one (ebb connect)")
	}
	if err != nil {
		return "", "", fault.Wrap(op, err)
	}
	state, cookie := h.NewWord(), h.NewWord()
	opened, err := i.Open(h.Now(), hash(state), hash(cookie))
	if err != nil {
		return "", "", fault.Wrap(op, err)
	}
	if err := h.Memory.SaveInvitation(ctx, opened, h.event("connector/"+i.Connector, "connector.install-begun", i.By, nil)); err != nil {
		return "", "", fault.Wrap(op, err)
	}
	bot, user := connector.InstallBotScopes, h.userScopes()
	if i.Collaboration {
		bot, user = connector.CollaborationScopes, nil
	}
	return h.Slack.AuthorizeURL(state, h.URL+CallbackPath, bot, user), cookie, nil
}

// userScopes are what the installing administrator is asked for.
func (h *House) userScopes() []string {
	return connector.UserScopes(h.AskSCIM, h.AskRoles)
}

// FinishInstall is Slack's answer in the browser. The code is taken only for
// the state and the browser that began, once; who installed must administer
// what is connected, else the token is revoked again.
func (h *House) FinishInstall(ctx context.Context, state, cookie, code string) (connector.Connector, error) {
	const op = "flow.FinishInstall"
	i, err := h.Memory.Invitation(ctx, hash(state))
	if fault.Is(err, fault.NotFound) {
		return connector.Connector{}, fault.New(op, fault.Forbidden, "this answer belongs to no installation that was begun here; start again")
	}
	if err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	used, err := i.Finish(h.Now(), hash(state), hash(cookie))
	if err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	// Used before the code is: two callbacks at once exchange it once.
	if err := h.Memory.SaveInvitation(ctx, used, h.event("connector/"+i.Connector, "connector.install-answered", i.By, nil)); err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	got, err := h.Slack.Exchange(ctx, code, h.URL+CallbackPath)
	if err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	if i.Collaboration {
		got.Tokens.User, got.UserScopes = "", nil // nobody's token was asked for, so none is kept
	}
	c, err := h.accept(ctx, i.By, i.Connector, got, i.Collaboration)
	if fault.Is(err, fault.Forbidden, fault.Invalid) {
		for _, t := range h.unwanted(ctx, got) {
			if rerr := h.Slack.Revoke(ctx, t); rerr != nil {
				h.log().Warn("revoke refused installation", "connector", i.Connector, "error", rerr)
			}
		}
	}
	return c, fault.Wrap(op, err)
}

// unwanted are the tokens of a refused installation that are revoked again.
// Revoking a bot's token deactivates the bot and takes it out of its channels
// (Slack, auth.revoke), so where a connector governs that Slack already the bot
// stays, and so does whatever its own installer holds.
func (h *House) unwanted(ctx context.Context, got connector.Installation) []string {
	tokens := []string{got.Tokens.User, got.Tokens.Bot}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return nil
	}
	for _, o := range all {
		if !o.Linked() || !governs(o, got) {
			continue
		}
		tokens = []string{got.Tokens.User}
		if o.Installer == got.Installer {
			return nil
		}
	}
	return slices.DeleteFunc(tokens, func(t string) bool { return t == "" })
}

// governs reports whether a connector stands over what an installation is for.
func governs(o connector.Connector, got connector.Installation) bool {
	switch {
	case got.Enterprise != "" && o.Enterprise == got.Enterprise:
		return true // the organization, or a workspace below it
	case got.OrgWide && got.Enterprise != "" && o.Grid == got.Enterprise:
		return true // a workspace of the organization that is to be connected
	}
	return got.Team != "" && slices.Contains(o.Workspaces, got.Team)
}

// PasteToken completes a connector with a token that an administrator has made
// in Slack: a user token (xoxp), as far as sync and review go without a bot.
func (h *House) PasteToken(ctx context.Context, by access.Actor, id, token string) (connector.Connector, error) {
	const op = "flow.PasteToken"
	c, err := h.owned(ctx, by, id)
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	token = strings.TrimSpace(token)
	switch {
	case token == "" || len(token) > 4096 || strings.ContainsAny(token, " \n\t"):
		return c, fault.At(op, "token", "paste one user token, which begins with xoxp-")
	case strings.HasPrefix(token, "xapp-"):
		return c, fault.At(op, "token", "this is an app-level token; paste the user token, which begins with xoxp-")
	case strings.HasPrefix(token, "xoxb-"):
		return c, fault.At(op, "token", "this is a bot token; paste the user token, which begins with xoxp-")
	}
	who, err := h.Slack.Identify(ctx, token)
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	got := connector.Installation{
		Tokens: connector.Tokens{User: token}, Installer: who.Account, Team: who.Team, TeamName: who.TeamName,
		Enterprise: who.Enterprise, OrgWide: who.OrgWide, UserScopes: who.Scopes,
	}
	c, err = h.accept(ctx, by.User.ID, id, got, false)
	return c, fault.Wrap(op, err)
}

// accept checks an installation against its connector and puts it in force.
// botOnly: the app's own voice is all there is. Who may install an app that can
// change nothing is decided by Slack, where admins approve apps.
func (h *House) accept(ctx context.Context, by, id string, got connector.Installation, botOnly bool) (connector.Connector, error) {
	const op = "flow.accept"
	token := got.Tokens.User
	if botOnly {
		token = got.Tokens.Bot
	}
	if token == "" {
		return connector.Connector{}, fault.New(op, fault.Invalid, "Slack gave no user token; allow the user scopes and install again")
	}
	identity, err := h.Slack.Identify(ctx, token)
	if err != nil {
		return connector.Connector{}, err
	}
	if err := mayInstall(identity, got.OrgWide); err != nil && !botOnly {
		h.saySo(ctx, id, by, err)
		return connector.Connector{}, err
	}
	var c connector.Connector
	err = again(func() error {
		if c, err = h.Memory.Connector(ctx, id); err != nil {
			return err
		}
		if err = sameHouse(c, got); err != nil {
			h.saySo(ctx, id, by, err)
			return err
		}
		if err = h.unique(ctx, c, got); err != nil {
			return err
		}
		if botOnly && c.Linked() && len(c.UserScopes) > 0 {
			return fault.New(op, fault.Invalid, "this connector has an administrator's token, by which access ends; it would be lost. Drain and disconnect it first, or install everything again. Nothing was changed")
		}
		if err = h.keepTokens(ctx, id, got.Tokens); err != nil {
			return err
		}
		c = installed(c, got, identity, h.Now())
		c, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.installed", by, map[string]string{
			"team": c.Team, "enterprise": c.Enterprise, "installer": c.Installer,
			"user_scopes": strings.Join(c.UserScopes, " "), "bot_scopes": strings.Join(c.BotScopes, " "),
		}))
		return err
	})
	return c, err
}

func installed(c connector.Connector, got connector.Installation, who connector.Identity, now time.Time) connector.Connector {
	c.Label, c.Trouble = connector.Syncing, connector.Trouble{}
	c.Installer = got.Installer
	c.Enterprise, c.Team, c.Grid = "", got.Team, got.Enterprise
	if got.OrgWide {
		c.Enterprise, c.Team = got.Enterprise, ""
		c.Plan = connector.PlanEnterprise
	} else {
		c.Workspaces = []string{got.Team}
	}
	c.UserScopes, c.BotScopes, c.BotUser = got.UserScopes, got.BotScopes, got.BotUser
	c.SCIM = false // the next sync asks with the new token
	if len(c.UserScopes) == 0 && !who.Bot {
		c.UserScopes = who.Scopes
	}
	if name := got.TeamName; name != "" && (c.Name == "" || c.Name == "Slack") {
		c.Name = name
	}
	c.NextSync = now
	return c
}

// mayInstall: a workspace is connected by its admin or owner, an organization
// by its owner; a lesser token could not do the work and would die quietly.
func mayInstall(who connector.Identity, orgWide bool) error {
	switch {
	case orgWide && !who.Owner:
		return fault.New("flow.mayInstall", fault.Forbidden, "only an owner of the Enterprise organization can connect it; ask one to install Ebb")
	case !orgWide && !who.Admin && !who.Owner:
		return fault.New("flow.mayInstall", fault.Forbidden, "only an admin or owner of the workspace can connect it; ask one to install Ebb")
	}
	return nil
}

// sameHouse keeps a connector with the workspace that it has once known: its
// directory and its grants belong there.
func sameHouse(c connector.Connector, got connector.Installation) error {
	had, has := c.Team+c.Enterprise, got.Team
	if got.OrgWide {
		has = got.Enterprise
	}
	if had != "" && had != has {
		return fault.New("flow.sameHouse", fault.Invalid, "this token belongs to %s, and the connector to %s; add another connector for it. Nothing was changed", has, had)
	}
	return nil
}

// unique keeps two connectors from governing the same workspace: each would
// take the other's grants for standing access.
func (h *House) unique(ctx context.Context, c connector.Connector, got connector.Installation) error {
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID == c.ID || !o.Linked() {
			continue
		}
		if governs(o, got) {
			return fault.New("flow.unique", fault.Invalid, "%s is governed by the connector %s (%s) already; nothing was changed", got.TeamName, o.Name, o.ID)
		}
	}
	return nil
}

func (h *House) keepTokens(ctx context.Context, id string, t connector.Tokens) error {
	value, err := json.Marshal(map[string]string{"user": t.User, "bot": t.Bot})
	if err != nil {
		return err
	}
	return again(func() error {
		_, version, err := h.Secrets.Get(ctx, TokenName(id))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		_, err = h.Secrets.Swap(ctx, TokenName(id), value, version)
		return err
	})
}

// saySo puts a refused installation into the connector's log.
func (h *House) saySo(ctx context.Context, id, by string, cause error) {
	e := h.event("connector/"+id, "connector.install-refused", by, map[string]string{"note": fault.TextOf(cause)})
	if err := h.Memory.SaveEvents(ctx, e); err != nil {
		h.log().Warn("log", "connector", id, "error", err)
	}
}

func hash(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}
