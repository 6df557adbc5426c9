package store

import (
	"context"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// The lanes of due rows: what converges and decides, what Slack told, what
// syncs, what people are to be told, and which reviews go on.
const (
	laneAct    = "act"
	laneHear   = "hear"
	laneSync   = "sync"
	laneTell   = "tell"
	laneReview = "review"
)

func duePart(lane string) string { return join("due", lane) }

// dueSort orders by time, then urgency. The connector keeps two resources
// with one id apart.
func dueSort(d access.Due) string {
	words := []string{strconv.Itoa(d.Urgency), d.Kind, d.Connector, d.ID}
	if d.Seq > 0 {
		words = append(words, strconv.FormatInt(d.Seq, 10))
	}
	return at(d.At, words...)
}

// due moves an aggregate's one due row from where its record says it is (""
// for nowhere) to d, or takes it away when nothing is next. It gives the sort
// for the record to remember.
func (c *change) due(lane, was string, d access.Due, next bool) string {
	sort := ""
	if next {
		sort = dueSort(d)
	}
	if sort == was {
		return sort
	}
	if was != "" {
		c.delete(Key{duePart(lane), was}, 1)
	}
	if next {
		c.put(Key{duePart(lane), sort}, 0, newDueRecord(d))
	}
	return sort
}

// Due lists what is due up to and including a time, oldest first, at most
// limit rows (0: 1000). Lane is "act", "hear", "sync", "tell" or "review"; another one is
// empty.
func (s *Store) Due(ctx context.Context, lane string, until time.Time, limit int) ([]access.Due, error) {
	if limit <= 0 {
		limit = pageSize
	}
	var out []access.Due
	r := Range{Part: duePart(lane), To: stamp(until.Add(time.Millisecond)).String(), Limit: limit}
	err := eachRecord(ctx, s, r, func(rec dueRecord, _ Row) error {
		if out = append(out, rec.due()); len(out) == limit {
			return errStop
		}
		return nil
	})
	return out, fault.Wrap("store.Due", err)
}

// Pause remembers that a method of a connector rests until a time. Of two
// times the later stays, whoever comes last.
func (s *Store) Pause(ctx context.Context, conn, method string, until time.Time) error {
	k := pauseKey(conn, method)
	return fault.Wrap("store.Pause", again(func() error {
		have, rev, err := maybe[pauseRecord](ctx, s, k)
		if err != nil || !until.After(have.Until.time()) {
			return err
		}
		var c change
		have.Until = stamp(until)
		c.putUntil(k, rev, have.last().Add(outlive).Unix(), have)
		return s.save(ctx, &c, nil)
	}))
}

// outlive is how much longer the row lives, because clocks differ.
const outlive = time.Minute

// Turn takes the next turn at a method that rests, behind the turns that are
// taken: now, when it does not rest. An end waits for other ends alone.
func (s *Store) Turn(ctx context.Context, conn, method string, w access.Wish, now time.Time) (time.Time, error) {
	k := pauseKey(conn, method)
	at := now
	err := again(func() error {
		have, rev, err := maybe[pauseRecord](ctx, s, k)
		if err != nil || !have.last().After(now) {
			at = now
			return err
		}
		at, have = have.turn(w, now)
		var c change
		c.putUntil(k, rev, have.last().Add(outlive).Unix(), have)
		return s.save(ctx, &c, nil)
	})
	return at, fault.Wrap("store.Turn", err)
}

// Pauses gives the methods of a connector that rest after now, or whose calls
// are spoken for, and until when.
func (s *Store) Pauses(ctx context.Context, conn string, now time.Time) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := eachRecord(ctx, s, Range{Part: join("pause", conn)}, func(rec pauseRecord, row Row) error {
		if last := rec.last(); last.After(now) {
			out[split(row.Sort)[0]] = last
		}
		return nil
	})
	return out, fault.Wrap("store.Pauses", err)
}

// tries is how often what lost a race is tried before the loss is told.
const tries = 10

// again repeats what lost a race, for writes in which only the order of the
// writers is at stake and nobody's decision can go stale.
func again(f func() error) error {
	var err error
	for range tries {
		if err = f(); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return err
}
