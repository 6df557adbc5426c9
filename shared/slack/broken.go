package slack

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ebb-access/ebb/shared/fault"
)

// wire watches one request on its way out, to tell "nothing was sent" from "it
// may have arrived".
type wire struct {
	wanted, got atomic.Bool
}

func (w *wire) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { w.got.Store(true) },
	})
}

// unsent reports whether it is certain that no byte of the request left: there
// was never a connection. A transport that says nothing proves nothing.
func (w *wire) unsent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns) || (w.wanted.Load() && !w.got.Load())
}

// broken sorts an error of the transport: Backoff when nothing was sent or the
// call only reads, Unclear for a write that may have arrived.
func (w *wire) broken(name string, m method, err error) error {
	if w.unsent(err) {
		return &fault.Error{Op: name, Kind: fault.Backoff, Code: "not_sent", Text: "Slack could not be reached; Ebb tries again", Err: err}
	}
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return unwell(name, m, "timed_out", "Slack did not answer in time", err)
	}
	return unwell(name, m, "connection_lost", "the connection to Slack broke", err)
}

// unwell is a failure after which nothing is known: a read is made again later,
// a write has to be read back first.
func unwell(name string, m method, code, text string, cause error) error {
	e := &fault.Error{Op: name, Kind: fault.Backoff, Code: code, Text: text + "; Ebb tries again", Err: cause}
	if m.writes {
		e.Kind, e.Text = fault.Unclear, text+"; Ebb reads back what happened before it does anything else"
	}
	return e
}

// hide takes a cause that quotes a secret out of an error. Nothing of ours
// writes one there; a transport that prints its request might.
func hide(err error, secrets ...string) error {
	if err == nil || !slices.ContainsFunc(secrets, func(s string) bool { return s != "" && strings.Contains(err.Error(), s) }) {
		return err
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return fault.New("slack", fault.Internal, "an error quoted a secret")
	}
	clean := *e
	clean.Err = errors.New("(cause left out: it quoted a secret)")
	return &clean
}
