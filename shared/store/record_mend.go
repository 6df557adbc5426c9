package store

import "github.com/ebb-access/ebb/shared/access"

// meantRecord is what one list that was sent meant.
type meantRecord struct {
	Owner  string   `json:"owner"`
	Date   int64    `json:"date,omitempty"`
	In     []string `json:"in,omitempty"`
	Out    []string `json:"out,omitempty"`
	SentAt stamp    `json:"sent_at,omitzero"`
	From   stamp    `json:"from,omitzero"`
}

func newMeantRecord(m access.Meant) meantRecord {
	return meantRecord{Owner: m.Owner, Date: m.Date, In: m.In, Out: m.Out, SentAt: stamp(m.SentAt), From: stamp(m.From)}
}

func (r meantRecord) meant(rev int64) access.Meant {
	return access.Meant{Owner: r.Owner, Date: r.Date, In: r.In, Out: r.Out, SentAt: r.SentAt.time(), From: r.From.time(), Rev: rev}
}

// toldRecord is a change of members as Slack told it.
type toldRecord struct {
	Notice  string   `json:"notice"`
	Before  int64    `json:"before,omitempty"`
	Date    int64    `json:"date,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	At      stamp    `json:"at,omitzero"`
}

func newToldRecord(t access.Told) toldRecord {
	return toldRecord{Notice: t.Notice, Before: t.Before, Date: t.Date, Added: t.Added, Removed: t.Removed, At: stamp(t.At)}
}

func (r toldRecord) told(rev int64) access.Told {
	return access.Told{Notice: r.Notice, Before: r.Before, Date: r.Date, Added: r.Added, Removed: r.Removed, At: r.At.time(), Rev: rev}
}

// mendRecord is an overwritten edit that is to be done again.
type mendRecord struct {
	Account string `json:"account"`
	Back    bool   `json:"back,omitempty"`
	After   int64  `json:"after"`
	Since   stamp  `json:"since,omitzero"`
}

func newMendRecord(m access.Mend) mendRecord {
	return mendRecord{Account: m.Account, Back: m.Back, After: m.After, Since: stamp(m.Since)}
}

func (r mendRecord) mend(rev int64) access.Mend {
	return access.Mend{Account: r.Account, Back: r.Back, After: r.After, Since: r.Since.time(), Rev: rev}
}
