package slack

import (
	"context"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/report"
)

// Roster is Accounts with what a report shows beside: what Slack does not say of
// the second factor stays unsaid, and is no "no".
func (c *Client) Roster(ctx context.Context, l connector.Link, cursor string) (directory.Listing[report.Account], error) {
	return listed(ctx, l, cursor, c.people, func(u slackgo.User) report.Account {
		return report.Account{Account: person(l, u), SecondFactor: report.Said(u.Has2FA), Changed: since(u.Updated)}
	})
}

// Rooms is Channels with what a report shows beside: when a channel was made, with
// how many organizations it is shared, and whether Slack told its size.
func (c *Client) Rooms(ctx context.Context, l connector.Link, private bool, cursor string) (directory.Listing[report.Channel], error) {
	return listed(ctx, l, cursor, c.rooms(private), func(ch channel) report.Channel {
		return report.Channel{Resource: ch.resource(l), Created: since(ch.Created), Counted: ch.Size != nil, Foreign: foreigners(ch)}
	})
}

// foreigners counts the other organizations that a channel is connected with. Slack
// names workspaces of the own organization among those that share it.
func foreigners(ch channel) int {
	if !ch.IsExtShared {
		return 0
	}
	own := append(slices.Clone(ch.InternalTeamIDs), ch.ContextTeamID)
	n := 0
	for _, team := range ch.ConnectedTeamIDs {
		if !slices.Contains(own, team) {
			n++
		}
	}
	return n
}

// since is one of Slack's dates; zero for none.
func since(at slackgo.JSONTime) time.Time {
	if at <= 0 {
		return time.Time{}
	}
	return at.Time().UTC()
}
