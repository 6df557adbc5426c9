package main

import (
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// KeyCmd is ebb key.
type KeyCmd struct {
	Create KeyCreateCmd `cmd:"" help:"Make an API key; it is printed once."`
}

// KeyCreateCmd is ebb key create.
type KeyCreateCmd struct {
	ClientFlags
	Account string `placeholder:"PERSON" help:"For whom: id, handle, name or e-mail. Left out: for yourself."`
	Name    string `default:"terminal" help:"What it is for."`
	Service bool   `help:"A service's key: it asks and reads, and never decides."`
}

// Run makes the person's user where there is none yet, and the key.
func (x *KeyCreateCmd) Run(c *Client) error {
	ctx := background()
	body := apiclient.NewKey{Name: x.Name, Service: x.Service}
	if x.Account != "" {
		a, err := c.account(ctx, x.Account)
		if err != nil {
			return err
		}
		conn, err := c.connector(ctx)
		if err != nil {
			return err
		}
		u, err := call[apiclient.User](c.api.BindUser(ctx, apiclient.NewUser{Connector: conn.Id, Account: a.Id}))
		if err != nil {
			return err
		}
		body.User = u.Id
	}
	k, err := call[apiclient.CreatedKey](c.api.CreateKey(ctx, body))
	if err != nil {
		return err
	}
	return c.show(k, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n\nThis is shown once. Use it as EBB_KEY; it acts as %s.\n", k.Key, k.User)
	})
}
