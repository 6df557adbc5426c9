package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Forget erases what an account wrote and what the directory says of it by
// name; ids and hashes stay, so the audit still verifies. A live account comes
// back with the next sync only as an id. Says how many texts were erased. Rows of
// access reviews keep names of their own, many rows: Review takes the name out of
// them, from a minute later on.
func (h *House) Forget(ctx context.Context, by access.Actor, conn, account string) (int, error) {
	const op = "flow.Forget"
	if !by.Is(access.SuperAdministrator) {
		return 0, fault.New(op, fault.Forbidden, "forgetting a person needs the duty super administrator")
	}
	a, err := h.Memory.Account(ctx, conn, account)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	if err := h.Memory.Unname(ctx, conn, account); err != nil { // before the row, which says that it is done
		return 0, fault.Wrap(op, err)
	}
	if err := h.Memory.SaveActive(ctx, conn, []directory.Activity{{Account: account}}); err != nil {
		return 0, fault.Wrap(op, err)
	}
	a.Name, a.Handle, a.Email, a.Forgotten = "", "", "", true
	if err := h.Memory.Put(ctx, accounts(a)); err != nil {
		return 0, fault.Wrap(op, err)
	}
	if err := h.beginErasure(ctx, by, conn, account); err != nil {
		return 0, fault.Wrap(op, err)
	}
	if err := h.forgetUser(ctx, by, conn, account); err != nil {
		return 0, fault.Wrap(op, err)
	}
	h.packed.Store(nil) // a package that this process made may name them
	n, err := h.Memory.ForgetTexts(ctx, account, h.event("person/"+account, "person.forgotten", who(by), map[string]string{"connector": conn, "account": account}))
	return n, fault.Wrap(op, err)
}

func (h *House) forgetUser(ctx context.Context, by access.Actor, conn, account string) error {
	return again(func() error {
		u, err := h.Memory.UserOf(ctx, conn, account)
		if fault.Is(err, fault.NotFound) || err == nil && u.Name == "" {
			return nil
		}
		if err != nil {
			return err
		}
		u.Name = ""
		_, err = h.Memory.SaveUser(ctx, u, audit.Event{At: h.Now(), Aggregate: "person/" + u.ID, Action: "person.name-erased", Actor: who(by)})
		return err
	})
}

// erasureRest is how long an erasure waits before it begins, and before it looks again:
// whoever stages a review has read its people anew by then (ReviewFor).
const erasureRest = time.Minute

func (h *House) beginErasure(ctx context.Context, by access.Actor, conn, account string) error {
	return again(func() error {
		e, err := h.Memory.Erasure(ctx, conn, account)
		if err != nil {
			return err
		}
		e.Connector, e.Account, e.By, e.Behind, e.Rows, e.Next = conn, account, who(by), "", 0, h.Now().Add(erasureRest)
		_, err = h.Memory.SaveErasure(ctx, e)
		return err
	})
}

// serveErasure takes a name out of the reviews of a connector, the oldest first, and
// goes on behind the last one that is through.
func (h *House) serveErasure(ctx context.Context, conn, account string, until time.Time) error {
	e, err := h.Memory.Erasure(ctx, conn, account)
	if err != nil || e.Next.IsZero() || e.Next.After(h.Now()) {
		return err
	}
	all, err := h.Memory.Campaigns(ctx, everyCampaign)
	if err != nil {
		return err
	}
	slices.Reverse(all)
	if i := slices.IndexFunc(all, func(c review.Campaign) bool { return c.ID == e.Behind }); i >= 0 {
		all = all[i+1:]
	}
	for _, c := range all {
		if c.Connector != conn {
			continue
		}
		through := false
		if !h.Now().Before(until) {
			e.Next = h.Now()
		} else if e, through, err = h.eraseIn(ctx, e, c.ID); err != nil {
			return err
		}
		if e, err = h.Memory.SaveErasure(ctx, e); err != nil || !through {
			return err
		}
	}
	e.Next = time.Time{}
	_, err = h.Memory.SaveErasure(ctx, e, h.event("person/"+account, "person.names-erased", e.By, map[string]string{
		"connector": conn, "account": account, "rows": number(e.Rows),
	}))
	return err
}

// everyCampaign there can be.
const everyCampaign = 1 << 20

// eraseIn takes the name out of one review. While its snapshot is taken, lines come of
// pages that were read before: it is waited for.
func (h *House) eraseIn(ctx context.Context, e review.Erasure, campaign string) (_ review.Erasure, through bool, err error) {
	c, err := h.Memory.Campaign(ctx, campaign)
	if err != nil {
		return e, false, err
	}
	if c.State == review.Staging {
		e.Next = h.Now().Add(erasureRest)
		return e, false, nil
	}
	rows, whole, err := h.Memory.EraseNames(ctx, c.ID, e.Account)
	if err == nil && rows > 0 {
		e.Rows += rows
	}
	if err == nil {
		err = h.dropPacking(ctx, c.ID)
	}
	if err != nil {
		return e, false, err
	}
	// A canceled one may have a page of which no lines were made.
	if through = whole || c.State == review.Canceled; through {
		e.Behind = c.ID
	} else {
		e.Next = h.Now()
	}
	return e, through, nil
}

// dropPacking takes a package away that is kept or made: who makes one is refused when
// they save it.
func (h *House) dropPacking(ctx context.Context, campaign string) error {
	return again(func() error {
		p, err := h.Memory.Packing(ctx, campaign)
		if err != nil || p.Made.ID == "" && p.Ready.ID == "" && p.Next.IsZero() {
			return err
		}
		was := p
		p.Made, p.Ready, p.Next = review.MadeFiles{}, review.Pack{}, time.Time{}
		if _, err := h.Memory.SavePacking(ctx, p); err != nil {
			return err
		}
		for id, size := range map[string]int64{was.Made.ID: was.Made.Size, was.Ready.ID: was.Ready.Size} {
			if id == "" {
				continue
			}
			if err := h.Memory.DropPacked(ctx, id, size); err != nil {
				return err
			}
		}
		return nil
	})
}
