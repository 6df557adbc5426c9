package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// OwnersCmd is ebb owners.
type OwnersCmd struct {
	Set  OwnersSetCmd  `cmd:"" help:"Say who owns a resource, instead of who did."`
	List OwnersListCmd `cmd:"" help:"List who owns a resource."`

	Import OwnersImportCmd `cmd:"" help:"Say who owns many resources, by a CSV file."`
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

// OwnersImportCmd is ebb owners import.
type OwnersImportCmd struct {
	ClientFlags
	File    string `arg:"" help:"A CSV file with the columns resource and owners, or - for the standard input."`
	Preview bool   `help:"Say of each line what it would change, and change nothing."`
}

// errWrongLines is for scripts: nothing was changed.
var errWrongLines = errors.New("lines are wrong; nothing was changed")

// Run shows every line; where one is wrong nothing is changed.
func (x *OwnersImportCmd) Run(c *Client) error {
	ctx := background()
	file := c.in
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer f.Close()
		file = f
	}
	raw, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	send := func(preview bool) (apiclient.OwnersPlan, error) {
		return call[apiclient.OwnersPlan](c.api.SetManyOwners(ctx, conn.Id, apiclient.ManyOwners{Csv: string(raw), Preview: preview}))
	}
	plan, err := send(true)
	if err != nil {
		return err
	}
	wrong := slices.ContainsFunc(plan.Lines, func(l apiclient.PlannedOwners) bool { return l.Verdict == "wrong" })
	if !wrong && !x.Preview {
		if plan, err = send(false); err != nil {
			return err
		}
	}
	err = c.show(plan.Lines, func(w io.Writer) {
		rows := [][]string{{"LINE", "RESOURCE", "VERDICT", "OWNERS", ""}}
		for _, l := range plan.Lines {
			var owners []string
			for _, o := range l.Owners {
				owners = append(owners, called(o))
			}
			slices.Sort(owners)
			rows = append(rows, []string{fmt.Sprint(l.Line), l.Written, string(l.Verdict), strings.Join(owners, ", "), l.Why})
		}
		table(w, rows)
	})
	if err == nil && wrong {
		err = errWrongLines
	}
	return err
}
