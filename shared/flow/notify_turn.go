package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Slack takes about one message a second in each channel, and some hundreds a minute
// in all (docs.slack.dev, "Rate limits"). So what Slack refuses in one channel rests
// for that channel alone, and nobody else waits; where several channels are refused
// at once it is the workspace, and everything posted rests. Who waits for one
// channel takes a turn there, as with the methods that change access (queue.go), so
// that two hundred messages are two hundred calls and not one round of refusals a
// second.

const (
	posting = "chat.postMessage"
	// betweenPosts is how far apart messages in one channel are, once it was refused.
	betweenPosts = time.Second
	// manyRest is how many other channels rest before it is taken for the workspace.
	manyRest = 2
)

// postingTo is the key under which one channel rests.
func postingTo(channel string) string { return posting + " " + channel }

// post posts a card, if neither the channel nor the whole workspace rests.
func (s *speech) post(ctx context.Context, l connector.Link, channel, thread string, card message.Card) (ts string, err error) {
	err = s.rests(ctx, posting, postingTo(channel), func() (err error) {
		ts, err = s.h.Slack.Post(ctx, l, channel, thread, card)
		return err
	})
	return ts, err
}

// rests makes a call of Slack, unless what it counts against rests: then it waits
// for its turn, which it keeps when it comes back.
func (s *speech) rests(ctx context.Context, method, key string, call func() error) error {
	now := s.h.Now()
	pauses, err := s.h.Memory.Pauses(ctx, s.tale.conn.ID, now)
	if err != nil {
		pauses = nil // not known: Slack itself will say
	}
	if key != method && pauses[method].After(now) {
		return turnAt(method, pauses[method], nil)
	}
	turn, has := s.t.Turns[s.turnKey(key)]
	switch mine := has && now.Sub(turn) < lostTurn; {
	case mine && turn.After(now):
		return turnAt(method, turn, nil)
	case !mine && pauses[key].After(now):
		return s.queue(ctx, method, key, pauses[key], nil)
	}
	if soonest := s.lastAt(key).Add(betweenPosts); key != method && has && soonest.After(now) {
		s.keepTurn(key, soonest) // turns that were taken late come together
		return turnAt(method, soonest, nil)
	}
	delete(s.t.Turns, s.turnKey(key))
	err = call()
	s.h.recent.Store("said/"+s.turnKey(key), s.h.Now())
	if fault.Is(err, fault.Wait) && fault.CodeOf(err) == "ratelimited" {
		return s.limited(ctx, method, key, pauses, err)
	}
	return err
}

// turnKey tells apart the turns of one telling, which a draft has in several Slacks.
func (s *speech) turnKey(key string) string { return s.tale.conn.ID + " " + key }

// limited remembers that Slack refused, and takes a turn behind that.
func (s *speech) limited(ctx context.Context, method, key string, pauses map[string]time.Time, cause error) error {
	until := fault.UntilOf(cause)
	keys := []string{key}
	others := 0
	for k := range pauses {
		if k != key && strings.HasPrefix(k, posting+" ") {
			others++
		}
	}
	if key != method && others >= manyRest {
		keys = append(keys, method)
	}
	for _, k := range keys {
		if err := s.h.Memory.Pause(ctx, s.tale.conn.ID, k, until); err != nil {
			s.h.log().Warn("pause", "method", k, "error", err)
		}
	}
	return s.queue(ctx, method, key, until, cause)
}

// queue takes a turn at what rests until then.
func (s *speech) queue(ctx context.Context, method, key string, until time.Time, cause error) error {
	every := betweenPosts
	switch {
	case key != method:
	case s.h.Pace == nil:
		return turnAt(method, until, cause)
	default:
		every = time.Minute / time.Duration(max(1, s.h.Pace(method)))
	}
	turn, err := s.h.Memory.Turn(ctx, s.tale.conn.ID, key, access.Wish{Calls: 1, Every: every}, s.h.Now())
	if err != nil {
		return err
	}
	s.keepTurn(key, turn)
	return turnAt(method, turn, cause)
}

func (s *speech) keepTurn(key string, turn time.Time) {
	if s.t.Turns == nil {
		s.t.Turns = map[string]time.Time{}
	}
	s.t.Turns[s.turnKey(key)] = turn
}

// lastAt is when this process last called what counts against a key.
func (s *speech) lastAt(key string) time.Time {
	at, _ := s.h.recent.Load("said/" + s.turnKey(key))
	last, _ := at.(time.Time)
	return last
}

func turnAt(method string, until time.Time, cause error) error {
	return &fault.Error{Op: "flow.Tell", Kind: fault.Wait, Method: method, Until: until, Code: codeTurn, Text: "Slack takes only so many messages a minute", Err: cause}
}

// itsTurn reports whether an error holds back one message and no other.
func itsTurn(err error) bool { return fault.Is(err, fault.Wait) && fault.CodeOf(err) == codeTurn }
