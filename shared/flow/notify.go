package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Telling people converges. Each change that somebody is to hear of leaves a due
// row in the lane "tell", in its own commit. Whoever serves the row reads the
// aggregate as it stands, works out who should have been told what by now
// (access.News), holds that against the messages that were posted, posts what is
// missing and changes what differs. So everybody is told at least once, nobody of
// what was overtaken, and a message that stays is true. A message comes twice only
// where we died, or Slack's answer was lost, between its post and our commit.

// LaneTell is the lane of due rows for what people are to hear of.
const LaneTell = "tell"

const (
	// tellBatch is how many rows of the lane are looked at together.
	tellBatch = 500
	// tellingFor is how long one turn tells before it lets its caller go on.
	tellingFor = 10 * time.Second
	// tellLease is how long who tells of an aggregate keeps others from it: a call
	// for the channel and one for the message, each with Slack's ten seconds, and
	// some more.
	tellLease = 30 * time.Second
	// giveUpTelling is how long telling is tried while nothing changes: nobody
	// wants yesterday's news.
	giveUpTelling = 24 * time.Hour
)

// Tell tells what has been due for at least late, which leaves what is newer to
// whoever hears of it sooner (function notify). next is when there is more to do:
// zero, not within the hour. What fails stays due.
func (h *House) Tell(ctx context.Context, late time.Duration) (next time.Time, err error) {
	const op = "flow.Tell"
	began := h.Now()
	due, err := h.Memory.Due(ctx, LaneTell, began.Add(-late), tellBatch)
	if err != nil {
		return began.Add(busyFor), fault.Wrap(op, err)
	}
	cut := len(due) == tellBatch
	for _, rows := range byAggregate(due) {
		if h.Now().Sub(began) > tellingFor {
			cut = true
			break
		}
		err := h.tellOf(ctx, rows[0].Kind, rows[0].ID, rows)
		if err == nil || fault.Is(err, fault.Conflict) {
			continue // told, or somebody else is at it
		}
		h.log().Error("tell", "kind", rows[0].Kind, "id", rows[0].ID, "error", err)
	}
	if cut {
		return h.Now(), nil
	}
	rows, err := h.Memory.Due(ctx, LaneTell, began.Add(time.Hour), 1)
	if err != nil || len(rows) == 0 {
		return time.Time{}, fault.Wrap(op, err)
	}
	return later(rows[0].At.Add(late), began.Add(busyFor)), nil
}

// Notify tells of the aggregate of one due row, which some change has just put
// there. One whose time has not come is left to Tell.
func (h *House) Notify(ctx context.Context, d access.Due) error {
	if d.At.After(h.Now().Add(time.Second)) {
		return nil
	}
	err := h.tellOf(ctx, d.Kind, d.ID, []access.Due{d})
	if fault.Is(err, fault.Conflict) {
		return nil // somebody tells of it now; the row stays due for the sweep
	}
	return fault.Wrap("flow.Notify", err)
}

// byAggregate puts the rows of one aggregate together, in the order of the first.
func byAggregate(due []access.Due) [][]access.Due {
	at := map[[2]string]int{}
	var out [][]access.Due
	for _, d := range due {
		k := [2]string{d.Kind, d.ID}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k], out = i, append(out, nil)
		}
		out[i] = append(out[i], d)
	}
	return out
}

// tale is what there is to tell of one aggregate, as it stands.
type tale struct {
	conn connector.Connector
	news []access.News
	next time.Time
	// readers are who should have some news, card is what one of them should see;
	// due: it is news now, and no old message.
	readers func(context.Context, access.News) ([]reader, error)
	card    func(ctx context.Context, n access.News, r reader, due bool) (message.Card, error)
}

// reader is somebody who is told, or a channel.
type reader struct {
	to      string
	channel bool
}

// tellOf brings what people were told of one aggregate to what they should have
// been told. Conflict: somebody else is at it.
func (h *House) tellOf(ctx context.Context, kind, id string, rows []access.Due) error {
	t, err := h.Memory.Telling(ctx, kind, id)
	if err != nil {
		return err
	}
	s := &speech{h: h, t: t, owner: h.NewID("tell")}
	if !t.Free(s.owner, h.Now()) {
		return &fault.Error{Op: "flow.tellOf", Kind: fault.Conflict, Until: t.Until, Text: "somebody else tells of it right now"}
	}
	s.tale, err = h.tale(ctx, s.t)
	if err == nil && s.tale.conn.ID != "" {
		s.t.Connector = s.tale.conn.ID
	}
	if err == nil && speaks(s.tale.conn) {
		err = s.run(ctx)
	}
	if fault.Is(err, fault.Conflict) {
		return err
	}
	return s.settle(ctx, rows, err)
}

