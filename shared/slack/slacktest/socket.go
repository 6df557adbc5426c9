package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Socket Mode (docs.slack.dev, "Using Socket Mode"): the app opens a WebSocket
// and hears there, as envelopes that it acknowledges, all that would be posted.

// ticketLife is how long an address of apps.connections.open is good, once.
// assumed: Slack says that it is temporary, not how long.
const ticketLife = 30 * time.Second

// mostSockets are open at once (docs.slack.dev, "Using Socket Mode").
const mostSockets = 10

// mostAnswer: an acknowledgement of that many bytes is dropped without a word
// (found by the authors of slack-go, socketmode.maxResponseSize).
const mostAnswer = 20 << 10

// pingEvery is how often an open socket is pinged.
// assumed: clients give up after thirty seconds without one.
const pingEvery = 10 * time.Second

// sockets are the app's connections. They have a lock of their own: a delivery
// waits for the app, and the app may call Slack before it answers.
type sockets struct {
	mu      sync.Mutex
	tokens  map[string][]string  // app-level token: scopes
	tickets map[string]time.Time // not yet used: until when
	open    []*socket
	sent    int
	waiting map[string]chan<- json.RawMessage // by envelope id
}

type socket struct {
	*wsConn
	leaving bool // was told to go: nothing is delivered to it any more
}

// AppToken mints an app-level token; without scopes it has connections:write.
func (o *Org) AppToken(scopes ...string) string {
	if len(scopes) == 0 {
		scopes = []string{"connections:write"}
	}
	o.mu.Lock()
	value := o.mint.secret("xapp")
	o.mu.Unlock()
	o.sockets.mu.Lock()
	defer o.sockets.mu.Unlock()
	if o.sockets.tokens == nil {
		o.sockets.tokens = map[string][]string{}
	}
	o.sockets.tokens[value] = scopes
	return value
}

// RevokeAppToken ends an app-level token; open connections stay.
func (o *Org) RevokeAppToken(value string) {
	o.sockets.mu.Lock()
	defer o.sockets.mu.Unlock()
	delete(o.sockets.tokens, value)
}

// Sockets is how many connections would get a delivery.
func (o *Org) Sockets() int {
	o.sockets.mu.Lock()
	defer o.sockets.mu.Unlock()
	return len(o.sockets.open) - countLeaving(o.sockets.open)
}

func countLeaving(list []*socket) (n int) {
	for _, s := range list {
		if s.leaving {
			n++
		}
	}
	return n
}

// apps.connections.open answers an address to connect to, once.
// assumed: ordinary tokens are not_allowed_token_type, and the ticket's spelling.
func (r *request) appsConnectionsOpen() (reply, error) {
	s := &r.org.sockets
	s.mu.Lock()
	defer s.mu.Unlock()
	scopes, known := s.tokens[r.bearer]
	switch {
	case r.bearer == "":
		return nil, refuse("not_authed")
	case !known && r.org.tokens[r.bearer] != nil:
		return nil, refuse("not_allowed_token_type")
	case !known:
		return nil, refuse("invalid_auth")
	case !slices.Contains(scopes, "connections:write"):
		return nil, refuseWith("missing_scope", reply{"needed": "connections:write", "provided": strings.Join(scopes, ",")})
	}
	if s.tickets == nil {
		s.tickets = map[string]time.Time{}
	}
	ticket := r.org.mint.secret("ticket")
	s.tickets[ticket] = r.at.Add(ticketLife)
	host := strings.Replace(r.base, "http", "ws", 1) // https: wss
	return reply{"url": host + "/link/?" + url.Values{"ticket": {ticket}, "app_id": {r.org.app.id}}.Encode()}, nil
}

