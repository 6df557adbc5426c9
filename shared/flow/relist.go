package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// betweenLists is how often the list of somebody who decides one request after the
// other changes at most: Slack takes fifty changes a minute from everybody together.
const betweenLists = time.Minute

// relist has the lists of the day changed that name this request, once something of it
// is decided: its line goes, and with it buttons that would be refused.
func (q *requestTale) relist(ctx context.Context, told access.Telling) error {
	waits := func(it access.Item) bool { return it.State == access.Pending && len(it.Votes) == 0 }
	if !slices.ContainsFunc(q.r.Items, func(it access.Item) bool { return !waits(it) }) {
		return nil
	}
	accounts, inRoom := q.deciders(), false
	for _, m := range told.Messages {
		switch {
		case m.What != access.TellDecide:
		case m.To == m.Channel:
			inRoom = true
		default:
			accounts = append(accounts, m.To)
		}
	}
	if inRoom {
		more, err := q.whoDecided(ctx)
		if err != nil {
			return err
		}
		accounts = append(accounts, more...)
	}
	slices.Sort(accounts)
	for _, account := range slices.Compact(accounts) {
		if err := q.h.relist(ctx, q.r, account); err != nil {
			return err
		}
	}
	return nil
}

// whoDecided are those whom the rule asked, who read a message in a channel and have
// none of their own.
func (q *requestTale) whoDecided(ctx context.Context) ([]string, error) {
	var out []string
	for _, it := range q.r.Items {
		f, err := q.h.gather(ctx, q.r.Connector, q.r.By, q.r.Subject, it.Resource, it.Slug, q.r.Length)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		people, err := q.h.approversOf(ctx, f, q.h.ruleOf(ctx, it.PolicyVersion, it.Rule).Anybody())
		if err != nil {
			return nil, err
		}
		instead, err := q.h.deputies(ctx, f, people)
		if err != nil {
			return nil, err
		}
		for _, d := range instead {
			people = append(people, d.Person)
		}
		for _, p := range people {
			out = append(out, p.Account.ID)
		}
	}
	return out, nil
}

// relist makes somebody's list of today due in a minute, if it may name a request.
func (h *House) relist(ctx context.Context, r access.Request, account string) error {
	return again(func() error {
		t, err := h.Memory.Telling(ctx, "digest", digestID(r.Connector, account))
		if err != nil || len(t.Messages) == 0 {
			return err
		}
		p, err := h.Memory.Policy(ctx, 0)
		if err != nil {
			return err
		}
		soon := h.Now().Add(betweenLists)
		today := p.Hours.Date(soon)
		names := func(m access.Message) bool { return m.N == today && m.TS != "" && !r.Created.After(m.At) }
		if !t.Next.IsZero() && !t.Next.After(soon) || !slices.ContainsFunc(t.Messages, names) {
			return nil
		}
		t.Next = soon
		_, err = h.Memory.SaveTelling(ctx, t, nil, nil)
		return err
	})
}
