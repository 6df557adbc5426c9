package slackapp_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// world is the door over a house that has nothing but its table, and a
// simulated Slack that posts to it. The house has no Slack and no secrets: the
// door would panic on a call of either.
type world struct {
	t     *testing.T
	slack *slacktest.Org
	store *store.Store
	table *broken
	house *flow.House
	door  *httptest.Server

	screens slackapp.Screens // nil: the door shows nothing
	log     bytes.Buffer

	mu  sync.Mutex
	now time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) move(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// broken is a table whose commits fail while told to.
type broken struct {
	store.Table
	fails error
}

func (b *broken) Commit(ctx ctx, w []store.Write) error {
	if b.fails != nil {
		return b.fails
	}
	return b.Table.Commit(ctx, w)
}

func newWorld(t *testing.T) *world { return newWorldWith(t, nil) }

func newWorldWith(t *testing.T, secret *slackapp.Secret) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w.slack = slacktest.NewEmpty(slacktest.Options{Seed: 1, Now: w.clock})
	w.table = &broken{Table: memory.New(w.clock)}
	w.store = store.New(w.table, store.Options{Now: w.clock})
	w.house = &flow.House{
		Now: w.clock, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: w.store,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	c := connector.Connector{ID: "con_1", Label: connector.Connected, Team: w.team(), Workspaces: []string{w.team()}}
	_, err := w.store.SaveConnector(t.Context(), c, audit.Event{At: w.now, Aggregate: "connector/con_1", Action: "test.made"})
	w.ok(err)
	if secret == nil {
		s := slackapp.Secret(w.slack.SigningSecret())
		secret = &s
	}
	w.door = httptest.NewServer(slackapp.Handler(w.house, *secret, w.screens))
	t.Cleanup(w.door.Close)
	w.slack.SetEventsURL(w.door.URL+slackapp.EventsPath, nil)
	w.slack.TakeEvents()
	return w
}

func (w *world) team() string  { return w.slack.TeamIDs()[0] }
func (w *world) owner() string { return w.slack.PrimaryOwner(w.team()) }

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// due are the notices that wait.
func (w *world) due() []access.Due {
	w.t.Helper()
	rows, err := w.store.Due(w.t.Context(), "hear", w.clock(), 0)
	w.ok(err)
	return slices.DeleteFunc(rows, func(d access.Due) bool { return d.Kind != "notice" })
}

// notice reads the one that waits.
func (w *world) notice() connector.Notice {
	w.t.Helper()
	due := w.due()
	if len(due) != 1 {
		w.t.Fatalf("%d notices wait: %+v", len(due), due)
	}
	n, err := w.store.Notice(w.t.Context(), due[0].ID)
	w.ok(err)
	return n
}

// post sends a body, signed for a time by a secret, and gives the answer.
func (w *world) post(body, secret string, at time.Time) (*http.Response, string) {
	w.t.Helper()
	stamp := itoa(at.Unix())
	return w.send(body, http.Header{
		"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {slacktest.Sign(secret, stamp, []byte(body))},
	})
}

func (w *world) send(body string, h http.Header) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodPost, w.door.URL+slackapp.EventsPath, strings.NewReader(body))
	w.ok(err)
	r.Header = h
	res, err := http.DefaultClient.Do(r)
	w.ok(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	w.ok(err)
	return res, string(raw)
}

var errTable = fault.New("table", fault.Backoff, "the table does not answer")
