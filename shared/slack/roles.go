package slack

import (
	"context"
	"net/url"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

const rolePageLimit = "200"

type rolesAnswer struct {
	Assignments []struct {
		Role   string `json:"role_id"`
		Entity string `json:"entity_id"`
		User   string `json:"user_id"`
	} `json:"role_assignments"`
	paging
}

// Roles is a page of admin.roles.listAssignments: who holds which role of the
// organization where. It takes the organization's own token.
func (c *Client) Roles(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.RoleHeld], error) {
	var out directory.Listing[directory.RoleHeld]
	var a rolesAnswer
	q, err := c.page(ctx, l, "admin.roles.listAssignments", cursor, url.Values{"limit": {rolePageLimit}})
	if err != nil {
		return out, err
	}
	if _, err := c.call(ctx, q, &a); err != nil {
		return out, err
	}
	if a.Assignments == nil {
		return out, short(q.method, "no role assignments")
	}
	for _, x := range a.Assignments {
		for _, id := range []string{x.Role, x.Entity, x.User} {
			if err := named(q.method, id); err != nil {
				return directory.Listing[directory.RoleHeld]{}, err
			}
		}
		out.Items = append(out.Items, directory.RoleHeld{Role: x.Role, Entity: x.Entity, Account: x.User})
	}
	out.Next, err = next(q.method, a.paging, cursor)
	return out, err
}
