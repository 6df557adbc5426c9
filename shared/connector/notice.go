package connector

import "time"

// NoticeKind is Slack's word for an event.
type NoticeKind string

// The events that Ebb serves (docs.slack.dev, "Events API"). No message is among
// them.
const (
	UserChanged    NoticeKind = "user_change"
	UserJoined     NoticeKind = "team_join"
	GroupMade      NoticeKind = "subteam_created"
	GroupUpdated   NoticeKind = "subteam_updated"
	MembersChanged NoticeKind = "subteam_members_changed"
	ChannelJoined  NoticeKind = "member_joined_channel"
	ChannelLeft    NoticeKind = "member_left_channel"
	TokensRevoked  NoticeKind = "tokens_revoked"
	Uninstalled    NoticeKind = "app_uninstalled"
	AccessGranted  NoticeKind = "team_access_granted"
	AccessRevoked  NoticeKind = "team_access_revoked"
)

// Notice is an event of Slack, kept until it was served. It holds ids and dates,
// never a name or a text. What it says is a reason to look, not the truth:
// events come late, twice, out of order or never, and the next sync heals what
// they missed.
type Notice struct {
	ID         string // Slack's event id
	Kind       NoticeKind
	Enterprise string // E…; "" outside an organization
	Team       string // T…; the workspace that it is about
	Account    string
	Resource   string // user group or channel

	// Of a user group's members: who came and went, and Slack's dates of the
	// group (Unix seconds) before and after. Cut: Slack did not list them all.
	Added, Removed []string
	Before, Date   int64
	Cut            bool

	// Gone: in the event's words the account is deactivated, or the user group
	// disabled. It only says how urgent it is to ask.
	Gone bool

	Told time.Time // when it happened, by Slack's clock

	Connector string    // whose it is
	Taken     time.Time // when Ebb stored it
	Next      time.Time // when it is served
	Tries     int
	Served    time.Time // zero: not yet
	Rev       int64
}

// Urgent reports whether access may have to end because of it.
func (n Notice) Urgent() bool {
	return n.Gone && (n.Kind == UserChanged || n.Kind == UserJoined)
}

// Hears reports whether a notice is the connector's: of its workspace, or of its
// organization.
func (c Connector) Hears(n Notice) bool {
	if !c.Linked() {
		return false
	}
	if c.Enterprise != "" {
		return n.Enterprise == c.Enterprise
	}
	return c.Team != "" && n.Team == c.Team
}
