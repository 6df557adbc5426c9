package slacktest

import (
	"maps"
	"net/http"
	"net/url"
	"time"
)

// Call is one call that arrived, with its answer. Tokens and secrets are left
// out. Args of a SCIM call are its query, verb, id and body.
type Call struct {
	At     time.Time
	Method string // as in Slack's documentation; scim.users, scim.groups for SCIM
	Args   url.Values
	User   string // owner of the token, "" when it was refused before that
	Write  bool   // the method changes something
	OK     bool
	Error  string // Slack's code; "cut" when the connection was closed, "landed late" for a late write
	Status int    // HTTP; 0 when the connection was closed
	Bytes  int    // of the answer's body
}

// Gate is asked before each write with the call as it arrived; an error stops it.
type Gate func(Call) error

// MethodStats are totals of one method.
type MethodStats struct {
	Calls       int `json:"calls"`
	RateLimited int `json:"rate_limited"` // answered 429
	Errors      int `json:"errors"`       // every answer that is not ok, 429 among them
	Bytes       int `json:"bytes"`        // of answers' bodies
}

const callsKept = 20000

type callLog struct {
	ring  []Call
	next  int
	stats map[string]MethodStats
}

func (l *callLog) init() { l.stats = map[string]MethodStats{} }

func (l *callLog) add(c Call) {
	if len(l.ring) < callsKept {
		l.ring = append(l.ring, c)
	} else {
		l.ring[l.next] = c
		l.next = (l.next + 1) % callsKept
	}
	s := l.stats[c.Method]
	s.Calls++
	s.Bytes += c.Bytes
	if c.Status == http.StatusTooManyRequests {
		s.RateLimited++
	}
	if !c.OK {
		s.Errors++
	}
	l.stats[c.Method] = s
}

// Calls are the last 20,000 calls, oldest first.
func (o *Org) Calls() []Call {
	defer o.lock()()
	return append(append([]Call{}, o.calls.ring[o.calls.next:]...), o.calls.ring[:o.calls.next]...)
}

// Stats are totals per method since the beginning or the last ResetCalls.
func (o *Org) Stats() map[string]MethodStats {
	defer o.lock()()
	return maps.Clone(o.calls.stats)
}

// ResetCalls forgets calls and totals.
func (o *Org) ResetCalls() {
	defer o.lock()()
	o.calls = callLog{}
	o.calls.init()
}

func (o *Org) callOf(in incoming) Call {
	defer o.lock()()
	args := maps.Clone(in.args)
	for _, secret := range []string{"token", "client_secret", "code", "code_verifier", "refresh_token", "assertion"} {
		delete(args, secret)
	}
	c := Call{At: o.now(), Method: in.name, Args: args, Write: in.write}
	if t := o.tokens[in.bearer]; t != nil {
		c.User = t.user
	}
	return c
}

func (o *Org) record(in incoming, a answer) {
	c := o.callOf(in)
	c.OK, c.Error, c.Status, c.Bytes = a.ok, a.code, a.status, len(a.body)
	o.mu.Lock()
	o.calls.add(c)
	o.mu.Unlock()
	if o.OnCall != nil {
		o.OnCall(c)
	}
}

// serveStats is GET /_stats: totals per method, as JSON.
func (o *Org) serveStats(w http.ResponseWriter, _ *http.Request) {
	stats := o.Stats()
	total := MethodStats{}
	for _, s := range stats {
		total.Calls += s.Calls
		total.RateLimited += s.RateLimited
		total.Errors += s.Errors
		total.Bytes += s.Bytes
	}
	a := jsonAnswer(http.StatusOK, true, "", map[string]any{"total": total, "methods": stats})
	maps.Copy(w.Header(), a.header)
	_, _ = w.Write(a.body)
}
