package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// knownAsTold is how long what was told is remembered after it last changed:
// longer than the longest grant.
const knownAsTold = access.Longest + 40*24*time.Hour

// news puts a due row into the lane "tell" for a change that somebody is to hear
// of. It is a row of its own for each change, so that it costs one write and no
// read, and meets nobody who tells of the change before.
func (s *Store) news(c *change, kind, id, conn string, rev int64) {
	d := access.Due{At: s.now(), Kind: kind, ID: id, Connector: conn, Urgency: 1, Seq: rev + 1}
	if kind == "request" {
		d.Urgency = 0 // that it was approved before what came of it
	}
	c.put(Key{duePart(laneTell), dueSort(d)}, 0, newDueRecord(d))
}

// SaveNews records events of an aggregate that change nothing else, and that
// somebody is to hear of what they say.
func (s *Store) SaveNews(ctx context.Context, kind, id, conn string, e ...audit.Event) error {
	e = s.named(e)
	return fault.Wrap("store.SaveNews", again(func() error {
		var c change
		if len(e) > 0 {
			last, err := s.newest(ctx, e[0].Aggregate)
			if err != nil {
				return err
			}
			s.news(&c, kind, id, conn, last.Seq)
		}
		return s.save(ctx, &c, e)
	}))
}

// Telling reads what was told of an aggregate; the zero Telling, with its kind
// and id, where nobody told anything yet.
func (s *Store) Telling(ctx context.Context, kind, id string) (access.Telling, error) {
	t := access.Telling{Kind: kind, ID: id}
	var messages []access.Message
	err := s.each(ctx, Range{Part: telling(kind, id)}, func(row Row) error {
		if split(row.Sort)[0] == "message" {
			r, err := decode[messageRecord](row)
			messages = append(messages, r.message(row.Version))
			return err
		}
		r, err := decode[tellingRecord](row)
		t = r.telling(row.Version)
		return err
	})
	t.Messages = messages
	return t, fault.Wrap("store.Telling", err)
}

// SaveTelling saves who tells and when there is more to tell, with the messages
// that were posted or changed since, and takes away due rows that were served;
// all in one commit. It gives the Telling as it stands then. fault.Conflict when
// somebody else has saved it, or served one of the rows. It needs no event, since
// what it tells has its own; where that somebody was told is to be proven, events
// say so in the same commit, and so once for each message.
func (s *Store) SaveTelling(ctx context.Context, t access.Telling, said []access.Message, served []access.Due, e ...audit.Event) (access.Telling, error) {
	const op = "store.SaveTelling"
	k := tellingKey(t.Kind, t.ID)
	prev, err := current[tellingRecord](ctx, s, k, t.Rev)
	if err != nil {
		return t, fault.Wrap(op, err)
	}
	var c change
	expires := s.now().Add(knownAsTold).Unix()
	rec := newTellingRecord(t)
	rec.Due = c.due(laneTell, prev.Due, access.Due{At: t.Next, Kind: t.Kind, ID: t.ID, Connector: t.Connector, Urgency: 1}, !t.Next.IsZero())
	c.putUntil(k, t.Rev, expires, rec)
	for _, m := range said {
		c.putUntil(messageKey(t.Kind, t.ID, m), m.Rev, expires, newMessageRecord(m))
	}
	for _, d := range served {
		if d.Seq > 0 { // the one without is the telling's own, and moves with it
			c.delete(Key{duePart(laneTell), dueSort(d)}, 1)
		}
	}
	if err := s.save(ctx, &c, e); err != nil {
		return t, fault.Wrap(op, err)
	}
	t.Rev++
	for _, m := range said {
		m.Rev++
		t.Messages = replaced(t.Messages, m)
	}
	return t, nil
}

func replaced(all []access.Message, m access.Message) []access.Message {
	for i, x := range all {
		if x.News() == m.News() && x.To == m.To {
			all[i] = m
			return all
		}
	}
	return append(all, m)
}
