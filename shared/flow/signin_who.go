package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// vouched is the user whom an issuer means. Slack's own ids lead to the owner of
// that account; another issuer's subject to whom it was bound to, or for the
// first time, where that is allowed, by an e-mail that the issuer verified.
func (h *House) vouched(ctx context.Context, means access.Means, said access.Vouched) (access.User, access.Ref, error) {
	if means == access.BySlack {
		c, err := h.caller(ctx, said)
		if err != nil {
			return access.User{}, access.Ref{}, err
		}
		by, conn, err := h.Colleague(ctx, c)
		return by.User, access.Ref{Connector: conn.ID, Account: said.Account}, err
	}
	u, err := h.Memory.UserBy(ctx, access.Identity{Issuer: said.Issuer, Subject: said.Subject})
	if fault.Is(err, fault.NotFound) {
		u, err = h.byEmail(ctx, said)
	}
	if err == nil && u.Ended {
		err = fault.New("flow.signin", fault.Forbidden, "an administrator has ended your user in Ebb")
	}
	return u, access.Ref{}, err
}

// caller is who Slack says that somebody is. Slack's page of claims names no
// organization; where there is none, the one is meant that has this workspace.
func (h *House) caller(ctx context.Context, said access.Vouched) (Caller, error) {
	c := Caller{Enterprise: said.Enterprise, Team: said.Team, Account: said.Account}
	if c.Enterprise != "" || c.Team == "" {
		return c, nil
	}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return c, err
	}
	for _, x := range all {
		if x.Enterprise == "" || !x.Linked() {
			continue
		}
		r, err := h.Memory.Resource(ctx, x.ID, c.Team)
		if err == nil && r.Kind == directory.Workspace {
			c.Enterprise = x.Enterprise
			return c, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return c, err
		}
	}
	return c, nil
}

// byEmail binds an identity to the user of the one live account with this
// e-mail, where a Super Administrator allows that.
func (h *House) byEmail(ctx context.Context, said access.Vouched) (access.User, error) {
	const op = "flow.signin"
	rules, err := h.Memory.SignInRules(ctx)
	if err != nil {
		return access.User{}, err
	}
	unknown := fault.New(op, fault.Forbidden, "Ebb does not know who you are at %s. Sign in with Slack; a super administrator can also bind you, or allow signing in by verified e-mail", said.Issuer)
	if !rules.ByEmail || said.Email == "" {
		return access.User{}, unknown
	}
	found, err := h.accountsWith(ctx, said.Email)
	if err != nil {
		return access.User{}, err
	}
	if len(found) != 1 {
		return access.User{}, unknown
	}
	by, err := h.colleague(ctx, found[0].Connector, found[0].ID)
	if err != nil {
		return access.User{}, err
	}
	return h.identify(ctx, by.User, access.Identity{Issuer: said.Issuer, Subject: said.Subject}, ebb, "e-mail")
}

// accountsWith lists the live accounts of people with an e-mail, two at most:
// then nobody knows who is meant.
func (h *House) accountsWith(ctx context.Context, email string) ([]directory.Account, error) {
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return nil, err
	}
	var found []directory.Account
	for _, c := range all {
		err := h.Memory.EachAccount(ctx, c.ID, func(a directory.Account) error {
			if a.Live() && a.Kind != directory.Bot && strings.EqualFold(a.Email, email) {
				found = append(found, a)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// identify binds an identity at an issuer to a user, who had none there.
func (h *House) identify(ctx context.Context, u access.User, id access.Identity, actor, how string) (access.User, error) {
	if slices.ContainsFunc(u.Identities, func(x access.Identity) bool { return x.Issuer == id.Issuer }) {
		return u, fault.New("flow.identify", fault.Forbidden, "this user is bound to somebody else at %s already; a super administrator can take that away", id.Issuer)
	}
	u.Identities = append(slices.Clone(u.Identities), id)
	subject, err := h.pseudonym(ctx, id.Subject)
	if err != nil {
		return u, err
	}
	return h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.identified", actor, map[string]string{"issuer": id.Issuer, "subject": subject, "how": how}))
}

// IdentifyUser binds a user to who they are at the house's issuer. A Super
// Administrator's act; they sign in anew then.
func (h *House) IdentifyUser(ctx context.Context, by access.Actor, user string, id access.Identity) (access.User, error) {
	const op = "flow.IdentifyUser"
	if by.Service || !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "binding a person to an identity needs the duty super administrator")
	}
	if by.Stale(h.Now()) {
		return access.User{}, stale(op, "who somebody is elsewhere is changed by who signed in within the last ten minutes")
	}
	if id.Issuer == "" || id.Subject == "" {
		return access.User{}, fault.New(op, fault.Invalid, "an identity needs the issuer's address and the person's subject there")
	}
	var u access.User
	err := again(func() error {
		var err error
		if u, err = h.Memory.User(ctx, user); err != nil {
			return err
		}
		switch {
		case u.Ended:
			return fault.New(op, fault.Invalid, "this user has ended")
		case slices.Contains(u.Identities, id):
			return nil
		}
		u, err = h.identify(ctx, u, id, who(by), "administrator")
		return err
	})
	return u, fault.Wrap(op, err)
}

// UnidentifyUser takes a user's identities away, and with them every session.
func (h *House) UnidentifyUser(ctx context.Context, by access.Actor, user string) (access.User, error) {
	const op = "flow.UnidentifyUser"
	if by.Service || !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "taking a person's identity away needs the duty super administrator")
	}
	var u access.User
	err := again(func() error {
		var err error
		if u, err = h.Memory.User(ctx, user); err != nil || len(u.Identities) == 0 {
			return err
		}
		u.Identities = nil
		u, err = h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.unidentified", who(by), nil))
		return err
	})
	return u, fault.Wrap(op, err)
}
