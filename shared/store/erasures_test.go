package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/store"
)

func TestErasure(t *testing.T) {
	h := newHouse(t)
	if e, err := h.Erasure(ctx, "c1", "U1"); err != nil || e.Rev != 0 {
		t.Errorf("nobody asked: %+v, %v", e, err)
	}
	e := value[review.Erasure](h)(h.SaveErasure(ctx, review.Erasure{Connector: "c1", Account: "U1", By: "u_1", Next: start.Add(time.Minute)}))
	h.same("due", h.due("review"), "[erasure U1 c1 1m0s]")
	old := e
	e.Behind, e.Next = "uc_1", start.Add(time.Hour)
	e = value[review.Erasure](h)(h.SaveErasure(ctx, e))
	h.same("due", h.due("review"), "[erasure U1 c1 1h0m0s]")
	h.refused(second(h.SaveErasure(ctx, old)), fault.Conflict)
	e.Next = time.Time{}
	h.refused(second(h.SaveErasure(ctx, e)), fault.Internal) // its end is told
	value[review.Erasure](h)(h.SaveErasure(ctx, e, h.event("person/U1", "person.names-erased")))
	h.same("due", h.due("review"), "[]")
}

// A name goes from the pages and lines of its account, everybody else's stays, and
// so do the digests.
func TestEraseNames(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	two := func(i int) review.Assigned { return owner([]string{"U8", "U9"}[i%2]) }
	x = h.staged(x, h.paged(x, 0, 4, two))
	x = h.staged(x, h.paged(x, 1, 4, two))
	x = h.turnedReview(h.turnedReview(x, review.StagedAll), review.Start)
	named := func() int { return strings.Count(h.table.everything(), `"account_name":"Ann"`) }
	if named() != 16 {
		t.Fatalf("%d rows name somebody", named())
	}
	rows, whole, err := h.EraseNames(ctx, "uc_1", "U003")
	if err != nil || !whole || rows != 4 || named() != 12 {
		t.Errorf("%d rows, whole %t, %d left, %v", rows, whole, named(), err)
	}
	digest := ""
	for n := range 2 {
		p := value[review.Page](h)(h.Page(ctx, "uc_1", n))
		digest = p.Link(digest)
	}
	h.same("digest", digest, x.Snapshot.Digest)
	before := h.table.everything()
	if rows, whole, err = h.EraseNames(ctx, "uc_1", "U003"); err != nil || !whole || rows != 0 {
		t.Errorf("again: %d rows, whole %t, %v", rows, whole, err)
	}
	if rows, whole, err = h.EraseNames(ctx, "uc_1", "U777"); err != nil || !whole || rows != 0 || h.table.everything() != before {
		t.Errorf("of nobody: %d rows, whole %t, %v", rows, whole, err)
	}
	if _, whole, err := h.EraseNames(ctx, "uc_2", "U003"); err != nil || !whole {
		t.Errorf("of a review without a snapshot: %v", err)
	}
	// What is decided afterwards is decided of the same line.
	list := h.linesIn("uc_1", review.AssignmentID("uc_1", 0, owner("U9")))
	h.must(h.SaveReviewed(ctx, h.decided(x, list[:1], review.Certify), h.event("review/uc_1", "review.decided")))
}

// A line that is moved while lists are read, out of one that is still to come into one
// that was read, is missed, and it is said that one was.
func TestEraseNamesOfWhatMoves(t *testing.T) {
	h := newHouse(t)
	x := h.campaign("uc_1")
	h.staged(x, h.paged(x, 0, 2, func(i int) review.Assigned { return owner([]string{"U8", "U9"}[i%2]) }))
	lists := []string{}
	h.must(h.EachAssignment(ctx, "uc_1", func(a review.Assignment) error { lists = append(lists, a.ID); return nil }))
	last := h.linesIn("uc_1", lists[1])[0]
	key := store.Key{Part: "lines#uc_1#" + lists[1], Sort: last.ID}
	queries := 0
	h.table.trip = func(call string) (error, bool) {
		if call == "query" {
			queries++
		}
		if queries == 4 { // of the pages, the lists, the first list, and now the second
			h.table.trip = nil
			row, err := h.table.Get(ctx, key)
			h.must(err)
			to := row
			to.Part = "lines#uc_1#" + lists[0]
			h.must(h.table.Commit(ctx, []store.Write{{Action: store.Delete, Row: row, Was: row.Version}, {Action: store.Put, Row: to}}))
		}
		return nil, false
	}
	rows, whole, err := h.EraseNames(ctx, "uc_1", last.Account)
	if err != nil || whole || rows != 1 {
		t.Errorf("moved meanwhile: %d rows, whole %t, %v", rows, whole, err)
	}
	if rows, whole, err = h.EraseNames(ctx, "uc_1", last.Account); err != nil || !whole || rows != 1 {
		t.Errorf("again: %d rows, whole %t, %v", rows, whole, err)
	}
	// One that is decided between reading and writing keeps what was decided.
	first := h.linesIn("uc_1", lists[0])
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" {
			return fault.New("", fault.Conflict, "decided meanwhile"), false
		}
		return nil, false
	}
	for _, l := range first {
		if l.Account != last.Account {
			if _, whole, err := h.EraseNames(ctx, "uc_1", l.Account); whole || !fault.Is(err, fault.Conflict) {
				t.Errorf("a page that changed: whole %t, %v", whole, err)
			}
		}
	}
}
