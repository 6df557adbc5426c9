package store

import (
	"maps"

	"github.com/ebb-access/ebb/shared/audit"
)

// eventsRecord is a row of events: those of one aggregate in one commit, in sequence.
type eventsRecord struct {
	Events []eventRecord `json:"events"`
}

type eventRecord struct {
	ID        string            `json:"id"`
	Aggregate string            `json:"aggregate"`
	Seq       int64             `json:"seq"`
	At        stamp             `json:"at"`
	Action    string            `json:"action"`
	Actor     string            `json:"actor,omitempty"`
	Data      map[string]string `json:"data,omitempty"`
	Prev      string            `json:"previous_hash,omitempty"`
	Hash      string            `json:"hash"`
}

func newEventRecord(e audit.Event) eventRecord {
	return eventRecord{
		ID: e.ID, Aggregate: e.Aggregate, Seq: e.Seq, At: stamp(e.At), Action: e.Action, Actor: e.Actor,
		Data: maps.Clone(e.Data), Prev: e.Prev, Hash: e.Hash,
	}
}

func (r eventRecord) event() audit.Event {
	return audit.Event{
		ID: r.ID, Aggregate: r.Aggregate, Seq: r.Seq, At: r.At.time(), Action: r.Action, Actor: r.Actor,
		Data: r.Data, Prev: r.Prev, Hash: r.Hash,
	}
}

// unsealedRecord names the events of one commit that the house's chain does
// not hold yet.
type unsealedRecord struct {
	Events []unsealedEvent `json:"events"`
}

type unsealedEvent struct {
	ID        string `json:"id"`
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"`
	Hash      string `json:"hash"`
	At        stamp  `json:"at"`
}

func (u *unsealedRecord) add(e audit.Event) {
	u.Events = append(u.Events, unsealedEvent{ID: e.ID, Aggregate: e.Aggregate, Seq: e.Seq, Hash: e.Hash, At: stamp(e.At)})
}

// sealedRecord says how far an aggregate is sealed; one stands for each that ever was.
type sealedRecord struct {
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"`
}

// sealRecord is one link of the house's chain; chain-head holds the last one.
type sealRecord struct {
	N         int64  `json:"number"`
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"`
	Event     string `json:"event_hash"`
	Prev      string `json:"previous_hash,omitempty"`
	Hash      string `json:"hash"`
	At        stamp  `json:"at"`
}

func newSealRecord(s audit.Seal) sealRecord {
	return sealRecord{N: s.N, Aggregate: s.Aggregate, Seq: s.Seq, Event: s.Event, Prev: s.Prev, Hash: s.Hash, At: stamp(s.At)}
}

func (r sealRecord) seal() audit.Seal {
	return audit.Seal{N: r.N, Aggregate: r.Aggregate, Seq: r.Seq, Event: r.Event, Prev: r.Prev, Hash: r.Hash, At: r.At.time()}
}
