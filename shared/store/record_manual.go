package store

import (
	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// manualRecord is a manual task's row. Due is the sort of its due row, "" without one.
type manualRecord struct {
	ID        string             `json:"id"`
	Connector string             `json:"connector"`
	Workspace string             `json:"workspace,omitempty"`
	Resource  string             `json:"resource"`
	Kind      directory.Kind     `json:"kind,omitempty"`
	Slug      string             `json:"slug"`
	Account   string             `json:"account"`
	Give      bool               `json:"give,omitempty"`
	Origin    string             `json:"origin,omitempty"`
	Why       access.ManualWhy   `json:"why,omitempty"`
	Ebb       bool               `json:"ebb,omitempty"`
	Refused   string             `json:"refused,omitempty"`
	State     access.ManualState `json:"state"`
	SaidBy    string             `json:"said_by,omitempty"`
	Said      stamp              `json:"said,omitzero"`
	Created   stamp              `json:"created,omitzero"`
	Next      stamp              `json:"next,omitzero"`
	Nagged    int                `json:"nagged,omitempty"`
	Closed    stamp              `json:"closed,omitzero"`
	GivenUpBy string             `json:"given_up_by,omitempty"`
	Reason    string             `json:"reason,omitempty"`
	Due       string             `json:"due,omitempty"`
}

func newManualRecord(m access.Manual) manualRecord {
	return manualRecord{
		ID: m.ID, Connector: m.Connector, Workspace: m.Workspace, Resource: m.Resource, Kind: m.Kind, Slug: m.Slug,
		Account: m.Account, Give: m.Give, Origin: m.Origin, Why: m.Why, Ebb: m.Ebb, Refused: m.Refused, State: m.State, SaidBy: m.SaidBy,
		Said: stamp(m.Said), Created: stamp(m.Created), Next: stamp(m.Next), Nagged: m.Nagged, Closed: stamp(m.Closed),
		GivenUpBy: m.GivenUpBy, Reason: m.Reason,
	}
}

func (r manualRecord) manual(rev int64) access.Manual {
	return access.Manual{
		ID: r.ID, Connector: r.Connector, Workspace: r.Workspace, Resource: r.Resource, Kind: r.Kind, Slug: r.Slug,
		Account: r.Account, Give: r.Give, Origin: r.Origin, Why: r.Why, Ebb: r.Ebb, Refused: r.Refused, State: r.State, SaidBy: r.SaidBy,
		Said: r.Said.time(), Created: r.Created.time(), Next: r.Next.time(), Nagged: r.Nagged, Closed: r.Closed.time(),
		GivenUpBy: r.GivenUpBy, Reason: r.Reason, Rev: rev,
	}
}
