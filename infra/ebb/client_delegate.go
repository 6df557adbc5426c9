package main

import (
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// DelegateCmd is ebb delegate.
type DelegateCmd struct {
	To   DelegateToCmd   `cmd:"" help:"Let somebody decide in your place for a while."`
	List DelegateListCmd `cmd:"" default:"withargs" help:"List who decides in your place, and in whose place you do."`
	End  DelegateEndCmd  `cmd:"" help:"Take a delegation back."`
}

// DelegateToCmd is ebb delegate to.
type DelegateToCmd struct {
	ClientFlags
	Person string `arg:"" help:"Who decides: id, handle, name or e-mail."`
	From   string `placeholder:"TIME" help:"From when: 09:00, \"2026-12-23 09:00\", +2h. Left out: now."`
	Until  string `required:"" placeholder:"TIME" help:"Until when; at most 90 days later."`
}

// Run names the delegate.
func (x *DelegateToCmd) Run(c *Client) error {
	ctx := background()
	start, err := moment(x.From, c.now())
	if err != nil {
		return err
	}
	end, err := moment(x.Until, c.now())
	if err != nil {
		return err
	}
	a, err := c.account(ctx, x.Person)
	if err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	d, err := call[apiclient.Delegation](c.api.CreateDelegation(ctx, conn.Id, apiclient.NewDelegation{Account: a.Id, Start: start, End: end}))
	if err != nil {
		return err
	}
	return c.show(d, func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s decides in your place from %s until %s.\n", d.Id, clean(called(d.To)), c.clock(d.Start), c.clock(d.End))
	})
}

// DelegateListCmd is ebb delegate list, and ebb delegate.
type DelegateListCmd struct {
	ClientFlags
}

// Run lists them.
func (x *DelegateListCmd) Run(c *Client) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	list, err := call[apiclient.DelegationList](c.api.ListDelegations(ctx, conn.Id))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "Nobody decides in your place, nor you in anybody's.")
			return
		}
		rows := [][]string{{"ID", "WHO DECIDES", "IN WHOSE PLACE", "FROM", "UNTIL", ""}}
		for _, d := range list.Items {
			now := ""
			if d.Holds {
				now = "now"
			}
			rows = append(rows, []string{d.Id, called(d.To), called(d.From), c.clock(d.Start), c.clock(d.End), now})
		}
		table(w, rows)
	})
}

// DelegateEndCmd is ebb delegate end.
type DelegateEndCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The delegation."`
}

// Run takes it back.
func (x *DelegateEndCmd) Run(c *Client) error {
	d, err := call[apiclient.Delegation](c.api.EndDelegation(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(d, func(w io.Writer) { fmt.Fprintf(w, "%s is taken back.\n", d.Id) })
}
