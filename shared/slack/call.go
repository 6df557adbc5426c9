package slack

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// maxAnswer bounds what is read of one answer, in bytes. The longest is
// usergroups.list with members: 5,000 groups of 500 people are 35 MB.
const maxAnswer = 64 << 20

// query is one call before it is sent.
type query struct {
	method string
	link   connector.Link
	as     credential
	args   url.Values
}

// reply is what came back, whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// call sends one query and decodes a successful answer. The reply is there with
// an error too, as far as it was read. Every error is a fault.Error whose Op is
// the method.
func (c *Client) call(ctx context.Context, q query, into any) (reply, error) {
	m, known := methods[q.method]
	if !known {
		return reply{}, fault.New(q.method, fault.Internal, "this method is missing in the table of methods")
	}
	if m.team && q.link.Team != "" {
		q.args = with(q.args, "team_id", q.link.Team)
	}
	started := c.now()
	r, err := c.send(ctx, q, m)
	if err == nil {
		err = c.sort(q, m, r)
	}
	if err == nil {
		err = decode(q, m, r, into)
	}
	err = hide(err, q.as.token, c.secret, c.basic(), q.args.Get("code"))
	if c.onCall != nil {
		c.onCall(Call{
			Method: q.method, Connector: q.link.Connector, As: q.as.voice, Args: shown(q.args),
			Started: started, Duration: c.now().Sub(started), OK: err == nil, Code: fault.CodeOf(err),
		})
	}
	return r, err
}

// send posts the form.
func (c *Client) send(ctx context.Context, q query, m method) (reply, error) {
	return c.exchange(ctx, q.method, m, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api+q.method, strings.NewReader(q.args.Encode()))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		switch {
		case q.as.token != "":
			req.Header.Set("Authorization", "Bearer "+q.as.token)
		case q.as.client:
			req.Header.Set("Authorization", "Basic "+c.basic())
		}
		return req, nil
	})
}

// exchange makes a request, sends it, and reads what comes back to its end.
func (c *Client) exchange(ctx context.Context, name string, m method, build func(context.Context) (*http.Request, error)) (reply, error) {
	if err := ctx.Err(); err != nil {
		return reply{}, &fault.Error{Op: name, Kind: fault.Backoff, Code: "not_sent", Text: "the time ran out before Slack was asked", Err: err}
	}
	var w wire
	req, err := build(w.trace(ctx))
	if err != nil {
		return reply{}, &fault.Error{Op: name, Kind: fault.Misconfigured, Code: "bad_api_url", Text: "the address of Slack's API cannot be used: correct it in the settings", Err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, w.broken(name, m, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	r := reply{status: resp.StatusCode, header: resp.Header, body: body}
	if err != nil {
		return r, unwell(name, m, "cut_off", "Slack's answer ended in the middle", err)
	}
	if len(body) > maxAnswer {
		return r, unwell(name, m, "too_long", "Slack's answer is longer than Ebb reads", nil)
	}
	return r, nil
}

// basic is the app's client id and secret as HTTP's basic authentication has them.
func (c *Client) basic() string {
	return base64.StdEncoding.EncodeToString([]byte(c.id + ":" + c.secret))
}

// decode reads the body of a success; nil into: the answer does not matter.
// The cause is left out: it could quote the body.
func decode(q query, m method, r reply, into any) error {
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		return unwell(q.method, m, "not_understood", "Slack's answer has another form than its documentation", nil)
	}
	return nil
}

func with(args url.Values, key, value string) url.Values {
	out := url.Values{key: {value}}
	for k, v := range args {
		out[k] = v
	}
	return out
}

// shown are the arguments that may be told: no OAuth code, no trigger, and no
// view, in which people's words stand.
func shown(args url.Values) url.Values {
	out := url.Values{}
	for k, v := range args {
		if !slices.Contains([]string{"code", "token", "trigger_id", "view"}, k) {
			out[k] = v
		}
	}
	return out
}
