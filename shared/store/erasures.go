package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

func erasureKey(conn, account string) Key { return Key{join("erasure", conn), join(account)} }

// erasureRecord is an erasure's row. Due is the sort of its due row, "" without one.
type erasureRecord struct {
	Connector string `json:"connector"`
	Account   string `json:"account"`
	By        string `json:"by,omitempty"`
	Behind    string `json:"behind,omitempty"`
	Rows      int    `json:"rows,omitempty"`
	Next      stamp  `json:"next,omitzero"`
	Due       string `json:"due,omitempty"`
}

func newErasureRecord(e review.Erasure) erasureRecord {
	return erasureRecord{Connector: e.Connector, Account: e.Account, By: e.By, Behind: e.Behind, Rows: e.Rows, Next: stamp(e.Next)}
}

func (r erasureRecord) erasure(rev int64) review.Erasure {
	return review.Erasure{Connector: r.Connector, Account: r.Account, By: r.By, Behind: r.Behind, Rows: r.Rows, Next: r.Next.time(), Rev: rev}
}

// Erasure reads how far the name of somebody forgotten is erased; the zero one where
// nobody asked.
func (s *Store) Erasure(ctx context.Context, conn, account string) (review.Erasure, error) {
	r, rev, err := maybe[erasureRecord](ctx, s, erasureKey(conn, account))
	return r.erasure(rev), fault.Wrap("store.Erasure", err)
}

// SaveErasure saves it and moves its due row; its end has an event.
func (s *Store) SaveErasure(ctx context.Context, x review.Erasure, e ...audit.Event) (review.Erasure, error) {
	const op = "store.SaveErasure"
	k := erasureKey(x.Connector, x.Account)
	prev, err := current[erasureRecord](ctx, s, k, x.Rev)
	if err == nil && x.Next.IsZero() {
		err = told("the end of an erasure", e)
	}
	if err != nil {
		return x, fault.Wrap(op, err)
	}
	var c change
	rec := newErasureRecord(x)
	rec.Due = c.due(laneReview, prev.Due, access.Due{At: x.Next, Kind: "erasure", ID: x.Account, Connector: x.Connector}, !x.Next.IsZero())
	c.put(k, x.Rev, rec)
	if err := s.save(ctx, &c, e); err != nil {
		return x, fault.Wrap(op, err)
	}
	x.Rev++
	return x, nil
}

// EraseNames takes an account's name out of a review's snapshot and lines. Each row is
// written at the version at which it was read, so that nothing else of it changes and
// nobody who decides meanwhile is overwritten. whole: every line that the snapshot has
// of the account was looked at; a line that was moved meanwhile from a list that was
// still to be read into one that was read already was not.
func (s *Store) EraseNames(ctx context.Context, campaign, account string) (rows int, whole bool, err error) {
	const op = "store.EraseNames"
	left := map[string]bool{}
	err = eachRecord(ctx, s, Range{Part: pageKey(campaign, 0).Part, Limit: fewPages}, func(r pageRecord, row Row) error {
		named := false
		for i := range r.Facts {
			if f := &r.Facts[i]; f.Account == account {
				left[f.ID] = true
				named = named || f.AccountName != ""
				f.AccountName = ""
			}
		}
		if !named {
			return nil
		}
		rows++
		return s.rewrite(ctx, row, r)
	})
	if err != nil || len(left) == 0 {
		return rows, err == nil, fault.Wrap(op, err)
	}
	var lists []string
	err = eachRecord(ctx, s, below(campaignPart(campaign), "assignment"), func(r assignmentRecord, _ Row) error {
		lists = append(lists, r.ID)
		return nil
	})
	for _, id := range lists {
		if err != nil {
			break
		}
		err = eachRecord(ctx, s, Range{Part: linesPart(campaign, id)}, func(r lineRecord, row Row) error {
			if r.Fact.Account != account {
				return nil
			}
			if r.Fact.AccountName != "" {
				r.Fact.AccountName = ""
				if err := s.rewrite(ctx, row, r); fault.Is(err, fault.Conflict) {
					return nil // decided or moved just now: it is left, and looked at again
				} else if err != nil {
					return err
				}
				rows++
			}
			delete(left, r.Fact.ID)
			return nil
		})
	}
	return rows, err == nil && len(left) == 0, fault.Wrap(op, err)
}

// fewPages of a snapshot are some megabytes.
const fewPages = 20

// rewrite puts a row's record over the version that was read.
func (s *Store) rewrite(ctx context.Context, row Row, record any) error {
	var c change
	c.putUntil(row.Key, row.Version, row.Expires, record)
	return s.save(ctx, &c, nil)
}
