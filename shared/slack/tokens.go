package slack

import (
	"context"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// credential is what one call shows to Slack.
type credential struct {
	token  string
	voice  string // "bot" or "user"
	client bool   // instead of a token: the app's client id and secret
}

// voices are the tokens of a connector, the wished one first; never none.
func (c *Client) voices(ctx context.Context, l connector.Link, bot bool) ([]credential, error) {
	t, err := c.tokens.Tokens(ctx, l.Connector)
	if err != nil {
		return nil, fault.Wrap("slack.Tokens", err)
	}
	order := []credential{{token: t.User, voice: "user"}, {token: t.Bot, voice: "bot"}}
	if bot {
		order[0], order[1] = order[1], order[0]
	}
	var have []credential
	for _, v := range order {
		if v.token != "" {
			have = append(have, v)
		}
	}
	if len(have) == 0 {
		return nil, &fault.Error{Op: "slack.Tokens", Kind: fault.Reauthorize, Code: "not_authed", Text: "Ebb has no token for this connector: connect it with Install with Slack"}
	}
	return have, nil
}

// voice is the token that a link asks for, or the other one when that is all
// there is.
func (c *Client) voice(ctx context.Context, l connector.Link) (credential, error) {
	have, err := c.voices(ctx, l, l.AsBot)
	if err != nil {
		return credential{}, err
	}
	return have[0], nil
}

// inChannel does f in the app's own voice, and in the administrator's when the
// app is refused for what it is.
func (c *Client) inChannel(ctx context.Context, l connector.Link, f func(credential) error) error {
	have, err := c.voices(ctx, l, true)
	if err != nil {
		return err
	}
	return each(have, f)
}

// each does f in one voice after the other until one is not refused for what it
// is: not in the channel, without the scope, kept out by a preference. Slack's
// refusal says that nothing was done, so f may be repeated. The last error
// counts.
func each(have []credential, f func(credential) error) error {
	var err error
	for _, v := range have {
		if err = f(v); err == nil || !refusesToken(err) {
			break
		}
	}
	return err
}

// refusesToken reports whether another token may do what this one may not. A
// bot that is not in the channel gets not_in_channel from conversations.kick
// too, which is documented for the other meaning only.
func refusesToken(err error) bool {
	switch fault.CodeOf(err) {
	case "channel_not_found", "not_in_channel", "missing_scope", "not_allowed_token_type",
		"restricted_action", "no_permission", "cant_kick_self", "cant_invite_self", "access_denied":
		return true
	}
	return fault.Is(err, fault.Reauthorize)
}
