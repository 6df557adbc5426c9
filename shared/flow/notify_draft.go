package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// A policy that waits is of the whole house and of no connector. Whoever is to hear
// of it does so once, in the first Slack in which they have a live account and
// Ebb's app may write to them.

// draftTale is one draft as it stands, with everybody who may have to hear of it.
type draftTale struct {
	h      *House
	d      access.Draft
	conns  []connector.Connector
	people map[access.Audience]map[string][]reader // by connector
	more   int
	less   int
}

// tellDraft brings those who can confirm or veto a policy to know that it waits,
// and who proposed it what became of it.
func (h *House) tellDraft(ctx context.Context, t access.Telling, rows []access.Due) error {
	s := &speech{h: h, t: t, owner: h.NewID("tell")}
	if !t.Free(s.owner, h.Now()) {
		return &fault.Error{Op: "flow.tellDraft", Kind: fault.Conflict, Until: t.Until, Text: "somebody else tells of it right now"}
	}
	v, err := h.draftTale(ctx, t.ID)
	if fault.Is(err, fault.NotFound) {
		return s.settle(ctx, rows, nil)
	}
	if err != nil {
		return s.settle(ctx, rows, err)
	}
	var failed error
	var at tale
	for _, c := range v.conns {
		s.tale = v.in(c)
		err := s.run(ctx)
		if fault.Is(err, fault.Conflict) {
			return err
		}
		if err != nil && failed == nil { // one Slack that is away keeps the others from nothing
			failed, at = err, s.tale
		}
	}
	s.tale = at
	return s.settle(ctx, rows, failed)
}

func (h *House) draftTale(ctx context.Context, id string) (*draftTale, error) {
	v := &draftTale{h: h, people: map[access.Audience]map[string][]reader{}}
	var err error
	if v.d, err = h.Memory.Draft(ctx, id); err != nil {
		return nil, err
	}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, byID(func(c connector.Connector) string { return c.ID }))
	owners := map[string]bool{}
	for _, c := range all {
		for _, o := range c.Owners {
			owners[o] = true
		}
		if speaks(c) {
			v.conns = append(v.conns, c)
		}
	}
	users := map[access.Audience][]access.User{}
	err = h.Memory.EachUser(ctx, "", func(u access.User) error {
		switch {
		case u.Ended:
		case u.ID == v.d.By:
			users[access.ToParties] = append(users[access.ToParties], u)
		case u.Has(access.SuperAdministrator):
			users[access.ToDeciders] = append(users[access.ToDeciders], u)
		case u.Has(access.Auditor), owners[u.ID]:
			users[access.ToVetoers] = append(users[access.ToVetoers], u)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for to, us := range users {
		if v.people[to], err = v.places(ctx, us); err != nil {
			return nil, err
		}
	}
	base, err := h.Memory.Policy(ctx, v.d.Base)
	if err != nil {
		return nil, err
	}
	for _, l := range access.DiffLines(base.Source, v.d.Policy.Source) {
		switch l.Sign {
		case '+':
			v.more++
		case '-':
			v.less++
		}
	}
	return v, nil
}

// places are where users are told, by connector.
func (v *draftTale) places(ctx context.Context, us []access.User) (map[string][]reader, error) {
	out := map[string][]reader{}
	for _, u := range us {
		for _, c := range v.conns {
			r, err := v.h.persons(ctx, c.ID, u.In(c.ID))
			if err != nil {
				return nil, err
			}
			if len(r) > 0 && len(out[c.ID]) < mostReaders {
				out[c.ID] = append(out[c.ID], r...)
				break
			}
		}
	}
	return out, nil
}

// in is what there is to tell in one Slack.
func (v *draftTale) in(c connector.Connector) tale {
	return tale{
		conn: c,
		news: v.d.News(),
		readers: func(_ context.Context, _ access.Telling, n access.News) ([]reader, error) {
			return v.people[n.To][c.ID], nil
		},
		card: func(ctx context.Context, n access.News, _ reader, _ bool) (message.Card, error) {
			return v.card(ctx, c.ID, n)
		},
	}
}

func (v *draftTale) card(ctx context.Context, conn string, n access.News) (message.Card, error) {
	m := message.Draft{Draft: v.d, More: v.more, Less: v.less, Page: v.h.URL + "/policies/drafts/" + v.d.ID}
	by, byName, err := v.h.doer(ctx, conn, v.d.By)
	if err != nil {
		return message.Card{}, err
	}
	to, toName, err := v.h.doer(ctx, conn, v.d.DecidedBy)
	if err != nil {
		return message.Card{}, err
	}
	if m.Names, err = v.h.names(ctx, conn, true, []string{by, to}, nil); err != nil {
		return message.Card{}, err
	}
	for id, name := range map[string]string{by: byName, to: toName} {
		if name != "" {
			m.People[id] = name
		}
	}
	if m.Proposer, m.Decider = by, to; n.What == access.TellDraftOutcome {
		return m.Outcome(), nil
	}
	return m.Card(), nil
}
