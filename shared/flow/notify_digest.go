package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Whoever has much to decide gets a list once a working day, and no reminder for
// each request. Of what is asked in a channel its reminders stay there, and the list
// comes beside them. The list is an aggregate of its own, "digest", one for each person:
// the first reminder that it replaces makes it due, and while much waits it makes
// itself due again. What is decided of it goes from the day's list (relist.go).

// listed stands in the place of a reminder that a list replaced.
const listed = "listed"

// mostWaiting is how many open requests are looked through for one person.
const mostWaiting = 200

func digestID(conn, account string) string { return conn + "/" + account }

// digestTale is the list of what waits for one person.
func (h *House) digestTale(ctx context.Context, t access.Telling) (tale, error) {
	conn, account, _ := strings.Cut(t.ID, "/")
	out := tale{}
	var err error
	if out.conn, err = h.Memory.Connector(ctx, conn); err != nil {
		return out, err
	}
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return out, err
	}
	waiting, err := h.waitFor(ctx, conn, account)
	if err != nil {
		return out, err
	}
	reviews, err := h.reviewsOf(ctx, conn, account)
	if err != nil {
		return out, err
	}
	var last time.Time
	for _, m := range t.Messages {
		last = later(last, m.At)
	}
	day, next := p.Hours.Digest(len(waiting), last, h.Now())
	out.next = next
	if day != "" {
		out.news = []access.News{{What: access.TellDigest, N: day, To: access.ToDeciders}}
	}
	out.readers = func(ctx context.Context, _ access.Telling, _ access.News) ([]reader, error) {
		return h.persons(ctx, conn, account)
	}
	today := p.Hours.Date(h.Now())
	out.stays = func(m access.Message) bool { return m.N != today }
	out.card = func(ctx context.Context, n access.News, r reader, _ bool) (message.Card, error) {
		var accounts, resources []string
		waiting := slices.Clone(waiting)
		if m, had := t.Find(n, r.to); had { // what came since has a message of its own
			waiting = slices.DeleteFunc(waiting, func(a message.Asked) bool { return a.Created.After(m.At) })
		}
		for _, a := range waiting {
			accounts = append(accounts, a.By, a.Subject)
			for _, it := range a.Items {
				resources = append(resources, it.Resource)
			}
		}
		slices.Sort(accounts)
		slices.Sort(resources)
		names, err := h.names(ctx, conn, true, slices.Compact(accounts), slices.Compact(resources))
		for i := range waiting {
			waiting[i].Names, waiting[i].May = names, true
		}
		return message.Digest(waiting, reviews), err
	}
	return out, nil
}

// wereAsked are the open requests of a connector, the oldest first, that somebody was
// asked to decide in person and has not.
func (h *House) wereAsked(ctx context.Context, conn, account string) ([]access.Request, error) {
	return h.askedWhere(ctx, conn, account, func(m access.Message) bool { return m.To == account })
}

// askedWhere are those of which a question stands where in says.
func (h *House) askedWhere(ctx context.Context, conn, account string, in func(access.Message) bool) ([]access.Request, error) {
	open, err := h.Memory.Requests(ctx, true, mostWaiting)
	if err != nil {
		return nil, err
	}
	var out []access.Request
	for _, r := range slices.Backward(open) {
		if r.Connector != conn || !h.Now().Before(r.Expires) || !waitsFor(r, account) {
			continue
		}
		t, err := h.Memory.Telling(ctx, "request", r.ID)
		if err != nil {
			return nil, err
		}
		asked := func(m access.Message) bool {
			return m.News() == access.News{What: access.TellDecide} && m.Failed == "" && in(m)
		}
		if slices.ContainsFunc(t.Messages, asked) {
			out = append(out, r)
		}
	}
	return out, nil
}

// waitsFor reports whether some item still waits for a decision that the account has
// not given.
func waitsFor(r access.Request, account string) bool {
	return slices.ContainsFunc(r.Items, func(it access.Item) bool {
		return it.State == access.Pending && it.SoloAt.IsZero() && !it.Voted(account, "")
	})
}

// waitFor are those that the account may decide now, in person or in a channel, as its
// messages tell of them.
func (h *House) waitFor(ctx context.Context, conn, account string) ([]message.Asked, error) {
	asked, err := h.askedWhere(ctx, conn, account, func(m access.Message) bool { return m.To == account || m.To == m.Channel })
	if err != nil {
		return nil, err
	}
	var out []message.Asked
	for _, r := range asked {
		q, err := h.asItStands(ctx, r.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if q.may[access.TellDecide][account] {
			out = append(out, q.asked)
		}
	}
	return out, nil
}

// orListed marks those of a reminder's readers for whom so much waits that the list
// of the day takes its place.
func (q *requestTale) orListed(ctx context.Context, told access.Telling, n access.News, people []reader) error {
	if n.What != access.TellRemind {
		return nil
	}
	for i, r := range people {
		if _, had := told.Find(n, r.to); had || !q.may[access.TellDecide][r.to] {
			continue
		}
		asked, err := q.h.wereAsked(ctx, q.r.Connector, r.to)
		if err != nil {
			return err
		}
		people[i].listed = len(asked) > access.MostReminded
	}
	return nil
}

// listRoom makes the lists of those due who decide in a channel where much waits: a
// reminder there stands in a thread, of which Slack tells nobody who has not written
// in it.
func (q *requestTale) listRoom(ctx context.Context, told access.Telling, n access.News, x room) error {
	if _, had := told.Find(n, x.id); had || n.What != access.TellRemind {
		return nil
	}
	asked, err := q.h.askedWhere(ctx, q.r.Connector, "", func(m access.Message) bool { return m.To == x.id })
	if err != nil || len(asked) <= access.MostReminded {
		return err
	}
	people, err := q.h.persons(ctx, q.r.Connector, x.readers...)
	if err != nil {
		return err
	}
	for _, r := range people {
		if err := q.h.list(ctx, q.r.Connector, r.to); err != nil {
			return err
		}
	}
	return nil
}

// list makes somebody's list due, unless it is.
func (h *House) list(ctx context.Context, conn, account string) error {
	return again(func() error {
		t, err := h.Memory.Telling(ctx, "digest", digestID(conn, account))
		if err != nil || !t.Next.IsZero() {
			return err
		}
		t.Connector, t.Next = conn, h.Now()
		_, err = h.Memory.SaveTelling(ctx, t, nil, nil)
		return err
	})
}
