package slack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/fault"
)

// envelope is what every answer of the Web API carries. Slack sends errors as a
// list from some methods and as an object from others (conversations.kick), so
// it stays raw.
type envelope struct {
	OK       *bool           `json:"ok"`
	Error    string          `json:"error"`
	Needed   string          `json:"needed"`
	Provided string          `json:"provided"`
	Errors   json.RawMessage `json:"errors"`
}

// withoutHeader is how long to wait on a 429 that does not say.
const withoutHeader = 30 * time.Second

// sort gives nil for a success and one fault.Error for everything else that can
// come back (docs.slack.dev, "Web API": failures are HTTP 200 with "ok":false;
// 429 and 5xx are HTTP's).
func (c *Client) sort(q query, m method, r reply) error {
	switch {
	case r.status == http.StatusTooManyRequests:
		return c.wait(q, r)
	case r.status >= http.StatusInternalServerError, r.status == http.StatusRequestTimeout:
		return unwell(q.method, m, fmt.Sprintf("http_%d", r.status), fmt.Sprintf("Slack answered with HTTP %d", r.status), nil)
	}
	var e envelope
	err := json.Unmarshal(r.body, &e)
	switch {
	case (err != nil || e.OK == nil) && r.status != http.StatusOK:
		return &fault.Error{
			Op: q.method, Kind: fault.Misconfigured, Code: fmt.Sprintf("http_%d", r.status),
			Text: fmt.Sprintf("what answers at the address of Slack's API is not Slack (HTTP %d): check the address and the proxy", r.status),
		}
	case err != nil || e.OK == nil:
		return unwell(q.method, m, "not_understood", "Slack's answer is no complete JSON", nil)
	case *e.OK:
		return nil
	case e.Error == "":
		return unwell(q.method, m, "no_code", "Slack refused without saying why", nil)
	case waits[e.Error]:
		return c.wait(q, r)
	}
	return refusal(q, m, e)
}

// wait says until when Slack takes no more calls of this method.
func (c *Client) wait(q query, r reply) error {
	after := retryAfter(r.header.Get("Retry-After"), c.now())
	return &fault.Error{
		Op: q.method, Method: q.method, Kind: fault.Wait, Code: "ratelimited", Until: c.now().Add(after),
		Text: "Slack asks for a pause; Ebb goes on by itself", Err: &slackgo.RateLimitedError{RetryAfter: after},
	}
}

// retryAfter reads the header in both of HTTP's forms, seconds and a date.
func retryAfter(header string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && s >= 0 {
		return max(time.Duration(s)*time.Second, time.Second)
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return withoutHeader
}

// refusal sorts one of Slack's codes. What has no class is a definite no.
func refusal(q query, m method, e envelope) error {
	code := readable(e.Error)
	k := classOf(q.method, code)
	out := &fault.Error{Op: q.method, Kind: k.kind, Code: code, Text: k.text}
	switch {
	case k.kind == unsure:
		return unwell(q.method, m, code, "Slack broke off ("+code+")", nil)
	case k.kind == fault.Internal && m.writes:
		out.Kind = fault.Permanent // a port of writes answers definitely
	case code == "missing_scope":
		out.Text = missing(e)
	}
	return out
}

// missing says which scope to allow and what the token has.
func missing(e envelope) string {
	needed, has := scopes(e.Needed), scopes(e.Provided)
	text := "the connector's token lacks a scope that Slack did not name"
	if len(needed) == 1 {
		text = "the connector's token lacks the scope " + needed[0]
	} else if len(needed) > 1 {
		text = "the connector's token lacks one of the scopes " + strings.Join(needed, ", ")
	}
	if len(has) > 0 {
		text += " (it has " + strings.Join(has, ", ") + ")"
	}
	return text + ": " + reinstall + " and allow it"
}

var (
	codeForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{1,79}$`)
	scopeForm = regexp.MustCompile(`^[a-z][a-z0-9_.]*(:[a-z0-9_.]+)*$`)
)

// readable keeps anything that is no code out of errors and logs.
func readable(code string) string {
	if codeForm.MatchString(code) {
		return code
	}
	return "unreadable_code"
}

// scopes splits a comma-separated list and keeps what has the form of a scope.
func scopes(list string) []string {
	var out []string
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); scopeForm.MatchString(s) {
			out = append(out, s)
		}
	}
	return out
}
