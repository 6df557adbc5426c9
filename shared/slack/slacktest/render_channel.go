package slacktest

// channelJSON is a channel as conversations.list and conversations.info print
// it. Fields that only some methods have are pointers.
type channelJSON struct {
	ID                      string    `json:"id"`
	Name                    string    `json:"name"`
	NameNormalized          string    `json:"name_normalized"`
	IsChannel               bool      `json:"is_channel"`
	IsGroup                 bool      `json:"is_group"`
	IsIM                    bool      `json:"is_im"`
	IsMPIM                  bool      `json:"is_mpim"`
	IsPrivate               bool      `json:"is_private"`
	Created                 int64     `json:"created"`
	Creator                 string    `json:"creator"`
	IsArchived              bool      `json:"is_archived"`
	IsGeneral               bool      `json:"is_general"`
	Unlinked                int       `json:"unlinked"`
	IsShared                bool      `json:"is_shared"`
	IsExtShared             bool      `json:"is_ext_shared"`
	IsOrgShared             bool      `json:"is_org_shared"`
	IsPendingExtShared      bool      `json:"is_pending_ext_shared"`
	IsFrozen                bool      `json:"is_frozen"`
	PendingShared           []string  `json:"pending_shared"`
	PendingConnectedTeamIDs []string  `json:"pending_connected_team_ids"`
	ContextTeamID           string    `json:"context_team_id"`
	SharedTeamIDs           []string  `json:"shared_team_ids"`
	InternalTeamIDs         []string  `json:"internal_team_ids,omitempty"`
	ParentConversation      *string   `json:"parent_conversation"`
	Updated                 int64     `json:"updated"`
	Topic                   topicJSON `json:"topic"`
	Purpose                 topicJSON `json:"purpose"`
	PreviousNames           []string  `json:"previous_names"`
	IsMember                *bool     `json:"is_member,omitempty"`
	IsReadOnly              *bool     `json:"is_read_only,omitempty"` // conversations.invite alone
	LastRead                string    `json:"last_read,omitempty"`    // conversations.invite alone
	NumMembers              *int      `json:"num_members,omitempty"`
}

type topicJSON struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

// directJSON is a one-to-one direct message, which has other fields.
type directJSON struct {
	ID            string  `json:"id"`
	Created       int64   `json:"created"`
	IsIM          bool    `json:"is_im"`
	IsOrgShared   bool    `json:"is_org_shared"`
	User          string  `json:"user"`
	IsUserDeleted bool    `json:"is_user_deleted"`
	Priority      float64 `json:"priority"`

	*openedJSON // conversations.open with return_im
}

type openedJSON struct {
	LastRead           string  `json:"last_read"`
	Latest             *string `json:"latest"`
	UnreadCount        int     `json:"unread_count"`
	UnreadCountDisplay int     `json:"unread_count_display"`
	IsOpen             bool    `json:"is_open"`
}

// channelView renders c for the owner of a token, as seen from a workspace.
func (o *Org) channelView(c *channel, reader, team string, withMember, withCount bool) any {
	if c.IM {
		return o.directView(c, reader)
	}
	if !c.seenIn(team) {
		team = c.Team
	}
	v := &channelJSON{
		ID: c.ID, Name: c.Name, NameNormalized: c.Name, IsChannel: !c.MPIM, IsGroup: c.MPIM,
		IsMPIM: c.MPIM, IsPrivate: c.Private, Created: c.Created, Creator: c.Creator, IsArchived: c.Archived, IsGeneral: c.General,
		IsShared: c.isShared(), IsExtShared: len(c.ExtTeams) > 0, IsOrgShared: len(c.Teams) > 1,
		PendingShared: []string{}, PendingConnectedTeamIDs: []string{}, ContextTeamID: team,
		SharedTeamIDs: append(append([]string{}, c.Teams...), c.ExtTeams...), InternalTeamIDs: c.internalTeams(),
		Updated: c.Updated, PreviousNames: []string{},
		Topic: topicJSON{Value: c.Topic}, Purpose: topicJSON{Value: c.Purpose},
	}
	if withMember {
		member := c.members.has(reader)
		v.IsMember = &member
	}
	if withCount {
		count := c.members.len()
		v.NumMembers = &count
	}
	return v
}

func (c *channel) internalTeams() []string {
	if !c.isShared() {
		return nil
	}
	return c.Teams
}

func (o *Org) directView(c *channel, reader string) *directJSON {
	other := reader
	for _, e := range c.members.list {
		if e.id != reader {
			other = e.id
		}
	}
	return &directJSON{ID: c.ID, Created: c.Created, IsIM: true, User: other, IsUserDeleted: o.users[other].Deleted}
}
