package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// speech tells of one aggregate.
type speech struct {
	h     *House
	t     access.Telling
	tale  tale
	owner string
	mine  bool // the telling is ours, until t.Until
}

// line is one message that has to be posted, or changed where it has a TS.
type line struct {
	m    access.Message
	r    reader
	card message.Card
}

// run says what is to be said. What some channel refused may be for others to
// hear, so it looks a second time. A message that has to wait for its turn holds
// back no other; the error is then the first turn of those that wait.
func (s *speech) run(ctx context.Context) error {
	waiting := map[[2]string]bool{}
	var first error
	for range 2 {
		lines, err := s.lines(ctx)
		if err != nil {
			return err
		}
		for _, l := range lines {
			key := [2]string{l.m.News().Key(), l.m.To}
			if waiting[key] {
				continue
			}
			if err := s.claim(ctx); err != nil {
				return err
			}
			err := s.say(ctx, l)
			if err != nil && !itsTurn(err) {
				return err
			}
			if err == nil {
				continue
			}
			waiting[key] = true
			if first == nil || fault.UntilOf(err).Before(fault.UntilOf(first)) {
				first = err
			}
		}
	}
	return first
}

// claim makes the telling ours before anything is said, so that two who serve the
// same aggregate do not both tell.
func (s *speech) claim(ctx context.Context) error {
	now := s.h.Now()
	if s.mine && now.Add(tellLease*2/3).Before(s.t.Until) {
		return nil
	}
	s.t.Owner, s.t.Until = s.owner, now.Add(tellLease)
	t, err := s.h.Memory.SaveTelling(ctx, s.t, nil, nil)
	if err == nil {
		s.t, s.mine = t, true
	}
	return err
}

// lines are what differs from what should have been said: first the messages that
// are not true any more, then those that are missing.
func (s *speech) lines(ctx context.Context) ([]line, error) {
	due := map[string]bool{}
	var missing []line
	for _, n := range s.tale.news {
		readers, err := s.tale.readers(ctx, s.t, n)
		if err != nil {
			return nil, err
		}
		for _, r := range readers {
			due[n.Key()+" "+r.to] = true
			if _, told := s.t.Find(n, r.to); told {
				continue
			}
			card, err := s.tale.card(ctx, n, r, true)
			if err != nil {
				return nil, err
			}
			missing = append(missing, line{access.Message{What: n.What, N: n.N, To: r.to, Connector: s.tale.conn.ID}, r, card})
		}
	}
	var out []line
	for _, m := range s.t.Messages {
		if s.tale.stays != nil && s.tale.stays(m) || m.What.Stays() || m.TS == "" || m.Failed != "" || m.Connector != s.tale.conn.ID {
			continue
		}
		r := reader{to: m.To, channel: m.To == m.Channel}
		card, err := s.tale.card(ctx, m.News(), r, due[m.News().Key()+" "+m.To])
		if err != nil {
			return nil, err
		}
		if digest(card) != m.Digest {
			out = append(out, line{m, r, card})
		}
	}
	return append(out, missing...), nil
}

// say posts or changes one message and remembers it. What reaches nobody is
// remembered too, so that nobody tries for ever.
func (s *speech) say(ctx context.Context, l line) error {
	if l.r.listed {
		l.m.Failed, l.m.At = listed, s.h.Now()
		if err := s.h.list(ctx, l.m.Connector, l.r.to); err != nil {
			return err
		}
		return s.remember(ctx, l.m)
	}
	m, err := s.speak(ctx, l)
	if refused(err) {
		s.h.log().Warn("not told", "kind", s.t.Kind, "id", s.t.ID, "what", m.What, "to", m.To, "error", err)
		m.Failed, err = fault.CodeOf(err), nil
	}
	if err != nil {
		return err
	}
	m.Digest = digest(l.card)
	if m.What != access.TellDigest || l.m.TS == "" { // a list that changes is still of its hour
		m.At = s.h.Now()
	}
	return s.remember(ctx, m)
}

