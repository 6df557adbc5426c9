package slackapp

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Slack takes an answer within three seconds of its sending, the way and a cold
// start included: what can wait is done within budget, and answered until whole.
const (
	budget = 2 * time.Second
	whole  = 2700 * time.Millisecond
)

// turn is one act of a person, with what is known of them and the time that is
// left for it.
type turn struct {
	e       *edge
	ctx     context.Context //nolint:containedctx // one request's
	until   time.Time       // the end of what is done at once
	by      access.Actor
	conn    connector.Connector
	link    connector.Link
	account string
	trigger string
	answers string // the response_url, if there is one
	home    bool   // it happened on the home tab
}

// noteWithin is what noting a delivery may take of Slack's three seconds.
const noteWithin = 500 * time.Millisecond

// begin finds out who acts. Its error is for the person to read; but for
// fault.Already: then somebody plays again what Slack delivered before, and is to
// hear nothing, because an answer may hold what its person alone may know.
func (e *edge) begin(r *http.Request, who flow.Caller, trigger, responseURL string) (*turn, context.CancelFunc, error) {
	spent := late(r.Header, e.house.Now())
	ctx, cancel := context.WithTimeout(r.Context(), whole-spent)
	t := &turn{e: e, ctx: ctx, until: time.Now().Add(budget - spent), account: who.Account, trigger: trigger, answers: responseURL}
	noted := make(chan error, 1)
	go func() { noted <- e.note(ctx, r) }()
	var err error
	t.by, t.conn, err = e.house.Colleague(ctx, who)
	t.link = connector.Link{Connector: t.conn.ID, Team: who.Team, AsBot: true}
	if again := <-noted; again != nil {
		err = again
	}
	return t, cancel, err
}

// note remembers a delivery by its signature. Events come past here, because Slack
// sends them again, under the id by which they are known. What cannot be noted is
// served all the same: what it does is stored by the same table, or not done.
func (e *edge) note(ctx context.Context, r *http.Request) error {
	if r.URL.Path == EventsPath {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, noteWithin)
	defer cancel()
	err := e.house.Delivered(ctx, r.Header.Get("X-Slack-Signature"))
	if err != nil && !fault.Is(err, fault.Already) {
		e.log.Warn("slackapp", "delivery", r.URL.Path, "error", err)
		return nil
	}
	return err
}

// late is how long ago Slack sent a request, by its stamp of whole seconds, and at
// most so much that something can still be tried.
func late(h http.Header, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(h.Get("X-Slack-Request-Timestamp"), 10, 64)
	if err != nil {
		return 0
	}
	return min(max(0, now.Sub(time.Unix(seconds, 0))-time.Second), budget/2)
}

// press does an act for as long as the time lasts.
func (t *turn) press(p access.Press) (flow.Pressed, error) {
	p.Connector, p.Account = t.conn.ID, t.account
	ctx, cancel := context.WithDeadline(t.ctx, t.until)
	defer cancel()
	return t.e.house.Press(ctx, p)
}

// open shows a modal. What Slack refuses is said where that can be.
func (t *turn) open(view object) {
	if err := t.e.screens.OpenView(t.ctx, t.link, t.trigger, encoded(view)); err != nil {
		t.e.log.Warn("slackapp", "view", view["callback_id"], "error", err)
		if t.answers != "" {
			t.tell(t.words(err))
		}
	}
}

// say tells the person something, and nobody else: below the message, or in a
// window where there is none.
func (t *turn) say(text string) {
	if t.answers == "" {
		t.open(modal("", "Ebb", "", "Close", nil, []object{section(text)}))
		return
	}
	t.tell(text)
}

func (t *turn) tell(text string) {
	if err := t.e.screens.Answer(t.ctx, t.answers, encoded(ephemeral(text))); err != nil {
		t.e.log.Warn("slackapp", "answer", "response_url", "error", err)
	}
}

// ephemeral is a message for one reader. It has blocks always: of a bare text Slack
// makes links where somebody typed an address.
func ephemeral(text string, blocks ...object) object {
	if len(blocks) == 0 {
		blocks = []object{section(cutMarkup(text))}
	}
	return object{"response_type": "ephemeral", "replace_original": false, "text": text, "blocks": blocks}
}

// words are an error as the person reads it, in Slack's markup. What is ours stays
// in the log, behind a number.
func (t *turn) words(err error) string { return people(t.e.sorry(err)) }

// sorry is an error as a person reads it, in plain words.
func (e *edge) sorry(err error) string {
	text := fault.TextOf(err)
	switch {
	case fault.Is(err, fault.Wait, fault.Backoff, fault.Unclear, fault.Pause, fault.Conflict):
		if text == "" { // the time ran out, and nobody has words for that
			e.log.Warn("slackapp", "error", err)
			return "This did not work just now. Try again in a moment."
		}
		return "This did not work just now (" + text + "). Try again in a moment."
	case fault.Is(err, fault.Internal) || text == "":
		id := e.house.NewID("err")
		e.log.Error("slackapp", "instance", id, "error", err)
		return "Something went wrong in Ebb; tell your administrator this number: " + id + "."
	}
	return upper(text) + "."
}

func upper(text string) string {
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}

// answer writes what Slack shows at once.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}
