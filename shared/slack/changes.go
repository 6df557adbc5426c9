package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// inviteAtMost is how many accounts Slack takes in one conversations.invite.
const inviteAtMost = 100

// Replace is usergroups.users.update: the whole member list, in the voice of the
// administrator (Slack's default lets only admins edit user groups). Sending the
// same list again changes nothing. The date is the answer's date_update.
func (c *Client) Replace(ctx context.Context, l connector.Link, group string, members []string) (int64, error) {
	const method = "usergroups.users.update"
	if len(members) == 0 {
		return 0, &fault.Error{Op: method, Kind: fault.Permanent, Code: "no_users_provided", Text: lastMember}
	}
	var a groupAnswer
	r, err := c.asAdmin(ctx, l, method, url.Values{"usergroup": {group}, "users": {strings.Join(members, ",")}})
	if err == nil {
		_ = json.Unmarshal(r.body, &a) // it was done: an answer without a date is no failure
	}
	return a.Group.Date, err
}

// Disable is usergroups.disable: the handle stops working, Slack keeps the
// members.
func (c *Client) Disable(ctx context.Context, l connector.Link, group string) error {
	_, err := c.asAdmin(ctx, l, "usergroups.disable", url.Values{"usergroup": {group}})
	return err
}

func (c *Client) asAdmin(ctx context.Context, l connector.Link, method string, args url.Values) (reply, error) {
	have, err := c.voices(ctx, l, false)
	if err != nil {
		return reply{}, err
	}
	return c.call(ctx, query{method: method, link: l, as: have[0], args: args}, nil)
}

// Kick is conversations.kick, in the app's voice where Slack lets it.
func (c *Client) Kick(ctx context.Context, l connector.Link, channel, account string) error {
	const method = "conversations.kick"
	have, err := c.voices(ctx, l, true)
	if err != nil {
		return err
	}
	var first error
	err = each(have, func(v credential) error {
		_, err := c.call(ctx, query{method: method, link: l, as: v, args: url.Values{"channel": {channel}, "user": {account}}}, nil)
		if first == nil {
			first = err
		}
		return err
	})
	if fault.CodeOf(err) != "not_in_channel" {
		return err
	}
	in, unread := c.isIn(ctx, l, have, channel, account)
	switch {
	case fault.Is(unread, fault.NotFound):
		return &fault.Error{Op: method, Kind: fault.Misconfigured, Code: "channel_not_found", Text: inviteApp}
	case unread != nil:
		return unread // nothing was removed: Wait and Backoff say so
	case !in:
		return err
	case fault.CodeOf(first) != "not_in_channel":
		return first
	}
	return &fault.Error{Op: method, Kind: fault.Misconfigured, Code: "not_in_channel", Text: general["not_in_channel"].text}
}

// isIn reads whether the account is in the channel. Slack's not_in_channel says
// in one word that the account was not in, or that the caller is not.
func (c *Client) isIn(ctx context.Context, l connector.Link, have []credential, channel, account string) (bool, error) {
	var members []string
	err := each(have, func(v credential) (err error) {
		members, err = c.allMembers(ctx, l, v, channel)
		return err
	})
	return slices.Contains(members, account), err
}

// Invite is conversations.invite with force: Slack skips whom it refuses, and
// says so. Who was in already counts as in.
func (c *Client) Invite(ctx context.Context, l connector.Link, channel string, accounts []string) ([]access.Refused, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	if len(accounts) > inviteAtMost {
		return nil, fault.At("conversations.invite", "accounts", "Slack takes %d accounts in one call, not %d", inviteAtMost, len(accounts))
	}
	var out []access.Refused
	err := c.inChannel(ctx, l, func(v credential) (err error) {
		out, err = c.invite(ctx, l, v, channel, accounts)
		return err
	})
	return out, err
}

func (c *Client) invite(ctx context.Context, l connector.Link, v credential, channel string, accounts []string) ([]access.Refused, error) {
	q := query{method: "conversations.invite", link: l, as: v, args: url.Values{
		"channel": {channel}, "users": {strings.Join(accounts, ",")}, "force": {"true"},
	}}
	r, err := c.call(ctx, q, nil)
	named, says := namedIn(r.body, accounts)
	code := fault.CodeOf(err)
	switch {
	case err == nil, says && ofAccount[code]:
		return named, nil
	case !ofAccount[code]:
		return nil, err
	case len(accounts) == 1:
		return refused(nil, accounts[0], code), nil
	}
	return nil, unwell(q.method, methods[q.method], code, "Slack refused some of the accounts and did not say which", nil)
}

// namedIn are the accounts that an answer of conversations.invite names as
// refused, and whether it names any of those that were asked for. "ok" may be
// true or false with it: the others were invited, which is for a read-back to
// see.
func namedIn(body []byte, accounts []string) (out []access.Refused, says bool) {
	var a struct {
		Errors []slackgo.ConversationsInviteResponseError `json:"errors"`
	}
	if json.Unmarshal(body, &a) != nil {
		return nil, false
	}
	for _, e := range a.Errors {
		if slices.Contains(accounts, e.User) {
			out, says = refused(out, e.User, readable(e.Error)), true
		}
	}
	return out, says
}

// refused adds an account, unless it is refused for being in.
func refused(to []access.Refused, account, code string) []access.Refused {
	if k := classOf("conversations.invite", code); k.kind != fault.Already {
		to = append(to, access.Refused{Account: account, Code: code, Text: k.text})
	}
	return to
}

// Probe is usergroups.update in the app's voice with the group's own name as it
// stands: whether the app may edit user groups at all, which is so only where
// everybody may. Nothing changes but the date of the last edit. Without a bot
// token, or a scope for it, there is nothing open.
func (c *Client) Probe(ctx context.Context, l connector.Link, r directory.Resource) (bool, error) {
	have, err := c.voices(ctx, l, true)
	if err != nil {
		return false, err
	}
	bot := have[0]
	if bot.voice != "bot" {
		return false, nil
	}
	g, err := c.findGroup(ctx, l, bot, r.ID)
	if err == nil {
		_, err = c.call(ctx, query{
			method: "usergroups.update", link: l, as: bot,
			args: url.Values{"usergroup": {g.ID}, "name": {g.Name}},
		}, nil)
	}
	switch fault.CodeOf(err) {
	case "permission_denied", "missing_scope", "not_allowed_token_type":
		return false, nil
	}
	return err == nil, err
}

// SetAdmin is admin.users.setAdmin: a full member, or an owner, becomes an admin of
// the link's workspace. It sets the role, so that it may be sent again.
func (c *Client) SetAdmin(ctx context.Context, l connector.Link, account string) error {
	return c.administer(ctx, l, "admin.users.setAdmin", account)
}

// SetRegular is admin.users.setRegular: an admin or owner becomes a full member. So
// does a guest: whoever calls it has looked before whom it is about.
func (c *Client) SetRegular(ctx context.Context, l connector.Link, account string) error {
	return c.administer(ctx, l, "admin.users.setRegular", account)
}

// Expel is admin.users.remove: the account leaves the link's workspace, and with it
// the workspace's channels and user groups.
func (c *Client) Expel(ctx context.Context, l connector.Link, account string) error {
	return c.administer(ctx, l, "admin.users.remove", account)
}

func (c *Client) administer(ctx context.Context, l connector.Link, method, account string) error {
	_, err := c.asAdmin(ctx, l, method, url.Values{"team_id": {l.Team}, "user_id": {account}})
	return err
}