// remember saves a message that was posted, and tries hard: what is not
// remembered is posted again.
func (s *speech) remember(ctx context.Context, m access.Message) error {
	s.t.Owner, s.t.Until = s.owner, s.h.Now().Add(tellLease)
	var events []audit.Event
	if m.Rev == 0 && s.tale.proof != nil {
		events = s.tale.proof(m)
	}
	var err error
	for range tries {
		var t access.Telling
		if t, err = s.h.Memory.SaveTelling(ctx, s.t, []access.Message{m}, nil, events...); err == nil {
			s.t = t
			return nil
		}
		have, rerr := s.h.Memory.Telling(ctx, s.t.Kind, s.t.ID)
		if rerr != nil || have.Owner != s.owner {
			continue // not readable now, or not ours any more
		}
		s.t = have
		if was, ok := have.Find(m.News(), m.To); ok && was.TS == m.TS && was.Digest == m.Digest {
			return nil // it was saved, and the answer lost
		}
		s.t.Until = s.h.Now().Add(tellLease)
	}
	return err
}

// refused reports whether an error is about this message alone.
func refused(err error) bool {
	return fault.Is(err, fault.Permanent) || fault.Is(err, fault.NotFound) && fault.CodeOf(err) != ""
}

func (s *speech) speak(ctx context.Context, l line) (access.Message, error) {
	m := l.m
	link := connector.Link{Connector: s.tale.conn.ID, AsBot: true}
	if m.TS != "" {
		return m, s.rests(ctx, "chat.update", "chat.update", func() error { return s.h.Slack.Change(ctx, link, m.Channel, m.TS, l.card) })
	}
	var err error
	if m.Channel, err = s.channel(ctx, link, l.r); err != nil {
		return m, err
	}
	m.TS, err = s.post(ctx, link, m.Channel, l.r.thread, l.card)
	return m, err
}

// channel is where somebody reads: their direct messages with the app, which stay
// the same for ever.
func (s *speech) channel(ctx context.Context, link connector.Link, r reader) (string, error) {
	if r.channel {
		return r.to, nil
	}
	key := "direct/" + link.Connector + "/" + r.to
	if known, ok := s.h.recent.Load(key); ok {
		return known.(string), nil
	}
	for _, m := range s.t.Messages {
		if m.To == r.to && m.Channel != "" && m.Connector == link.Connector {
			return m.Channel, nil
		}
	}
	var id string
	const open = "conversations.open"
	err := s.rests(ctx, open, open, func() (err error) { id, err = s.h.Slack.Direct(ctx, link, r.to); return err })
	if err == nil {
		s.h.recent.Store(key, id)
	}
	return id, err
}

// settle ends a turn: what was served goes, and what there is to tell later, or
// could not be told, is due then.
func (s *speech) settle(ctx context.Context, rows []access.Due, cause error) error {
	now := s.h.Now()
	s.t.Owner, s.t.Until, s.t.Next = "", time.Time{}, s.tale.next
	switch {
	case cause == nil:
		s.t.Tries, s.t.Since, s.t.Turns = 0, time.Time{}, nil
	case !s.t.Since.IsZero() && now.Sub(s.t.Since) > giveUpTelling:
		s.h.log().Warn("given up telling", "kind", s.t.Kind, "id", s.t.ID, "error", cause)
		s.t.Tries, s.t.Since, s.t.Turns = 0, time.Time{}, nil
	default:
		if s.tale.conn.ID != "" {
			s.h.note(ctx, s.tale.conn, cause)
		}
		s.t.Tries++
		if s.t.Since.IsZero() {
			s.t.Since = now
		}
		if s.t.Next = fault.UntilOf(cause); !s.t.Next.After(now) {
			s.t.Next = now.Add(access.Backoff(s.t.Tries))
		}
	}
	_, err := s.h.Memory.SaveTelling(ctx, s.t, nil, rows)
	if fault.Is(err, fault.Conflict) { // somebody has served a row of ours
		_, err = s.h.Memory.SaveTelling(ctx, s.t, nil, nil)
	}
	if err == nil && fault.Is(cause, fault.Internal) {
		err = cause
	}
	return err
}

// digest tells one card from another.
func digest(c message.Card) string {
	raw, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:12])
}
