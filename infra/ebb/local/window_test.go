package local

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/slack/slacktest/window"
)

// The simulated company can be looked at, by this machine alone, and the house's
// page says where.
func TestTheWindowIsServedAndLinked(t *testing.T) {
	sim, err := simulate(t.Context(), filepath.Join(t.TempDir(), "slack.json"), "127.0.0.1:0", "")
	must(t, err)
	defer sim.close()
	look := func(h http.Handler, url string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		return w.Code, w.Body.String()
	}
	if code, page := look(sim.server.Handler, sim.url+window.Path+"?q=Moreau"); code != http.StatusOK || !strings.Contains(page, "Ada Moreau") {
		t.Error(code, page)
	}
	if code, _ := look(sim.server.Handler, "http://evil.example"+window.Path); code != http.StatusMisdirectedRequest {
		t.Error(code)
	}
	house, err := Open(t.TempDir(), "http://127.0.0.1", Slack{}, nil)
	must(t, err)
	defer house.Close()
	house.Window = sim.url + window.Path
	if _, page := look(Edges(house, true), "http://127.0.0.1/signin"); !strings.Contains(page, `href="`+house.Window+`"`) {
		t.Error(page)
	}
}
