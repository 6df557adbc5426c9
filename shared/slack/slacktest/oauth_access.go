package slacktest

import (
	"strings"
	"time"
)

// tokenLife of rotating tokens, 12 hours (docs: "Using token rotation").
const tokenLife = 12 * time.Hour

// refreshToken renews one kind of token of one owner; each is used once.
type refreshToken struct {
	user, where string
	bot         bool
	scopes      []string
	used        bool
}

// clientKnown checks client id and secret, from the form or HTTP basic.
func (r *request) clientKnown() error {
	switch {
	case r.str("client_id") != r.org.app.clientID:
		return refuse("invalid_client_id")
	case r.str("client_secret") != r.org.app.clientSecret:
		return refuse("bad_client_secret")
	}
	return nil
}

// oauth.v2.access exchanges a code, or with grant_type=refresh_token a refresh
// token.
func (r *request) oauthAccess() (reply, error) {
	if err := r.clientKnown(); err != nil {
		return nil, err
	}
	switch r.str("grant_type") {
	case "refresh_token":
		return r.refreshAccess()
	case "", "authorization_code":
	default:
		return nil, refuse("invalid_grant_type")
	}
	code, err := r.redeem(false)
	if err != nil {
		return nil, err
	}
	return r.installed(code), nil
}

// redeem uses a code up.
// assumed: a second use is code_already_used. Slack documents invalid_code alone
// for oauth.v2.access, and code_already_used for the older oauth.access.
func (r *request) redeem(openID bool) (*oauthCode, error) {
	code := r.org.codes[r.str("code")]
	switch {
	case code == nil || code.openID != openID || r.at.Sub(code.issued) > codeLife:
		return nil, refuse("invalid_code")
	case code.used:
		return nil, refuse("code_already_used")
	case code.redirect != r.str("redirect_uri"):
		return nil, refuse("bad_redirect_uri")
	case code.challenge != "" && challengeOf(r.str("code_verifier")) != code.challenge:
		return nil, refuse(firstDocumented(r.spec, "invalid_code_verifier", "invalid_grant"))
	}
	code.used = true
	return code, nil
}

func (r *request) installed(code *oauthCode) reply {
	o := r.org
	out := reply{"app_id": o.app.id, "is_enterprise_install": o.isOrg(code.where), "team": nil, "enterprise": nil}
	if e := o.enterprise; e != nil {
		out["enterprise"] = reply{"id": e.id, "name": e.name}
	}
	if t := o.team(code.where); t != nil {
		out["team"] = reply{"id": t.id, "name": t.name}
	}
	in := o.installIn(code.where, code.bot)
	if len(code.bot) > 0 {
		r.issue(out, token{user: in.bot, bot: true, scopes: in.scopes}, code.where)
		out["bot_user_id"] = in.bot
	}
	person := reply{"id": code.user}
	if len(code.scopes) > 0 {
		r.issue(person, token{user: code.user, scopes: union(o.userScopes(code.user, code.where), code.scopes)}, code.where)
	}
	out["authed_user"] = person
	return out
}

// userScopes that the person gave the app there before: scopes are additive.
func (o *Org) userScopes(user, where string) []string {
	var scopes []string
	for _, value := range sortedKeys(o.tokens) {
		if t := o.tokens[value]; !t.bot && !t.revoked && t.user == user && t.where == where {
			scopes = union(scopes, t.scopes)
		}
	}
	return scopes
}

// issue mints a token into an answer; with rotation on, one that ends and can be
// renewed.
func (r *request) issue(into reply, t token, where string) {
	if r.org.opt.Rotation {
		t.expires = r.at.Add(tokenLife)
		refresh := r.org.mint.secret("xoxe-1")
		r.org.refresh[refresh] = &refreshToken{user: t.user, where: where, bot: t.bot, scopes: t.scopes}
		into["refresh_token"], into["expires_in"] = refresh, int(tokenLife/time.Second)
	}
	into["access_token"] = r.org.mintToken(t, where)
	into["token_type"] = t.kind()
	into["scope"] = strings.Join(t.scopes, ",")
}

// refreshAccess renews a token. A refreshed user token stands at the top level,
// not under authed_user (docs: "Using token rotation").
func (r *request) refreshAccess() (reply, error) {
	old := r.org.refresh[r.str("refresh_token")]
	if old == nil || old.used || r.org.users[old.user].Deleted {
		return nil, refuse("invalid_refresh_token")
	}
	old.used = true
	out := reply{"app_id": r.org.app.id, "is_enterprise_install": r.org.isOrg(old.where), "team": nil, "enterprise": nil}
	if t := r.org.team(old.where); t != nil {
		out["team"] = reply{"id": t.id, "name": t.name}
	}
	if e := r.org.enterprise; e != nil {
		out["enterprise"] = reply{"id": e.id, "name": e.name}
	}
	if old.bot {
		out["bot_user_id"] = old.user
	}
	r.issue(out, token{user: old.user, bot: old.bot, scopes: old.scopes}, old.where)
	return out, nil
}
