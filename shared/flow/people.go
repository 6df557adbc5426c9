package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// keyPrefix lets secret scanners know an Ebb key.
const keyPrefix = "ebbkey_"

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

// Bind makes the user who owns a Slack account, or gives the one who does. A
// Super Administrator's act.
func (h *House) Bind(ctx context.Context, by access.Actor, conn, account string, duties []access.Duty) (access.User, error) {
	const op = "flow.Bind"
	if !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "binding a person to an account needs the duty super administrator")
	}
	u, err := h.Memory.UserOf(ctx, conn, account)
	if err == nil || !fault.Is(err, fault.NotFound) {
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

// CreateKey makes an API key that acts as the user; the key itself is given
// once and never stored. For oneself, or by a Super Administrator.
func (h *House) CreateKey(ctx context.Context, by access.Actor, user, name string, service bool) (key string, k access.Key, err error) {
	const op = "flow.CreateKey"
	if by.Service || by.User.ID != user && !by.Is(access.SuperAdministrator) {
		return "", k, fault.New(op, fault.Forbidden, "a key for somebody else needs the duty super administrator")
	}
	u, err := h.Memory.User(ctx, user)
	if err != nil {
		return "", k, fault.Wrap(op, err)
	}
	if u.Ended {
		return "", k, fault.New(op, fault.Invalid, "this user has ended")
	}
	key = keyPrefix + h.NewWord()
	k = access.Key{ID: h.NewID("key"), Hash: hash(key), User: user, Name: name, Service: service, Created: h.Now()}
	err = h.Memory.SaveKey(ctx, k, h.event("person/"+user, "key.made", who(by), map[string]string{"key": k.ID, "name": name}))
	return key, k, fault.Wrap(op, err)
}

// Authenticate says who a key acts for. Unknown, ended and forged keys, and
// keys of ended users, are one and the same error.
func (h *House) Authenticate(ctx context.Context, key string) (access.Actor, error) {
	const op = "flow.Authenticate"
	no := fault.New(op, fault.Unauthenticated, "this key is not known or has ended; make one with: ebb key create")
	if !strings.HasPrefix(key, keyPrefix) {
		return access.Actor{}, no
	}
	k, err := h.Memory.Key(ctx, hash(key))
	if fault.Is(err, fault.NotFound) || err == nil && k.Ended {
		return access.Actor{}, no
	}
	if err != nil {
		return access.Actor{}, fault.Wrap(op, err)
	}
	u, err := h.Memory.User(ctx, k.User)
	if err != nil || u.Ended {
		return access.Actor{}, no
	}
	if now := h.Now(); now.Sub(k.Used) > time.Hour {
		k.Used = now.Truncate(time.Hour)
		if err := h.Memory.SaveKey(ctx, k); err != nil {
			h.log().Warn("key", "id", k.ID, "error", err)
		}
	}
	return access.Actor{User: u, Service: k.Service}, nil
}

// Forget erases what an account wrote and what the directory says of it by
// name; ids and hashes stay, so the audit still verifies. A live account comes
// back with the next sync only as an id. Says how many texts were erased.
func (h *House) Forget(ctx context.Context, by access.Actor, conn, account string) (int, error) {
	const op = "flow.Forget"
	if !by.Is(access.SuperAdministrator) {
		return 0, fault.New(op, fault.Forbidden, "forgetting a person needs the duty super administrator")
	}
	a, err := h.Memory.Account(ctx, conn, account)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	a.Name, a.Handle, a.Email, a.Forgotten = "", "", "", true
	if err := h.Memory.Put(ctx, accounts(a)); err != nil {
		return 0, fault.Wrap(op, err)
	}
	if err := h.forgetUser(ctx, by, conn, account); err != nil {
		return 0, fault.Wrap(op, err)
	}
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

func words(ds []access.Duty) string {
	var out []string
	for _, d := range ds {
		out = append(out, string(d))
	}
	return strings.Join(out, ", ")
}
