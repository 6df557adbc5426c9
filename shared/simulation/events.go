package simulation

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// hear sends Slack's events on their way to the door: soon, late, twice, out of
// order, or never.
func (w *World) hear() {
	for _, e := range w.org.TakeEvents() {
		if !w.story.hears() {
			continue
		}
		if w.now().Before(w.calmFrom) && w.chance(e.ID, 0, "lost") < w.Weather.Lost/3 {
			w.eventsLost++
			w.disturb()
			continue
		}
		w.in(w.onItsWay(e, 0), func() { w.deliver(e, 0) })
		if w.now().Before(w.calmFrom) && w.chance(e.ID, 0, "doubled") < w.Weather.Doubled {
			w.in(w.onItsWay(e, 1), func() { w.deliver(e, 3) })
		}
	}
}

// onItsWay is how long an event takes: a second, or in bad weather up to ten minutes.
func (w *World) onItsWay(e slacktest.Event, n int) time.Duration {
	d := 100*time.Millisecond + time.Duration(w.roll(e.ID, n, "way")%uint64(2*time.Second))
	if w.now().Before(w.calmFrom) && w.chance(e.ID, n, "late") < w.Weather.Lost {
		d += time.Duration(w.roll(e.ID, n, "later") % uint64(10*time.Minute))
	}
	return d
}

// again is when Slack repeats a delivery that failed (docs.slack.dev, "Events
// API"); then it gives up.
var again = []time.Duration{time.Second, time.Minute, 5 * time.Minute}

// deliver posts an event to the door, signed.
func (w *World) deliver(e slacktest.Event, tries int) {
	name := "event " + e.ID
	for range tries {
		name += " again"
	}
	w.launch("slackapp", name, 10*time.Second, func(ctx context.Context, h *flow.House) error {
		r, err := w.org.EventRequest(ctx, "http://ebb.test"+slackapp.EventsPath, e)
		if err != nil {
			return err
		}
		answer := httptest.NewRecorder()
		slackapp.Handler(h, slackapp.Secret(w.org.SigningSecret()), nil).ServeHTTP(answer, r)
		if answer.Code != http.StatusOK {
			return errors.New(answer.Body.String())
		}
		return nil
	}, func(end ending) {
		switch {
		case !end.died && end.err == nil:
		case tries < len(again):
			w.in(again[tries], func() { w.deliver(e, tries+1) })
		default:
			w.eventsLost++
		}
	})
}
