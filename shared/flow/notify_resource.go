package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// The findings of a resource that its owners hear of.
const (
	findingCameBack = "finding.came-back"
	findingNoRoom   = "finding.channel-unreachable"
)

// resourceTale is what was found about a resource within a day. Each finding is
// told once, and stays as it was said.
func (h *House) resourceTale(ctx context.Context, t access.Telling) (tale, error) {
	conn, id, _ := strings.Cut(t.ID, "/")
	out := tale{}
	var err error
	if out.conn, err = h.Memory.Connector(ctx, conn); err != nil {
		return out, err
	}
	events, err := h.Memory.EventsOf(ctx, "resource/"+t.ID)
	if err != nil {
		return out, err
	}
	found := map[access.News]audit.Event{}
	for _, e := range events {
		n := findingNews(e)
		if _, twice := found[n]; twice || n.What == "" || h.Now().Sub(e.At) > giveUpTelling {
			continue
		}
		found[n] = e
		out.news = append(out.news, n)
	}
	out.readers = func(ctx context.Context, _ access.Telling, n access.News) ([]reader, error) {
		if n.What == access.TellNoRoom {
			return h.keepers(ctx, out.conn, "")
		}
		return h.ownersOf(ctx, out.conn, id)
	}
	out.card = func(ctx context.Context, n access.News, _ reader, _ bool) (message.Card, error) {
		e := found[n]
		names, err := h.names(ctx, conn, true, []string{e.Data["account"]}, []string{id})
		if n.What == access.TellNoRoom {
			return message.NoRoom(names, id, e.Data["code"]), err
		}
		gone, _ := time.Parse(time.RFC3339Nano, e.Data["gone"])
		return message.CameBack(names, e.Data["account"], id, gone), err
	}
	return out, nil
}

// findingNews is what an event tells the owners; the zero News: nothing. What
// stands on being found is told once for each end, or once a day.
func findingNews(e audit.Event) access.News {
	day := e.At.UTC().Format(time.DateOnly)
	switch e.Action {
	case findingCameBack:
		since := e.Data["gone"]
		if since == "" {
			since = day
		}
		return access.News{What: access.TellCameBack, N: e.Data["account"] + "@" + since, To: access.ToKeepers}
	case findingNoRoom:
		return access.News{What: access.TellNoRoom, N: e.Data["code"] + "@" + day, To: access.ToKeepers}
	}
	return access.News{}
}

// ownersOf are the owners of a resource; where there is none of them, those of its
// connector.
func (h *House) ownersOf(ctx context.Context, c connector.Connector, resource string) ([]reader, error) {
	r, err := h.Memory.Resource(ctx, c.ID, resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if out, err := h.persons(ctx, c.ID, r.Owners...); err != nil || len(out) > 0 {
		return out, err
	}
	return h.keepers(ctx, c, "")
}
