package local

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// socket is Slack's way to a house without a public address (Socket Mode): the
// house connects to Slack, and what Slack would post comes down that connection.
// slack-go keeps it open: it connects again when Slack says so, when no ping
// comes for half a minute, and with a growing pause when it cannot.
type socket struct {
	client *socketmode.Client
	door   slackapp.Socket
	log    *slog.Logger
	busy   chan struct{} // a place for each delivery at work
	work   sync.WaitGroup
}

const (
	// answerWithin leaves a little of the three seconds that Slack waits for the way
	// back.
	answerWithin = 2800 * time.Millisecond
	atOnce       = 16      // deliveries that are worked on
	mostMessage  = 2 << 20 // bytes; twice what the door takes
)

// appToken refuses what cannot be an app-level token, without repeating it.
func appToken(token string) error {
	if token != "" && !strings.HasPrefix(token, "xapp-") {
		return fault.New("ebb run", fault.Invalid, "EBB_SLACK_APP_TOKEN is no app-level token: those begin with xapp- and are made in the app's settings (Basic Information, App-Level Tokens) with the scope connections:write")
	}
	return nil
}

// hear keeps a socket open until ctx ends or the caller says so. Without a token
// there is none. The house goes on without Slack's deliveries when its token is
// refused: what is due still ends.
func hear(ctx context.Context, api, token string, door slackapp.Socket, log *slog.Logger) (stop func()) {
	if token == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	s := newSocket(api, token, door, log)
	var both sync.WaitGroup
	both.Go(func() { s.keep(ctx) })
	both.Go(func() { s.listen(ctx) })
	return func() {
		cancel()
		both.Wait()
		s.work.Wait()
	}
}

func newSocket(api, token string, door slackapp.Socket, to *slog.Logger) *socket {
	client := slack.New("", slack.OptionAppLevelToken(token), slack.OptionAPIURL(api), slack.OptionHTTPClient(&unhurried{next: http.Client{Timeout: 20 * time.Second}}))
	return &socket{
		client: socketmode.New(client, socketmode.OptionLog(log.New(io.Discard, "", 0)), socketmode.OptionReadLimit(mostMessage)),
		door:   door, log: to, busy: make(chan struct{}, atOnce),
	}
}

func (s *socket) keep(ctx context.Context) {
	if err := s.client.RunContext(ctx); ctx.Err() == nil {
		s.log.Error("Slack refuses the app-level token, so nothing is heard from Slack: make one with the scope connections:write, and start again with it", "error", bare(err))
	}
}

func (s *socket) listen(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-s.client.Events:
			s.take(ctx, e)
		}
	}
}

func (s *socket) take(ctx context.Context, e socketmode.Event) {
	switch said := e.Data.(type) {
	case *slack.ConnectionErrorEvent:
		s.log.Warn("no socket to Slack", "error", bare(said.ErrorObj), "again in", said.Backoff)
		return
	case *socketmode.ErrorBadMessage:
		// Bad for slack-go, which knows not every event; the door reads for itself.
		e.Request = &socketmode.Request{}
		if json.Unmarshal(said.Message, e.Request) != nil {
			return
		}
	}
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return // hello, and what slack-go tells of itself
	}
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return
	}
	s.work.Go(func() {
		defer func() { <-s.busy }()
		s.deliver(ctx, *e.Request)
	})
}

// deliver acknowledges what the door took. What it did not take comes again, or
// shows its person a warning.
func (s *socket) deliver(ctx context.Context, r socketmode.Request) {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	payload, err := s.door.Deliver(within, slackapp.Envelope{Kind: r.Type, Payload: r.Payload, Retry: r.RetryAttempt, Reason: r.RetryReason})
	if err == nil {
		ack := socketmode.Response{EnvelopeID: r.EnvelopeID}
		if len(payload) > 0 && r.AcceptsResponsePayload {
			ack.Payload = payload
		}
		err = s.client.SendCtx(within, ack)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("a delivery of Slack was not taken", "kind", r.Type, "error", err)
	}
}

// bare takes the address off an error: that of a socket is as good as a token.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// unhurried opens connections one after another, with a pause that grows: a
// Slack that accepts each and ends it at once would else be asked without end.
// A connection that held for a minute is followed by the next at once.
type unhurried struct {
	next  http.Client
	last  time.Time
	pause time.Duration
}

const (
	firstPause = time.Second
	mostPause  = 30 * time.Second
)

// Do is called by one goroutine, slack-go's.
func (u *unhurried) Do(r *http.Request) (*http.Response, error) {
	var wait time.Duration
	wait, u.pause = pause(time.Since(u.last), u.pause)
	select {
	case <-time.After(wait):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	u.last = time.Now()
	return u.next.Do(r)
}

// pause says how long to wait after a connection that was asked for some time
// ago, and what the pause after that may be.
func pause(since, now time.Duration) (wait, next time.Duration) {
	if since > time.Minute {
		return 0, 0
	}
	return now, min(max(2*now, firstPause), mostPause)
}
