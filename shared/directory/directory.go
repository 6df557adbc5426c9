// Package directory owns what Ebb knows of Slack: accounts, resources,
// entitlements and who holds what, together with how a listing is compared
// with what was known (Diff) and when absence may be believed. It owns findings,
// too: what differs from the picture without Ebb's doing, and what a person said of
// it. Whose doing a difference is, package access says (Outside): it knows what Ebb
// did; and a person's word is carried out there (TakeOver).
//
// It is a picture of Slack, never a decision: nothing here gives or takes
// access. It reads no clock and does no I/O.
//
// A finding (Turn is the only function that moves it):
//
//	state       turn    becomes   why
//	(new)       see     open      a look showed it
//	open        accept  accepted  a person: it ends at a time, by a grant
//	open        remove  removing  a person: it goes now, by a grant
//	open        keep    kept      a person: it is right as it is
//	open        lost    gone      it went by itself
//	removing    took    removed   its grant came to its end
//	removing    keep    kept      an owner let it stay, to disconnect
//	all others  see     open      another look showed it again
package directory

import (
	"slices"
	"time"
)

// Kind is the kind of a resource.
type Kind string

// The kinds of resources, spelled as in an entitlement ("usergroup:member").
const (
	Organization Kind = "organization"
	Workspace    Kind = "workspace"
	UserGroup    Kind = "usergroup"
	Channel      Kind = "channel"
	Role         Kind = "orgrole"
	App          Kind = "app"
)

// AccountKind is what sort of Slack identity an account is.
type AccountKind string

// Human is a full member. SingleChannelGuest and MultiChannelGuest are Slack's
// "ultra restricted" and "restricted" users. External comes through Slack Connect.
const (
	Human              AccountKind = "human"
	SingleChannelGuest AccountKind = "single-channel guest"
	MultiChannelGuest  AccountKind = "multi-channel guest"
	Bot                AccountKind = "bot"
	External           AccountKind = "external"
)

// AccountState is whether an account can be used.
type AccountState string

// Invited people have not accepted yet; Deactivated ones can be reactivated.
const (
	Active      AccountState = "active"
	Invited     AccountState = "invited"
	Deactivated AccountState = "deactivated"
)

// WorkspaceRole is an account's role in one workspace, also the entitlement's
// last word ("workspace:admin").
type WorkspaceRole string

// The roles that Slack's user object tells, from least to most.
const (
	Member       WorkspaceRole = "member"
	Admin        WorkspaceRole = "admin"
	Owner        WorkspaceRole = "owner"
	PrimaryOwner WorkspaceRole = "primary-owner"
)

// Account is one Slack identity in one connector. ID is Slack's (U… or W…,
// opaque). Roles maps workspace id to role and holds an entry for every
// workspace the account belongs to.
type Account struct {
	ID        string
	Connector string
	Kind      AccountKind
	State     AccountState
	Handle    string // Slack's "name"; "" once forgotten
	Name      string // real name; "" once forgotten
	Email     string // "" without the scope users:read.email
	Roles     map[string]WorkspaceRole
	OrgAdmin  bool // administrator of the Enterprise organization
	OrgOwner  bool
	TwoFactor bool
	Manager   string // account id, from the profile in Slack; "": not shown there
	Forgotten bool   // erased by ebb forget: a sync brings no name back
}

// Live reports whether the account can hold and use access now.
func (a Account) Live() bool { return a.State == Active }

// In reports whether the account belongs to the workspace.
func (a Account) In(workspace string) bool { _, ok := a.Roles[workspace]; return ok }

// Administers reports whether the account is an admin or owner of the workspace.
func (a Account) Administers(workspace string) bool {
	return slices.Contains([]WorkspaceRole{Admin, Owner, PrimaryOwner}, a.Roles[workspace])
}

// Label is what a person calls the account: name, else handle, else id.
func (a Account) Label() string {
	for _, s := range []string{a.Name, a.Handle} {
		if s != "" {
			return s
		}
	}
	return a.ID
}

// Resource is one thing that can be held in part. ID is Slack's, opaque and
// unique within its connector. Name is the handle for a user group ("oncall",
// without @) and the name for a channel (without #).
type Resource struct {
	ID        string
	Connector string
	Workspace string // "" for what belongs to the organization
	Kind      Kind
	Name      string
	Title     string // the user group's display name
	Owners    []string
	Creator   string

	Private  bool // channels
	General  bool // #general or an organization-wide default channel: cannot be left
	Archived bool
	Shared   bool // with other organizations (Slack Connect)
	Reached  bool // channels: a token of ours is a member, so members can be read and changed

	Disabled bool     // user groups: hidden from people, memberships kept
	Managed  bool     // user groups: an identity provider owns the members
	Locked   bool     // user groups: membership or editing is locked, or Slack fills it
	Defaults []string // user groups: default channels, ids

	Count int // members as last read completely
}

// Visible reports whether a complete read of members can be believed: hidden
// is not gone.
func (r Resource) Visible() bool { return !r.Disabled && !r.Archived }

// Entitlement is one thing that can be held: a slug ("member", "admin", …) on
// a resource. Word gives "usergroup:member".
type Entitlement struct {
	Resource string
	Slug     string
}

// Word spells the kind of entitlement in the field's form, "usergroup:member".
func Word(k Kind, slug string) string { return string(k) + ":" + slug }

// Membership is one account holding one entitlement, seen in Slack.
type Membership struct {
	Connector string
	Resource  string
	Slug      string
	Account   string
	Since     time.Time // when a sync saw it first; zero: with the first sync
	// Kind is that of the resource, so that who looks for user groups need not
	// read every channel; "": stored before it was kept, and not known.
	Kind Kind
	// Date is Slack's date of the user group (Unix seconds) as of which a read or an
	// event brought it; 0: not told. What is told late of a time before says nothing.
	Date int64
}

// Listing is one page of a listing of Slack, in Slack's order.
type Listing[T any] struct {
	Items []T
	Next  string // cursor; "" after the last page
}

// GroupListing is a user group with its complete members, as one call gives it.
type GroupListing struct {
	Resource Resource
	Members  []string
}

// Batch is what a sync changes in the directory, in any number.
type Batch struct {
	Accounts    []Account
	Resources   []Resource
	Memberships []Membership
	// Before are accounts of the batch as they stood, as far as they were known:
	// names that they have no more lead to them no more.
	Before []Account
	// Gone are deleted; only their ids count.
	GoneAccounts    []Account
	GoneResources   []Resource
	GoneMemberships []Membership
}

// Len is how many things the batch writes.
func (b Batch) Len() int {
	return len(b.Accounts) + len(b.Resources) + len(b.Memberships) +
		len(b.GoneAccounts) + len(b.GoneResources) + len(b.GoneMemberships)
}
