package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Caller is who Slack says that somebody is; Slack's signature vouches for it.
type Caller struct {
	Enterprise string // E…; "" outside an organization
	Team       string // T…; the workspace
	Account    string
}

// Colleague gives the actor who speaks from Slack, with the connector. Whoever
// owns no user yet gets one, with no duty but the ordinary one. Forbidden for
// bots, people from outside, accounts that Slack or Ebb deactivated; NotFound
// where Ebb is not connected, or has not met the account yet.
func (h *House) Colleague(ctx context.Context, c Caller) (access.Actor, connector.Connector, error) {
	const op = "flow.Colleague"
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return access.Actor{}, connector.Connector{}, fault.Wrap(op, err)
	}
	i := slices.IndexFunc(all, func(x connector.Connector) bool {
		return x.Hears(connector.Notice{Enterprise: c.Enterprise, Team: c.Team})
	})
	if i < 0 {
		return access.Actor{}, connector.Connector{}, fault.New(op, fault.NotFound, "Ebb is not connected to this Slack; an administrator of Ebb can do that (ebb connect)")
	}
	by, err := h.colleague(ctx, all[i].ID, c.Account)
	return by, all[i], fault.Wrap(op, err)
}

// colleague is the actor behind an account of a connector.
func (h *House) colleague(ctx context.Context, conn, account string) (access.Actor, error) {
	const op = "flow.colleague"
	a, err := h.Memory.Account(ctx, conn, account)
	switch {
	case fault.Is(err, fault.NotFound):
		return access.Actor{}, fault.New(op, fault.NotFound, "Ebb does not know your account: it meets new members of this Slack with its next sync, within the hour, and never serves people of another organization")
	case err != nil:
		return access.Actor{}, err
	case a.Kind == directory.External:
		return access.Actor{}, fault.New(op, fault.Forbidden, "Ebb serves the people of this organization, and your account comes from another one")
	case a.Kind == directory.Bot:
		return access.Actor{}, fault.New(op, fault.Forbidden, "Ebb serves people, and this is an app's account")
	case !a.Live():
		return access.Actor{}, fault.New(op, fault.Forbidden, "your account is %s in this Slack, as far as Ebb knows", a.State)
	}
	u, err := h.userOf(ctx, a)
	if err == nil && u.Ended {
		err = fault.New(op, fault.Forbidden, "an administrator has ended your user in Ebb; one has to bind your account anew")
	}
	if err != nil {
		return access.Actor{}, err
	}
	return access.Actor{User: u}, nil
}

// userOf is the user who owns an account, made on first use.
func (h *House) userOf(ctx context.Context, a directory.Account) (access.User, error) {
	var u access.User
	err := again(func() error {
		var err error
		if u, err = h.Memory.UserOf(ctx, a.Connector, a.ID); !fault.Is(err, fault.NotFound) {
			return err
		}
		u = access.User{
			ID: h.NewID("u"), Name: a.Label(), Accounts: []access.Ref{{Connector: a.Connector, Account: a.ID}},
			Duties: []access.Duty{access.Ordinary}, Created: h.Now(),
		}
		u, err = h.Memory.SaveUser(ctx, u, h.event("person/"+u.ID, "person.made", ebb, map[string]string{
			"connector": a.Connector, "account": a.ID, "duties": string(access.Ordinary),
		}))
		return err
	})
	return u, err
}
