package flow

import (
	"cmp"
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// manualTale is something to be done by hand, as those hear of it who can do it
// (doers). Of one that was given up hears, too, who denied what stands
// (notify_stands.go).
func (h *House) manualTale(ctx context.Context, t access.Telling) (tale, error) {
	out := tale{}
	var place map[string]string
	m, err := h.Memory.Manual(ctx, t.ID)
	if err != nil {
		return out, err
	}
	if out.conn, err = h.Memory.Connector(ctx, m.Connector); err != nil {
		return out, err
	}
	if m.Asks() {
		out.news = []access.News{{What: access.TellByHand, To: access.ToKeepers}}
		if m.Nagged > 0 {
			out.news = append(out.news, access.News{What: access.TellByHandRemind, N: number(m.Nagged), To: access.ToKeepers})
		}
	}
	if m.State == access.ManualGivenUp {
		out.news = []access.News{{What: access.TellStands, To: access.ToReviewer}}
	}
	out.readers = func(ctx context.Context, _ access.Telling, n access.News) (all []reader, err error) {
		if n.What == access.TellStands {
			return h.whoDenied(ctx, out.conn, m)
		}
		all, place, err = h.doers(ctx, out.conn, m)
		return all, err
	}
	out.card = func(ctx context.Context, n access.News, r reader, due bool) (message.Card, error) {
		card := message.ByHand{Manual: m, Page: h.URL + "/manual/" + m.ID, PlaceOf: place[r.to]}
		said, name, err := h.doer(ctx, m.Connector, cmp.Or(m.GivenUpBy, m.SaidBy))
		if err != nil {
			return message.Card{}, err
		}
		if card.Names, err = h.names(ctx, m.Connector, true, []string{m.Account, said, card.PlaceOf}, []string{m.Resource}); err != nil {
			return message.Card{}, err
		}
		if m.State == access.ManualGivenUp {
			if card.Reason, _, err = h.saidOf(ctx, access.ManualText(m.ID)); err != nil {
				return message.Card{}, err
			}
		}
		if card.Said = said; name != "" {
			card.Names.People[said] = name
		}
		if n.What == access.TellStands {
			return h.standsCard(ctx, card)
		}
		a, err := h.Memory.Account(ctx, m.Connector, m.Account)
		if fault.Is(err, fault.NotFound) {
			a, err = directory.Account{ID: m.Account}, nil
		}
		if err != nil {
			return message.Card{}, err
		}
		res, known := card.Names.Resources[m.Resource]
		if !known {
			res = directory.Resource{ID: m.Resource, Connector: m.Connector, Kind: m.Kind, Name: m.Resource}
		}
		card.Steps = m.Steps(res, a, out.conn.SignIn.GroupsBy)
		if n.What == access.TellByHandRemind {
			return card.Remind(due), nil
		}
		return card.Card(), nil
	}
	return out, nil
}
