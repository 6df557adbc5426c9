package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Manual reads a manual task.
func (s *Store) Manual(ctx context.Context, id string) (access.Manual, error) {
	r, rev, err := find[manualRecord](ctx, s, manualKey(id), "manual task", id)
	return r.manual(rev), fault.Wrap("store.Manual", err)
}

// Manuals lists at most limit tasks (0: 1000) of a connector, the newest first;
// waiting: only those that are not over.
func (s *Store) Manuals(ctx context.Context, conn string, waiting bool, limit int) ([]access.Manual, error) {
	part := join("manuals", conn)
	if waiting {
		part = join("manuals-open", conn)
	}
	var out []access.Manual
	err := follow(ctx, s, Range{Part: part, Reverse: true}, limit, manualKey, func(r manualRecord, rev int64) bool {
		m := r.manual(rev)
		if waiting && !m.Waits() {
			return false // done while we were reading
		}
		out = append(out, m)
		return true
	})
	return out, fault.Wrap("store.Manuals", err)
}

// ManualsOf lists the tasks that wait about one resource, by id.
func (s *Store) ManualsOf(ctx context.Context, conn, resource string) ([]access.Manual, error) {
	var out []access.Manual
	err := eachRecord(ctx, s, Range{Part: manualsOn(conn, resource)}, func(p pointer, _ Row) error {
		r, rev, err := maybe[manualRecord](ctx, s, manualKey(p.ID))
		if m := r.manual(rev); err == nil && m.Waits() {
			out = append(out, m)
		}
		return err
	})
	return out, fault.Wrap("store.ManualsOf", err)
}

// GivenUp lists the tasks of a connector that somebody gave up, the newest first.
func (s *Store) GivenUp(ctx context.Context, conn string) ([]access.Manual, error) {
	var out []access.Manual
	err := eachRecord(ctx, s, Range{Part: givenUpPart(conn), Reverse: true}, func(p pointer, _ Row) error {
		r, rev, err := maybe[manualRecord](ctx, s, manualKey(p.ID))
		if m := r.manual(rev); err == nil && m.State == access.ManualGivenUp {
			out = append(out, m)
		}
		return err
	})
	return out, fault.Wrap("store.GivenUp", err)
}

// SaveManual saves a task with at least one event, moves its due row, and lets
// those hear of it who tell.
func (s *Store) SaveManual(ctx context.Context, m access.Manual, e ...audit.Event) (access.Manual, error) {
	var c change
	err := s.addManual(ctx, &c, m, e)
	if err == nil {
		err = s.save(ctx, &c, e)
	}
	if err != nil {
		return m, fault.Wrap("store.SaveManual", err)
	}
	m.Rev++
	return m, nil
}

// addManual adds a task's row, its due row, its pointers and a row for telling.
func (s *Store) addManual(ctx context.Context, c *change, m access.Manual, e []audit.Event) error {
	if m.ID == "" || m.ID != m.ManualID() {
		return fault.New("", fault.Internal, "a manual task was to be saved under another one's id")
	}
	prev, err := current[manualRecord](ctx, s, manualKey(m.ID), m.Rev)
	if err != nil {
		return err
	}
	if m.Rev == 0 || prev.manual(m.Rev).State != m.State {
		if err := told("a manual task", e); err != nil {
			return err
		}
	}
	if m.Rev > 0 {
		m.Created = prev.Created.time() // it stands in the pointers' keys
	}
	rec := newManualRecord(m)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: m.Next, Kind: "manual", ID: m.ID, Connector: m.Connector, Urgency: 2}, !m.Next.IsZero())
	if len(e) > 0 { // that it was looked at is no news
		s.news(c, "manual", m.ID, m.Connector, m.Rev)
	}
	c.put(manualKey(m.ID), m.Rev, rec)
	if m.Rev == 0 {
		c.point(manualsKey(m), pointer{ID: m.ID})
	}
	waited := prev.manual(m.Rev).Waits()
	c.list(openManualKey(m), waited, m.Waits(), m.ID)
	c.list(manualOnKey(m), waited, m.Waits(), m.ID)
	c.list(givenUpKey(m), prev.State == access.ManualGivenUp, m.State == access.ManualGivenUp, m.ID)
	return nil
}
