package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ProfilesCmd is ebb profiles.
type ProfilesCmd struct {
	ClientFlags
}

// Run lists the access profiles with what they hold.
func (x *ProfilesCmd) Run(c *Client) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	list, err := call[apiclient.ProfileList](c.api.ListProfiles(ctx, conn.Id))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "No access profile that you could ask for.")
			return
		}
		rows := [][]string{{"ID", "LABEL", "HOLDS"}}
		for _, p := range list.Items {
			var holds []string
			for _, r := range p.Resources {
				holds = append(holds, calledResource(r))
			}
			rows = append(rows, []string{p.Id, p.Label, strings.Join(holds, " ")})
		}
		table(w, rows)
	})
}