// speaks reports whether the app may write to people through a connector.
func speaks(c connector.Connector) bool {
	return c.Linked() && slices.Contains(c.BotScopes, "chat:write")
}

// tale reads what there is to tell. Of what is gone there is nothing.
func (h *House) tale(ctx context.Context, t access.Telling) (tale, error) {
	var out tale
	var err error
	switch t.Kind {
	case "grant":
		out, err = h.grantTale(ctx, t)
	case "request":
		out, err = h.requestTale(ctx, t)
	case "connector":
		out, err = h.connectorTale(ctx, t)
	default:
		return tale{}, fault.New("flow.tale", fault.Internal, "nothing is known to tell of a %s", t.Kind)
	}
	if fault.Is(err, fault.NotFound) {
		return tale{}, nil
	}
	return out, err
}

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
// hear, so it looks a second time.
func (s *speech) run(ctx context.Context) error {
	for range 2 {
		lines, err := s.lines(ctx)
		if err != nil || len(lines) == 0 {
			return err
		}
		for _, l := range lines {
			if err := s.claim(ctx); err != nil {
				return err
			}
			if err := s.say(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
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
		readers, err := s.tale.readers(ctx, n)
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
		if m.TS == "" || m.Failed != "" || m.Connector != s.tale.conn.ID {
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
	m, err := s.speak(ctx, l)
	if refused(err) {
		s.h.log().Warn("not told", "kind", s.t.Kind, "id", s.t.ID, "what", m.What, "to", m.To, "error", err)
		m.Failed, err = fault.CodeOf(err), nil
	}
	if err != nil {
		return err
	}
	m.Digest, m.At = digest(l.card), s.h.Now()
	s.t.Owner, s.t.Until = s.owner, s.h.Now().Add(tellLease)
	s.t, err = s.h.Memory.SaveTelling(ctx, s.t, []access.Message{m}, nil)
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
		return m, s.rests(ctx, "chat.update", func() error { return s.h.Slack.Change(ctx, link, m.Channel, m.TS, l.card) })
	}
	var err error
	if m.Channel, err = s.channel(ctx, link, l.r); err != nil {
		return m, err
	}
	err = s.rests(ctx, "chat.postMessage", func() (err error) {
		m.TS, err = s.h.Slack.Post(ctx, link, m.Channel, "", l.card)
		return err
	})
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
	err := s.rests(ctx, "conversations.open", func() (err error) { id, err = s.h.Slack.Direct(ctx, link, r.to); return err })
	if err == nil {
		s.h.recent.Store(key, id)
	}
	return id, err
}

// rests makes a call of Slack, unless its method rests for everybody.
func (s *speech) rests(ctx context.Context, method string, call func() error) error {
	if until, err := s.turn(ctx, method); err != nil || until.After(s.h.Now()) {
		return &fault.Error{Op: "flow.Tell", Kind: fault.Wait, Method: method, Until: until, Code: codeTurn, Text: "Slack takes only so many messages a minute", Err: err}
	}
	return call()
}

// turn takes a turn at a method, where it rests.
func (s *speech) turn(ctx context.Context, method string) (time.Time, error) {
	now := s.h.Now()
	pauses, err := s.h.Memory.Pauses(ctx, s.tale.conn.ID, now)
	if err != nil || pauses[method].IsZero() {
		return time.Time{}, nil // not known: Slack itself will say
	}
	return pauses[method], nil
}

// settle ends a turn: what was served goes, and what there is to tell later, or
// could not be told, is due then.
func (s *speech) settle(ctx context.Context, rows []access.Due, cause error) error {
	now := s.h.Now()
	s.t.Owner, s.t.Until, s.t.Next = "", time.Time{}, s.tale.next
	switch {
	case cause == nil:
		s.t.Tries, s.t.Since = 0, time.Time{}
	case !s.t.Since.IsZero() && now.Sub(s.t.Since) > giveUpTelling:
		s.h.log().Warn("given up telling", "kind", s.t.Kind, "id", s.t.ID, "error", cause)
		s.t.Tries, s.t.Since = 0, time.Time{}
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
