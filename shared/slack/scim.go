package slack

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// SCIM v2 (docs.slack.dev, "SCIM API"), for what the Web API has no method for: a
// user group without members, and who manages whom. It lives beside the Web API, at a
// host of its own in the real Slack, and takes the administrator's user token
// with the scope admin alone. On Business+ its groups are the workspace's user
// groups; on Enterprise they are the identity provider's, so nobody asks for groups
// there.

// SCIM's methods as Ebb names them in calls and pauses. Slack counts writes and
// reads of all SCIM apps of an organization together (docs.slack.dev, "SCIM API
// rate limits"), so nothing is promised to Ebb alone.
const (
	scimList  = "scim.groups.list"
	scimPatch = "scim.groups.patch"
)

// scimQuery is one SCIM request before it is sent.
type scimQuery struct {
	method string // ours
	verb   string
	path   string // below the base
	args   url.Values
	body   any
}

// scimID is what may stand in a path and in a filter.
var scimID = regexp.MustCompile(`^[A-Za-z0-9]{1,40}$`)

type scimPatchBody struct {
	Schemas    []string `json:"schemas"`
	Operations []scimOp `json:"Operations"`
}

type scimOp struct {
	Op   string `json:"op"`
	Path string `json:"path"`
}

// Shrink is SCIM's PATCH of a group: each member out by an operation of its own,
// in Slack's spelling of the filter (docs.slack.dev, "SCIM API": no quotes).
// Slack's tests also know remove with the path members and a list of values; who
// overlooked the list would empty the whole group, so Ebb does not send that.
func (c *Client) Shrink(ctx context.Context, l connector.Link, group string, members []string) error {
	b := scimPatchBody{Schemas: []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}}
	for _, m := range members {
		if !scimID.MatchString(m) {
			return fault.At(scimPatch, "members", "this is no account id")
		}
		b.Operations = append(b.Operations, scimOp{Op: "remove", Path: "members[value eq " + m + "]"})
	}
	if len(members) == 0 || !scimID.MatchString(group) {
		return fault.New(scimPatch, fault.Invalid, "nobody, or no user group, was named")
	}
	return c.scimCall(ctx, l, scimQuery{
		method: scimPatch, verb: http.MethodPatch, path: "Groups/" + group, body: b,
		args: url.Values{"group": {group}, "remove": {strings.Join(members, ",")}},
	})
}

// CanShrink lists one group, which changes nothing and needs what Shrink needs.
func (c *Client) CanShrink(ctx context.Context, l connector.Link) (bool, error) {
	err := c.scimCall(ctx, l, scimQuery{method: scimList, verb: http.MethodGet, path: "Groups?count=1"})
	if fault.Is(err, fault.Misconfigured, fault.Permanent) {
		return false, nil
	}
	return err == nil, err
}

// scimCall sends one request in the administrator's voice.
func (c *Client) scimCall(ctx context.Context, l connector.Link, q scimQuery) error {
	return c.scimRead(ctx, l, q, nil)
}

// scimRead is scimCall for an answer that matters.
func (c *Client) scimRead(ctx context.Context, l connector.Link, q scimQuery, into any) error {
	v, err := c.userVoice(ctx, l, q.method)
	if err != nil {
		return err
	}
	m := method{writes: q.verb != http.MethodGet}
	started := c.now()
	r, err := c.sendSCIM(ctx, q, v, m)
	if err == nil {
		err = c.sortSCIM(q.method, m, r)
	}
	if err == nil {
		err = decode(query{method: q.method}, m, r, into)
	}
	err = hide(err, v.token)
	if c.onCall != nil {
		c.onCall(Call{
			Method: q.method, Connector: l.Connector, As: v.voice, Args: shown(q.args),
			Started: started, Duration: c.now().Sub(started), OK: err == nil, Code: fault.CodeOf(err),
		})
	}
	return err
}

// userVoice is the administrator's token: SCIM takes no other.
func (c *Client) userVoice(ctx context.Context, l connector.Link, op string) (credential, error) {
	have, err := c.voices(ctx, l, false)
	if err == nil && have[0].voice != "user" {
		err = &fault.Error{Op: op, Kind: fault.Misconfigured, Code: "no_user_token", Text: "SCIM takes the user token of an admin alone: " + reinstall}
	}
	if err != nil {
		return credential{}, err
	}
	return have[0], nil
}

func (c *Client) sendSCIM(ctx context.Context, q scimQuery, v credential, m method) (reply, error) {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return reply{}, fault.Wrap(q.method, err)
		}
	}
	return c.exchange(ctx, q.method, m, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, q.verb, c.scim+q.path, bytes.NewReader(body))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+v.token)
		}
		return req, err
	})
}

// scimTrouble is an error in both of the shapes that Slack sends: SCIM 2.0's
// own, and the older one that its tests still see for a 401.
type scimTrouble struct {
	Detail string `json:"detail"`
	Errors struct {
		Description string `json:"description"`
	} `json:"Errors"`
}

// sortSCIM gives nil for a success and one fault.Error for everything else.
func (c *Client) sortSCIM(name string, m method, r reply) error {
	switch {
	case r.status >= 200 && r.status < 300:
		return nil
	case r.status >= http.StatusInternalServerError, r.status == http.StatusRequestTimeout:
		return unwell(name, m, fmt.Sprintf("http_%d", r.status), fmt.Sprintf("Slack answered with HTTP %d", r.status), nil)
	}
	var t scimTrouble
	_ = json.Unmarshal(r.body, &t) // what is no JSON has no code
	code := cmp.Or(t.Detail, t.Errors.Description)
	if r.status == http.StatusTooManyRequests {
		return c.scimWait(name, code, r)
	}
	if code == "" {
		return &fault.Error{
			Op: name, Kind: fault.Misconfigured, Code: fmt.Sprintf("http_%d", r.status),
			Text: fmt.Sprintf("what answers at the address of Slack's SCIM API is not Slack (HTTP %d): check the address and the proxy", r.status),
		}
	}
	code = readable(code)
	k := classOfSCIM(code, r.status)
	return &fault.Error{Op: name, Kind: k.kind, Code: code, Text: k.text}
}

// scimWait keeps a lock on the one group, which is no limit, apart from a limit:
// only the latter holds other groups back.
func (c *Client) scimWait(name, code string, r reply) error {
	err := c.wait(query{method: name}, r)
	if e, ok := err.(*fault.Error); ok && strings.Contains(code, "lock") {
		e.Code, e.Method = "resource_locked", ""
		e.Text = "somebody else is changing this user group through SCIM; Ebb goes on when they are done"
	}
	return err
}
