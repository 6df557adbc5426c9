package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// holdRecord is a hold's row.
type holdRecord struct {
	Connector string `json:"connector"`
	Resource  string `json:"resource"`
	Slug      string `json:"slug"`
	Account   string `json:"account"`
	Stood     bool   `json:"stood_before"`
	Sent      bool   `json:"sent"`
	Since     stamp  `json:"since,omitzero"`
	GoneAt    stamp  `json:"gone_at,omitzero"`
	GoneDate  int64  `json:"gone_date,omitempty"`
}

func newHoldRecord(h access.Hold) holdRecord {
	return holdRecord{
		Connector: h.Connector, Resource: h.Resource, Slug: h.Slug, Account: h.Account,
		Stood: h.Stood, Sent: h.Sent, Since: stamp(h.Since), GoneAt: stamp(h.GoneAt), GoneDate: h.GoneDate,
	}
}

func (r holdRecord) hold(rev int64) access.Hold {
	return access.Hold{
		Connector: r.Connector, Resource: r.Resource, Slug: r.Slug, Account: r.Account,
		Stood: r.Stood, Sent: r.Sent, Since: r.Since.time(), GoneAt: r.GoneAt.time(), GoneDate: r.GoneDate, Rev: rev,
	}
}

// writingRecord is the write on its way.
type writingRecord struct {
	Owner  string   `json:"owner"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
	SentAt stamp    `json:"sent_at,omitzero"`
	From   stamp    `json:"from,omitzero"`
	Reread bool     `json:"reread,omitempty"`
	Seen   []string `json:"seen,omitempty"`
}

func newWritingRecord(w access.Writing) writingRecord {
	return writingRecord{Owner: w.Owner, Add: w.Add, Remove: w.Remove, SentAt: stamp(w.SentAt), From: stamp(w.From), Reread: w.Reread, Seen: w.Seen}
}

func (r writingRecord) writing(rev int64) access.Writing {
	return access.Writing{
		Owner: r.Owner, Add: r.Add, Remove: r.Remove, SentAt: r.SentAt.time(), From: r.From.time(), Reread: r.Reread, Seen: r.Seen, Rev: rev,
	}
}

// leftRecord is a member that was left out of a list.
type leftRecord struct {
	Account string `json:"account"`
	Since   stamp  `json:"since,omitzero"`
	Unseen  bool   `json:"unseen,omitempty"`
}

func newLeftRecord(l access.Left) leftRecord {
	return leftRecord{Account: l.Account, Since: stamp(l.Since), Unseen: l.Unseen}
}

func (r leftRecord) left(rev int64) access.Left {
	return access.Left{Account: r.Account, Since: r.Since.time(), Unseen: r.Unseen, Rev: rev}
}

// wakeRecord remembers where a resource's own due row stands.
type wakeRecord struct {
	Due string `json:"due"`
}

// lockRecord is a resource's lock; Owner "" is free.
type lockRecord struct {
	Connector string `json:"connector"`
	Resource  string `json:"resource"`
	Owner     string `json:"owner"`
	Until     stamp  `json:"until,omitzero"`
}

func newLockRecord(l access.Lock) lockRecord {
	return lockRecord{Connector: l.Connector, Resource: l.Resource, Owner: l.Owner, Until: stamp(l.Until)}
}

func (r lockRecord) lock(rev int64) access.Lock {
	return access.Lock{Connector: r.Connector, Resource: r.Resource, Owner: r.Owner, Until: r.Until.time(), Rev: rev}
}

// dueRecord is the body of a due row.
type dueRecord struct {
	At        stamp  `json:"at"`
	Kind      string `json:"kind"`
	ID        string `json:"id"`
	Connector string `json:"connector,omitempty"`
	Urgency   int    `json:"urgency"`
	Seq       int64  `json:"seq,omitempty"`
}

func newDueRecord(d access.Due) dueRecord {
	return dueRecord{At: stamp(d.At), Kind: d.Kind, ID: d.ID, Connector: d.Connector, Urgency: d.Urgency, Seq: d.Seq}
}

func (r dueRecord) due() access.Due {
	return access.Due{At: r.At.time(), Kind: r.Kind, ID: r.ID, Connector: r.Connector, Urgency: r.Urgency, Seq: r.Seq}
}

// pauseRecord is how long a method of Slack rests, and up to when its calls
// behind that are spoken for: by ends, and by everybody.
type pauseRecord struct {
	Until stamp `json:"until"`
	Ends  stamp `json:"ends,omitzero"`
	All   stamp `json:"all,omitzero"`
}

// last is when a method is free for everybody again.
func (r pauseRecord) last() time.Time {
	if all := r.All.time(); all.After(r.Until.time()) {
		return all
	}
	return r.Until.time()
}

// turn gives the next turn from now on, and the record with it taken.
func (r pauseRecord) turn(w access.Wish, now time.Time) (time.Time, pauseRecord) {
	after := func(a, b time.Time) time.Time {
		if a.After(b) {
			return a
		}
		return b
	}
	free := after(r.Until.time(), now)
	taken := time.Duration(w.Calls) * w.Every
	at := after(free, r.All.time())
	if w.End {
		at = after(free, r.Ends.time())
		r.Ends = stamp(at.Add(taken))
	}
	r.All = stamp(after(free, r.All.time()).Add(taken))
	return at, r
}
