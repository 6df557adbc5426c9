package local

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/socketmode"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// TestTheHouseHearsBySocket: a house that nothing outside can reach hears of an
// event, and answers a command, down the socket that it opened itself; also after
// Slack asked it to connect again.
func TestTheHouseHearsBySocket(t *testing.T) {
	dir := t.TempDir()
	d, err := claim(dir)
	must(t, err)
	defer d.close()
	sim, err := simulate(t.Context(), filepath.Join(dir, "slack.json"), "127.0.0.1:0", "")
	must(t, err)
	defer sim.close()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	h, err := Open(dir, url, Slack{
		APIURL: sim.url + "/api/", ClientID: sim.org.ClientID(), ClientSecret: sim.org.ClientSecret(), SigningSecret: "the house's own", Unpaced: true,
	}, slog.New(slog.DiscardHandler))
	must(t, err)
	defer h.Close()
	server.Config.Handler = Edges(h, true)
	server.Start()
	defer server.Close()
	must(t, h.welcome(t.Context(), command(dir), d, sim, url, &lines{}))
	all, err := h.Memory.Connectors(t.Context())
	must(t, err)

	ctx, stop := context.WithCancel(t.Context())
	driven := make(chan struct{})
	go func() { h.Drive(ctx); close(driven) }()
	defer func() { stop(); <-driven }()
	defer sim.tell(ctx, "http://127.0.0.1:1")() // nobody listens there
	defer hear(ctx, sim.url+"/api/", sim.org.AppToken(), slackapp.Socket{Door: server.Config.Handler, Secret: h.signed, Now: h.Now}, h.Log)()
	until(t, "a socket", func() bool { return sim.org.Sockets() == 1 })

	id := map[string]string{}
	must(t, h.Memory.EachAccount(t.Context(), all[0].ID, func(a directory.Account) error {
		id[a.Handle] = a.ID
		return nil
	}))
	for name, before := range map[string]func(){"kit": func() {}, "sam": func() { sim.org.HandDisconnect("refresh_requested") }} {
		before()
		until(t, "a socket", func() bool { return sim.org.Sockets() == 1 })
		sim.org.HandDeactivate(id[name])
		until(t, name+" to be deactivated", func() bool {
			a, err := h.Memory.Account(t.Context(), all[0].ID, id[name])
			must(t, err)
			return a.State == directory.Deactivated
		})
	}
	if _, err := sim.org.HandCommand(t.Context(), id["ada"], "", "/ebb", "help"); err != nil {
		t.Error(err)
	}
	said := sim.org.MessagesFor(id["ada"], sim.org.DirectWithApp(id["ada"]))
	if len(said) != 1 || said[0].To != id["ada"] || !strings.Contains(said[0].Text, "ask for access") {
		t.Errorf("%+v", said)
	}
	// The form needs more than an answer: a call of Slack within the command.
	if _, err := sim.org.HandCommand(t.Context(), id["ada"], "", "/ebb", "request @oncall 1h"); err != nil {
		t.Error(err)
	}
	if open := sim.org.Modals(id["ada"]); len(open) != 1 || open[0].Title != "Request access" {
		t.Errorf("%+v", open)
	}
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for begun := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("after 20 s still no %s", what)
		}
	}
}

// A token that Slack refuses stops nothing and is in no log; one that cannot be
// one is refused at the start.
func TestARefusedAppToken(t *testing.T) {
	org := slacktest.NewEmpty(slacktest.Options{})
	srv := httptest.NewServer(org)
	defer srv.Close()
	out := &lines{}
	token := org.AppToken()
	org.RevokeAppToken(token)
	stop := hear(t.Context(), srv.URL+"/api/", token, slackapp.Socket{}, slog.New(slog.NewTextHandler(out, nil)))
	until(t, "word of it", func() bool { return strings.Contains(out.String(), "refuses the app-level token") })
	stop()
	if strings.Contains(out.String(), token) || strings.Contains(out.String(), "ticket") {
		t.Error(out.String())
	}
	r := command(t.TempDir())
	r.AppToken = "xoxb-12345-secret"
	if err := r.serve(t.Context(), &lines{}); !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "12345") {
		t.Error(err)
	}
}

// slack-go cannot read every event that Slack may send; the door gets it all the
// same, and what the door refuses is not acknowledged.
func TestWhatSlackGoDoesNotKnow(t *testing.T) {
	org := slacktest.NewEmpty(slacktest.Options{})
	srv := httptest.NewServer(org)
	defer srv.Close()
	got := make(chan string, 1)
	out := &lines{}
	door := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var outer struct{ Event struct{ Type string } }
		_ = json.NewDecoder(r.Body).Decode(&outer)
		w.WriteHeader(http.StatusTeapot)
		got <- outer.Event.Type
	})
	s := newSocket(srv.URL+"/api/", org.AppToken(), slackapp.Socket{Door: door, Now: time.Now}, slog.New(slog.NewTextHandler(out, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.keep(ctx) }()
	go s.listen(ctx)
	defer func() { cancel(); <-ended; s.work.Wait() }()
	until(t, "a socket", func() bool { return org.Sockets() == 1 })
	s.take(ctx, socketmode.Event{Type: socketmode.EventTypeErrorBadMessage, Data: &socketmode.ErrorBadMessage{
		Message: json.RawMessage(`{"type":"events_api","envelope_id":"e1","payload":{"type":"event_callback","event":{"type":"tea_time"}}}`),
	}})
	if kind := <-got; kind != "tea_time" {
		t.Error(kind)
	}
	s.work.Wait()
	if !strings.Contains(out.String(), "was not taken") {
		t.Error(out.String())
	}
}

func TestPause(t *testing.T) {
	now := time.Duration(0)
	var got []time.Duration
	for range 8 {
		var wait time.Duration
		wait, now = pause(time.Second, now)
		got = append(got, wait/time.Second)
	}
	if want := []time.Duration{0, 1, 2, 4, 8, 16, 30, 30}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if wait, next := pause(2*time.Minute, now); wait != 0 || next != 0 {
		t.Error(wait, next)
	}
}
