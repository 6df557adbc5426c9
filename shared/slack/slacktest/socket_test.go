package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// socketApp is an app on slack-go's client; it acknowledges with what answer
// says, and not at all when that says no.
type socketApp struct {
	*stage
	got chan socketmode.Request
}

func newSocketApp(t *testing.T, answer func(socketmode.Request) (any, bool)) *socketApp {
	a := &socketApp{newStage(t, Options{}), make(chan socketmode.Request, 20)}
	client := socketmode.New(
		slack.New("", slack.OptionAPIURL(a.http.URL+"/api/"), slack.OptionAppLevelToken(a.org.AppToken())),
		socketmode.OptionLog(log.New(io.Discard, "", 0)),
	)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = client.RunContext(ctx) }()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				if e.Request == nil || e.Request.EnvelopeID == "" {
					continue
				}
				a.got <- *e.Request
				if payload, ok := answer(*e.Request); ok {
					_ = client.Send(socketmode.Response{EnvelopeID: e.Request.EnvelopeID, Payload: payload})
				}
			}
		}
	}()
	t.Cleanup(func() { stop(); <-ended; a.org.CutSockets() })
	a.connected(1)
	return a
}

func (a *socketApp) connected(n int) {
	a.t.Helper()
	for begun := time.Now(); a.org.Sockets() != n; time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			a.t.Fatalf("%d sockets", a.org.Sockets())
		}
	}
}

// newest is the connection that would get the next delivery.
func (a *socketApp) newest() *socket {
	a.org.sockets.mu.Lock()
	defer a.org.sockets.mu.Unlock()
	return a.org.sockets.next()
}

func TestASocketHearsEverything(t *testing.T) {
	a := newSocketApp(t, func(r socketmode.Request) (any, bool) {
		switch r.Type {
		case "slash_commands":
			return map[string]string{"text": "you have nothing"}, true
		case "interactive":
			return nil, true
		}
		return nil, true
	})
	ada := a.member("ada")
	a.org.TakeEvents()

	a.org.HandOpenHome(ada)
	if n := a.org.DeliverEvents(t.Context()); n != 1 || len(a.org.PendingEvents()) != 0 {
		t.Fatalf("%d events were taken", n)
	}
	var outer struct {
		Type  string
		Event struct{ Type, User string }
	}
	r := <-a.got
	if err := json.Unmarshal(r.Payload, &outer); err != nil || r.Type != "events_api" || outer.Type != "event_callback" || outer.Event.User != ada || r.AcceptsResponsePayload {
		t.Errorf("%+v %s %v", r, r.Payload, err)
	}

	if _, err := a.org.HandCommand(t.Context(), ada, "", "/ebb", "my"); err != nil {
		t.Fatal(err)
	}
	var command slack.SlashCommand
	r = <-a.got
	if err := json.Unmarshal(r.Payload, &command); err != nil || command.UserID != ada || command.Text != "my" || command.TriggerID == "" {
		t.Errorf("%+v %v", command, err)
	}
	seen := a.org.MessagesFor(ada, a.org.DirectWithApp(ada))
	if len(seen) != 1 || seen[0].Text != "you have nothing" {
		t.Errorf("%+v", seen)
	}

	if _, err := a.org.HandShortcut(t.Context(), ada, "request_access"); err != nil {
		t.Fatal(err)
	}
	var shortcut slack.InteractionCallback
	r = <-a.got
	if err := json.Unmarshal(r.Payload, &shortcut); err != nil || shortcut.Type != slack.InteractionTypeShortcut || shortcut.CallbackID != "request_access" {
		t.Errorf("%+v %v", shortcut, err)
	}
}

// What is not acknowledged is a warning sign for people, and comes again as an
// event; so is an answer that is too long for Slack.
func TestWhatIsNotAcknowledged(t *testing.T) {
	a := newSocketApp(t, func(r socketmode.Request) (any, bool) { return nil, r.RetryAttempt > 0 })
	ada := a.member("ada")
	a.org.TakeEvents()
	a.org.HandOpenHome(ada)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if n := a.org.DeliverEvents(ctx); n != 0 || len(a.org.PendingEvents()) != 1 {
		t.Fatalf("%d were taken", n)
	}
	<-a.got
	if n := a.org.DeliverEvents(t.Context()); n != 1 {
		t.Fatalf("%d were taken", n)
	}
	if r := <-a.got; r.RetryAttempt != 1 || r.RetryReason == "" {
		t.Errorf("%+v", r)
	}
	a.org.sockets.acknowledge([]byte(`{"envelope_id":"envelope-sim-99","payload":{}}`)) // nobody waits
	c, id, answer := a.org.sockets.expect()
	a.org.sockets.acknowledge([]byte(`{"envelope_id":"` + id + `","payload":"` + strings.Repeat("x", mostAnswer) + `"}`))
	if c == nil || len(answer) != 0 {
		t.Error("an answer of 20 KB was taken")
	}
}

// The client connects again when it is told to, and when the line goes dead.
func TestReconnecting(t *testing.T) {
	a := newSocketApp(t, func(socketmode.Request) (any, bool) { return nil, true })
	ada := a.member("ada")
	for name, end := range map[string]func(){
		"warning": func() { a.org.HandDisconnect("warning") }, "refresh": func() { a.org.HandDisconnect("refresh_requested") }, "cut": a.org.CutSockets,
	} {
		old := a.newest()
		end()
		a.connected(1)
		if a.newest() == old {
			t.Errorf("%s: it did not connect again", name)
		}
		if _, err := a.org.HandShortcut(t.Context(), ada, "request_access"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoMayConnect(t *testing.T) {
	s := newStage(t, Options{})
	open := func(token string) map[string]any {
		s.tok = token
		return s.call("apps.connections.open")
	}
	for code, token := range map[string]string{
		"not_authed": "", "invalid_auth": "xapp-nobody", "not_allowed_token_type": s.org.BotToken(), "missing_scope": s.org.AppToken("authorizations:read"),
	} {
		if got := open(token); got["error"] != code {
			t.Errorf("%v, not %s", got, code)
		}
	}
	token := s.org.AppToken()
	dial := func(url string) int {
		r, _ := http.NewRequest(http.MethodGet, strings.Replace(url, "ws", "http", 1), nil)
		r.Header = http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	url := open(token)["url"].(string)
	if first, again := dial(url), dial(url); first != http.StatusSwitchingProtocols || again != http.StatusForbidden {
		t.Error(first, again)
	}
	old := open(token)["url"].(string)
	s.at = s.at.Add(ticketLife + time.Second)
	if got := dial(old); got != http.StatusForbidden {
		t.Error(got)
	}
	s.org.RevokeAppToken(token)
	if got := open(token); got["error"] != "invalid_auth" {
		t.Error(got)
	}
}

// Without a socket, and without an address, nobody answers.
func TestNoSocket(t *testing.T) {
	s := newStage(t, Options{})
	if _, err := s.org.HandCommand(t.Context(), s.member("ada"), "", "/ebb", ""); !errors.Is(err, ErrNoAnswer) {
		t.Error(err)
	}
}
