package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

func packingKey(campaign string) Key { return Key{campaignPart(campaign), "packing"} }

func packedKey(id string, n int64) Key {
	return Key{join("packed", id), fmt.Sprintf("%06d", n)}
}

// packingRecord is a packing's row. Due is the sort of its due row, "" without one.
type packingRecord struct {
	Campaign  string          `json:"campaign"`
	Connector string          `json:"connector"`
	By        string          `json:"by,omitempty"`
	Next      stamp           `json:"next,omitzero"`
	Read      int             `json:"read,omitempty"`
	Tries     int             `json:"tries,omitempty"`
	Why       string          `json:"why,omitempty"`
	Made      madeFilesRecord `json:"made,omitzero"`
	Ready     packRecord      `json:"ready,omitzero"`
	Due       string          `json:"due,omitempty"`
}

type packRecord struct {
	ID      string `json:"id,omitempty"`
	Size    int64  `json:"size,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	Link    int64  `json:"link,omitempty"`
	Seq     int64  `json:"seq,omitempty"`
	Expires stamp  `json:"expires,omitzero"`
}

type madeFilesRecord struct {
	ID      string `json:"id,omitempty"`
	Size    int64  `json:"size,omitempty"`
	Sum     string `json:"sum,omitempty"`
	Stub    string `json:"stub,omitempty"`
	Hash    string `json:"hash,omitempty"`
	From    int64  `json:"from,omitempty"`
	Link    int64  `json:"link,omitempty"`
	Expires stamp  `json:"expires,omitzero"`
}

func newPackingRecord(p review.Packing) packingRecord {
	m, r := p.Made, p.Ready
	return packingRecord{
		Campaign: p.Campaign, Connector: p.Connector, By: p.By, Next: stamp(p.Next), Read: p.Read, Tries: p.Tries, Why: p.Why,
		Made:  madeFilesRecord{ID: m.ID, Size: m.Size, Sum: m.Sum, Stub: m.Stub, Hash: m.Hash, From: m.From, Link: m.Link, Expires: stamp(m.Expires)},
		Ready: packRecord{ID: r.ID, Size: r.Size, SHA256: r.SHA256, Link: r.Link, Seq: r.Seq, Expires: stamp(r.Expires)},
	}
}

func (r packingRecord) packing(rev int64) review.Packing {
	m, x := r.Made, r.Ready
	return review.Packing{
		Campaign: r.Campaign, Connector: r.Connector, By: r.By, Next: r.Next.time(), Read: r.Read, Tries: r.Tries, Why: r.Why,
		Made:  review.MadeFiles{ID: m.ID, Size: m.Size, Sum: m.Sum, Stub: m.Stub, Hash: m.Hash, From: m.From, Link: m.Link, Expires: m.Expires.time()},
		Ready: review.Pack{ID: x.ID, Size: x.Size, SHA256: x.SHA256, Link: x.Link, Seq: x.Seq, Expires: x.Expires.time()},
		Rev:   rev,
	}
}

// Packing reads how far a campaign's package is; the zero one where it was never
// asked for.
func (s *Store) Packing(ctx context.Context, campaign string) (review.Packing, error) {
	r, rev, err := maybe[packingRecord](ctx, s, packingKey(campaign))
	return r.packing(rev), fault.Wrap("store.Packing", err)
}

// SavePacking saves it and moves its due row.
func (s *Store) SavePacking(ctx context.Context, p review.Packing) (review.Packing, error) {
	const op = "store.SavePacking"
	prev, err := current[packingRecord](ctx, s, packingKey(p.Campaign), p.Rev)
	if err != nil {
		return p, fault.Wrap(op, err)
	}
	var c change
	rec := newPackingRecord(p)
	rec.Due = c.due(laneReview, prev.Due, access.Due{At: p.Next, Kind: "evidence", ID: p.Campaign, Connector: p.Connector}, !p.Next.IsZero())
	c.put(packingKey(p.Campaign), p.Rev, rec)
	if err := s.save(ctx, &c, nil); err != nil {
		return p, fault.Wrap(op, err)
	}
	p.Rev++
	return p, nil
}

// packedRecord is a row of a package; JSON has bytes as base64.
type packedRecord struct {
	Bytes []byte `json:"bytes"`
}

// PutPacked writes bytes of a package from a place on, where a row begins.
func (s *Store) PutPacked(ctx context.Context, id string, from int64, b []byte, expires time.Time) error {
	const op = "store.PutPacked"
	if from%review.PackedRow != 0 {
		return fault.New(op, fault.Internal, "no row of a package begins at %d", from)
	}
	var writes []Write
	for n := from / review.PackedRow; len(b) > 0; n++ {
		k := min(len(b), review.PackedRow)
		body, err := encode(packedRecord{b[:k]})
		if err != nil {
			return fault.Wrap(op, err)
		}
		writes = append(writes, Write{Action: Put, Row: Row{Key: packedKey(id, n), Expires: expires.Unix(), Body: body}})
		b = b[k:]
	}
	if len(writes) == 0 {
		return nil
	}
	return fault.Wrap(op, s.table.Batch(ctx, writes))
}

// Packed gives bytes of a package between two places: fault.NotFound where they are
// not all there any more.
func (s *Store) Packed(ctx context.Context, id string, from, to int64) ([]byte, error) {
	const op = "store.Packed"
	out := make([]byte, 0, max(0, to-from))
	for at := from; at < to; {
		r, _, err := load[packedRecord](ctx, s, packedKey(id, at/review.PackedRow))
		if err == nil && int64(len(r.Bytes)) <= at%review.PackedRow || fault.Is(err, fault.NotFound) {
			err = fault.New("", fault.NotFound, "the package is not kept any more")
		}
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		b := r.Bytes[at%review.PackedRow:]
		b = b[:min(int64(len(b)), to-at)]
		out, at = append(out, b...), at+int64(len(b))
	}
	return out, nil
}

// DropPacked takes the rows of a package of that size away.
func (s *Store) DropPacked(ctx context.Context, id string, size int64) error {
	var writes []Write
	for n := range (size + review.PackedRow - 1) / review.PackedRow {
		writes = append(writes, Write{Action: Delete, Row: Row{Key: packedKey(id, n)}})
	}
	if len(writes) == 0 {
		return nil
	}
	return fault.Wrap("store.DropPacked", s.table.Batch(ctx, writes))
}
