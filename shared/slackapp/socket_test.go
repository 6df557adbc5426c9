package slackapp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// An event by the socket is stored as one by HTTP is; with another secret it is
// not, so the socket goes past no check.
func TestAnEventByTheSocket(t *testing.T) {
	w := newWorld(t)
	ada := w.slack.AddUser(slacktest.User{Name: "ada"})
	w.slack.TakeEvents()
	w.slack.HandDeactivate(ada)
	event := slackapp.Envelope{Kind: "events_api", Payload: w.slack.PendingEvents()[0].Body}
	secret := slackapp.Secret(w.slack.SigningSecret())
	s := slackapp.Socket{Door: slackapp.Handler(w.house, secret, nil), Secret: "another", Now: w.clock}
	if _, err := s.Deliver(t.Context(), event); err == nil || len(w.due()) != 0 {
		t.Error("another secret was taken", err)
	}
	s.Secret = secret
	w.table.fails = errTable
	if _, err := s.Deliver(t.Context(), event); err == nil {
		t.Error("what was not stored was acknowledged")
	}
	w.table.fails = nil
	for range 2 { // Slack delivers again
		if payload, err := s.Deliver(t.Context(), event); err != nil || payload != nil {
			t.Error(string(payload), err)
		}
	}
	w.notice()
	event.Payload = json.RawMessage(`[]`) // refused for good: it need not come again
	if _, err := s.Deliver(t.Context(), event); err != nil {
		t.Error(err)
	}
}

// Each kind reaches its address as Slack would have posted it.
func TestWhereEnvelopesGo(t *testing.T) {
	var path, body, retry, answer string
	status := http.StatusOK
	s := slackapp.Socket{Secret: "s", Now: newWorld(t).clock, Door: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		path, body, retry = r.URL.Path, string(raw), r.Header.Get("X-Slack-Retry-Num")+r.Header.Get("X-Slack-Retry-Reason")
		if r.Header.Get("X-Slack-Signature") != slacktest.Sign("s", r.Header.Get("X-Slack-Request-Timestamp"), raw) {
			t.Error("it is not signed")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	})}
	for name, c := range map[string]struct {
		slackapp.Envelope
		answer, path, body, retry, payload string
	}{
		"an event": {
			Envelope: slackapp.Envelope{Kind: "events_api", Payload: json.RawMessage(`{"a":1}`), Retry: 2, Reason: "timeout"},
			answer:   "taken", path: "/slack/events", body: `{"a":1}`, retry: "2timeout",
		},
		"a command": {
			Envelope: slackapp.Envelope{Kind: "slash_commands", Payload: json.RawMessage(`{"command":"/ebb","text":"a & b","enterprise_id":null,"is_enterprise_install":"false"}`)},
			answer:   "plain", path: "/slack/commands", body: "command=%2Febb&is_enterprise_install=false&text=a+%26+b", payload: `{"text":"plain"}`,
		},
		"a button": {
			Envelope: slackapp.Envelope{Kind: "interactive", Payload: json.RawMessage(`{"type":"block_actions"}`)},
			path:     "/slack/interaction", body: "payload=%7B%22type%22%3A%22block_actions%22%7D",
		},
		"a menu": {
			Envelope: slackapp.Envelope{Kind: "interactive", Payload: json.RawMessage(`{"type":"block_suggestion"}`)},
			answer:   ` {"options":[]}`, path: "/slack/options", body: "payload=%7B%22type%22%3A%22block_suggestion%22%7D", payload: `{"options":[]}`,
		},
	} {
		answer = c.answer
		payload, err := s.Deliver(t.Context(), c.Envelope)
		if err != nil || path != c.path || body != c.body || retry != c.retry || string(payload) != c.payload {
			t.Errorf("%s: %s %s %q %s %v", name, path, body, retry, payload, err)
		}
	}
	status = http.StatusBadRequest
	if _, err := s.Deliver(t.Context(), slackapp.Envelope{Kind: "interactive", Payload: json.RawMessage(`{}`)}); err == nil {
		t.Error("a refusal was acknowledged")
	}
	for _, e := range []slackapp.Envelope{{Kind: "hello"}, {Kind: "slash_commands", Payload: json.RawMessage(`null`)}, {Kind: "interactive", Payload: json.RawMessage(`"x"`)}} {
		if _, err := s.Deliver(context.Background(), e); !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "x\"") {
			t.Errorf("%s: %v", e.Kind, err)
		}
	}
}
