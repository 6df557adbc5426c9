package slackapp

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// ackWithin leaves Slack's three seconds room for the way there and back.
const ackWithin = 2500 * time.Millisecond

// event is one delivery: the handshake of the address, or an event to store.
// Slack sends an event again when it got no answer; the same id is stored once.
func (e *edge) event(w http.ResponseWriter, r *http.Request, body []byte) {
	var outer envelope
	if err := json.Unmarshal(body, &outer); err != nil {
		e.fail(w, r, fault.New("slackapp.event", fault.Invalid, "this is no JSON of Slack's"))
		return
	}
	if outer.Type == "url_verification" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"challenge": outer.Challenge})
		return
	}
	if outer.is(connector.HomeOpened) {
		e.opened(w, r, outer)
		return
	}
	n, served, err := outer.notice()
	if err != nil {
		e.fail(w, r, err)
		return
	}
	if served {
		ctx, cancel := context.WithTimeout(r.Context(), ackWithin)
		defer cancel()
		if err := e.house.Notice(ctx, n); err != nil {
			e.fail(w, r, err)
			return
		}
	}
	w.WriteHeader(http.StatusOK)
}
