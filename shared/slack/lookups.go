package slack

import (
	"cmp"
	"context"
	"net/url"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Account is users.info. Roles hold the workspace that the flags speak of, and
// each further workspace of the organization as Member: users.info does not tell
// roles there. auth.test is asked too when only it can tell a colleague of
// another workspace from somebody of another organization.
func (c *Client) Account(ctx context.Context, l connector.Link, id string) (directory.Account, error) {
	v, err := c.voice(ctx, l)
	if err != nil {
		return directory.Account{}, err
	}
	u, err := c.user(ctx, l, v, id)
	if err != nil {
		return directory.Account{}, err
	}
	external := u.IsStranger
	if !external && (l.Team == "" || !belongs(u, l.Team)) {
		if external, err = c.foreign(ctx, l, v, u); err != nil {
			return directory.Account{}, err
		}
	}
	where := u.TeamID
	if where == "" || (l.Team != "" && belongs(u, l.Team)) {
		where = l.Team
	}
	a := account(l, u, where, external)
	for _, t := range u.Enterprise.Teams {
		if _, has := a.Roles[t]; !has && !external {
			a.Roles = withRole(a.Roles, t)
		}
	}
	return a, nil
}

func withRole(roles map[string]directory.WorkspaceRole, team string) map[string]directory.WorkspaceRole {
	if roles == nil {
		roles = map[string]directory.WorkspaceRole{}
	}
	roles[team] = directory.Member
	return roles
}

func (c *Client) user(ctx context.Context, l connector.Link, v credential, id string) (slackgo.User, error) {
	var a userAnswer
	q := query{method: "users.info", link: l, as: v, args: url.Values{"user": {id}}}
	if _, err := c.call(ctx, q, &a); err != nil {
		return slackgo.User{}, err
	}
	if a.User == nil {
		return slackgo.User{}, short(q.method, "no user")
	}
	return *a.User, named(q.method, a.User.ID)
}

// foreign reports whether the user is of another organization than the token.
func (c *Client) foreign(ctx context.Context, l connector.Link, v credential, u slackgo.User) (bool, error) {
	var home identityAnswer
	if _, err := c.call(ctx, query{method: "auth.test", link: l, as: v}, &home); err != nil {
		return false, err
	}
	if home.EnterpriseID != "" && u.Enterprise.EnterpriseID != "" {
		return u.Enterprise.EnterpriseID != home.EnterpriseID, nil
	}
	return !belongs(u, home.TeamID), nil
}

// View reads a user group or a channel and everybody who holds it. A user group
// is one call (usergroups.list tells settings and members together), a channel
// conversations.info and all pages of conversations.members, in the app's voice
// where that is enough. What came short is an error or read again.
func (c *Client) View(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error) {
	switch r.Kind {
	case directory.UserGroup:
		return c.viewGroup(ctx, l, r)
	case directory.Channel:
		var out access.View
		err := c.inChannel(ctx, l, func(v credential) (err error) {
			out, err = c.viewChannel(ctx, l, v, r)
			return err
		})
		return out, err
	}
	return access.View{}, unreadable("slack.View", r)
}

// ReadBack reads the members again by another way than View, to see what a write
// did: usergroups.users.list for a user group, conversations.members for a
// channel. Settings are those of r.
func (c *Client) ReadBack(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error) {
	var members []string
	var err error
	switch r.Kind {
	case directory.UserGroup:
		var v credential
		if v, err = c.voice(ctx, l); err == nil {
			members, err = c.groupMembers(ctx, l, v, r.ID)
		}
	case directory.Channel:
		err = c.inChannel(ctx, l, func(v credential) (err error) {
			members, err = c.allMembers(ctx, l, v, r.ID)
			return err
		})
	default:
		err = unreadable("slack.ReadBack", r)
	}
	if err != nil {
		return access.View{}, err
	}
	r.Count = len(members)
	return access.View{Resource: r, Members: members}, nil
}

func unreadable(op string, r directory.Resource) error {
	return fault.New(op, fault.Invalid, "Ebb cannot read who holds a %s", r.Kind)
}

func (c *Client) viewGroup(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error) {
	v, err := c.voice(ctx, l)
	if err != nil {
		return access.View{}, err
	}
	g, err := c.findGroup(ctx, l, v, r.ID)
	if err != nil {
		return access.View{}, err
	}
	if !g.whole() {
		if g.Users, err = c.groupMembers(ctx, l, v, r.ID); err != nil {
			return access.View{}, err
		}
	}
	g.Users = unique(g.Users)
	now := g.resource(l)
	now.Owners = r.Owners
	return access.View{Resource: now, Members: g.Users, Date: int64(g.DateUpdate)}, nil
}

// viewChannel reads settings and members with one token. conversations.info
// leaves is_member out; who can read a private channel's members is in it.
func (c *Client) viewChannel(ctx context.Context, l connector.Link, v credential, r directory.Resource) (access.View, error) {
	var a channelAnswer
	q := query{method: "conversations.info", link: l, as: v, args: url.Values{"channel": {r.ID}}}
	if _, err := c.call(ctx, q, &a); err != nil {
		return access.View{}, err
	}
	if a.Channel == nil {
		return access.View{}, short(q.method, "no channel")
	}
	if err := named(q.method, a.Channel.ID); err != nil {
		return access.View{}, err
	}
	members, err := c.allMembers(ctx, l, v, r.ID)
	if err != nil {
		return access.View{}, err
	}
	now := a.Channel.resource(l)
	if now.Workspace != "" {
		now.Workspace = cmp.Or(r.Workspace, now.Workspace)
	}
	now.Owners, now.Count = r.Owners, len(members)
	if a.Channel.Member == nil {
		now.Reached = now.Private || r.Reached
	}
	return access.View{Resource: now, Members: members}, nil
}

// allMembers reads conversations.members to its end.
func (c *Client) allMembers(ctx context.Context, l connector.Link, v credential, id string) ([]string, error) {
	var out []string
	for seen, cursor := map[string]bool{}, ""; ; {
		page, err := c.members(ctx, l, v, id, cursor)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if page.Next == "" {
			return unique(out), nil
		}
		if seen[page.Next] {
			return nil, short("conversations.members", "the same page again")
		}
		seen[page.Next], cursor = true, page.Next
	}
}
