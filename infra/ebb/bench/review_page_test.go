package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
)

// webPage is how soon the console answers with a page of a list, whole, and how
// large that is.
func webPage(ctx context.Context, t *testing.T, h *flow.House, mem *store.Store, by access.Actor, path string) (took []float64, size int) {
	t.Helper()
	const word = "ebbsession_bench"
	sum := sha256.Sum256([]byte(word))
	now := h.Now()
	err := mem.SaveSession(ctx, access.Session{
		ID: "ses_bench", Hash: hex.EncodeToString(sum[:]), User: by.User.ID, Means: access.ByIssuer, Standing: by.User.Standing(),
		Created: now, Authenticated: now, Seen: now.Truncate(access.SessionSeen), Ends: now.Add(access.SessionTime),
	}, audit.Event{At: now, Aggregate: "person/" + by.User.ID, Action: "session.begun", Actor: by.User.ID})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(console.Handler(h, console.Options{}))
	defer s.Close()
	for i := range 20 {
		part := path
		if i%2 == 1 {
			part += "?by=person"
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+part, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: "ebb-session", Value: word})
		began := time.Now()
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		took = append(took, time.Since(began).Seconds())
		if n := strings.Count(string(body), "data-line"); err != nil || resp.StatusCode != http.StatusOK || n != 100 {
			t.Fatalf("%s: %s, %d lines, %v", part, resp.Status, n, err)
		}
		size = len(body)
	}
	return took, size
}
