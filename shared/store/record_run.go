package store

import "github.com/ebb-access/ebb/shared/connector"

// runRecord is a sync run's row. Due is the sort of its due row, "" without one.
type runRecord struct {
	ID        string              `json:"id"`
	Connector string              `json:"connector"`
	State     string              `json:"state"`
	Step      string              `json:"step,omitempty"`
	Kinds     []string            `json:"kinds,omitempty"`
	Team      int                 `json:"team,omitempty"`
	Channel   string              `json:"channel,omitempty"`
	Cursor    string              `json:"cursor,omitempty"`
	Page      int                 `json:"page,omitempty"`
	Started   stamp               `json:"started,omitzero"`
	Ended     stamp               `json:"ended,omitzero"`
	Calls     int                 `json:"calls,omitempty"`
	Wrote     int                 `json:"wrote,omitempty"`
	Counts    map[string]int      `json:"counts,omitempty"`
	Removals  map[string]int      `json:"removals,omitempty"`
	Going     map[string][]string `json:"going,omitempty"`
	Notes     []string            `json:"notes,omitempty"`
	Resume    stamp               `json:"resume,omitzero"`
	Tries     int                 `json:"tries,omitempty"`
	Due       string              `json:"due,omitempty"`
}

func newRunRecord(r connector.Run) runRecord {
	return runRecord{
		ID: r.ID, Connector: r.Connector, State: string(r.State), Step: string(r.Step), Kinds: r.Kinds, Team: r.Team,
		Channel: r.Channel, Cursor: r.Cursor, Page: r.Page, Started: stamp(r.Started), Ended: stamp(r.Ended),
		Calls: r.Calls, Wrote: r.Wrote, Counts: r.Counts, Removals: r.Removals, Going: r.Going, Notes: r.Notes,
		Resume: stamp(r.Resume), Tries: r.Tries,
	}
}

func (r runRecord) run(rev int64) connector.Run {
	return connector.Run{
		ID: r.ID, Connector: r.Connector, State: connector.RunState(r.State), Step: connector.Step(r.Step), Kinds: r.Kinds,
		Team: r.Team, Channel: r.Channel, Cursor: r.Cursor, Page: r.Page, Started: r.Started.time(), Ended: r.Ended.time(),
		Calls: r.Calls, Wrote: r.Wrote, Counts: r.Counts, Removals: r.Removals, Going: r.Going, Notes: r.Notes,
		Resume: r.Resume.time(), Tries: r.Tries, Rev: rev,
	}
}

// seenRecord is a part of a page of a listing.
type seenRecord struct {
	IDs []string `json:"ids"`
}
