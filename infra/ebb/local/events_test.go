package local

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// TestTheHouseHearsItsSlack: the simulated Slack of a laptop tells its house what
// happens in it; somebody is deactivated, and no sync has to come by.
func TestTheHouseHearsItsSlack(t *testing.T) {
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
		APIURL: sim.url + "/api/", ClientID: sim.org.ClientID(), ClientSecret: sim.org.ClientSecret(),
		SigningSecret: slackapp.Secret(sim.org.SigningSecret()), AskSCIM: true, Unpaced: true,
	}, slog.New(slog.DiscardHandler))
	must(t, err)
	defer h.Close()
	server.Config.Handler = Edges(h, true)
	server.Start()
	defer server.Close()

	must(t, h.welcome(t.Context(), command(dir), d, sim, url, &lines{}))
	all, err := h.Memory.Connectors(t.Context())
	must(t, err)
	if conn := all[0]; !conn.MayEmpty() {
		t.Errorf("the simulated company is on Business+, and its connector may not empty a group: %+v", conn)
	}
	ctx, stop := context.WithCancel(t.Context())
	driven := make(chan struct{})
	go func() { h.Drive(ctx); close(driven) }()
	defer func() { stop(); <-driven }()
	defer sim.tell(ctx, url)()

	var kit string
	must(t, h.Memory.EachAccount(t.Context(), all[0].ID, func(a directory.Account) error {
		if a.Handle == "kit" {
			kit = a.ID
		}
		return nil
	}))
	sim.org.HandDeactivate(kit)
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		a, err := h.Memory.Account(t.Context(), all[0].ID, kit)
		must(t, err)
		if a.State == directory.Deactivated {
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("after 20 s kit is %s", a.State)
		}
	}
}

// TestEventsComeByAnyName: a tunnel carries its own name, and the signature is
// what lets an event in.
func TestEventsComeByAnyName(t *testing.T) {
	h, err := Open(t.TempDir(), "http://127.0.0.1", Slack{}, nil)
	must(t, err)
	defer h.Close()
	r := httptest.NewRequest(http.MethodPost, "http://tunnel.example"+slackapp.EventsPath, strings.NewReader("{}"))
	w := httptest.NewRecorder()
	if Edges(h, false).ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "EBB_SLACK_SIGNING_SECRET") {
		t.Errorf("without a signing secret: %d %s", w.Code, w.Body)
	}
}
