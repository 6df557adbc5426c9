package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// left is what follows when an account was deactivated in Slack: its grants
// end now, and its user, if no other account of theirs lives, ends with all
// keys. Reactivation restores nothing.
func (h *House) left(ctx context.Context, conn, account string) error {
	const op = "flow.left"
	grants, err := h.Memory.GrantsOf(ctx, conn, account)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, g := range grants {
		if g.Parent != "" || g.Takes() {
			continue
		}
		err := again(func() error {
			g, err := h.Memory.Grant(ctx, g.ID)
			if err != nil || g.State.Final() || g.Takes() {
				return err
			}
			_, err = h.endNow(ctx, g, ebb)
			return err
		})
		if err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, h.endUser(ctx, conn, account))
}

// endUser ends the user of an account when none of their accounts lives.
func (h *House) endUser(ctx context.Context, conn, account string) error {
	return again(func() error {
		u, err := h.Memory.UserOf(ctx, conn, account)
		if fault.Is(err, fault.NotFound) || err == nil && u.Ended {
			return nil
		}
		if err != nil {
			return err
		}
		alive, err := h.someAccountLives(ctx, u, access.Ref{Connector: conn, Account: account})
		if err != nil || alive {
			return err
		}
		u.Ended = true
		_, err = h.Memory.SaveUser(ctx, u, audit.Event{
			At: h.Now(), Aggregate: "person/" + u.ID, Action: "person.ended", Actor: ebb,
			Data: map[string]string{"connector": conn, "account": account},
		})
		return err
	})
}

func (h *House) someAccountLives(ctx context.Context, u access.User, but access.Ref) (bool, error) {
	for _, r := range u.Accounts {
		if r == but {
			continue
		}
		a, err := h.Memory.Account(ctx, r.Connector, r.Account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if err == nil && a.State != directory.Deactivated {
			return true, nil
		}
	}
	return false, nil
}
