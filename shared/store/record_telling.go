package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// tellingRecord is who tells of an aggregate now. Due is the sort of its due
// row, "" without one.
type tellingRecord struct {
	Kind      string `json:"kind"`
	ID        string `json:"id"`
	Connector string `json:"connector,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Until     stamp  `json:"until,omitzero"`
	Next      stamp  `json:"next,omitzero"`
	Tries     int    `json:"tries,omitempty"`
	Since     stamp  `json:"since,omitzero"`
	Due       string `json:"due,omitempty"`

	Turns map[string]stamp `json:"turns,omitempty"`
}

func newTellingRecord(t access.Telling) tellingRecord {
	r := tellingRecord{
		Kind: t.Kind, ID: t.ID, Connector: t.Connector, Owner: t.Owner, Until: stamp(t.Until), Next: stamp(t.Next),
		Tries: t.Tries, Since: stamp(t.Since),
	}
	for key, turn := range t.Turns {
		if r.Turns == nil {
			r.Turns = map[string]stamp{}
		}
		r.Turns[key] = stamp(turn)
	}
	return r
}

func (r tellingRecord) telling(rev int64) access.Telling {
	t := access.Telling{
		Kind: r.Kind, ID: r.ID, Connector: r.Connector, Owner: r.Owner, Until: r.Until.time(), Next: r.Next.time(),
		Tries: r.Tries, Since: r.Since.time(), Rev: rev,
	}
	for key, turn := range r.Turns {
		if t.Turns == nil {
			t.Turns = map[string]time.Time{}
		}
		t.Turns[key] = turn.time()
	}
	return t
}

// messageRecord is a message that was posted: where it is, never what it says.
type messageRecord struct {
	What      string `json:"what"`
	N         string `json:"n,omitempty"`
	To        string `json:"to"`
	Connector string `json:"connector"`
	Channel   string `json:"channel,omitempty"`
	TS        string `json:"ts,omitempty"`
	Digest    string `json:"digest,omitempty"`
	Failed    string `json:"failed,omitempty"`
	At        stamp  `json:"at,omitzero"`
}

func newMessageRecord(m access.Message) messageRecord {
	return messageRecord{
		What: string(m.What), N: m.N, To: m.To, Connector: m.Connector, Channel: m.Channel, TS: m.TS,
		Digest: m.Digest, Failed: m.Failed, At: stamp(m.At),
	}
}

func (r messageRecord) message(rev int64) access.Message {
	return access.Message{
		What: access.Tiding(r.What), N: r.N, To: r.To, Connector: r.Connector, Channel: r.Channel, TS: r.TS,
		Digest: r.Digest, Failed: r.Failed, At: r.At.time(), Rev: rev,
	}
}
