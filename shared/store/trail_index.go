package store

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// indexAtOnce is how many links of the chain one step of the index takes.
const indexAtOnce = 200

// indexedRecord says up to which link of the chain the index goes.
type indexedRecord struct {
	N int64 `json:"number"`
}

// foundRecord leads from a word to one event; a hint, made from the chain.
type foundRecord struct {
	N         int64  `json:"number"`
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"`
}

func foundPart(word string) string      { return join("trail-found", word) }
func foundKey(word string, n int64) Key { return Key{foundPart(word), fmt.Sprintf("%012d", n)} }
func trailIndexedKey() Key              { return Key{"trail-indexed", "chain"} }

// IndexTrail makes what the chain holds findable, some links further, and says how
// many it took. The rows are a cache of the chain and go in batches; who dies
// in between writes them again. Two at once do the same work twice.
func (s *Store) IndexTrail(ctx context.Context) (int, error) {
	const op = "store.IndexTrail"
	at, rev, err := maybe[indexedRecord](ctx, s, trailIndexedKey())
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	var rows []Write
	n := 0
	r := Range{Part: "chain", From: chainKey(at.N + 1).Sort, Limit: indexAtOnce}
	err = eachRecord(ctx, s, r, func(x sealRecord, _ Row) error {
		e, err := s.eventAt(ctx, x.Aggregate, x.Seq)
		if err != nil {
			return err
		}
		for _, w := range audit.Words(e) {
			body, err := encode(foundRecord{N: x.N, Aggregate: x.Aggregate, Seq: x.Seq})
			if err != nil {
				return err
			}
			rows = append(rows, Write{Action: Put, Row: Row{Key: foundKey(w, x.N), Body: body}})
		}
		at.N = x.N
		if n++; n == indexAtOnce {
			return errStop
		}
		return nil
	})
	if err != nil || n == 0 {
		return 0, fault.Wrap(op, err)
	}
	if err := s.table.Batch(ctx, rows); err != nil {
		return 0, fault.Wrap(op, err)
	}
	var c change
	c.put(trailIndexedKey(), rev, at)
	return n, fault.Wrap(op, s.save(ctx, &c, nil))
}

// SealAt reads one link of the chain; 0 is the last one, the zero Seal where
// there is none.
func (s *Store) SealAt(ctx context.Context, n int64) (audit.Seal, error) {
	k := chainKey(n)
	if n == 0 {
		k = chainHeadKey()
	}
	r, _, err := maybe[sealRecord](ctx, s, k)
	return r.seal(), fault.Wrap("store.SealAt", err)
}

// Sealed reads at most limit links of the chain with their events: from n up,
// or, falling, from n down. An event that is missing is the zero Event.
func (s *Store) Sealed(ctx context.Context, n int64, falling bool, limit int) ([]audit.Sealed, error) {
	r := Range{Part: "chain", From: chainKey(n).Sort, Limit: limit}
	if falling {
		r = Range{Part: "chain", To: chainKey(n + 1).Sort, Limit: limit, Reverse: true}
	}
	var out []audit.Sealed
	err := eachRecord(ctx, s, r, func(x sealRecord, _ Row) error {
		e, err := s.eventAt(ctx, x.Aggregate, x.Seq)
		if out = append(out, audit.Sealed{Event: e, Seal: x.seal()}); err == nil && len(out) == limit {
			err = errStop
		}
		return err
	})
	return out, fault.Wrap("store.Sealed", err)
}

// Found lists at most limit links that a word ("who U1", "what S1", "did
// grant.active") leads to, from n down.
func (s *Store) Found(ctx context.Context, word string, n int64, limit int) ([]int64, error) {
	var out []int64
	r := Range{Part: foundPart(word), To: fmt.Sprintf("%012d", n+1), Reverse: true, Limit: limit}
	err := eachRecord(ctx, s, r, func(x foundRecord, _ Row) error {
		if out = append(out, x.N); len(out) == limit {
			return errStop
		}
		return nil
	})
	return out, fault.Wrap("store.Found", err)
}
