package main

import (
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// UsersCmd is ebb users.
type UsersCmd struct {
	List UsersListCmd `cmd:"" default:"withargs" help:"List users with their duties and accounts."`
	End  UsersEndCmd  `cmd:"" help:"End a user: sessions, keys, approvals and grants. Cannot be undone."`

	Duties   UsersDutiesCmd   `cmd:"" help:"Say what a user may do in Ebb."`
	Identify UsersIdentifyCmd `cmd:"" help:"Bind a user to who they are at an issuer of OpenID Connect, or take that away."`
	Rules    UsersRulesCmd    `cmd:"" help:"Say by what people are known who sign in."`
}

// UsersListCmd is ebb users list.
type UsersListCmd struct {
	ClientFlags
	Search string `placeholder:"TEXT" help:"Part of a name, or an id."`
	Limit  most   `default:"200" help:"How many at most."`
}

// Run lists the users.
func (x *UsersListCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.User, string, error) {
		p, err := call[apiclient.UserList](c.api.ListUsers(background(), &apiclient.ListUsersParams{Q: opt(x.Search), Limit: x.Limit.page(), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		printUsers(w, list)
		more(w, cut)
	})
}

// UsersEndCmd is ebb users end.
type UsersEndCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The user's id, from ebb users."`
}

// Run ends the user.
func (x *UsersEndCmd) Run(c *Client) error {
	u, err := call[apiclient.User](c.api.EndUser(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(u, func(w io.Writer) { printUsers(w, []apiclient.User{u}) })
}

func printUsers(w io.Writer, list []apiclient.User) {
	rows := [][]string{{"ID", "NAME", "DUTIES", "ACCOUNTS", "STATE"}}
	for _, u := range list {
		var duties, accounts []string
		for _, d := range u.Duties {
			duties = append(duties, string(d))
		}
		for _, a := range u.Accounts {
			accounts = append(accounts, a.Account)
		}
		state := "active"
		if u.Ended {
			state = "ended"
		}
		rows = append(rows, []string{u.Id, u.Name, strings.Join(duties, ", "), strings.Join(accounts, " "), state})
	}
	table(w, rows)
}
