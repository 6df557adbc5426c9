package slack

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// scimUsers lists people (docs.slack.dev, "SCIM API": startIndex counts from 1, a
// page has at most 1,000).
const (
	scimUsers     = "scim.users.list"
	scimUsersPage = 500
)

// scimManager is in the enterprise extension, which SCIM 2.0 calls otherwise than 1.1
// did; Slack's client for 2.0 still has managerId where the standard has value.
type scimManager struct {
	Manager struct {
		ID    string `json:"managerId"`
		Value string `json:"value"`
	} `json:"manager"`
}

type scimUsersAnswer struct {
	Total     *int `json:"totalResults"`
	Start     int  `json:"startIndex"`
	Resources []struct {
		ID  string      `json:"id"`
		New scimManager `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
		Old scimManager `json:"urn:scim:schemas:extension:enterprise:1.0"`
	} `json:"Resources"`
}

// Managers is a page of SCIM's people, of which it reads who manages them. cursor is
// the place in the list.
func (c *Client) Managers(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Managed], error) {
	var out directory.Listing[directory.Managed]
	start := 1
	if cursor != "" {
		n, err := strconv.Atoi(cursor)
		if err != nil || n < 1 {
			return out, short(scimUsers, "a place in the list that is no number")
		}
		start = n
	}
	var a scimUsersAnswer
	err := c.scimRead(ctx, l, scimQuery{
		method: scimUsers, verb: http.MethodGet, path: fmt.Sprintf("Users?startIndex=%d&count=%d", start, scimUsersPage),
	}, &a)
	if err != nil {
		return out, err
	}
	if a.Total == nil || start <= *a.Total && len(a.Resources) == 0 {
		return out, short(scimUsers, "no people, or no total")
	}
	for _, u := range a.Resources {
		if err := named(scimUsers, u.ID); err != nil {
			return directory.Listing[directory.Managed]{}, err
		}
		m := directory.Managed{Account: u.ID}
		for _, word := range []string{u.New.Manager.ID, u.New.Manager.Value, u.Old.Manager.ID, u.Old.Manager.Value} {
			if m.Manager == "" {
				m.Manager = word
			}
		}
		out.Items = append(out.Items, m)
	}
	if next := start + len(a.Resources); next <= *a.Total {
		out.Next = strconv.Itoa(next)
	}
	return out, nil
}
