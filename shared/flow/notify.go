package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
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
// whoever hears of it sooner (function notify). It ends before until, where that
// is set: no end of access waits for words about another. next is when there is
// more to do: zero, not within the hour. What fails stays due.
func (h *House) Tell(ctx context.Context, late time.Duration, until time.Time) (next time.Time, err error) {
	const op = "flow.Tell"
	began := h.Now()
	if most := began.Add(tellingFor); until.IsZero() || until.After(most) {
		until = most
	}
	due, err := h.Memory.Due(ctx, LaneTell, began.Add(-late), tellBatch)
	if err != nil {
		return began.Add(busyFor), fault.Wrap(op, err)
	}
	cut := len(due) == tellBatch
	for _, rows := range byAggregate(due) {
		if !h.Now().Before(until) {
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
	if next = rows[0].At.Add(late); !next.After(h.Now()) {
		next = began.Add(busyFor) // somebody else is at it
	}
	return next, nil
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
	// readers are who should have some news, given what was told; card is what one
	// of them should see; due: it is news now, and no old message.
	readers func(context.Context, access.Telling, access.News) ([]reader, error)
	card    func(ctx context.Context, n access.News, r reader, due bool) (message.Card, error)
	// stays reports whether a message that was posted stays as it was said; nil: as
	// its tiding says.
	stays func(access.Message) bool
	// after is what follows once it was told; it may happen again.
	after func(context.Context, access.Telling) error
	// proof are the events that say that a message was posted, or reached nobody;
	// nil: nobody asks for a proof.
	proof func(access.Message) []audit.Event
}

// reader is somebody who is told, or a channel.
type reader struct {
	to      string
	channel bool
	thread  string // of a message that this answers; "": none
	listed  bool   // the list of the day tells them instead
}

// tellOf brings what people were told of one aggregate to what they should have
// been told. Conflict: somebody else is at it.
func (h *House) tellOf(ctx context.Context, kind, id string, rows []access.Due) error {
	t, err := h.Memory.Telling(ctx, kind, id)
	if err != nil {
		return err
	}
	if kind == "owners" {
		return h.tellOwners(ctx, t, rows)
	}
	if kind == "draft" {
		return h.tellDraft(ctx, t, rows)
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
	if err == nil && s.tale.after != nil {
		err = s.tale.after(ctx, s.t)
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
	case "digest":
		out, err = h.digestTale(ctx, t)
	case "resource":
		out, err = h.resourceTale(ctx, t)
	case "reviewer":
		out, err = h.reviewerTale(ctx, t)
	case "manual":
		out, err = h.manualTale(ctx, t)
	default:
		return tale{}, fault.New("flow.tale", fault.Internal, "nothing is known to tell of a %s", t.Kind)
	}
	if fault.Is(err, fault.NotFound) {
		return tale{}, nil
	}
	return out, err
}
