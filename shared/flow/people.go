package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// FirstUser makes the first Super Administrator, bound to no account yet; it
// is an error when there is one. The embedded house and the deploy call it.
func (h *House) FirstUser(ctx context.Context, id, name string) (access.User, error) {
	const op = "flow.FirstUser"
	u, err := h.Memory.User(ctx, id)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return u, fault.Wrap(op, err)
	}
	u = access.User{ID: id, Name: name, Duties: []access.Duty{access.SuperAdministrator}, Created: h.Now()}
	u, err = h.Memory.SaveUser(ctx, u, h.event("person/"+id, "person.made", ebb, map[string]string{"duties": string(access.SuperAdministrator)}))
	return u, fault.Wrap(op, err)
}

// Bind makes the user who owns a Slack account, or gives the one who does. An
// account whose user has ended gets a new user, with nothing of the old one's.
// A Super Administrator's act.
func (h *House) Bind(ctx context.Context, by access.Actor, conn, account string, duties []access.Duty) (access.User, error) {
	const op = "flow.Bind"
	if !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "binding a person to an account needs the duty super administrator")
	}
	u, err := h.Memory.UserOf(ctx, conn, account)
	switch {
	case err == nil && u.Ended:
		if err := h.release(ctx, by, u, access.Ref{Connector: conn, Account: account}); err != nil {
			return u, fault.Wrap(op, err)
		}
	case !fault.Is(err, fault.NotFound):
		return u, fault.Wrap(op, err)
	}
	a, err := h.Memory.Account(ctx, conn, account)
	if err != nil {
		return u, fault.Wrap(op, err)
	}
	if len(duties) == 0 {
		duties = []access.Duty{access.Ordinary}
	}
	u = access.User{
		ID: h.NewID("u"), Name: a.Label(), Accounts: []access.Ref{{Connector: conn, Account: account}}, Duties: duties, Created: h.Now(),
	}
	u, err = h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.made", who(by), map[string]string{
		"connector": conn, "account": account, "duties": words(duties),
	}))
	return u, fault.Wrap(op, err)
}

// release takes an account from a user who has ended.
func (h *House) release(ctx context.Context, by access.Actor, u access.User, ref access.Ref) error {
	u.Accounts = slices.DeleteFunc(slices.Clone(u.Accounts), func(r access.Ref) bool { return r == ref })
	_, err := h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.released", who(by), map[string]string{
		"connector": ref.Connector, "account": ref.Account,
	}))
	return err
}

// BindTo gives an account to a user who exists, such as the first
// administrator. A Super Administrator's act; an account belongs to one user.
func (h *House) BindTo(ctx context.Context, by access.Actor, user, conn, account string) (access.User, error) {
	const op = "flow.BindTo"
	if !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "binding a person to an account needs the duty super administrator")
	}
	var u access.User
	err := again(func() error {
		var err error
		if u, err = h.Memory.User(ctx, user); err != nil {
			return err
		}
		if u.Ended {
			return fault.New(op, fault.Invalid, "this user has ended; bind the account to a new one")
		}
		ref := access.Ref{Connector: conn, Account: account}
		if slices.Contains(u.Accounts, ref) {
			return nil
		}
		if u.In(conn) != "" {
			return fault.New(op, fault.Invalid, "this user has an account in this Slack already")
		}
		u.Accounts = append(slices.Clone(u.Accounts), ref)
		u, err = h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.bound", who(by), map[string]string{"connector": conn, "account": account}))
		return err
	})
	return u, fault.Wrap(op, err)
}

func words(ds []access.Duty) string {
	var out []string
	for _, d := range ds {
		out = append(out, string(d))
	}
	return strings.Join(out, ", ")
}