// serveSocket is the connection, from handshake to its end.
func (o *Org) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !o.sockets.take(r.URL.Query().Get("ticket"), o.now()) {
		http.Error(w, "this address was used, or is too old", http.StatusForbidden)
		return
	}
	conn, ok := upgrade(w, r)
	if !ok {
		return
	}
	s := &socket{wsConn: conn}
	n := o.sockets.add(s)
	defer o.sockets.remove(s)
	if n > mostSockets {
		s.close(closeNormal)
		return
	}
	if s.send(reply{
		"type": "hello", "num_connections": n, "connection_info": reply{"app_id": o.app.id},
		"debug_info": reply{"host": "applink-sim-1", "build_number": 1, "approximate_connection_time": 18060},
	}) != nil {
		return
	}
	done := make(chan struct{})
	defer close(done)
	go s.pingUntil(done)
	for {
		text, err := s.read()
		if err != nil {
			return
		}
		o.sockets.acknowledge(text)
	}
}

func (s *socket) send(message reply) error {
	raw, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return s.write(opText, raw)
}

func (s *socket) pingUntil(done <-chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if s.write(opPing, []byte("Ping from applink-sim-1")) != nil {
				return
			}
		}
	}
}

func (s *sockets) take(ticket string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.tickets[ticket]
	delete(s.tickets, ticket)
	return known && !now.After(until)
}

func (s *sockets) add(c *socket) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, c)
	return len(s.open)
}

func (s *sockets) remove(c *socket) {
	_ = c.net.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(x *socket) bool { return x == c })
}

// acknowledge hands an answer to whoever waits for it. What nobody waits for, or
// is too long, is dropped, as Slack drops it.
func (s *sockets) acknowledge(text []byte) {
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if len(text) >= mostAnswer || json.Unmarshal(text, &ack) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.waiting[ack.ID]; wait != nil {
		delete(s.waiting, ack.ID)
		wait <- ack.Payload // has room for one
	}
}

// next is the connection that gets a delivery: they take turns.
func (s *sockets) next() *socket {
	for i, c := range s.open {
		if !c.leaving {
			s.open = append(slices.Delete(s.open, i, i+1), c)
			return c
		}
	}
	return nil
}

// expect takes the connection that gets a delivery, nil for none, with the
// delivery's id and where its acknowledgement will come.
func (s *sockets) expect() (*socket, string, <-chan json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.next()
	if c == nil {
		return nil, "", nil
	}
	if s.waiting == nil {
		s.waiting = map[string]chan<- json.RawMessage{}
	}
	s.sent++
	id, answer := fmt.Sprintf("envelope-sim-%d", s.sent), make(chan json.RawMessage, 1)
	s.waiting[id] = answer
	return c, id, answer
}

func (s *sockets) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

// bySocket delivers an envelope where a socket is open and waits until it is
// acknowledged, or ctx ends; ok tells whether there is a socket at all.
func (o *Org) bySocket(ctx context.Context, envelope reply) (payload json.RawMessage, ok bool, err error) {
	c, id, answer := o.sockets.expect()
	if c == nil {
		return nil, false, nil
	}
	defer o.sockets.forget(id)
	envelope["envelope_id"] = id
	if err := c.send(envelope); err != nil {
		return nil, true, err
	}
	select {
	case payload := <-answer:
		return payload, true, nil
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
}

// formEnvelope is what a signed form says, as an envelope.
func formEnvelope(form url.Values) reply {
	if p := form.Get("payload"); p != "" {
		return reply{"type": "interactive", "payload": json.RawMessage(p), "accepts_response_payload": true}
	}
	fields := reply{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return reply{"type": "slash_commands", "payload": fields, "accepts_response_payload": true}
}

// HandDisconnect is Slack asking the app to reconnect: reason is warning (ten
// seconds ahead), refresh_requested or link_disabled (docs.slack.dev, "Using
// Socket Mode"). Nothing more is delivered to the connections that are open.
func (o *Org) HandDisconnect(reason string) {
	for _, c := range o.letGo() {
		_ = c.send(reply{"type": "disconnect", "reason": reason, "debug_info": reply{"host": "applink-sim-1"}})
	}
}

// CutSockets ends the open connections without a word, as a network does.
func (o *Org) CutSockets() {
	for _, c := range o.letGo() {
		_ = c.net.Close()
	}
}

func (o *Org) letGo() []*socket {
	o.sockets.mu.Lock()
	defer o.sockets.mu.Unlock()
	for _, c := range o.sockets.open {
		c.leaving = true
	}
	return slices.Clone(o.sockets.open)
}
