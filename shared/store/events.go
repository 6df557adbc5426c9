package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// newest is the end of an aggregate's chain of events, and its row's version.
type newest struct {
	event audit.Event
	rev   int64
}

// tell adds events to a change: each behind the newest of its aggregate, the
// aggregates' new heads, and one row that asks for sealing all of them.
func (s *Store) tell(ctx context.Context, c *change, events []audit.Event) error {
	if len(events) == 0 {
		return nil
	}
	heads := map[string]*newest{}
	var order []string
	var unit unsealedRecord
	for _, e := range events {
		h := heads[e.Aggregate]
		if h == nil {
			var err error
			if h, err = s.head(ctx, e.Aggregate); err != nil {
				return err
			}
			heads[e.Aggregate], order = h, append(order, e.Aggregate)
		}
		linked, err := s.link(h.event, e)
		if err != nil {
			return err
		}
		h.event = linked
		c.put(eventKey(linked.Aggregate, linked.Seq), 0, newEventRecord(linked))
		unit.add(linked)
	}
	for _, a := range order {
		c.put(headKey(a), heads[a].rev, newHeadRecord(heads[a].event))
	}
	first := unit.Events[0]
	c.put(unsealedKey(first.At.time(), first.ID), 0, unit)
	return nil
}

// link completes an event and puts it behind the one before it.
func (s *Store) link(prev, e audit.Event) (audit.Event, error) {
	if e.Aggregate == "" || e.Action == "" {
		return e, fault.New("", fault.Internal, "an event without aggregate or action was to be saved")
	}
	if e.ID == "" {
		e.ID = s.newID("ev")
	}
	if e.At.IsZero() {
		e.At = s.now()
	}
	return audit.Link(prev, e), nil
}

// head reads the end of an aggregate's chain; a new aggregate has the zero Event.
func (s *Store) head(ctx context.Context, aggregate string) (*newest, error) {
	r, rev, err := maybe[headRecord](ctx, s, headKey(aggregate))
	if err != nil {
		return nil, err
	}
	return &newest{event: audit.Event{Aggregate: aggregate, Seq: r.Seq, Hash: r.Hash}, rev: rev}, nil
}
