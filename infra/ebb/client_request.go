package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// RequestCmd is ebb request.
type RequestCmd struct {
	ClientFlags
	Resources []string `arg:"" placeholder:"RESOURCE" help:"@handle, '#channel' (in quotes) or id; up to 20."`
	For       span     `required:"" placeholder:"2h" help:"For how long: 30m, 2h, 1d12h."`
	Why       string   `placeholder:"TEXT" help:"The reason, for who decides."`
	Subject   string   `placeholder:"PERSON" help:"For somebody else: id, handle, name or e-mail."`
	Start     string   `placeholder:"TIME" help:"When it begins: 09:00, \"2026-11-24 09:00\", +2h. Left out: as soon as approved."`
	Once      string   `placeholder:"WORD" help:"A word of your own for this call; with the same one, a script that runs again within a day asks nothing twice."`
}

// Run asks, and prints what became of it.
func (x *RequestCmd) Run(c *Client) error {
	ctx := background()
	start, err := moment(x.Start, c.now())
	if err != nil {
		return err
	}
	body := apiclient.NewRequest{Seconds: x.For.seconds(), Reason: x.Why, Start: start}
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

// RequestsCmd is ebb requests.
type RequestsCmd struct {
	ClientFlags
	Open  bool `help:"Only those that wait for a decision."`
	Limit int  `default:"100" help:"How many at most."`
}

// Run lists them, newest first.
func (x *RequestsCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Request, string, error) {
		p, err := call[apiclient.RequestList](c.api.ListRequests(background(), &apiclient.ListRequestsParams{Open: opt(x.Open), Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No request that you can see.")
			return
		}
		rows := [][]string{{"ID", "WHAT", "FOR WHOM", "TIME", "STATE", "ASKED", "BY", ""}}
		for _, r := range list {
			rows = append(rows, c.requestRow(r))
		}
		table(w, rows)
		more(w, cut)
	})
}

func (c *Client) requestRow(r apiclient.Request) []string {
	var what []string
	for _, it := range r.Items {
		what = append(what, calledResource(it.Resource))
	}
	yours := ""
	if r.MayDecide {
		yours = "you may decide"
	}
	return []string{
		r.Id, strings.Join(what, " "), called(r.Subject), left(time.Duration(r.Seconds) * time.Second), requestState(r),
		c.clock(r.Created), called(r.Requester), yours,
	}
}

// requestState is the items' state where they agree.
func requestState(r apiclient.Request) string {
	state := ""
	for _, it := range r.Items {
		if state != "" && state != string(it.State) {
			return "mixed"
		}
		state = string(it.State)
	}
	return state
}

// ApproveCmd is ebb approve.
type ApproveCmd struct {
	ClientFlags
	ID      string `arg:"" help:"The request."`
	Comment string `help:"For who asked."`
}

// Run approves what the key's user may decide.
func (x *ApproveCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.ApproveRequest(background(), x.ID, apiclient.Decision{Comment: x.Comment}))
	return c.showRequest(r, err)
}

// DenyCmd is ebb deny.
type DenyCmd struct {
	ClientFlags
	ID      string `arg:"" help:"The request."`
	Comment string `help:"For who asked."`
}

// Run denies what the key's user may decide.
func (x *DenyCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.DenyRequest(background(), x.ID, apiclient.Decision{Comment: x.Comment}))
	return c.showRequest(r, err)
}

// CancelCmd is ebb cancel.
type CancelCmd struct {
	ClientFlags
	ID string `arg:"" help:"The request."`
}

// Run takes the request back.
func (x *CancelCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.CancelRequest(background(), x.ID))
	return c.showRequest(r, err)
}

// showRequest prints one request item by item, with the grants that it made.
func (c *Client) showRequest(r apiclient.Request, err error) error {
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s  for %s, %s\n", r.Id, clean(called(r.Subject)), left(time.Duration(r.Seconds)*time.Second))
		rows := [][]string{}
		for _, it := range r.Items {
			row := []string{"  " + calledResource(it.Resource), string(it.State), it.Grant}
			if it.DecidedBy.Id != "" {
				row = append(row, "by "+called(it.DecidedBy))
			} else if it.Grant != "" {
				row = append(row, "by policy")
			}
			rows = append(rows, row)
		}
		table(w, rows)
		if r.Open {
			fmt.Fprintf(w, "waits for a decision until %s\n", c.clock(r.Expires))
		}
	})
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
