package store

import "github.com/ebb-access/ebb/shared/directory"

// findingRecord is a finding's row.
type findingRecord struct {
	ID        string `json:"id"`
	Connector string `json:"connector"`
	Resource  string `json:"resource"`
	Slug      string `json:"slug,omitempty"`
	Account   string `json:"account,omitempty"`
	Kind      string `json:"kind"`
	Count     int    `json:"count,omitempty"`
	Code      string `json:"code,omitempty"`
	Request   string `json:"request,omitempty"`
	GoneAt    stamp  `json:"gone_at,omitzero"`
	Seen      stamp  `json:"seen,omitzero"`
	Run       string `json:"run,omitempty"`
	Notice    string `json:"notice,omitempty"`
	Times     int    `json:"times,omitempty"`
	State     string `json:"state"`
	Decided   stamp  `json:"decided,omitzero"`
	By        string `json:"by,omitempty"`
	Until     stamp  `json:"until,omitzero"`
	Grant     string `json:"grant,omitempty"`
	Closed    stamp  `json:"closed,omitzero"`
}

func newFindingRecord(f directory.Finding) findingRecord {
	return findingRecord{
		ID: f.ID, Connector: f.Connector, Resource: f.Resource, Slug: f.Slug, Account: f.Account, Kind: string(f.Kind),
		Count: f.Count, Code: f.Code, Request: f.Request, GoneAt: stamp(f.GoneAt), Seen: stamp(f.Seen), Run: f.Run,
		Notice: f.Notice, Times: f.Times, State: string(f.State), Decided: stamp(f.Decided), By: f.By,
		Until: stamp(f.Until), Grant: f.Grant, Closed: stamp(f.Closed),
	}
}

func (r findingRecord) finding(rev int64) directory.Finding {
	return directory.Finding{
		ID: r.ID, Connector: r.Connector, Resource: r.Resource, Slug: r.Slug, Account: r.Account, Kind: directory.FindingKind(r.Kind),
		Count: r.Count, Code: r.Code, Request: r.Request, GoneAt: r.GoneAt.time(), Seen: r.Seen.time(), Run: r.Run,
		Notice: r.Notice, Times: r.Times, State: directory.FindingState(r.State), Decided: r.Decided.time(), By: r.By,
		Until: r.Until.time(), Grant: r.Grant, Closed: r.Closed.time(), Rev: rev,
	}
}
