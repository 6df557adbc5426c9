package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// OpenView is views.open: a modal on the screen of whoever did what the trigger
// came from. A trigger lives for three seconds and works once: fault.Invalid
// with Slack's code after that.
func (c *Client) OpenView(ctx context.Context, l connector.Link, trigger string, view json.RawMessage) error {
	return c.asApp(ctx, l, "views.open", url.Values{"trigger_id": {trigger}, "view": {string(view)}})
}

// UpdateView is views.update: another view in the place of one that is open.
// hash "" replaces whatever stands there; otherwise fault.Conflict when it is
// not that view any more. fault.NotFound when it was closed.
func (c *Client) UpdateView(ctx context.Context, l connector.Link, id, hash string, view json.RawMessage) error {
	args := url.Values{"view_id": {id}, "view": {string(view)}}
	if hash != "" {
		args.Set("hash", hash)
	}
	return c.asApp(ctx, l, "views.update", args)
}

// PublishHome is views.publish: the app's home tab of one account.
func (c *Client) PublishHome(ctx context.Context, l connector.Link, account string, view json.RawMessage) error {
	return c.asApp(ctx, l, "views.publish", url.Values{"user_id": {account}, "view": {string(view)}})
}

// asApp calls in the app's own voice, which alone has screens.
func (c *Client) asApp(ctx context.Context, l connector.Link, method string, args url.Values) error {
	have, err := c.voices(ctx, l, true)
	if err != nil {
		return err
	}
	if have[0].voice != "bot" {
		return &fault.Error{Op: method, Kind: fault.Misconfigured, Code: "no_bot_token", Text: "the connector has no bot token, so Ebb cannot show anything in Slack: connect it with Install with Slack"}
	}
	_, err = c.call(ctx, query{method: method, link: l, as: have[0], args: args}, nil)
	return err
}

// mostSaid bounds what is read of the answer of a response_url, in bytes.
const mostSaid = 4 << 10

// Answer posts a message to a response_url: good for five messages within half an
// hour (docs.slack.dev, "Handling user interaction"), and a secret as long. It
// carries no token, and goes to Slack's own hosts alone. fault.NotFound when
// the address is used up.
func (c *Client) Answer(ctx context.Context, responseURL string, body json.RawMessage) error {
	const op = "response_url"
	if !c.answers(responseURL) {
		return &fault.Error{Op: op, Kind: fault.Invalid, Code: "foreign_url", Text: "this is no address at which Slack takes answers"}
	}
	r, err := c.exchange(ctx, op, method{writes: true}, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(body))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req, err
	})
	switch {
	case err != nil:
		return hide(err, responseURL, pathOf(responseURL))
	case r.status == http.StatusOK:
		return nil
	case r.status == http.StatusNotFound:
		return &fault.Error{Op: op, Kind: fault.NotFound, Code: said(r.body), Text: "this answer comes too late for Slack"}
	case r.status >= http.StatusInternalServerError:
		return unwell(op, method{writes: true}, said(r.body), "Slack failed while it took the answer", nil)
	}
	return &fault.Error{Op: op, Kind: fault.Permanent, Code: said(r.body), Text: mistake}
}

// answers reports whether an address is one of Slack's for answers: hooks beside
// the house that the client speaks to, or the very host of its API where that
// is none of Slack's two.
func (c *Client) answers(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	api, err := url.Parse(c.api)
	if err != nil {
		return false
	}
	switch c.api {
	case DefaultAPIURL, GovAPIURL:
		return u.Scheme == "https" && u.Host == "hooks."+api.Host
	}
	return u.Scheme == api.Scheme && u.Host == api.Host
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// said is the word that a response_url answers with, when it is one.
func said(body []byte) string {
	raw, _ := io.ReadAll(io.LimitReader(bytes.NewReader(body), mostSaid))
	return readable(strings.TrimSpace(string(raw)))
}
