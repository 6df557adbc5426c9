package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/ebb-access/ebb/infra/ebb/first"
	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// KeyCmd is ebb key.
type KeyCmd struct {
	First  first.Key    `cmd:"" help:"Make the first key of a house on AWS, with your AWS credentials."`
	Create KeyCreateCmd `cmd:"" help:"Make an API key; it is printed once."`
	List   KeyListCmd   `cmd:"" help:"List API keys with their last use."`
	End    KeyEndCmd    `cmd:"" help:"End an API key, at once and for ever."`
}

// KeyCreateCmd is ebb key create.
type KeyCreateCmd struct {
	ClientFlags
	Account string `placeholder:"PERSON" help:"For whom: id, handle, name or e-mail; such a key is a service's (--service). Left out: for yourself."`
	Name    string `default:"terminal" help:"What it is for."`
	Service bool   `help:"A service's key: it asks and reads, and never decides."`
}

// Run makes the person's user where there is none yet, and the key.
func (x *KeyCreateCmd) Run(c *Client) error {
	ctx := background()
	body := apiclient.NewKey{Name: x.Name, Service: x.Service}
	if x.Account != "" {
		if !x.Service {
			return errors.New("a key that acts as a person is made by that person alone: they sign in to the console and make it under API keys; add --service for a key that asks and reads in their name and never decides")
		}
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
		says := "acts as " + k.User
		if k.Service {
			says = "asks and reads in the name of " + k.User + ", and never decides"
		}
		fmt.Fprintf(w, "%s\n\nThis is shown once. Use it as EBB_KEY; it %s.\n", k.Key, says)
	})
}

// KeyListCmd is ebb key list.
type KeyListCmd struct {
	ClientFlags
	User string `placeholder:"ID" help:"Whose; ebb users lists them. Left out: your own."`
}

// Run lists the keys.
func (x *KeyListCmd) Run(c *Client) error {
	list, err := call[apiclient.KeyList](c.api.ListKeys(background(), &apiclient.ListKeysParams{User: opt(x.User)}))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) { c.printKeys(w, list.Items) })
}

// KeyEndCmd is ebb key end.
type KeyEndCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The key's id, from ebb key list."`
}

// Run ends the key.
func (x *KeyEndCmd) Run(c *Client) error {
	k, err := call[apiclient.Key](c.api.EndKey(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(k, func(w io.Writer) { c.printKeys(w, []apiclient.Key{k}) })
}

func (c *Client) printKeys(w io.Writer, list []apiclient.Key) {
	rows := [][]string{{"ID", "NAME", "FOR", "MADE", "LAST USED", "STATE"}}
	for _, k := range list {
		what, state := "a person", "works"
		if k.Service {
			what = "a service"
		}
		if k.Ended {
			state = "ended"
		}
		rows = append(rows, []string{k.Id, k.Name, what, c.clock(k.Created), c.clock(k.Used), state})
	}
	table(w, rows)
}
