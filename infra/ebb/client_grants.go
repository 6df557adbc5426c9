package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// GrantsCmd is ebb grants.
type GrantsCmd struct {
	List  GrantsListCmd  `cmd:"" default:"withargs" help:"List grants with the time left."`
	Retry GrantsRetryCmd `cmd:"" help:"Look now at a grant that needs attention."`
}

// GrantsListCmd is ebb grants list, and ebb grants.
type GrantsListCmd struct {
	ClientFlags
	All   bool `help:"Also those that are over."`
	Limit most `default:"200" help:"How many at most."`
}

// Run lists them, live ones first.
func (x *GrantsListCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Grant, string, error) {
		p, err := call[apiclient.GrantList](c.api.ListGrants(background(), &apiclient.ListGrantsParams{All: opt(x.All), Limit: x.Limit.page(), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No grant that you can see.")
			return
		}
		c.printGrants(w, list)
		more(w, cut)
	})
}

// GrantsRetryCmd is ebb grants retry.
type GrantsRetryCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The grant."`
}

// errStillHeld is for scripts: looking now has not mended it.
var errStillHeld = errors.New("it still needs attention: do what stands above, then retry")

// Run tries now instead of at the next try, and fails while the grant goes on
// needing attention.
func (x *GrantsRetryCmd) Run(c *Client) error {
	g, err := call[apiclient.Grant](c.api.RetryGrant(background(), string(x.ID)))
	if err := c.showGrant(g, err); err != nil {
		return err
	}
	if g.NeedsAttention {
		return errStillHeld
	}
	return nil
}

// ExtendCmd is ebb extend.
type ExtendCmd struct {
	ClientFlags
	Grant ident `arg:"" help:"The grant."`
	By    span  `required:"" placeholder:"1h" help:"By how much."`
}

// Run moves the end, or asks for it where somebody has to approve.
func (x *ExtendCmd) Run(c *Client) error {
	e, err := call[apiclient.Extended](c.api.ExtendGrant(background(), string(string(x.Grant)), apiclient.Extension{Seconds: x.By.seconds()}))
	if err != nil || e.Request.Id == "" {
		return c.showGrant(e.Grant, err)
	}
	return c.showRequest(e.Request, nil)
}

// EndCmd is ebb end.
type EndCmd struct {
	ClientFlags
	Grant ident `arg:"" help:"The grant."`
}

// Run ends the access now.
func (x *EndCmd) Run(c *Client) error {
	g, err := call[apiclient.Grant](c.api.EndGrant(background(), string(x.Grant)))
	return c.showGrant(g, err)
}

func (c *Client) showGrant(g apiclient.Grant, err error) error {
	if err != nil {
		return err
	}
	return c.show(g, func(w io.Writer) { c.printGrants(w, []apiclient.Grant{g}) })
}

func (c *Client) printGrants(w io.Writer, list []apiclient.Grant) {
	rows := [][]string{{"ID", "WHAT", "WHO", "STATE", "ENDS", "TIME LEFT"}}
	for _, g := range list {
		state := string(g.State)
		if g.NeedsAttention {
			state = "needs attention"
		}
		rows = append(rows, []string{g.Id, calledResource(g.Resource), called(g.Account), state, c.clock(g.End), c.timeLeft(g)})
	}
	table(w, rows)
	for _, g := range list {
		if g.Trouble.Text != "" && !g.Over {
			fmt.Fprintf(w, "\n%s: %s\n", g.Id, clean(remedy(g.Trouble.Text, g.Connector)))
		}
	}
}

// timeLeft is what people want to know of a grant in a few words.
func (c *Client) timeLeft(g apiclient.Grant) string {
	now := c.now()
	switch {
	case g.Over:
		return g.Outcome
	case g.State == apiclient.GrantStateScheduled && g.Start.After(now):
		return "begins in " + left(g.Start.Sub(now))
	case g.State == apiclient.GrantStateRevoking || !g.End.After(now):
		return "ending"
	}
	return left(g.End.Sub(now))
}
