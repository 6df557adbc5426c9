package slack

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// AuthorizeURL is where a browser goes to install the app. Scopes add up over
// installations; Slack never takes one away again (docs.slack.dev, "Installing
// with OAuth").
func (c *Client) AuthorizeURL(state, redirect string, bot, user []string) string {
	args := url.Values{"client_id": {c.id}, "state": {state}}
	for key, value := range map[string]string{
		"scope": strings.Join(bot, ","), "user_scope": strings.Join(user, ","), "redirect_uri": redirect,
	} {
		if value != "" {
			args.Set(key, value)
		}
	}
	return c.authorize + "?" + args.Encode()
}

// Exchange is oauth.v2.access: an OAuth code, which lives ten minutes and works
// once, becomes tokens. An app with token rotation is refused: its tokens die
// after twelve hours, and with them every end of access. fault.Reauthorize for a
// bad code; after any other error, too, the installation starts again.
func (c *Client) Exchange(ctx context.Context, code, redirect string) (connector.Installation, error) {
	args := url.Values{"code": {code}}
	if redirect != "" {
		args.Set("redirect_uri", redirect)
	}
	var a slackgo.OAuthV2Response
	q := query{method: "oauth.v2.access", as: credential{client: true}, args: args}
	if _, err := c.call(ctx, q, &a); err != nil {
		return connector.Installation{}, err
	}
	switch {
	case a.ExpiresIn != 0 || a.AuthedUser.ExpiresIn != 0:
		return connector.Installation{}, &fault.Error{
			Op: q.method, Kind: fault.Misconfigured, Code: "token_rotation",
			Text: "the app has token rotation switched on, so its tokens would die within hours; it cannot be switched off: make a new app from Ebb's manifest",
		}
	case a.AccessToken == "" && a.AuthedUser.AccessToken == "", !readableID(a.AuthedUser.ID):
		return connector.Installation{}, short(q.method, "no token")
	}
	out := connector.Installation{
		Tokens:    connector.Tokens{User: a.AuthedUser.AccessToken},
		Installer: a.AuthedUser.ID, Team: a.Team.ID, TeamName: a.Team.Name, Enterprise: a.Enterprise.ID,
		OrgWide: a.IsEnterpriseInstall, UserScopes: scopes(a.AuthedUser.Scope),
	}
	if a.TokenType == "bot" {
		out.Tokens.Bot, out.BotScopes, out.BotUser = a.AccessToken, scopes(a.Scope), a.BotUserID
	}
	if out.OrgWide {
		out.Team, out.TeamName = "", a.Enterprise.Name
	}
	return out, nil
}

// Identify is auth.test, and users.info of a user token's owner where its scopes
// allow: whose token it is, where, with which scopes, and whether its owner
// administers the workspace (or the organization).
func (c *Client) Identify(ctx context.Context, token string) (connector.Identity, error) {
	var a identityAnswer
	v := credential{token: token}
	r, err := c.call(ctx, query{method: "auth.test", as: v}, &a)
	if err != nil {
		return connector.Identity{}, err
	}
	if !readableID(a.UserID) {
		return connector.Identity{}, short("auth.test", "no user")
	}
	out := connector.Identity{
		Account: a.UserID, Team: a.TeamID, TeamName: a.Team, Enterprise: a.EnterpriseID,
		Bot: a.BotID != "", Scopes: scopes(r.header.Get("X-OAuth-Scopes")), URL: a.URL,
	}
	if out.OrgWide, err = c.orgWide(ctx, v, a, r.header); err != nil {
		return connector.Identity{}, err
	}
	if out.OrgWide {
		out.Enterprise, out.Team = cmp.Or(a.EnterpriseID, a.TeamID), ""
	}
	if out.Bot || !slices.Contains(out.Scopes, "users:read") {
		return out, nil
	}
	u, err := c.user(ctx, connector.Link{}, v, a.UserID)
	if absent(err) {
		return out, nil // nobody is taken for an admin unseen
	}
	if err != nil {
		return connector.Identity{}, err
	}
	out.Owner = u.IsOwner || u.IsPrimaryOwner
	out.Admin = out.Owner || u.IsAdmin
	if out.OrgWide {
		out.Owner = u.Enterprise.IsOwner || u.Enterprise.IsPrimaryOwner
		out.Admin = out.Owner || u.Enterprise.IsAdmin
	}
	return out, nil
}

// orgWide reports whether a token is of a whole organization. Slack says so in
// auth.test; where it is left open (older answers, stand-ins that send no scopes
// either), who is shown several workspaces has such a token.
func (c *Client) orgWide(ctx context.Context, v credential, a identityAnswer, header http.Header) (bool, error) {
	switch {
	case a.OrgWide != nil:
		return *a.OrgWide, nil
	case a.EnterpriseID == "" && header.Get("X-OAuth-Scopes") != "":
		return false, nil
	case a.EnterpriseID != "" && (a.TeamID == "" || a.TeamID == a.EnterpriseID):
		return true, nil
	}
	var teams teamsAnswer
	q := query{method: "auth.teams.list", as: v, args: url.Values{"limit": {teamPageLimit}}}
	_, err := c.call(ctx, q, &teams)
	if fault.Is(err, fault.Wait, fault.Backoff, fault.Reauthorize) && !absent(err) {
		return false, err
	}
	return err == nil && len(teams.Teams) > 1, nil
}

// absent reports whether what answers does not have the method at all: a
// stand-in for Slack, never Slack itself.
func absent(err error) bool {
	return slices.Contains([]string{"unknown_method", "http_404", "http_501"}, fault.CodeOf(err))
}

// Revoke is auth.revoke: the token is dead afterwards. One that was dead already
// is a success; fault.Reauthorize for one that Slack never knew.
func (c *Client) Revoke(ctx context.Context, token string) error {
	_, err := c.call(ctx, query{method: "auth.revoke", as: credential{token: token}}, nil)
	switch fault.CodeOf(err) {
	case "token_revoked", "token_expired", "account_inactive":
		return nil
	}
	return err
}
