package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// OwnersCmd is ebb owners.
type OwnersCmd struct {
	Set  OwnersSetCmd  `cmd:"" help:"Say who owns a resource, instead of who did."`
	List OwnersListCmd `cmd:"" help:"List who owns a resource."`
}

// OwnersSetCmd is ebb owners set.
type OwnersSetCmd struct {
	ClientFlags
	Resource string   `arg:"" help:"@handle, '#channel' (in quotes) or id."`
	People   []string `arg:"" optional:"" placeholder:"PERSON" help:"All of its owners: id, handle, name or e-mail."`
	None     bool     `help:"Nobody owns it from now on."`
}

// Run replaces the owners. Nobody at all has to be said, so that a list that a
// script found empty takes no approver away.
func (x *OwnersSetCmd) Run(c *Client) error {
	if x.None != (len(x.People) == 0) {
		return errors.New("name all owners, or nobody with --none")
	}
	ctx := background()
	r, err := c.resource(ctx, x.Resource)
	if err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	owners := []string{} // an empty list, where null would be none at all
	for _, who := range x.People {
		a, err := c.account(ctx, who)
		if err != nil {
			return err
		}
		owners = append(owners, a.Id)
	}
	r, err = call[apiclient.Resource](c.api.SetOwners(ctx, conn.Id, r.Id, apiclient.Owners{Owners: owners}))
	if err != nil {
		return err
	}
	return c.showOwners(ctx, conn.Id, r)
}

// OwnersListCmd is ebb owners list.
type OwnersListCmd struct {
	ClientFlags
	Resource string `arg:"" help:"@handle, '#channel' (in quotes) or id."`
}

// Run lists the owners.
func (x *OwnersListCmd) Run(c *Client) error {
	ctx := background()
	r, err := c.resource(ctx, x.Resource)
	if err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	return c.showOwners(ctx, conn.Id, r)
}

func (c *Client) showOwners(ctx context.Context, conn string, r apiclient.Resource) error {
	list := []apiclient.Account{}
	for _, id := range r.Owners {
		a, err := call[apiclient.Account](c.api.GetAccount(ctx, conn, id))
		if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Status == 404 {
			a, err = apiclient.Account{Id: id}, nil // a guest sees no other account; Slack may have lost this one
		}
		if err != nil {
			return err
		}
		list = append(list, a)
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintf(w, "Nobody owns %s.\n", clean(marked(r)))
			return
		}
		rows := [][]string{{"OWNER OF " + marked(r), "HANDLE", "ID"}}
		for _, a := range list {
			rows = append(rows, []string{a.Name, a.Handle, a.Id})
		}
		table(w, rows)
	})
}
