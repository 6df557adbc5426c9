package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Owners of a connector hear by e-mail that they were named: there is no Slack yet
// in which they could. A due row in the commit that named them carries it, as it
// does everything that people are told; each owner is remembered once the mail is
// sent, so that one comes twice only where we died, or an answer was lost, in
// between.

// Why an owner was not told, beside the codes of the mail port.
const (
	untoldNoMail    = "no-mail"    // the house sends none
	untoldNoAddress = "no-address" // no account of theirs has one that Ebb may read
	untoldThemself  = "themself"   // who named themself knows
)

// tellOwners brings the owners of a connector to know that they are.
func (h *House) tellOwners(ctx context.Context, t access.Telling, rows []access.Due) error {
	s := &speech{h: h, t: t, owner: h.NewID("tell")}
	if !t.Free(s.owner, h.Now()) {
		return &fault.Error{Op: "flow.tellOwners", Kind: fault.Conflict, Until: t.Until, Text: "somebody else tells of it right now"}
	}
	c, err := h.Memory.Connector(ctx, t.ID)
	if fault.Is(err, fault.NotFound) {
		return s.settle(ctx, rows, nil)
	}
	s.t.Connector = c.ID
	named := ""
	if err == nil {
		named, err = h.whoNamed(ctx, c.ID)
	}
	for _, id := range c.Owners {
		if err != nil {
			break
		}
		m := access.Message{What: access.TellOwner, To: id, Connector: c.ID}
		if _, told := s.t.Find(m.News(), id); told {
			continue
		}
		if err = s.claim(ctx); err != nil {
			break
		}
		if m.Failed, err = h.mailOwner(ctx, c, id, id == named); err != nil {
			break
		}
		m.At = h.Now()
		err = s.remember(ctx, m)
	}
	if fault.Is(err, fault.Conflict) {
		return err
	}
	return s.settle(ctx, rows, err)
}

// whoNamed is who made the connector.
func (h *House) whoNamed(ctx context.Context, conn string) (string, error) {
	events, err := h.Memory.EventsOf(ctx, "connector/"+conn)
	if err != nil || len(events) == 0 {
		return "", err
	}
	return events[0].Actor, nil
}

// mailOwner sends the mail, or says why there is none to send. An error is tried
// again.
func (h *House) mailOwner(ctx context.Context, c connector.Connector, user string, themself bool) (untold string, err error) {
	if themself {
		return untoldThemself, nil
	}
	if h.Mail == nil {
		return untoldNoMail, nil
	}
	to, err := h.addressOf(ctx, user)
	if err != nil || to == "" {
		return untoldNoAddress, err
	}
	err = h.Mail.Send(ctx, message.OwnerNamed(c, user, to, h.URL))
	if fault.Is(err, fault.Permanent) {
		h.log().Warn("not told by mail", "connector", c.ID, "user", user, "error", err)
		if untold = fault.CodeOf(err); untold == "" {
			untold = "refused"
		}
		return untold, nil
	}
	return "", err
}

// addressOf is the address of a user's first live account that has one.
func (h *House) addressOf(ctx context.Context, user string) (string, error) {
	u, err := h.Memory.User(ctx, user)
	if fault.Is(err, fault.NotFound) || err == nil && u.Ended {
		return "", nil
	}
	for _, ref := range u.Accounts {
		if err != nil {
			break
		}
		a, aerr := h.Memory.Account(ctx, ref.Connector, ref.Account)
		if aerr == nil && a.Live() && a.Email != "" {
			return a.Email, nil
		}
		if !fault.Is(aerr, fault.NotFound) {
			err = aerr
		}
	}
	return "", err
}
