// Package slackapp owns the HTTP edge to which Slack itself speaks: its events,
// the command, the shortcut, modals, menus and buttons, each at an address of its
// own behind the same check of Slack's signature.
//
//	POST /slack/events       an event: checked, stored once, acknowledged
//	POST /slack/commands     the command: a modal, or an answer to its sender alone
//	POST /slack/interaction  the shortcut, buttons, modals that are submitted
//	POST /slack/options      what a menu offers as one types
//
// Slack waits three seconds for an answer, cold start included (docs.slack.dev,
// "Handling user interaction"). An event is only stored: what follows from it is
// done by sweep. An act of a person is stored too, then done at once if the time
// lasts, and otherwise by sweep. Each signature counts once. A window opens from its trigger, which lives as
// short.
//
// The door decides nothing: who pressed is an account id that Slack vouches for,
// and the verb behind the act judges whether that account may, now. Buttons and
// modals carry ids alone, and what people typed is shown as they typed it: nothing
// of it can become a mention or a link.
package slackapp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/connector"
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

// Paths are all of them.
var Paths = []string{EventsPath, CommandsPath, InteractionPath, OptionsPath}

// RequestShortcut is the callback id of the global shortcut that opens the
// request modal.
const RequestShortcut = "request_access"

// Screens shows people something in Slack, in the app's name. Errors: Invalid
// where a trigger is too old or was used, NotFound where the window or the address
// is gone, and all of Slack's classes.
type Screens interface {
	// OpenView opens a modal by a trigger, which lives for three seconds.
	OpenView(ctx context.Context, l connector.Link, trigger string, view json.RawMessage) error
	// UpdateView replaces a view that is open; hash "" whatever it shows.
	UpdateView(ctx context.Context, l connector.Link, id, hash string, view json.RawMessage) error
	// PublishHome shows an account the app's home tab.
	PublishHome(ctx context.Context, l connector.Link, account string, view json.RawMessage) error
	// Answer posts a message to a response_url.
	Answer(ctx context.Context, responseURL string, body json.RawMessage) error
}

// Handler serves Slack. Whatever is not signed with the secret is refused; an
// empty secret refuses everything. Internal errors go to the house's log.
func Handler(h *flow.House, secret Secret, s Screens) http.Handler {
	e := &edge{house: h, secret: secret, screens: s, log: h.Log}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+EventsPath, e.signed(e.event))
	mux.HandleFunc("POST "+CommandsPath, e.signed(e.command))
	mux.HandleFunc("POST "+InteractionPath, e.signed(e.interaction))
	mux.HandleFunc("POST "+OptionsPath, e.signed(e.interaction))
	return mux
}

type edge struct {
	house   *flow.House
	secret  Secret
	screens Screens
	log     *slog.Logger
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
