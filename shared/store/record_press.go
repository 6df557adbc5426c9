package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// pressRecord is an act of a person in Slack, without the words, which have a
// row of their own. Due is the sort of its due row, "" without one.
type pressRecord struct {
	ID        string   `json:"id"`
	Act       string   `json:"act"`
	Connector string   `json:"connector"`
	Account   string   `json:"account"`
	Target    string   `json:"target,omitempty"`
	Until     stamp    `json:"until,omitzero"`
	Words     bool     `json:"words,omitempty"`
	Subject   string   `json:"subject,omitempty"`
	Resources []string `json:"resources,omitempty"`
	Start     stamp    `json:"start,omitzero"`
	Length    int64    `json:"length,omitempty"` // nanoseconds
	Emergency bool     `json:"emergency,omitempty"`
	Profile   string   `json:"profile,omitempty"`
	Taken     stamp    `json:"taken,omitzero"`
	Next      stamp    `json:"next,omitzero"`
	Tries     int      `json:"tries,omitempty"`
	Served    stamp    `json:"served,omitzero"`
	Due       string   `json:"due,omitempty"`
}

func newPressRecord(p access.Press) pressRecord {
	return pressRecord{
		ID: p.ID, Act: string(p.Act), Connector: p.Connector, Account: p.Account, Target: p.Target, Until: stamp(p.Until), Words: p.Words != "",
		Subject: p.Subject, Resources: p.Resources, Start: stamp(p.Start), Length: int64(p.Length),
		Emergency: p.Emergency, Profile: p.Profile,
		Taken: stamp(p.Taken), Next: stamp(p.Next), Tries: p.Tries, Served: stamp(p.Served),
	}
}

func (r pressRecord) press(rev int64) access.Press {
	return access.Press{
		ID: r.ID, Act: access.Act(r.Act), Connector: r.Connector, Account: r.Account, Target: r.Target, Until: r.Until.time(),
		Subject: r.Subject, Resources: r.Resources, Start: r.Start.time(), Length: time.Duration(r.Length),
		Emergency: r.Emergency, Profile: r.Profile,
		Taken: r.Taken.time(), Next: r.Next.time(), Tries: r.Tries, Served: r.Served.time(), Rev: rev,
	}
}
