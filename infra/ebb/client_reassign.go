package main

import (
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ReassignCmd is ebb reassign.
type ReassignCmd struct {
	ClientFlags
	ID      string `arg:"" name:"request" help:"The request."`
	To      string `required:"" placeholder:"PERSON" help:"Who decides it alone from now on; somebody whom policy may ask, or an owner."`
	Item    int    `placeholder:"N" help:"One item of it, 1 is the first; all that wait, if left out."`
	Comment string `help:"What they should know."`
}

// Run hands it on.
func (x *ReassignCmd) Run(c *Client) error {
	ctx := background()
	to, err := c.account(ctx, x.To)
	if err != nil {
		return err
	}
	r, err := call[apiclient.Request](c.api.ReassignRequest(ctx, x.ID, apiclient.Handing{To: to.Id, Item: x.Item, Comment: x.Comment}))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s waits for %s now.\n", clean(r.Id), clean(called(apiclient.Ref{Id: to.Id, Name: to.Name})))
	})
}
