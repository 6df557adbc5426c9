package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// resourceTale is what was found about a resource. What came back and what cannot
// be asked in are told once, as they were said; everything else that was found
// within an hour is one message, which changes with what is decided.
func (h *House) resourceTale(ctx context.Context, t access.Telling) (tale, error) {
	conn, id, _ := strings.Cut(t.ID, "/")
	out := tale{}
	var err error
	if out.conn, err = h.Memory.Connector(ctx, conn); err != nil {
		return out, err
	}
	all, err := h.Memory.FindingsOf(ctx, conn, id)
	if err != nil {
		return out, err
	}
	found := map[access.News][]directory.Finding{}
	for _, f := range all {
		n := findingNews(f)
		if n.What == "" {
			continue
		}
		if _, twice := found[n]; !twice && f.State == directory.FindingOpen && h.Now().Sub(f.Seen) <= giveUpTelling {
			out.news = append(out.news, n)
		}
		found[n] = append(found[n], f)
	}
	out.readers = func(ctx context.Context, _ access.Telling, n access.News) ([]reader, error) {
		if n.What == access.TellNoRoom {
			return h.keepers(ctx, out.conn, "")
		}
		return h.ownersOf(ctx, out.conn, id)
	}
	out.card = func(ctx context.Context, n access.News, _ reader, _ bool) (message.Card, error) {
		n.To = access.ToKeepers
		fs := found[n]
		var accounts []string
		for _, f := range fs {
			accounts = append(accounts, f.Account)
		}
		names, err := h.names(ctx, conn, true, accounts, []string{id})
		switch {
		case err != nil || len(fs) == 0:
			return message.FoundNothing(names, id), err
		case n.What == access.TellNoRoom:
			return message.NoRoom(names, id, fs[0].Code), nil
		case n.What == access.TellCameBack:
			return message.CameBack(names, fs[0].Account, id, fs[0].GoneAt), nil
		}
		return message.Found(names, id, fs), nil
	}
	return out, nil
}

// findingNews is what a finding tells the owners; the zero News: nothing. What
// stands on being found is told once for each end.
func findingNews(f directory.Finding) access.News {
	day := f.Seen.UTC().Format(time.DateOnly)
	n := access.News{What: access.TellFound, N: string(f.Kind) + "@" + f.Seen.UTC().Format("2006-01-02T15"), To: access.ToKeepers}
	switch f.Kind {
	case directory.EditOverwritten, directory.EmergencyUnconfirmed:
		return access.News{} // told elsewhere
	case directory.CameBack:
		if f.Count > 0 {
			return n
		}
		since := stamp(f.GoneAt)
		if since == "" {
			since = day
		}
		return access.News{What: access.TellCameBack, N: f.Account + "@" + since, To: access.ToKeepers}
	case directory.ChannelUnreachable:
		return access.News{What: access.TellNoRoom, N: f.Code + "@" + day, To: access.ToKeepers}
	}
	return n
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
