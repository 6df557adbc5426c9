package slacktest

import (
	"slices"
	"strings"
)

// readScopes by type of conversation; each type in a call needs its own.
var readScopes = map[string]string{
	"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read",
}

func (c *channel) readScope() string { return readScopes[c.kind()] }

// types reads the types argument and asks for the scope of each.
func (r *request) types() ([]string, error) {
	types := r.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	for _, kind := range types {
		scope, ok := readScopes[kind]
		if !ok {
			return nil, refuse("invalid_types")
		}
		if err := r.need(scope); err != nil {
			return nil, err
		}
	}
	return types, nil
}

func (r *request) conversationsList() (reply, error) {
	return r.listChannels(func(c *channel) bool { return r.sees(c) }, true)
}

// users.conversations lists where user is a member; what is not public only
// where the token's owner is, too.
func (r *request) usersConversations() (reply, error) {
	user := r.user.ID
	if asked := r.str("user"); asked != "" {
		user = asked
		if u := r.org.users[asked]; u == nil || !r.meets(u) {
			return nil, refuse("user_not_found")
		}
	}
	return r.listChannels(func(c *channel) bool { return c.members.has(user) && r.sees(c) }, false)
}

func (r *request) listChannels(keep func(*channel) bool, full bool) (reply, error) {
	t, err := r.team()
	if err != nil {
		return nil, err
	}
	types, err := r.types()
	if err != nil {
		return nil, err
	}
	limit, err := r.limit(100, mostPerPage)
	if err != nil {
		return nil, err
	}
	open := r.flag("exclude_archived")
	ids, next, err := r.page(&t.channels, limit, func(id string) bool {
		c := r.org.channels[id]
		return slices.Contains(types, c.kind()) && !(open && c.Archived) && keep(c)
	})
	if err != nil {
		return nil, err
	}
	channels := make([]any, len(ids))
	for i, id := range ids {
		channels[i] = r.org.channelView(r.org.channels[id], r.user.ID, t.id, full, full)
	}
	return reply{"channels": channels, "response_metadata": nextCursor(next)}, nil
}

// sees: public channels, for everybody but guests; others only for members.
func (r *request) sees(c *channel) bool {
	if c.kind() == "public_channel" && !r.user.isGuest() {
		return true
	}
	return c.members.has(r.user.ID)
}

// channel finds the conversation of a call. One that is not visible does not
// exist for the caller.
func (r *request) channel() (*channel, error) {
	c := r.org.channels[r.str("channel")]
	if c == nil || !r.sees(c) || !slices.ContainsFunc(c.Teams, r.reaches) {
		return nil, refuse("channel_not_found")
	}
	return c, nil
}

func (r *request) readable() (*channel, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	return c, r.need(c.readScope())
}

// here is the workspace from which the token looks at c.
func (r *request) here(c *channel) string {
	if r.orgWide() {
		return c.Team
	}
	return r.tok.where
}

func (r *request) conversationsInfo() (reply, error) {
	c, err := r.readable()
	if err != nil {
		return nil, err
	}
	return reply{"channel": r.org.channelView(c, r.user.ID, r.here(c), true, r.flag("include_num_members"))}, nil
}

func (r *request) conversationsMembers() (reply, error) {
	c, err := r.readable()
	if err != nil {
		return nil, err
	}
	limit, err := r.limit(100, mostPerPage)
	if err != nil {
		return nil, err
	}
	ids, next, err := r.page(&c.members, limit, func(id string) bool {
		return !r.org.opt.HideDeactivatedInChannels || !r.org.users[id].Deleted
	})
	if err != nil {
		return nil, err
	}
	return reply{"members": notNil(ids), "response_metadata": nextCursor(next)}, nil
}

// needToWrite asks for a scope that fits the type of conversation, any one of
// them (docs: "You only need the scopes corresponding to that conversation type").
func (r *request) needToWrite(c *channel, invite bool) error {
	switch c.kind() {
	case "im":
		return r.need("im:write")
	case "mpim":
		return r.need("mpim:write")
	}
	manage := "channels:write"
	if r.tok.bot {
		manage = "channels:manage"
	}
	scopes := []string{manage, "channels:write.invites"}
	if c.Private {
		scopes = []string{"groups:write", "groups:write.invites"}
	}
	if !invite {
		scopes = scopes[:1]
	}
	return r.need(scopes...)
}

