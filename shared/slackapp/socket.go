package slackapp

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Socket is the same door for what comes by Socket Mode instead of HTTP
// (docs.slack.dev, "Using Socket Mode"): each envelope is made the request that
// Slack would have posted, signed with the door's own secret. So the check of the
// signature has no way round it, and whoever lacks the secret still comes in by
// the socket alone, which Slack opened for an app-level token.
type Socket struct {
	Door   http.Handler // serves EventsPath and the others
	Secret Secret       // the one that Door checks
	Now    func() time.Time
}

// Envelope is one delivery.
type Envelope struct {
	Kind    string // events_api, slash_commands or interactive
	Payload json.RawMessage
	Retry   int // earlier attempts, of events
	Reason  string
}

// Deliver has the door take an envelope. A nil error acknowledges it, with the
// payload that the acknowledgement carries, if any. An error does not, as a status
// other than 200 does not over HTTP: an event then comes again, and a person sees
// a warning. What would meet the same again is acknowledged, as X-Slack-No-Retry
// asks over HTTP.
func (s Socket) Deliver(ctx context.Context, e Envelope) (json.RawMessage, error) {
	const op = "slackapp.Socket"
	r, err := s.request(ctx, e)
	if err != nil {
		return nil, err
	}
	w := &socketAnswer{header: http.Header{}, status: http.StatusOK}
	s.Door.ServeHTTP(w, r)
	switch {
	case w.status == http.StatusOK:
	case e.Kind == "events_api" && w.header.Get("X-Slack-No-Retry") == "1":
		return nil, nil
	default:
		return nil, fault.New(op, fault.Internal, "the door answered HTTP %d", w.status)
	}
	body := bytes.TrimSpace(w.body.Bytes())
	switch {
	case len(body) == 0 || e.Kind == "events_api":
		return nil, nil
	case body[0] == '{' && json.Valid(body):
		return body, nil
	}
	// A command may be answered in plain text; an envelope may not.
	return json.Marshal(map[string]string{"text": string(body)})
}

// request is what Slack would have posted.
func (s Socket) request(ctx context.Context, e Envelope) (*http.Request, error) {
	path, kind, body, err := posted(e)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap("slackapp.Socket", err)
	}
	stamp := strconv.FormatInt(s.Now().Unix(), 10)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", version+"="+hex.EncodeToString(s.Secret.mac(stamp, body)))
	if e.Retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(e.Retry))
		r.Header.Set("X-Slack-Retry-Reason", e.Reason)
	}
	return r, nil
}

// posted is where an envelope belongs, and the body that it has there.
func posted(e Envelope) (path, kind string, body []byte, err error) {
	const form = "application/x-www-form-urlencoded"
	switch e.Kind {
	case "events_api":
		return EventsPath, "application/json", e.Payload, nil
	case "slash_commands":
		fields, err := commandForm(e.Payload)
		return CommandsPath, form, []byte(fields.Encode()), err
	case "interactive":
		var p struct{ Type string }
		if json.Unmarshal(e.Payload, &p) != nil {
			return "", "", nil, odd("an interaction that is no JSON object")
		}
		path := InteractionPath
		if p.Type == "block_suggestion" {
			path = OptionsPath
		}
		return path, form, []byte(url.Values{"payload": {string(e.Payload)}}.Encode()), nil
	}
	return "", "", nil, odd("an envelope of a kind that Ebb does not know")
}

// commandForm makes a form of a command's payload, whose fields are words; what is
// missing there may be null here.
func commandForm(payload json.RawMessage) (url.Values, error) {
	var in map[string]any
	if json.Unmarshal(payload, &in) != nil || in == nil {
		return nil, odd("a command that is no JSON object")
	}
	out := url.Values{}
	for name, v := range in {
		if v != nil {
			out.Set(name, fmt.Sprint(v))
		}
	}
	return out, nil
}

// socketAnswer is what the door says.
type socketAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
	begun  bool
}

func (w *socketAnswer) Header() http.Header { return w.header }

func (w *socketAnswer) WriteHeader(status int) {
	if !w.begun {
		w.status, w.begun = status, true
	}
}

func (w *socketAnswer) Write(p []byte) (int, error) {
	w.begun = true
	return w.body.Write(p)
}
