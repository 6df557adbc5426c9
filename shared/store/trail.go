package store

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// SaveEvents records events that change nothing else. A lost race for an
// aggregate's newest event is tried again here: nothing that was read can
// have gone stale. At most 99 aggregates at once.
func (s *Store) SaveEvents(ctx context.Context, e ...audit.Event) error {
	return fault.Wrap("store.SaveEvents", s.save(ctx, &change{}, e))
}

// EventsOf reads all events of an aggregate in sequence.
func (s *Store) EventsOf(ctx context.Context, aggregate string) ([]audit.Event, error) {
	var out []audit.Event
	err := s.eventsOf(ctx, aggregate, func(e audit.Event) error {
		out = append(out, e)
		return nil
	})
	return out, fault.Wrap("store.EventsOf", err)
}

// EachEvent calls f for each event, aggregate by aggregate, each in sequence.
// It goes by what was sealed and what asks for sealing, not by the aggregates'
// own rows, so it finds the events of what was deleted.
func (s *Store) EachEvent(ctx context.Context, f func(audit.Event) error) error {
	const op = "store.EachEvent"
	// The unsealed first: what the sealer moves meanwhile is in both lists, not in none.
	fresh := map[string]bool{}
	err := eachRecord(ctx, s, Range{Part: "unsealed"}, func(u unsealedRecord, _ Row) error {
		for _, e := range u.Events {
			fresh[e.Aggregate] = true
		}
		return nil
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	err = eachRecord(ctx, s, Range{Part: "sealed"}, func(r sealedRecord, _ Row) error {
		delete(fresh, r.Aggregate)
		return s.eventsOf(ctx, r.Aggregate, f)
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, a := range slices.Sorted(maps.Keys(fresh)) {
		if err := s.eventsOf(ctx, a, f); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

func (s *Store) eventsOf(ctx context.Context, aggregate string, f func(audit.Event) error) error {
	return eachRecord(ctx, s, Range{Part: join("ev", aggregate)}, func(r eventsRecord, _ Row) error {
		for _, e := range r.Events {
			if err := f(e.event()); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachEventOf calls f for each event of an aggregate, in sequence.
func (s *Store) EachEventOf(ctx context.Context, aggregate string, f func(audit.Event) error) error {
	return fault.Wrap("store.EachEventOf", s.eventsOf(ctx, aggregate, f))
}

// SealsAfter calls f for each link of the house's chain behind n, in order, until f
// fails.
func (s *Store) SealsAfter(ctx context.Context, n int64, f func(audit.Seal) error) error {
	r := Range{Part: "chain", From: chainKey(n + 1).Sort}
	err := eachRecord(ctx, s, r, func(r sealRecord, _ Row) error { return f(r.seal()) })
	return fault.Wrap("store.SealsAfter", err)
}

// EachSeal calls f for each link of the house's chain, from the first.
func (s *Store) EachSeal(ctx context.Context, f func(audit.Seal) error) error {
	err := eachRecord(ctx, s, Range{Part: "chain"}, func(r sealRecord, _ Row) error { return f(r.seal()) })
	return fault.Wrap("store.EachSeal", err)
}

// named gives events their ids before they are tried for the first time: however often
// they are tried, they are the same events.
func (s *Store) named(events []audit.Event) []audit.Event {
	out := slices.Clone(events)
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = s.newID("ev")
		}
	}
	return out
}

// counted adds a number to an event's data.
func counted(e audit.Event, name string, n int) audit.Event {
	data := map[string]string{name: strconv.Itoa(n)}
	maps.Copy(data, e.Data)
	e.Data = data
	return e
}
