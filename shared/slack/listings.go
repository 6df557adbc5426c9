package slack

import (
	"context"
	"net/url"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// Workspaces is a page of auth.teams.list: the workspaces that an
// organization-wide token was granted.
func (c *Client) Workspaces(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Resource], error) {
	var out directory.Listing[directory.Resource]
	var a teamsAnswer
	q, err := c.page(ctx, l, "auth.teams.list", cursor, url.Values{"limit": {teamPageLimit}})
	if err != nil {
		return out, err
	}
	if _, err := c.call(ctx, q, &a); err != nil {
		return out, err
	}
	if a.Teams == nil {
		return out, short(q.method, "no workspaces")
	}
	for _, t := range a.Teams {
		if err := named(q.method, t.ID); err != nil {
			return directory.Listing[directory.Resource]{}, err
		}
		out.Items = append(out.Items, directory.Resource{
			ID: t.ID, Connector: l.Connector, Workspace: t.ID, Kind: directory.Workspace, Name: t.Name,
		})
	}
	out.Next, err = next(q.method, a.paging, cursor)
	return out, err
}

// Accounts is a page of users.list: everybody of the workspace, invited and
// deactivated accounts too. Roles speak of l.Team alone.
func (c *Client) Accounts(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Account], error) {
	return listed(ctx, l, cursor, c.people, func(u slackgo.User) directory.Account { return person(l, u) })
}

// people is a page of users.list as Slack has it.
func (c *Client) people(ctx context.Context, l connector.Link, cursor string) (directory.Listing[slackgo.User], error) {
	var out directory.Listing[slackgo.User]
	var a usersAnswer
	q, err := c.page(ctx, l, "users.list", cursor, nil)
	if err != nil {
		return out, err
	}
	if _, err := c.call(ctx, q, &a); err != nil {
		return out, err
	}
	if a.Members == nil {
		return out, short(q.method, "no members")
	}
	for _, u := range a.Members {
		if err := named(q.method, u.ID); err != nil {
			return out, err
		}
	}
	out.Items = a.Members
	out.Next, err = next(q.method, a.paging, cursor)
	return out, err
}

// person is somebody of a listing of the link's workspace.
func person(l connector.Link, u slackgo.User) directory.Account {
	where := l.Team
	if where == "" {
		where = u.TeamID
	}
	return account(l, u, where, u.IsStranger || !belongs(u, where))
}

// listed turns what Slack has on a page into what is ours.
func listed[S, T any](
	ctx context.Context, l connector.Link, cursor string,
	read func(context.Context, connector.Link, string) (directory.Listing[S], error), turn func(S) T,
) (directory.Listing[T], error) {
	page, err := read(ctx, l, cursor)
	out := directory.Listing[T]{Next: page.Next}
	for _, item := range page.Items {
		out.Items = append(out.Items, turn(item))
	}
	return out, err
}

// Channels is a page of conversations.list: public or private channels, archived
// ones too. Slack lists private channels only to a token that is in them.
func (c *Client) Channels(ctx context.Context, l connector.Link, private bool, cursor string) (directory.Listing[directory.Resource], error) {
	return listed(ctx, l, cursor, c.rooms(private), func(ch channel) directory.Resource { return ch.resource(l) })
}

// rooms reads a page of conversations.list as Slack has it.
func (c *Client) rooms(private bool) func(context.Context, connector.Link, string) (directory.Listing[channel], error) {
	return func(ctx context.Context, l connector.Link, cursor string) (directory.Listing[channel], error) {
		var out directory.Listing[channel]
		var a channelsAnswer
		args := url.Values{"types": {"public_channel"}, "exclude_archived": {"false"}}
		if private {
			args.Set("types", "private_channel")
		}
		q, err := c.page(ctx, l, "conversations.list", cursor, args)
		if err != nil {
			return out, err
		}
		if _, err := c.call(ctx, q, &a); err != nil {
			return out, err
		}
		if a.Channels == nil {
			return out, short(q.method, "no channels")
		}
		for _, ch := range a.Channels {
			if err := named(q.method, ch.ID); err != nil {
				return out, err
			}
		}
		out.Items = a.Channels
		out.Next, err = next(q.method, a.paging, cursor)
		return out, err
	}
}

// ChannelMembers is a page of conversations.members. The first page is asked for
// in the link's voice, and in the other one where that is not in the channel. A
// cursor of Slack belongs to the token that got it, so ours names the voice too.
func (c *Client) ChannelMembers(ctx context.Context, l connector.Link, channel, cursor string) (directory.Listing[string], error) {
	var out directory.Listing[string]
	voice, cursor, going := strings.Cut(cursor, ":")
	bot := l.AsBot
	if going {
		bot = voice == "bot"
	}
	have, err := c.voices(ctx, l, bot)
	if err != nil {
		return out, err
	}
	if going {
		have = have[:1]
	}
	err = each(have, func(v credential) (err error) {
		if out, err = c.members(ctx, l, v, channel, cursor); err == nil && out.Next != "" {
			out.Next = v.voice + ":" + out.Next
		}
		return err
	})
	return out, err
}

func (c *Client) members(ctx context.Context, l connector.Link, v credential, channel, cursor string) (directory.Listing[string], error) {
	var out directory.Listing[string]
	var a idsAnswer
	q := query{method: "conversations.members", link: l, as: v, args: paged(url.Values{"channel": {channel}}, cursor)}
	if _, err := c.call(ctx, q, &a); err != nil {
		return out, err
	}
	if a.Members == nil {
		return out, short(q.method, "no members")
	}
	if err := named(q.method, a.Members...); err != nil {
		return out, err
	}
	following, err := next(q.method, a.paging, cursor)
	return directory.Listing[string]{Items: a.Members, Next: following}, err
}

// page prepares the call for one page in the link's voice.
func (c *Client) page(ctx context.Context, l connector.Link, method, cursor string, args url.Values) (query, error) {
	v, err := c.voice(ctx, l)
	return query{method: method, link: l, as: v, args: paged(args, cursor)}, err
}

func paged(args url.Values, cursor string) url.Values {
	if args.Get("limit") == "" {
		args = with(args, "limit", pageLimit)
	}
	if cursor != "" {
		args = with(args, "cursor", cursor)
	}
	return args
}
