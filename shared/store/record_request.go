package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// requestRecord is a request's row. Due is the sort of its due row, "" without one.
type requestRecord struct {
	ID        string       `json:"id"`
	Requester string       `json:"requester,omitempty"`
	By        string       `json:"by,omitempty"`
	Subject   string       `json:"subject,omitempty"`
	Connector string       `json:"connector"`
	Items     []itemRecord `json:"items,omitempty"`
	Start     stamp        `json:"start,omitzero"`
	Length    span         `json:"length"`
	Created   stamp        `json:"created,omitzero"`
	Expires   stamp        `json:"expires,omitzero"`
	Due       string       `json:"due,omitempty"`
}

type itemRecord struct {
	Resource      string `json:"resource"`
	Kind          string `json:"kind,omitempty"`
	Slug          string `json:"slug"`
	State         string `json:"state"`
	Rule          string `json:"rule,omitempty"`
	PolicyVersion int64  `json:"policy_version,omitempty"`
	DecidedBy     string `json:"decided_by,omitempty"`
	DecidedAt     stamp  `json:"decided_at,omitzero"`
	Grant         string `json:"grant,omitempty"`
	Reassigned    bool   `json:"reassigned,omitempty"`
	Extends       string `json:"extends,omitempty"`
}

func newRequestRecord(r access.Request) requestRecord {
	rec := requestRecord{
		ID: r.ID, Requester: r.Requester, By: r.By, Subject: r.Subject, Connector: r.Connector, Start: stamp(r.Start),
		Length: span(r.Length), Created: stamp(r.Created), Expires: stamp(r.Expires),
	}
	for _, i := range r.Items {
		rec.Items = append(rec.Items, itemRecord{
			Resource: i.Resource, Kind: string(i.Kind), Slug: i.Slug, State: string(i.State), Rule: i.Rule,
			PolicyVersion: i.PolicyVersion, DecidedBy: i.DecidedBy, DecidedAt: stamp(i.DecidedAt), Grant: i.Grant, Reassigned: i.Reassigned, Extends: i.Extends,
		})
	}
	return rec
}

func (r requestRecord) request(rev int64) access.Request {
	out := access.Request{
		ID: r.ID, Requester: r.Requester, By: r.By, Subject: r.Subject, Connector: r.Connector, Start: r.Start.time(),
		Length: time.Duration(r.Length), Created: r.Created.time(), Expires: r.Expires.time(), Rev: rev,
	}
	for _, i := range r.Items {
		out.Items = append(out.Items, access.Item{
			Resource: i.Resource, Kind: directory.Kind(i.Kind), Slug: i.Slug, State: access.ItemState(i.State), Rule: i.Rule,
			PolicyVersion: i.PolicyVersion, DecidedBy: i.DecidedBy, DecidedAt: i.DecidedAt.time(), Grant: i.Grant, Reassigned: i.Reassigned, Extends: i.Extends,
		})
	}
	return out
}