// writable finds a channel (no direct message) that the token may write to.
func (r *request) writable(invite bool) (*channel, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	if err := r.needToWrite(c, invite); err != nil {
		return nil, err
	}
	if c.isDirect() {
		return nil, refuse("method_not_supported_for_channel_type")
	}
	return c, nil
}

func (r *request) conversationsJoin() (reply, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	switch {
	case c.kind() != "public_channel":
		return nil, refuse("method_not_supported_for_channel_type")
	case c.Archived:
		return nil, refuse("is_archived")
	}
	out := reply{}
	if c.members.has(r.user.ID) {
		out["warning"] = "already_in_channel"
		out["response_metadata"] = reply{"warnings": []string{"already_in_channel"}}
	}
	r.org.join(c, "", r.user.ID)
	out["channel"] = r.org.channelView(c, r.user.ID, r.here(c), true, false)
	return out, nil
}

// conversations.leave answers ok false with not_in_channel when there was nothing
// to leave (its page).
func (r *request) conversationsLeave() (reply, error) {
	c, err := r.writable(false)
	if err != nil {
		return nil, err
	}
	switch {
	case c.General:
		return nil, refuse("cant_leave_general")
	case c.Archived:
		return nil, refuse("is_archived")
	case r.user.isGuest():
		return nil, refuse("user_is_restricted")
	case !c.members.has(r.user.ID):
		return reply{"ok": false, "not_in_channel": true}, nil
	case c.Private && c.members.len() == 1:
		return nil, refuse("last_member")
	}
	r.org.leave(c, r.user.ID)
	return reply{}, nil
}

// conversations.open opens a direct message, or a group one with several users.
func (r *request) conversationsOpen() (reply, error) {
	if id := r.str("channel"); id != "" {
		c, err := r.channel()
		if err != nil {
			return nil, err
		}
		return r.opened(c, true), r.needToWrite(c, false)
	}
	users := r.set("users")
	if len(users) == 0 {
		return nil, refuse("users_list_not_supplied")
	}
	if len(users) > 8 {
		return nil, refuse("too_many_users")
	}
	kind := Channel{IM: len(users) == 1, MPIM: len(users) > 1}
	if err := r.needToWrite(&channel{Channel: kind}, false); err != nil {
		return nil, err
	}
	for _, id := range users {
		switch u := r.org.users[id]; {
		case u == nil || !r.meets(u):
			return nil, refuse("user_not_found")
		case u.Deleted:
			return nil, refuse("user_disabled")
		}
	}
	return r.openWith(kind, newIDSet(append(users, r.user.ID)))
}

func (r *request) openWith(kind Channel, members idset) (reply, error) {
	for _, id := range sortedDirect(r.org.channels) {
		if c := r.org.channels[id]; c.IM == kind.IM && slices.Equal(c.members.list, members.list) {
			return r.opened(c, true), nil
		}
	}
	if r.flag("prevent_creation") {
		return nil, refuse("channel_not_found")
	}
	kind.Members, kind.Creator, kind.Team = members.ids(), r.user.ID, r.homeTeam()
	if kind.MPIM {
		kind.Name = "mpdm-" + strings.ToLower(strings.Join(kind.Members, "--")) + "-1"
	}
	return r.opened(r.org.channels[r.org.addChannel(kind)], false), nil
}

func (r *request) homeTeam() string {
	if r.orgWide() {
		return r.user.Team
	}
	return r.tok.where
}

func sortedDirect(all map[string]*channel) []string {
	var ids []string
	for id, c := range all {
		if c.isDirect() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// neverRead is the last_read of a conversation in which nothing was read.
const neverRead = "0000000000.000000"

func (r *request) opened(c *channel, already bool) reply {
	out := reply{"channel": reply{"id": c.ID}}
	if already {
		out["no_op"], out["already_open"] = true, true
	}
	if r.flag("return_im") {
		view := r.org.channelView(c, r.user.ID, c.Team, true, false)
		if im, ok := view.(*directJSON); ok {
			im.openedJSON = &openedJSON{LastRead: neverRead, IsOpen: true}
		}
		out["channel"] = view
	}
	return out
}
