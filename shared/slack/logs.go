package slack

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

type loginsAnswer struct {
	Logins []struct {
		User string `json:"user_id"`
		Last int64  `json:"date_last"`
	} `json:"logins"`
	paging
}

// Logins is a page of team.accessLogs: who used Slack last when, the newest
// first as far as is known. An entry is one person, address and program, so that
// people come more than once. A link of an organization names no workspace: with
// one, Slack tells of third parties alone.
func (c *Client) Logins(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Login], error) {
	var out directory.Listing[directory.Login]
	var a loginsAnswer
	q, err := c.page(ctx, l, "team.accessLogs", cursor, nil)
	if err != nil {
		return out, err
	}
	if _, err := c.call(ctx, q, &a); err != nil {
		return out, err
	}
	if a.Logins == nil {
		return out, short(q.method, "no logins")
	}
	for _, x := range a.Logins {
		if err := named(q.method, x.User); err != nil {
			return directory.Listing[directory.Login]{}, err
		}
		if x.Last <= 0 {
			return directory.Listing[directory.Login]{}, short(q.method, "a login without a date")
		}
		out.Items = append(out.Items, directory.Login{Account: x.User, At: time.Unix(x.Last, 0).UTC()})
	}
	out.Next, err = next(q.method, a.paging, cursor)
	return out, err
}
