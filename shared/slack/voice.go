package slack

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Direct is conversations.open with one account. It gives the same channel each
// time.
func (c *Client) Direct(ctx context.Context, l connector.Link, account string) (string, error) {
	var a struct {
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	}
	if err := c.speak(ctx, l, "conversations.open", url.Values{"users": {account}}, &a); err != nil {
		return "", err
	}
	if a.Channel.ID == "" {
		return "", short("conversations.open", "no channel")
	}
	return a.Channel.ID, nil
}

// Post is chat.postMessage. Slack gives no way to post a message once: after
// fault.Unclear it may be there, and the app may not look.
func (c *Client) Post(ctx context.Context, l connector.Link, channel, thread string, card message.Card) (string, error) {
	args, err := drawn(card)
	if err != nil {
		return "", err
	}
	args.Set("channel", channel)
	args.Set("unfurl_links", "false")
	args.Set("unfurl_media", "false")
	if thread != "" {
		args.Set("thread_ts", thread)
	}
	var a struct {
		TS string `json:"ts"`
	}
	if err := c.speak(ctx, l, "chat.postMessage", args, &a); err != nil {
		return "", err
	}
	if a.TS == "" {
		return "", unwell("chat.postMessage", methods["chat.postMessage"], "short", "Slack did not say which message it posted", nil)
	}
	return a.TS, nil
}

// Change is chat.update: the same card again changes nothing.
func (c *Client) Change(ctx context.Context, l connector.Link, channel, ts string, card message.Card) error {
	args, err := drawn(card)
	if err != nil {
		return err
	}
	args.Set("channel", channel)
	args.Set("ts", ts)
	return c.speak(ctx, l, "chat.update", args, nil)
}

// drawn are the arguments that show a card. The text is there for notifications
// and screen readers: Slack shows the blocks where there are any.
func drawn(card message.Card) (url.Values, error) {
	raw, err := json.Marshal(Blocks(card))
	if err != nil {
		return nil, fault.Wrap("slack.drawn", err)
	}
	return url.Values{"text": {Text(card)}, "blocks": {string(raw)}}, nil
}

// speak calls in the app's own voice and in no other: what an administrator's
// token posts would stand there in that person's name.
func (c *Client) speak(ctx context.Context, l connector.Link, method string, args url.Values, into any) error {
	have, err := c.voices(ctx, l, true)
	if err != nil {
		return err
	}
	if have[0].voice != "bot" {
		return &fault.Error{Op: method, Kind: fault.Misconfigured, Code: "no_bot_token", Text: "the connector has no token of the app itself, so Ebb cannot write to people: " + reinstall}
	}
	_, err = c.call(ctx, query{method: method, link: l, as: have[0], args: args}, into)
	return err
}
