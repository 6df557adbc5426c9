package main

import (
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// FreezeCmd is ebb freeze.
type FreezeCmd struct {
	ClientFlags
	Why  string `placeholder:"REASON" help:"Everybody who asks for access reads it."`
	List bool   `help:"List what is frozen, and freeze nothing."`
}

// Run freezes the connector that was named, or the whole house.
func (x *FreezeCmd) Run(c *Client) error {
	if x.List {
		return c.listFreezes()
	}
	if x.Why == "" {
		return fmt.Errorf("say why with --why: everybody who asks for access will read it")
	}
	conn, err := c.scope()
	if err != nil {
		return err
	}
	f, err := call[apiclient.Freeze](c.api.Freeze(background(), apiclient.NewFreeze{Connector: conn, Reason: x.Why}))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) {
		fmt.Fprintf(w, "New access is frozen %s since %s. Ends go on. To lift it: %s\n", frozenWhere(f), c.clock(f.Since), thawCommand(f))
	})
}

// ThawCmd is ebb thaw.
type ThawCmd struct {
	ClientFlags
}

// Run lifts the freeze of the connector that was named, or the house's.
func (x *ThawCmd) Run(c *Client) error {
	conn, err := c.scope()
	if err != nil {
		return err
	}
	f, err := call[apiclient.Freeze](c.api.Thaw(background(), apiclient.Lift{Connector: conn}))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) {
		if f.Lifted.IsZero() {
			fmt.Fprintln(w, "This was not frozen.")
			return
		}
		fmt.Fprintf(w, "The freeze %s is lifted; what waited for it begins within seconds.\n", frozenWhere(f))
	})
}

func (c *Client) listFreezes() error {
	list, err := call[struct{ Items []apiclient.Freeze }](c.api.ListFreezes(background()))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "Nothing is frozen.")
		}
		for _, f := range list.Items {
			fmt.Fprintf(w, "New access is frozen %s since %s by %s: %s\n", frozenWhere(f), c.clock(f.Since), clean(calledUser(f)), clean(f.Reason))
		}
	})
}

// scope is the connector that was named; "": the house.
func (c *Client) scope() (string, error) {
	if c.chosen == "" {
		return "", nil
	}
	conn, err := c.connector(background())
	return conn.Id, err
}

func frozenWhere(f apiclient.Freeze) string {
	if f.Connector == "" {
		return "in the whole house"
	}
	return "in the connector " + clean(f.Connector)
}

func thawCommand(f apiclient.Freeze) string {
	if f.Connector == "" {
		return "ebb thaw"
	}
	return "ebb thaw --connector " + clean(f.Connector)
}

func calledUser(f apiclient.Freeze) string {
	if f.ByName != "" {
		return f.ByName
	}
	return f.By
}
