// Package slackapp owns the HTTP edge to which Slack itself speaks: today its
// events, later commands and buttons, each at an address of its own behind the
// same check of Slack's signature.
//
//	POST /slack/events    an event: checked, stored once, acknowledged
//
// Slack waits three seconds for an answer (docs.slack.dev, "Events API"), so
// nothing is done here: what follows from an event is done by sweep, from the
// notice that was stored. The door needs the table and the app's signing secret;
// it asks Slack nothing, holds no token, decides nothing, and keeps ids and dates
// of an event alone, never a name or a text.
package slackapp

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Where Slack posts what happens, as the app's manifest tells it (ebb slack
// manifest).
const (
	EventsPath      = "/slack/events"      // Request URL of the event subscriptions
	CommandsPath    = "/slack/commands"    // of the slash command
	InteractionPath = "/slack/interaction" // of interactivity: buttons, modals, the shortcut
	OptionsPath     = "/slack/options"     // Options Load URL: what a menu offers as one types
)

// RequestShortcut is the callback id of the global shortcut that opens the
// request modal.
const RequestShortcut = "request_access"

// Handler serves Slack. Whatever is not signed with the secret is refused; an
// empty secret refuses everything. Internal errors go to the house's log.
func Handler(h *flow.House, secret Secret) http.Handler {
	e := &edge{house: h, secret: secret, log: h.Log}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+EventsPath, e.signed(e.event))
	return mux
}

type edge struct {
	house  *flow.House
	secret Secret
	log    *slog.Logger
}

// problem is what a refusal says (RFC 9457), to whoever reads the deliveries in
// the app's settings.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance,omitempty"`
}

// fail answers an error by the one table. What the same delivery would meet
// again is marked so, and Slack does not repeat it (x-slack-no-retry).
func (e *edge) fail(w http.ResponseWriter, r *http.Request, err error) {
	o := status.Of(err, e.house.Now())
	p := problem{Detail: o.Text}
	if o.Status == http.StatusInternalServerError {
		p.Instance = e.house.NewID("err")
		e.log.Error("slackapp", "instance", p.Instance, "route", r.Pattern, "error", err)
	}
	if fault.Is(err, fault.Invalid) {
		w.Header().Set("X-Slack-No-Retry", "1")
	}
	e.refuse(w, o.Status, p)
}

func (e *edge) refuse(w http.ResponseWriter, code int, p problem) {
	p.Type, p.Title, p.Status = "about:blank", http.StatusText(code), code
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(p) // who asked has gone
}
