package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// SetEventsURL is where events are posted. Nothing is posted until
// DeliverEvents; a nil client means http.DefaultClient.
func (o *Org) SetEventsURL(url string, client *http.Client) {
	defer o.lock()()
	if client == nil {
		client = http.DefaultClient
	}
	o.events.url, o.events.client = url, client
}

// VerifyEventsURL posts the url_verification handshake and tells whether the
// address echoed the challenge, as Slack demands before it sends events.
func (o *Org) VerifyEventsURL(ctx context.Context) error {
	o.mu.Lock()
	challenge := o.mint.secret("challenge")
	o.mu.Unlock()
	body, _ := json.Marshal(reply{"token": o.app.verification, "challenge": challenge, "type": "url_verification"})
	answer, _, err := o.post(ctx, body, nil)
	if err != nil {
		return err
	}
	if !bytes.Contains(answer, []byte(challenge)) {
		return errors.New("slacktest: the events URL did not answer with the challenge")
	}
	return nil
}

// PendingEvents are copies of the queue, oldest first.
func (o *Org) PendingEvents() []Event {
	defer o.lock()()
	out := make([]Event, len(o.events.list))
	for i, e := range o.events.list {
		out[i] = *e
	}
	return out
}

// TakeEvents empties the queue and returns what was in it: a simulation then
// delivers, repeats, reorders or loses events as it likes.
func (o *Org) TakeEvents() []Event {
	out := o.PendingEvents()
	defer o.lock()()
	o.events.clear()
	return out
}

// DeliverEvents posts every event that is due (or hands it to the app's socket), oldest first, and tells how many
// were accepted. A failure is tried again at once (at the next DeliverEvents),
// after a minute and after five of the organization's clock, then the event is
// dropped; x-slack-no-retry: 1 on a refusal drops it at once.
func (o *Org) DeliverEvents(ctx context.Context) int {
	delivered := 0
	for _, e := range o.dueEvents() {
		if ctx.Err() != nil {
			break
		}
		header, err := o.deliver(ctx, e)
		if err == nil {
			delivered++
		}
		o.settle(e.ID, err, header.Get("X-Slack-No-Retry") == "1")
	}
	return delivered
}

// deliver hands an event to a socket where one is open, else posts it.
func (o *Org) deliver(ctx context.Context, e Event) (http.Header, error) {
	wait, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_, ok, err := o.bySocket(wait, reply{
		"type": "events_api", "payload": json.RawMessage(e.Body), "accepts_response_payload": false, "retry_attempt": e.Attempts, "retry_reason": e.reason,
	})
	if !ok {
		_, header, err := o.post(ctx, e.Body, &e)
		return header, err
	}
	return nil, err
}

func (o *Org) dueEvents() []Event {
	now := o.now()
	return slices.DeleteFunc(o.PendingEvents(), func(e Event) bool { return e.due.After(now) })
}

var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

func (o *Org) settle(id string, failure error, noRetry bool) {
	defer o.lock()()
	i := slices.IndexFunc(o.events.list, func(e *Event) bool { return e.ID == id })
	if i < 0 {
		return
	}
	e := o.events.list[i]
	if failure == nil || noRetry || e.Attempts >= len(retryAfter) {
		o.events.list = slices.Delete(o.events.list, i, i+1)
		return
	}
	e.due, e.reason = o.now().Add(retryAfter[e.Attempts]), reasonOf(failure)
	e.Attempts++
}

type deliveryFailed struct{ status int }

func (d *deliveryFailed) Error() string { return "HTTP " + strconv.Itoa(d.status) }

func reasonOf(err error) string {
	var failed *deliveryFailed
	if errors.As(err, &failed) {
		return "http_error"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "http_timeout"
	}
	return "connection_failed"
}

// EventRequest is the signed POST by which Slack delivers an event.
func (o *Org) EventRequest(ctx context.Context, url string, e Event) (*http.Request, error) {
	r, err := o.signed(ctx, url, e.Body, "application/json")
	if err == nil && e.Attempts > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(e.Attempts))
		r.Header.Set("X-Slack-Retry-Reason", e.reason)
	}
	return r, err
}

func (o *Org) post(ctx context.Context, body []byte, e *Event) ([]byte, http.Header, error) {
	o.mu.Lock()
	url, client := o.events.url, o.events.client
	o.mu.Unlock()
	if url == "" {
		return nil, nil, errors.New("slacktest: no events URL")
	}
	event := Event{Body: body}
	if e != nil {
		event = *e
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second) // Slack waits three seconds
	defer cancel()
	req, err := o.EventRequest(ctx, url, event)
	if err != nil {
		return nil, nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode/100 != 2 {
		err = &deliveryFailed{res.StatusCode}
	}
	return answer, res.Header, err
}

// signed builds a POST with Slack's signature, version v0 (docs.slack.dev,
// "Verifying requests from Slack").
func (o *Org) signed(ctx context.Context, url string, body []byte, contentType string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(o.now().Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", Sign(o.app.signingSecret, timestamp, body))
	return r, nil
}

// Sign is Slack's signature of a body at a timestamp (Unix seconds).
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
