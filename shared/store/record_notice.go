package store

import "github.com/ebb-access/ebb/shared/connector"

// noticeRecord is an event of Slack: ids and dates. Due is the sort of its due
// row, "" without one.
type noticeRecord struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Enterprise string   `json:"enterprise,omitempty"`
	Team       string   `json:"team,omitempty"`
	Account    string   `json:"account,omitempty"`
	Resource   string   `json:"resource,omitempty"`
	Added      []string `json:"added,omitempty"`
	Removed    []string `json:"removed,omitempty"`
	Before     int64    `json:"before,omitempty"`
	Date       int64    `json:"date,omitempty"`
	Cut        bool     `json:"cut,omitempty"`
	Gone       bool     `json:"gone,omitempty"`
	Told       stamp    `json:"told,omitzero"`
	Connector  string   `json:"connector,omitempty"`
	Taken      stamp    `json:"taken,omitzero"`
	Next       stamp    `json:"next,omitzero"`
	Tries      int      `json:"tries,omitempty"`
	Served     stamp    `json:"served,omitzero"`
	Due        string   `json:"due,omitempty"`
}

func newNoticeRecord(n connector.Notice) noticeRecord {
	return noticeRecord{
		ID: n.ID, Kind: string(n.Kind), Enterprise: n.Enterprise, Team: n.Team, Account: n.Account, Resource: n.Resource,
		Added: n.Added, Removed: n.Removed, Before: n.Before, Date: n.Date, Cut: n.Cut, Gone: n.Gone, Told: stamp(n.Told),
		Connector: n.Connector, Taken: stamp(n.Taken), Next: stamp(n.Next), Tries: n.Tries, Served: stamp(n.Served),
	}
}

func (r noticeRecord) notice(rev int64) connector.Notice {
	return connector.Notice{
		ID: r.ID, Kind: connector.NoticeKind(r.Kind), Enterprise: r.Enterprise, Team: r.Team, Account: r.Account, Resource: r.Resource,
		Added: r.Added, Removed: r.Removed, Before: r.Before, Date: r.Date, Cut: r.Cut, Gone: r.Gone, Told: r.Told.time(),
		Connector: r.Connector, Taken: r.Taken.time(), Next: r.Next.time(), Tries: r.Tries, Served: r.Served.time(), Rev: rev,
	}
}
