package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// hearAccount brings one account up to date as Slack has it now, not as the
// event had it: events come out of order, and a person's access hangs on it. Who
// was deactivated loses what they held, as at a sync (left). An account that
// Slack does not show is left to the sync, which also reads the listing.
func (h *House) hearAccount(ctx context.Context, c connector.Connector, n connector.Notice) error {
	was, err := h.Memory.Account(ctx, c.ID, n.Account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	known := err == nil
	l := linkOf(c, n)
	now, err := h.Slack.Account(ctx, l, n.Account)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !known && !now.In(l.Team) {
		return nil // somebody from outside, whom no listing has
	}
	next := now.Over(was, l.Team)
	if next.Same(was) {
		return nil
	}
	// Before the row: a step that dies in between finds the change again.
	if was.Live() && next.State == directory.Deactivated {
		if err := h.left(ctx, c.ID, n.Account); err != nil {
			return err
		}
	}
	if err := h.risen(ctx, c, n, was, next, l.Team); err != nil {
		return err
	}
	var b directory.Batch
	roleRows(&b, was, next, l.Team, h.Now())
	b.Accounts = []directory.Account{next}
	if known {
		b.Before = []directory.Account{was}
	}
	if err := h.Memory.Put(ctx, b); err != nil {
		return err
	}
	return h.awaken(ctx, c.ID, n.Account, was, next)
}

// risen makes findings of an account that is more than it was.
func (h *House) risen(ctx context.Context, c connector.Connector, n connector.Notice, was, next directory.Account, team string) error {
	if c.LastGood.IsZero() {
		return nil
	}
	all, err := h.ungranted(ctx, directory.Risen(was, next, team))
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Seen, all[i].Notice = h.Now(), n.ID
	}
	return h.found(ctx, all...)
}

// awaken looks again at what sleeps because its account was deactivated. It
// gives nothing back: what is on its way out can go now.
func (h *House) awaken(ctx context.Context, conn, account string, was, next directory.Account) error {
	if was.Live() || !next.Live() {
		return nil
	}
	grants, err := h.Memory.GrantsOf(ctx, conn, account)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if !g.Takes() {
			continue
		}
		if err := h.converge(ctx, conn, g.Resource); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
