package slacktest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// TokenSpec describes a token to mint.
type TokenSpec struct {
	User    string   // owner; empty: the app's bot (Bot) or the primary owner
	Bot     bool     // a bot token
	Team    string   // workspace; empty: the first one
	OrgWide bool     // of the organization instead of a workspace
	Scopes  []string // nil: every ordinary scope of the plan
}

// token is one access token. where is the workspace or organization that it
// belongs to.
type token struct {
	value, user, where string
	bot                bool
	scopes             []string
	revoked            bool
	expires            time.Time // zero: never
}

// Token mints a token as TokenSpec says. A bot token belongs to the app's
// installation, which is made when missing.
func (o *Org) Token(s TokenSpec) string {
	defer o.lock()()
	where := cmp.Or(s.Team, o.home().id)
	if s.OrgWide {
		if o.enterprise == nil {
			panic("slacktest: an org-wide token needs an organization")
		}
		where = o.enterprise.id
	}
	scopes := s.Scopes
	if scopes == nil {
		scopes = ordinaryScopes(o.opt.Plan, s.Bot)
	}
	t := token{user: s.User, bot: s.Bot, scopes: slices.Clone(scopes)}
	if s.Bot && t.user == "" {
		t.user = o.installIn(where, scopes).bot
	}
	if t.user == "" {
		t.user = o.ownerOf(where)
	}
	mustHave(o.users, "user", t.user)
	return o.mintToken(t, where)
}

func (o *Org) ownerOf(where string) string {
	if t := o.team(where); t != nil {
		return t.primaryOwner
	}
	return o.home().primaryOwner
}

func (o *Org) mintToken(t token, where string) string {
	prefix := "xoxp"
	if t.bot {
		prefix = "xoxb"
	}
	if !t.expires.IsZero() {
		prefix = "xoxe." + prefix
	}
	t.where, t.value = where, o.mint.secret(prefix)
	o.tokens[t.value] = &t
	return t.value
}

// BotToken is the ordinary bot token: org-wide on an organization.
func (o *Org) BotToken() string { return o.botToken }

// UserToken is the ordinary user token of the first primary owner: org-wide on
// an organization.
func (o *Org) UserToken() string { return o.usrToken }

// RevokeToken ends one token, as its owner does in Slack's settings, and sends
// tokens_revoked.
func (o *Org) RevokeToken(value string) {
	defer o.lock()()
	o.revoke(mustHave(o.tokens, "token", value))
}

func (o *Org) revoke(t *token) {
	if t.revoked {
		return
	}
	o.emitTokensRevoked(t.where, t)
	t.revoked = true
}

// SetScopes replaces what a token may do: an administrator's change, which Slack
// makes by reinstalling.
func (o *Org) SetScopes(value string, scopes ...string) {
	defer o.lock()()
	mustHave(o.tokens, "token", value).scopes = slices.Clone(scopes)
}

func (t *token) has(scope string) bool { return slices.Contains(t.scopes, scope) }

func (t *token) kind() string {
	if t.bot {
		return "bot"
	}
	return "user"
}

// ordinaryScopes are what the app's manifest for a plan asks for, after Slack's
// rule that admin.* needs an organization and SCIM's admin at least Business+.
func ordinaryScopes(plan string, bot bool) []string {
	if bot {
		return strings.Fields(`commands chat:write im:write mpim:write users:read users:read.email team:read usergroups:read
			usergroups:write channels:read groups:read im:read mpim:read channels:manage groups:write
			channels:write.invites groups:write.invites channels:join`)
	}
	scopes := strings.Fields(`chat:write users:read users:read.email team:read usergroups:read usergroups:write channels:read
		groups:read im:read mpim:read channels:write groups:write channels:write.invites groups:write.invites im:write mpim:write`)
	if plan == PlanBusiness || plan == PlanEnterprise {
		scopes = append(scopes, "admin")
	}
	if plan == PlanEnterprise {
		scopes = append(scopes, strings.Fields(`admin.users:read admin.users:write admin.teams:read admin.teams:write
			admin.roles:read admin.roles:write admin.usergroups:read admin.usergroups:write admin.conversations:read
			admin.conversations:write admin.apps:read admin.apps:write admin.invites:read admin.invites:write auditlogs:read`)...)
	}
	return scopes
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// TokenWorks reports whether a token is accepted.
func (o *Org) TokenWorks(value string) bool {
	defer o.lock()()
	t := o.tokens[value]
	return t != nil && !t.revoked && !o.users[t.user].Deleted && (t.expires.IsZero() || o.now().Before(t.expires))
}
