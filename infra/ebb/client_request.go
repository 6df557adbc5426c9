package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// RequestCmd is ebb request.
type RequestCmd struct {
	ClientFlags
	Resources   []string `arg:"" optional:"" placeholder:"RESOURCE" help:"@handle, '#channel' (in quotes) or id; up to 20."`
	For         span     `required:"" placeholder:"2h" help:"For how long: 30m, 2h, 1d12h."`
	Why         string   `placeholder:"TEXT" help:"The reason, for who decides."`
	Profile     string   `placeholder:"ID" help:"An access profile instead of resources; list them: ebb profiles."`
	Subject     string   `placeholder:"PERSON" help:"For somebody else: id, handle, name or e-mail."`
	Start       string   `placeholder:"TIME" help:"When it begins: 09:00, \"2026-11-24 09:00\", +2h. Left out: as soon as approved."`
	Entitlement string   `enum:"member,admin" default:"member" help:"member, or admin of a workspace (by its id or name), which people give and take by hand."`
	Emergency   bool     `help:"Skip the approvers, where policy lets you; they are told, and somebody confirms it afterwards. Needs --why."`
	Once        string   `placeholder:"WORD" help:"A word of your own for this call; with the same one, a script that runs again within a day asks nothing twice."`
}

// Run asks, and prints what became of it.
func (x *RequestCmd) Run(c *Client) error {
	ctx := background()
	if (x.Profile == "") == (len(x.Resources) == 0) {
		return errors.New("name resources, or an access profile with --profile")
	}
	start, err := moment(x.Start, c.now())
	if err != nil {
		return err
	}
	body := apiclient.NewRequest{Seconds: x.For.seconds(), Reason: x.Why, Start: start, Emergency: x.Emergency, Profile: x.Profile, Entitlement: apiclient.Slug(x.Entitlement)}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	body.Connector = conn.Id
	for _, text := range x.Resources {
		r, err := c.resource(ctx, text)
		if err != nil {
			return err
		}
		if slices.Contains(body.Resources, r.Id) {
			return fmt.Errorf("%s is named twice; ask for each resource once", clean(text))
		}
		body.Resources = append(body.Resources, r.Id)
	}
	if x.Subject != "" {
		a, err := c.account(ctx, x.Subject)
		if err != nil {
			return err
		}
		body.Subject = a.Id
	}
	r, err := sure[apiclient.Request](x.Once, func(key string) (*http.Response, error) {
		return c.api.CreateRequest(ctx, &apiclient.CreateRequestParams{IdempotencyKey: &key}, body)
	})
	return c.showRequest(r, err)
}

// ApproveCmd is ebb approve.
type ApproveCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The request."`
	Comment string `help:"For who asked."`
}

// Run approves what the key's user may decide.
func (x *ApproveCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.ApproveRequest(background(), string(x.ID), apiclient.Decision{Comment: x.Comment}))
	return c.showRequest(r, c.named(string(x.ID), err))
}

// DenyCmd is ebb deny.
type DenyCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The request."`
	Comment string `help:"For who asked."`
}

// Run denies what the key's user may decide.
func (x *DenyCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.DenyRequest(background(), string(x.ID), apiclient.Decision{Comment: x.Comment}))
	return c.showRequest(r, c.named(string(x.ID), err))
}

// ConfirmCmd is ebb confirm.
type ConfirmCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The request that was an emergency."`
	No      bool   `help:"It was not right: end its access now."`
	Comment string `help:"For who asked."`
}

// Run settles what an emergency left to do.
func (x *ConfirmCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.ConfirmRequest(background(), string(x.ID), apiclient.Confirmation{Right: !x.No, Comment: x.Comment}))
	return c.showRequest(r, c.named(string(x.ID), err))
}

// VetoCmd is ebb veto.
type VetoCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The request."`
	Comment string `help:"For who asked."`
}

// Run vetoes what would approve itself.
func (x *VetoCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.VetoRequest(background(), string(x.ID), apiclient.Decision{Comment: x.Comment}))
	return c.showRequest(r, c.named(string(x.ID), err))
}

// CancelCmd is ebb cancel.
type CancelCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The request."`
}

// Run takes the request back.
func (x *CancelCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.CancelRequest(background(), string(x.ID)))
	return c.showRequest(r, c.named(string(x.ID), err))
}

// resourceAndAccount finds both for a verb that needs them.
func (c *Client) resourceAndAccount(ctx context.Context, what, who string) (resource, account string, err error) {
	r, err := c.resource(ctx, what)
	if err != nil || who == "" {
		return r.Id, "", err
	}
	a, err := c.account(ctx, who)
	return r.Id, a.Id, err
}
