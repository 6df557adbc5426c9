package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// mostReaders is how many people one piece of news goes to.
const mostReaders = 20

// persons are the readers among accounts: people of the organization whose
// account lives, and guests of it. Nobody from outside, no bot, nobody who left.
func (h *House) persons(ctx context.Context, conn string, accounts ...string) ([]reader, error) {
	var out []reader
	for i, id := range accounts {
		if id == "" || slices.Contains(accounts[:i], id) || len(out) == mostReaders {
			continue
		}
		p, err := h.someone(ctx, conn, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.Account.Live() && !p.Ended && isPerson(p.Account) {
			out = append(out, reader{to: id})
		}
	}
	return out, nil
}

func isPerson(a directory.Account) bool {
	switch a.Kind {
	case directory.Human, directory.SingleChannelGuest, directory.MultiChannelGuest:
		return true
	}
	return false
}

// keepers are the owners of a resource ("": of none) and of its connector; where
// there is none of them, the Super Administrators.
func (h *House) keepers(ctx context.Context, c connector.Connector, resource string) ([]reader, error) {
	accounts, err := h.accountsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	if resource != "" {
		r, err := h.Memory.Resource(ctx, c.ID, resource)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		accounts = append(slices.Clone(r.Owners), accounts...)
	}
	out, err := h.persons(ctx, c.ID, accounts...)
	if err != nil || len(out) > 0 {
		return out, err
	}
	err = h.Memory.EachUser(ctx, "", func(u access.User) error {
		if u.Has(access.SuperAdministrator) && !u.Ended {
			accounts = append(accounts, u.In(c.ID))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.persons(ctx, c.ID, accounts...)
}

// names are what a message may call accounts and resources. all: private ones
// too, for a reader who may know them.
func (h *House) names(ctx context.Context, conn string, all bool, accounts, resources []string) (message.Names, error) {
	n := message.Names{People: map[string]string{}, Resources: map[string]directory.Resource{}}
	for _, id := range accounts {
		a, err := h.Memory.Account(ctx, conn, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		if err == nil {
			n.People[id] = a.Label()
		}
	}
	for _, id := range resources {
		r, err := h.Memory.Resource(ctx, conn, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		if err == nil && (all || !r.Private) {
			n.Resources[id] = r
		}
	}
	return n, nil
}

// connectorTale is that a connector lost its authorization, and that it is back.
func (h *House) connectorTale(ctx context.Context, t access.Telling) (tale, error) {
	c, err := h.Memory.Connector(ctx, t.ID)
	if err != nil {
		return tale{}, err
	}
	out := tale{
		conn: c,
		readers: func(ctx context.Context, _ access.Telling, _ access.News) ([]reader, error) {
			return h.keepers(ctx, c, "")
		},
		card: func(context.Context, access.News, reader, bool) (message.Card, error) {
			return message.Broken(c), nil
		},
	}
	if c.Label == connector.Error {
		out.news = []access.News{{What: access.TellBroken, N: stamp(c.Trouble.Since), To: access.ToKeepers}}
	}
	return out, nil
}
