package store_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

func TestPacking(t *testing.T) {
	h := newHouse(t)
	if p, err := h.Packing(ctx, "uc_1"); err != nil || p.Rev != 0 {
		t.Errorf("never asked for: %+v, %v", p, err)
	}
	p := review.Packing{Campaign: "uc_1", Connector: "c1", By: "u_1", Next: start}
	p = value[review.Packing](h)(h.SavePacking(ctx, p))
	h.same("due", h.due("review"), "[evidence uc_1 c1 0s]")
	_, err := h.SavePacking(ctx, review.Packing{Campaign: "uc_1", Next: start})
	h.refused(err, fault.Conflict) // asked for already
	old := p
	p.Next, p.Read, p.Tries = start.Add(time.Minute), 7, 1
	p = value[review.Packing](h)(h.SavePacking(ctx, p))
	h.same("due", h.due("review"), "[evidence uc_1 c1 1m0s]")
	_, err = h.SavePacking(ctx, old)
	h.refused(err, fault.Conflict)
	p.Next, p.Ready = time.Time{}, review.Pack{ID: "ep_1", Size: 3, SHA256: "ab", Link: 4, Seq: 5, Expires: start.Add(time.Hour)}
	value[review.Packing](h)(h.SavePacking(ctx, p))
	h.same("due", h.due("review"), "[]")
	got := value[review.Packing](h)(h.Packing(ctx, "uc_1"))
	if got.Ready != p.Ready || got.Read != 7 || !got.Given(start) || got.Given(start.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
}

// Bytes come back from any place to any other, written over or not, until they
// expire; the longest row is one that the table takes.
func TestPacked(t *testing.T) {
	h := newHouse(t)
	const row = review.PackedRow
	random := rand.NewChaCha8([32]byte{1})
	all := make([]byte, 3*row+100)
	_, _ = random.Read(all)
	until := start.Add(time.Hour)
	h.must(h.PutPacked(ctx, "ep_1", 0, all[:2*row], until))
	h.must(h.PutPacked(ctx, "ep_1", 2*row, all[2*row:3*row-5], until))
	h.must(h.PutPacked(ctx, "ep_1", 2*row, all[2*row:], until)) // with an end
	h.must(h.PutPacked(ctx, "ep_1", 4*row, nil, until))
	h.same("rows", len(h.table.part("packed#ep_1")), 4)
	for _, x := range [][2]int64{{0, 1}, {0, row}, {row - 1, row + 1}, {5, 3*row + 100}, {3 * row, 3*row + 100}, {7, 7}, {0, 2 * row}} {
		got, err := h.Packed(ctx, "ep_1", x[0], x[1])
		if err != nil || !bytes.Equal(got, all[x[0]:x[1]]) {
			t.Errorf("%v: %d bytes, %v", x, len(got), err)
		}
	}
	for _, x := range [][2]int64{{0, 3*row + 101}, {4 * row, 4*row + 1}} {
		_, err := h.Packed(ctx, "ep_1", x[0], x[1])
		h.refused(err, fault.NotFound)
	}
	h.refused(h.PutPacked(ctx, "ep_1", 3, all[:1], until), fault.Internal)
	h.must(h.PutPacked(ctx, "ep_2", 0, all, until))
	h.must(h.DropPacked(ctx, "ep_2", int64(len(all))))
	h.same("dropped", len(h.table.part("packed#ep_2")), 0)
	h.must(h.DropPacked(ctx, "ep_2", 0))
	h.now = until
	_, err := h.Packed(ctx, "ep_1", 0, 1)
	h.refused(err, fault.NotFound)
}
