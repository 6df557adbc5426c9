package store

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

const (
	// seenTime is how long the pages that a run has seen are kept.
	seenTime = 7 * 24 * time.Hour
	// idsPerRow keeps a row of seen ids far below the table's 350 KiB.
	idsPerRow = 10_000
)

// Run reads one sync run.
func (s *Store) Run(ctx context.Context, id string) (connector.Run, error) {
	r, rev, err := find[runRecord](ctx, s, runKey(id), "sync run", id)
	if err != nil {
		return connector.Run{}, fault.Wrap("store.Run", err)
	}
	return r.run(rev), nil
}

// Runs lists at most limit runs of a connector (0: 1000), newest first.
func (s *Store) Runs(ctx context.Context, conn string, limit int) ([]connector.Run, error) {
	var out []connector.Run
	err := follow(ctx, s, Range{Part: join("runs", conn), Reverse: true}, limit, runKey, func(r runRecord, rev int64) bool {
		out = append(out, r.run(rev))
		return true
	})
	return out, fault.Wrap("store.Runs", err)
}

// SaveRun saves a run. Progress needs no event; a new run and a change of its
// state do. While it is running it is due at Resume, without one at once.
func (s *Store) SaveRun(ctx context.Context, r connector.Run, e ...audit.Event) (connector.Run, error) {
	const op = "store.SaveRun"
	prev, err := current[runRecord](ctx, s, runKey(r.ID), r.Rev)
	if err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	if string(r.State) != prev.State {
		if err := told("sync run "+r.ID+" as "+string(r.State), e); err != nil {
			return connector.Run{}, fault.Wrap(op, err)
		}
	}
	next := r.Resume
	if next.IsZero() {
		next = r.Started // in the past: at once, and the row need not move
	}
	var c change
	rec := newRunRecord(r)
	rec.Due = c.due(laneSync, prev.Due, access.Due{At: next, Kind: "run", ID: r.ID, Connector: r.Connector, Urgency: 1}, r.State == connector.Running)
	c.put(runKey(r.ID), r.Rev, rec)
	if r.Rev == 0 {
		c.point(runsKey(r.Connector, r.Started, r.ID), pointer{ID: r.ID})
	}
	if err := s.save(ctx, &c, e); err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	r.Rev++
	return r, nil
}

// Saw adds the ids of one page of a listing, for a week; the same page again
// replaces it. Pages of a listing count from 0 or 1, below a million.
func (s *Store) Saw(ctx context.Context, run, listing string, page int, ids []string) error {
	expires := s.now().Add(seenTime).Unix()
	var writes []Write
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), idsPerRow) {
		body, err := encode(seenRecord{IDs: part})
		if err != nil {
			return fault.Wrap("store.Saw", err)
		}
		row := Row{Key: seenKey(run, listing, page, len(writes)), Expires: expires, Body: body}
		writes = append(writes, Write{Action: Put, Row: row})
	}
	if len(writes) == 0 {
		return nil
	}
	return fault.Wrap("store.Saw", s.table.Batch(ctx, writes))
}

// Seen gives all ids of a listing that a run has seen.
func (s *Store) Seen(ctx context.Context, run, listing string) (map[string]bool, error) {
	out := map[string]bool{}
	err := eachRecord(ctx, s, Range{Part: join("seen", run, listing), Limit: 20}, func(r seenRecord, _ Row) error {
		for _, id := range r.IDs {
			out[id] = true
		}
		return nil
	})
	return out, fault.Wrap("store.Seen", err)
}
