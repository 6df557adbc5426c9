package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// user is the user of Ebb whom a text means: by id or whole name, else whose account it
// means, by handle, address, name or a word of one.
func (c *Client) user(ctx context.Context, text string) (apiclient.User, error) {
	near, err := c.users(ctx, text)
	if err != nil {
		return apiclient.User{}, err
	}
	spell := func(u apiclient.User) string { return u.Id + " " + clean(u.Name) }
	fit := only(near, func(u apiclient.User) bool { return u.Id == text || strings.EqualFold(u.Name, text) })
	if len(fit) > 0 {
		return one(text, fit, near, spell)
	}
	a, err := c.account(ctx, text)
	if err != nil {
		if len(near) > 0 {
			return one(text, fit, near, spell)
		}
		return apiclient.User{}, err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return apiclient.User{}, err
	}
	all, err := c.users(ctx, "")
	if err != nil {
		return apiclient.User{}, err
	}
	for _, u := range all {
		if slices.ContainsFunc(u.Accounts, func(x apiclient.AccountRef) bool { return x.Connector == conn.Id && x.Account == a.Id }) {
			return u, nil
		}
	}
	return apiclient.User{}, fmt.Errorf("%s (%s) is no user of Ebb; name the account: --person %s", clean(a.Name), clean(a.Handle), a.Id)
}

// users are all of whom a search fits.
func (c *Client) users(ctx context.Context, search string) ([]apiclient.User, error) {
	out, _, err := all(0, func(cursor string) ([]apiclient.User, string, error) {
		p, err := call[apiclient.UserList](c.api.ListUsers(ctx, &apiclient.ListUsersParams{Q: opt(search), Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	return out, err
}
