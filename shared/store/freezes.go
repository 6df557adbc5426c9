package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// freezeRecord is the newest freeze of a connector, or of the house.
type freezeRecord struct {
	ID        string `json:"id"`
	Connector string `json:"connector,omitempty"`
	By        string `json:"by,omitempty"`
	Since     stamp  `json:"since,omitzero"`
	Lifted    stamp  `json:"lifted,omitzero"`
	LiftedBy  string `json:"lifted_by,omitempty"`
	Waking    bool   `json:"waking,omitempty"`
	Due       string `json:"due,omitempty"`
}

func newFreezeRecord(f access.Freeze) freezeRecord {
	return freezeRecord{
		ID: f.ID, Connector: f.Connector, By: f.By, Since: stamp(f.Since),
		Lifted: stamp(f.Lifted), LiftedBy: f.LiftedBy, Waking: f.Waking,
	}
}

func (r freezeRecord) freeze(rev int64) access.Freeze {
	return access.Freeze{
		ID: r.ID, Connector: r.Connector, By: r.By, Since: r.Since.time(),
		Lifted: r.Lifted.time(), LiftedBy: r.LiftedBy, Waking: r.Waking, Rev: rev,
	}
}

// Freezes lists the newest freeze of the house and of each connector that ever
// had one, lifted ones too.
func (s *Store) Freezes(ctx context.Context) ([]access.Freeze, error) {
	var out []access.Freeze
	err := eachRecord(ctx, s, Range{Part: "freeze"}, func(r freezeRecord, row Row) error {
		out = append(out, r.freeze(row.Version))
		return nil
	})
	return out, fault.Wrap("store.Freezes", err)
}

// SaveFreeze saves a freeze with the text that says why; a change that anybody
// notices has an event. While it is waking it is due.
func (s *Store) SaveFreeze(ctx context.Context, f access.Freeze, texts []access.Text, e ...audit.Event) (access.Freeze, error) {
	const op = "store.SaveFreeze"
	k := freezeKey(f.Connector)
	prev, err := current[freezeRecord](ctx, s, k, f.Rev)
	if err != nil {
		return f, fault.Wrap(op, err)
	}
	if was := prev.freeze(f.Rev); was.On() != f.On() || was.ID != f.ID {
		if err := told("a freeze", e); err != nil {
			return f, fault.Wrap(op, err)
		}
	}
	var c change
	rec := newFreezeRecord(f)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: f.Lifted, Kind: "freeze", ID: f.Scope(), Connector: f.Connector, Urgency: 2}, f.Waking)
	c.put(k, f.Rev, rec)
	if err := s.addTexts(ctx, &c, texts); err != nil {
		return f, fault.Wrap(op, err)
	}
	if err := s.save(ctx, &c, e); err != nil {
		return f, fault.Wrap(op, err)
	}
	f.Rev++
	return f, nil
}
