// Package connector owns the link to one Slack workspace or Enterprise
// organization: its label, its owners, what its token can do (Capabilities),
// how it is installed (an Invitation), and the record of each sync.
//
// Labels and what moves them (Label):
//
//	Not connected --installed--> Syncing --first sync done--> Connected
//	Connected --sync starts--> Syncing --sync done--> Connected
//	any --authorization lost--> Error --installed--> Syncing
//	Syncing --too much would go--> Needs confirmation --confirmed--> Syncing
//	any connected --paused, drained--> Paused --resumed--> Connected, or the
//	     Error or Needs confirmation that stood there before
//	Paused --drained and disconnected--> Not connected
//
// Pause, Error and Needs confirmation stop syncs and new grants, never
// revokes. The package holds no token: tokens live in the secret store.
package connector

import (
	"slices"
	"time"
)

// Label is the state of a connector as people read it.
type Label string

// The labels. Error is about authorization; a failed run alone does not change the label.
const (
	NotConnected      Label = "Not connected"
	Syncing           Label = "Syncing"
	Connected         Label = "Connected"
	Error             Label = "Error"
	Paused            Label = "Paused"
	NeedsConfirmation Label = "Needs confirmation"
)

// Plan is Slack's plan, as far as answers betray it.
type Plan string

// PlanUnknown until a call has told. Paid is Pro or Business+: Slack's APIs
// do not tell these two apart.
const (
	PlanUnknown    Plan = "unknown"
	PlanFree       Plan = "free"
	PlanPaid       Plan = "pro or business+"
	PlanEnterprise Plan = "enterprise"
)

// Connector is the link. Workspaces are the ids that the token sees; exactly
// one unless Enterprise is set. Rev is the version it was read at, 0 for new.
type Connector struct {
	ID          string
	Application string // what is governed; several connectors may belong to one
	Name        string
	Integration Integration
	// SignIn is how people come to this Slack, as its owners said it; zero: by
	// Slack itself, or not said.
	SignIn     IdentityProvider
	Label      Label
	Enterprise string // E…; "" for one workspace
	Grid       string // E… that a single workspace belongs to; "" when it stands alone
	Team       string // T…; the workspace, "" when organization-wide
	Workspaces []string
	Owners     []string // user ids
	Plan       Plan
	Installer  string // Slack account whose user token it is
	UserScopes []string
	BotScopes  []string
	BotUser    string

	// OpenGroups: a bot token could edit a user group, so everybody can; the
	// connector's user groups then do not count as approvers.
	OpenGroups bool
	// RemovalProven lists "workspace/kind" where a removal succeeded once.
	RemovalProven []string
	// Heard is when, to a day, Slack's events last reached Ebb; zero: never.
	Heard time.Time
	// SCIM: at the last sync Slack's SCIM API took the user token.
	SCIM bool

	Trouble   Trouble
	Every     time.Duration // between scheduled syncs
	NextSync  time.Time     // zero: none due
	LastRun   string        // id of the newest sync run
	LastGood  time.Time     // when a sync last ended well
	Confirmed string        // id of the run whose removals an owner confirmed
	Created   time.Time
	Rev       int64
}

// Integration says what a connector is for.
type Integration string

// The integrations. The zero Integration is Application: whatever was connected
// before there were two.
const (
	// ApplicationIntegration governs a Slack: who has what is synced, reviewed,
	// given and taken back.
	ApplicationIntegration Integration = "application"
	// CollaborationIntegration lets people ask, decide and hear of it in Slack.
	CollaborationIntegration Integration = "collaboration"
)

// Collaborates reports whether the connector is for the collaboration alone.
func (c Connector) Collaborates() bool { return c.Integration == CollaborationIntegration }

// IdentityProvider is through what people sign in to Slack, and who manages the
// groups that come from it: they are named where Slack lets nobody else change
// such a group.
type IdentityProvider struct {
	Name     string // "Okta"; "": people sign in to Slack itself
	GroupsBy string // a team, a person, a page; "": not said
}

// Trouble is what stands in the way, for the page and the log: the code of
// Slack and a sentence that says what to do.
type Trouble struct {
	Code  string
	Text  string
	Since time.Time
}

// Usable reports whether new grants may be given and syncs run.
func (c Connector) Usable() bool { return c.Label == Syncing || c.Label == Connected }

// Linked reports whether there is a token to revoke with.
func (c Connector) Linked() bool { return c.Label != NotConnected && c.Label != "" }

// Proven reports whether removal from a kind of resource in a workspace has
// succeeded once.
func (c Connector) Proven(workspace, kind string) bool {
	return slices.Contains(c.RemovalProven, workspace+"/"+kind)
}

// Prove remembers that a removal succeeded; false when it was known.
func (c *Connector) Prove(workspace, kind string) bool {
	if c.Proven(workspace, kind) {
		return false
	}
	c.RemovalProven = append(slices.Clone(c.RemovalProven), workspace+"/"+kind)
	return true
}

// TriesSCIM reports whether it is worth asking if SCIM takes the user token.
// On Business+ its groups are the workspace's user groups; on Enterprise, for a
// workspace of an organization too, they are the identity provider's, and no
// user group is among them (docs.slack.dev, "SCIM API").
func (c Connector) TriesSCIM() bool {
	return c.Linked() && c.Enterprise == "" && c.Grid == "" &&
		slices.Contains(c.UserScopes, SCIMScope) && slices.Contains(c.UserScopes, "usergroups:write")
}

// MayEmpty reports whether a user group's last member can be taken out.
func (c Connector) MayEmpty() bool { return c.SCIM && c.TriesSCIM() }

// Link says whose token a call uses and in which workspace it acts. Team is
// sent as team_id wherever Slack takes it; "" for calls about the whole
// organization. AsBot asks for the app's own voice where a bot token is there.
type Link struct {
	Connector string
	Team      string
	AsBot     bool
}

// Tokens are the credentials of one connector. They travel only between the
// OAuth edge, the secret store and the Slack client; printed they are dots.
type Tokens struct {
	User string
	Bot  string
}

// String hides the tokens from every %v and log.
func (Tokens) String() string { return "tokens(…)" }

// GoString hides the tokens from %#v.
func (Tokens) GoString() string { return "connector.Tokens{…}" }

// Identity is what Slack says of a token: whose it is, where, with which
// scopes. Admin and Owner speak of the workspace, or of the organization when
// Enterprise is set and the token is organization-wide.
type Identity struct {
	Account    string
	Team       string
	TeamName   string
	Enterprise string
	OrgWide    bool
	Bot        bool
	Scopes     []string
	Admin      bool
	Owner      bool
	URL        string
}

// Installation is the answer to an OAuth code.
type Installation struct {
	Tokens     Tokens
	Installer  string
	Team       string // "" when OrgWide
	TeamName   string
	Enterprise string
	OrgWide    bool
	UserScopes []string
	BotScopes  []string
	BotUser    string
}
