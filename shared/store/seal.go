package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// sealAtOnce is how many events one commit seals: a link and a mark for each,
// and up to as many rows of unsealed commits.
const sealAtOnce = 30

// sealing is one commit of the sealer as it grows.
type sealing struct {
	store *Store
	at    time.Time
	left  int // events that may still be added
	last  audit.Seal
	added int
	marks map[string]*mark
	order []string // of marks: a commit's rows have one order
	units int      // rows of unsealed commits that are done
	change
}

// mark says how far an aggregate is sealed, and its row's version.
type mark struct {
	seq, was int64
	rev      int64
}

// Seal appends up to limit unsealed events (at most 30) to the house's chain,
// in one commit, and gives the last link and how many were added. Oldest
// commits go first, but an aggregate's events always in sequence, whatever
// clocks wrote them. Two sealers at once: one gets fault.Conflict.
func (s *Store) Seal(ctx context.Context, at time.Time, limit int) (audit.Seal, int, error) {
	const op = "store.Seal"
	head, rev, err := maybe[sealRecord](ctx, s, chainHeadKey())
	if err != nil {
		return audit.Seal{}, 0, fault.Wrap(op, err)
	}
	x := &sealing{store: s, at: at, left: sealAtOnce, last: head.seal(), marks: map[string]*mark{}}
	if limit > 0 {
		x.left = min(limit, sealAtOnce)
	}
	if err := eachRecord(ctx, s, Range{Part: "unsealed", Limit: 100}, func(u unsealedRecord, row Row) error {
		return x.unit(ctx, u, row)
	}); err != nil {
		return audit.Seal{}, 0, fault.Wrap(op, err)
	}
	if x.added+x.units == 0 {
		return x.last, 0, nil
	}
	x.finish(rev)
	if err := s.save(ctx, &x.change, nil); err != nil {
		return audit.Seal{}, 0, fault.Wrap(op, err)
	}
	return x.last, x.added, nil
}

// unit seals the events of one commit, and takes its row away when all are sealed.
func (x *sealing) unit(ctx context.Context, u unsealedRecord, row Row) error {
	done := true
	for _, e := range u.Events {
		ok, err := x.upTo(ctx, e)
		if err != nil {
			return err
		}
		done = done && ok
	}
	if done {
		x.delete(row.Key, row.Version)
		x.units++
	}
	if x.left == 0 || x.units == sealAtOnce {
		return errStop
	}
	return nil
}

// upTo seals an aggregate's events up to e, as far as there is room, and
// reports whether e is sealed. Those before it that are not (their commit's
// row sorts behind, because clocks differ) go first. Where one is missing from
// the table the aggregate is passed over: verification finds it, and the rest
// of the house goes on being sealed.
func (x *sealing) upTo(ctx context.Context, e unsealedEvent) (bool, error) {
	m, err := x.mark(ctx, e.Aggregate)
	if err != nil {
		return false, err
	}
	for m.seq < e.Seq && x.left > 0 {
		next := audit.Event{Aggregate: e.Aggregate, Seq: e.Seq, Hash: e.Hash}
		if m.seq+1 < e.Seq {
			if next, err = x.store.eventAt(ctx, e.Aggregate, m.seq+1); err != nil || next.Seq == 0 {
				return false, err
			}
		}
		x.last = audit.Append(x.last, next, x.at)
		x.put(chainKey(x.last.N), 0, newSealRecord(x.last))
		m.seq, x.left, x.added = next.Seq, x.left-1, x.added+1
	}
	return m.seq >= e.Seq, nil
}

// mark reads how far an aggregate is sealed, once for this commit.
func (x *sealing) mark(ctx context.Context, aggregate string) (*mark, error) {
	if m := x.marks[aggregate]; m != nil {
		return m, nil
	}
	r, rev, err := maybe[sealedRecord](ctx, x.store, sealedKey(aggregate))
	if err != nil {
		return nil, err
	}
	m := &mark{seq: r.Seq, was: r.Seq, rev: rev}
	x.marks[aggregate], x.order = m, append(x.order, aggregate)
	return m, nil
}

// finish adds the marks that moved and the chain's new head.
func (x *sealing) finish(rev int64) {
	for _, aggregate := range x.order {
		m := x.marks[aggregate]
		if m.seq > m.was {
			x.put(sealedKey(aggregate), m.rev, sealedRecord{Aggregate: aggregate, Seq: m.seq})
		}
	}
	if x.added > 0 {
		x.put(chainHeadKey(), rev, newSealRecord(x.last))
	}
}
