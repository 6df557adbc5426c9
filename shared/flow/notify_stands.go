package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Who denied something takes it for removed. Where somebody gave its task up instead,
// they hear of it, once: their word was overruled by another's, and both have a name.

// whoDenied is whose denial a manual task carries out. Nobody hears what they did
// themselves, nor, of a private resource, what they may not know any more; of what was
// open when a review ended nobody is who denied it.
func (h *House) whoDenied(ctx context.Context, c connector.Connector, m access.Manual) ([]reader, error) {
	events, err := h.Memory.EventsOf(ctx, "manual/"+m.ID)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	who := events[0].Actor // it was made in the commit of the denial
	if who == ebb || who == m.GivenUpBy {
		return nil, nil
	}
	u, err := h.Memory.User(ctx, who)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := h.Memory.Resource(ctx, c.ID, m.Resource)
	if fault.Is(err, fault.NotFound) {
		r, err = directory.Resource{ID: m.Resource, Connector: c.ID, Kind: m.Kind}, nil
	}
	if err != nil {
		return nil, err
	}
	account, p := u.In(c.ID), newPeople(h, c)
	if r.Private && !p.knows(ctx, r)(account) {
		return nil, p.err
	}
	return h.persons(ctx, c.ID, account)
}

// standsCard is a task that was given up, for who denied it. Their way to it is the
// review: the task's own page is for who could do it.
func (h *House) standsCard(ctx context.Context, m message.ByHand) (message.Card, error) {
	campaign, _ := m.OfReview()
	c, err := h.Memory.Campaign(ctx, campaign)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return message.Card{}, err
	}
	m.Page = h.URL + "/reviews/" + campaign
	return m.Stands(c.Name), nil
}
