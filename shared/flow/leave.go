package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// left is what follows when an account was deactivated in Slack: its grants
// end now, its user, if no other account of theirs lives, ends with all keys,
// and what waited for its decision goes to others. Reactivation restores nothing.
func (h *House) left(ctx context.Context, conn, account string) error {
	const op = "flow.left"
	grants, err := h.Memory.GrantsOf(ctx, conn, account)
	if err == nil {
		err = h.endAll(ctx, grants, ebb)
	}
	if err == nil {
		err = h.endUser(ctx, conn, account)
	}
	if err == nil {
		err = h.reassign(ctx, conn, account)
	}
	if err == nil {
		err = h.disowned(ctx, conn, account)
	}
	return fault.Wrap(op, err)
}

// endAll turns live grants to their end; those on their way there already are
// left alone, and default channels go with their user group.
func (h *House) endAll(ctx context.Context, grants []access.Grant, actor string) error {
	for _, g := range grants {
		if g.Parent != "" || g.Takes() {
			continue
		}
		err := again(func() error {
			g, err := h.Memory.Grant(ctx, g.ID)
			if err != nil || g.State.Final() || g.Takes() {
				return err
			}
			_, err = h.endNow(ctx, g, actor)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EndUser ends a user: first their sessions, keys and say, then the grants of all
// their accounts. What they asked for or approved does not begin any more.
// Called again it goes on where it stopped. A Super Administrator's act, and
// not about oneself: somebody has to be left who can undo a mistake.
func (h *House) EndUser(ctx context.Context, by access.Actor, id string) (access.User, error) {
	const op = "flow.EndUser"
	if by.Service || !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "ending a user needs the duty super administrator")
	}
	if by.User.ID == id {
		return access.User{}, fault.New(op, fault.Invalid, "another super administrator has to end you")
	}
	var u access.User
	err := again(func() error {
		var err error
		if u, err = h.Memory.User(ctx, id); err != nil || u.Ended {
			return err
		}
		me, err := h.administrator(ctx, by)
		if err != nil {
			return err
		}
		u.Ended = true
		u, err = h.Memory.SaveUserBy(ctx, u, me, h.event("person/"+id, "person.ended", who(by), nil))
		return err
	})
	for _, r := range u.Accounts {
		if err != nil {
			break
		}
		var grants []access.Grant
		if grants, err = h.Memory.GrantsOf(ctx, r.Connector, r.Account); err == nil {
			err = h.endAll(ctx, grants, who(by))
		}
	}
	return u, fault.Wrap(op, err)
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
