package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// line is one aggregate's part of a commit's events: what is added behind last.
type line struct {
	last  audit.Event
	added eventsRecord
}

// tell adds events to a change: one row per aggregate behind the newest that
// it has, and one row that asks for sealing all of them. They stand behind the
// change's own rows. Somebody else who adds to the same aggregate makes the same
// row: one of the two gets fault.Conflict, and save tries the next place.
func (s *Store) tell(ctx context.Context, c *change, events []audit.Event) error {
	if len(events) == 0 {
		return nil
	}
	lines := map[string]*line{}
	var order []string
	var unit unsealedRecord
	for _, e := range events {
		l := lines[e.Aggregate]
		if l == nil {
			last, err := s.newest(ctx, e.Aggregate)
			if err != nil {
				return err
			}
			l = &line{last: last}
			lines[e.Aggregate], order = l, append(order, e.Aggregate)
		}
		linked, err := s.link(l.last, e)
		if err != nil {
			return err
		}
		l.last = linked
		l.added.Events = append(l.added.Events, newEventRecord(linked))
		unit.add(linked)
	}
	for _, a := range order {
		c.put(eventKey(a, lines[a].added.Events[0].Seq), 0, lines[a].added)
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

// newest reads the last event of an aggregate; a new aggregate has the zero Event.
func (s *Store) newest(ctx context.Context, aggregate string) (audit.Event, error) {
	if aggregate == "" {
		return audit.Event{}, fault.New("", fault.Internal, "an event without an aggregate was to be saved")
	}
	var out audit.Event
	r := Range{Part: join("ev", aggregate), Reverse: true, Limit: 1}
	err := eachRecord(ctx, s, r, func(rec eventsRecord, _ Row) error {
		for _, e := range rec.Events {
			out = e.event()
		}
		return errStop
	})
	return out, err
}

// eventAt reads one event of an aggregate; the zero Event when it is missing.
func (s *Store) eventAt(ctx context.Context, aggregate string, seq int64) (audit.Event, error) {
	r := Range{Part: join("ev", aggregate), To: eventKey(aggregate, seq+1).Sort, Reverse: true, Limit: 1}
	var out audit.Event
	err := eachRecord(ctx, s, r, func(rec eventsRecord, _ Row) error {
		for _, e := range rec.Events {
			if e.Seq == seq {
				out = e.event()
			}
		}
		return errStop
	})
	return out, err
}
