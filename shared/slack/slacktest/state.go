package slacktest

import "slices"

// USLACKBOT is the id of Slack's own bot, a member of every workspace.
const USLACKBOT = "USLACKBOT"

// User is one Slack identity: a human, a guest, a bot, an invited, a deactivated
// or an external person.
type User struct {
	ID    string   // empty: minted
	Team  string   // home workspace; empty: the first one
	Teams []string // every workspace of the organization that the user is in; empty: Team alone

	Name, RealName, DisplayName, Email, Title string
	TZ                                        string // IANA name
	Created, Updated                          int64  // Unix seconds

	Deleted         bool // deactivated
	Invited         bool // has not accepted yet
	Restricted      bool // multi-channel guest, or with UltraRestricted a single-channel guest
	UltraRestricted bool
	Bot             bool
	AppUser         bool
	External        bool   // of another organization, met through Slack Connect
	ExternalTeam    string // the other organization's workspace id
	Has2FA          bool
	GuestExpires    int64  // Unix seconds, 0 never
	Manager         string // as an identity provider wrote it; SCIM alone shows it

	// Admin, Owner and PrimaryOwner apply to every workspace in Teams when a user
	// is added; read back, they tell the role in the home workspace.
	Admin, Owner, PrimaryOwner        bool
	AdminOf, OwnerOf, PrimaryOwnerOf  []string // workspace ids; filled by AddUser
	OrgAdmin, OrgOwner, OrgPrimaryOwn bool     // roles in the organization
}

// Group is a user group.
type Group struct {
	ID, Team                  string
	Name, Handle, Description string

	Members         []string // whole list, sorted by id
	Channels        []string // public default channels
	PrivateChannels []string // private default channels

	Disabled          bool
	IDPManaged        bool   // is_idp_group: only the identity provider edits it
	MembershipLocked  bool   // is_membership_locked
	EditingRestricted bool   // is_editing_restricted
	OrgLevel          bool   // is_org_level
	AutoType          string // "admin", "owner" or empty

	CreatedBy, UpdatedBy, DeletedBy    string
	DateCreate, DateUpdate, DateDelete int64 // Unix seconds
}

// Channel is a conversation: public or private channel, direct message (IM) or
// group direct message (MPIM).
type Channel struct {
	ID, Team string   // Team is the workspace that owns it
	Teams    []string // workspaces of the organization that see it; empty: Team alone
	Name     string

	Private, Archived, General bool
	IM, MPIM                   bool
	ExtTeams                   []string // workspaces of other organizations (Slack Connect)
	OrgDefault, OrgMandatory   bool

	Topic, Purpose, Creator string
	Created                 int64 // Unix seconds
	Updated                 int64 // Unix milliseconds, as Slack has it
	Members                 []string
}

type team struct {
	id, name, domain string
	users            idset // everyone whom users.list tells of
	groups           idset
	channels         idset
	general          string
	primaryOwner     string
	granted          bool // to the org-wide installation
	prefs            map[string]string
}

type group struct {
	Group
	members idset
}

type channel struct {
	Channel
	members idset
}

type enterprise struct{ id, name, domain string }

func (u *User) in(team string) bool        { return slices.Contains(u.Teams, team) }
func (u *User) isAdmin(team string) bool   { return slices.Contains(u.AdminOf, team) || u.isOwner(team) }
func (u *User) isGuest() bool              { return u.Restricted || u.UltraRestricted }
func (u *User) isOrgAdmin() bool           { return u.OrgAdmin || u.OrgOwner || u.OrgPrimaryOwn }
func (u *User) isPrimary(team string) bool { return slices.Contains(u.PrimaryOwnerOf, team) }
func (c *channel) seenIn(team string) bool { return slices.Contains(c.Teams, team) }
func (c *channel) isDirect() bool          { return c.IM || c.MPIM }
func (c *channel) isShared() bool          { return len(c.Teams) > 1 || len(c.ExtTeams) > 0 }
func (g *group) locked() bool {
	return g.IDPManaged || g.MembershipLocked || g.EditingRestricted || g.AutoType != ""
}
func (t *team) pref(name string) string { return t.prefs[name] }

func (u *User) isOwner(team string) bool {
	return slices.Contains(u.OwnerOf, team) || u.isPrimary(team)
}

// kind is the type of conversation in the words of conversations.list.
func (c *channel) kind() string {
	switch {
	case c.IM:
		return "im"
	case c.MPIM:
		return "mpim"
	case c.Private:
		return "private_channel"
	}
	return "public_channel"
}
