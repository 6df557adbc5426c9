package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// knownFor is how long a served notice is known by its id. Slack delivers an
// event again for up to a day (docs.slack.dev, "Events API", delayed events).
const knownFor = 48 * time.Hour

// Notice reads an event of Slack that was taken.
func (s *Store) Notice(ctx context.Context, id string) (connector.Notice, error) {
	r, rev, err := find[noticeRecord](ctx, s, noticeKey(id), "notice", id)
	return r.notice(rev), fault.Wrap("store.Notice", err)
}

// SaveNotice saves a notice with its due row: at Next until it was served. A new
// one (Rev 0) whose id is known already is fault.Conflict. It needs no event: it
// decides nothing, and what comes of it has its own.
//
// Until it was served a notice is kept for ever, so that its due row always
// finds it; then for two days, so that Slack's repetition finds it.
func (s *Store) SaveNotice(ctx context.Context, n connector.Notice) error {
	const op = "store.SaveNotice"
	prev, err := current[noticeRecord](ctx, s, noticeKey(n.ID), n.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	urgency, expires := 2, int64(0)
	if n.Urgent() {
		urgency = 0
	}
	if !n.Served.IsZero() {
		expires = n.Served.Add(knownFor).Unix()
	}
	var c change
	rec := newNoticeRecord(n)
	rec.Due = c.due(laneHear, prev.Due, access.Due{At: n.Next, Kind: "notice", ID: n.ID, Connector: n.Connector, Urgency: urgency}, n.Served.IsZero())
	c.putUntil(noticeKey(n.ID), n.Rev, expires, rec)
	return fault.Wrap(op, s.save(ctx, &c, nil))
}
