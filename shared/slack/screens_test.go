package slack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

// answering is Slack as far as one answer goes, and what it was asked.
type answering struct {
	status int
	body   string
	asked  *http.Request
	told   string
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, _ := io.ReadAll(r.Body)
	a.asked, a.told = r, string(raw)
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

func screensOver(a *answering, api string, t connector.Tokens, called *[]slack.Call) *slack.Client {
	return slack.New(slack.Config{APIURL: api, HTTP: &http.Client{Transport: a}, Tokens: slack.Static(t), OnCall: func(c slack.Call) { *called = append(*called, c) }})
}

// Screens are the app's own, and what they show stands in no log.
func TestScreensAreTheApps(t *testing.T) {
	a := &answering{status: 200, body: `{"ok":true}`}
	var calls []slack.Call
	both := connector.Tokens{User: "xoxp-1", Bot: "xoxb-1"}
	c := screensOver(a, slack.DefaultAPIURL, both, &calls)
	view := json.RawMessage(`{"type":"modal","private_metadata":"planted"}`)
	link := connector.Link{Connector: "con_1"}
	for method, call := range map[string]func() error{
		"views.open":    func() error { return c.OpenView(t.Context(), link, "1.2.planted", view) },
		"views.update":  func() error { return c.UpdateView(t.Context(), link, "V1", "h", view) },
		"views.publish": func() error { return c.PublishHome(t.Context(), link, "U1", view) },
	} {
		if err := call(); err != nil || a.asked.Header.Get("Authorization") != "Bearer xoxb-1" || !strings.HasSuffix(a.asked.URL.Path, method) {
			t.Errorf("%s: %v %s with %s", method, err, a.asked.URL, a.asked.Header.Get("Authorization"))
		}
	}
	for _, one := range calls {
		if strings.Contains(one.Args.Encode(), "planted") {
			t.Errorf("%s tells %v", one.Method, one.Args)
		}
	}
	c = screensOver(a, slack.DefaultAPIURL, connector.Tokens{User: "xoxp-1"}, &calls)
	if err := c.OpenView(t.Context(), link, "1.2.a", view); !fault.Is(err, fault.Misconfigured) {
		t.Errorf("without a bot token: %v", err)
	}
}

func TestScreensRefused(t *testing.T) {
	for code, kind := range map[string]fault.Kind{
		"expired_trigger_id": fault.Invalid, "exchanged_trigger_id": fault.Invalid, "view_too_large": fault.Permanent, "token_revoked": fault.Reauthorize,
	} {
		var calls []slack.Call
		c := screensOver(&answering{status: 200, body: `{"ok":false,"error":"` + code + `"}`}, slack.DefaultAPIURL, connector.Tokens{Bot: "xoxb-1"}, &calls)
		if err := c.OpenView(t.Context(), connector.Link{}, "1.2.a", json.RawMessage(`{}`)); !fault.Is(err, kind) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// An answer goes to Slack's own hosts, without a token, and its address is in no
// error.
func TestAnswers(t *testing.T) {
	var calls []slack.Call
	gov := slack.GovAPIURL
	for address, x := range map[string]struct {
		api string
		ok  bool
	}{
		"https://hooks.slack.com/actions/T1/2/planted":     {slack.DefaultAPIURL, true},
		"https://hooks.slack-gov.com/actions/T1/2/planted": {gov, true},
		"http://127.0.0.1:8485/actions/T1/planted":         {"http://127.0.0.1:8485/api/", true},
		"http://hooks.slack.com/actions/T1/2/planted":      {slack.DefaultAPIURL, false},
		"https://hooks.slack.com.evil.example/a":           {slack.DefaultAPIURL, false},
		"https://hooks.slack.com@evil.example/a":           {slack.DefaultAPIURL, false},
		"https://slack.com/api/chat.postMessage":           {slack.DefaultAPIURL, false},
		"https://hooks.slack.com/actions/T1":               {gov, false},
		"http://169.254.169.254/latest/meta-data":          {"http://127.0.0.1:8485/api/", false},
		"": {slack.DefaultAPIURL, false},
	} {
		a := &answering{status: 200, body: "ok"}
		err := screensOver(a, x.api, connector.Tokens{Bot: "xoxb-1"}, &calls).Answer(t.Context(), address, json.RawMessage(`{"text":"x"}`))
		if (err == nil) != x.ok || (a.asked != nil) != x.ok {
			t.Errorf("%q: %v", address, err)
		}
		if a.asked != nil && (a.asked.Header.Get("Authorization") != "" || a.told != `{"text":"x"}`) {
			t.Errorf("%q got %v %s", address, a.asked.Header, a.told)
		}
	}
	for status, kind := range map[int]fault.Kind{404: fault.NotFound, 500: fault.Unclear, 400: fault.Permanent} {
		a := &answering{status: status, body: "used_url"}
		err := screensOver(a, slack.DefaultAPIURL, connector.Tokens{}, &calls).Answer(t.Context(), "https://hooks.slack.com/actions/planted", json.RawMessage(`{}`))
		if !fault.Is(err, kind) || fault.CodeOf(err) != "used_url" || strings.Contains(err.Error(), "planted") {
			t.Errorf("%d: %v", status, err)
		}
	}
}
