package store

import "github.com/ebb-access/ebb/shared/directory"

// accountRecord is an account's row. It has the fields of directory.Account in
// their order, so that one converts to the other and a new field there does
// not compile here until it is stored.
type accountRecord struct {
	ID        string                             `json:"id"`
	Connector string                             `json:"connector"`
	Kind      directory.AccountKind              `json:"kind"`
	State     directory.AccountState             `json:"state"`
	Handle    string                             `json:"handle,omitempty"`
	Name      string                             `json:"name,omitempty"`
	Email     string                             `json:"email,omitempty"`
	Roles     map[string]directory.WorkspaceRole `json:"roles,omitempty"`
	OrgAdmin  bool                               `json:"organization_admin,omitempty"`
	OrgOwner  bool                               `json:"organization_owner,omitempty"`
	TwoFactor bool                               `json:"two_factor,omitempty"`
	Manager   string                             `json:"manager,omitempty"`
	Forgotten bool                               `json:"forgotten,omitempty"`
}

// resourceRecord is a resource's row, field by field as directory.Resource.
// Owners is always empty here: they have a row of their own.
type resourceRecord struct {
	ID        string         `json:"id"`
	Connector string         `json:"connector"`
	Workspace string         `json:"workspace,omitempty"`
	Kind      directory.Kind `json:"kind"`
	Name      string         `json:"name,omitempty"`
	Title     string         `json:"title,omitempty"`
	Owners    []string       `json:"-"`
	Creator   string         `json:"creator,omitempty"`
	Private   bool           `json:"private,omitempty"`
	General   bool           `json:"general,omitempty"`
	Archived  bool           `json:"archived,omitempty"`
	Shared    bool           `json:"shared,omitempty"`
	Reached   bool           `json:"reached,omitempty"`
	Disabled  bool           `json:"disabled,omitempty"`
	Managed   bool           `json:"managed,omitempty"`
	Locked    bool           `json:"locked,omitempty"`
	Defaults  []string       `json:"default_channels,omitempty"`
	Count     int            `json:"count,omitempty"`
}

// ownersRecord is who owns a resource, by account id.
type ownersRecord struct {
	Owners []string `json:"owners,omitempty"`
}

// membershipRecord is the rest of a membership; its key says who holds what.
type membershipRecord struct {
	Since stamp          `json:"since,omitzero"`
	Kind  directory.Kind `json:"kind,omitempty"`
	Date  int64          `json:"date,omitempty"`
}

func (r membershipRecord) ofHolder(conn, resource, sort string) (m directory.Membership) {
	m.Connector, m.Resource, m.Since, m.Kind, m.Date = conn, resource, r.Since.time(), r.Kind, r.Date
	if words := split(sort); len(words) == 2 {
		m.Slug, m.Account = words[0], words[1]
	}
	return m
}

func (r membershipRecord) ofHeld(conn, account, sort string) (m directory.Membership) {
	m.Connector, m.Account, m.Since, m.Kind, m.Date = conn, account, r.Since.time(), r.Kind, r.Date
	if words := split(sort); len(words) == 2 {
		m.Resource, m.Slug = words[0], words[1]
	}
	return m
}

func newAccountRecord(a directory.Account) any { return accountRecord(a) }

func newResourceRecord(r directory.Resource) any { return resourceRecord(r) }

func newMembershipRecord(m directory.Membership) any {
	return membershipRecord{stamp(m.Since), m.Kind, m.Date}
}
