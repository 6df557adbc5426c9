package flow

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// grantTale is a grant as it stands: given, ending, ended, not given, in trouble.
func (h *House) grantTale(ctx context.Context, t access.Telling) (tale, error) {
	g, err := h.Memory.Grant(ctx, t.ID)
	if err != nil {
		return tale{}, err
	}
	out := tale{}
	if out.conn, err = h.Memory.Connector(ctx, g.Connector); err != nil {
		return out, err
	}
	by := ""
	r, err := h.Memory.Request(ctx, g.Request)
	if err == nil {
		by = r.By
	} else if !fault.Is(err, fault.NotFound) {
		return out, err
	}
	ender := ""
	if g.EndedBy, ender, err = h.doer(ctx, g.Connector, g.EndedBy); err != nil {
		return out, err
	}
	out.news, out.next = g.News(h.Now())
	out.readers = func(ctx context.Context, _ access.Telling, n access.News) ([]reader, error) {
		if n.To == access.ToKeepers {
			return h.keepers(ctx, out.conn, g.Resource)
		}
		return h.persons(ctx, g.Connector, g.Account, by)
	}
	out.card = func(ctx context.Context, n access.News, r reader, _ bool) (message.Card, error) {
		// Who has it, asked for it or owns it knows it.
		names, err := h.names(ctx, g.Connector, true, []string{g.Account, by, g.EndedBy}, []string{g.Resource})
		if ender != "" {
			names.People[g.EndedBy] = ender
		}
		held := message.Held{Grant: g, Names: names, Reader: r.to, By: by, Now: h.Now()}
		return grantCard(held, n), err
	}
	return out, nil
}

// doer is who a user is in a connector: their account, or, without one, the user,
// by name.
func (h *House) doer(ctx context.Context, conn, user string) (id, name string, err error) {
	switch user {
	case "":
		return "", "", nil
	case ebb:
		return ebb, "Ebb", nil
	}
	u, err := h.Memory.User(ctx, user)
	switch {
	case fault.Is(err, fault.NotFound):
		return user, "somebody", nil
	case err != nil:
		return "", "", err
	}
	if account := u.In(conn); account != "" {
		return account, "", nil
	}
	return user, u.Name, nil
}

func grantCard(g message.Held, n access.News) message.Card {
	switch n.What {
	case access.TellGiven:
		return g.Given()
	case access.TellEnds:
		lead, end, _ := strings.Cut(n.N, "@")
		unix, _ := strconv.ParseInt(end, 10, 64)
		return g.Ends(spanOf(lead), time.Unix(unix, 0))
	case access.TellEnded:
		return g.Ended()
	case access.TellNotGiven:
		return g.NotGiven()
	case access.TellWaits:
		return g.Waits()
	}
	return g.Attention()
}

// spanOf reads access.Span's days and hours.
func spanOf(s string) time.Duration {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, _ := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour
	}
	d, _ := time.ParseDuration(s)
	return d
}
