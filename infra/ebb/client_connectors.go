package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ConnectorsCmd is ebb connectors.
type ConnectorsCmd struct {
	List       ConnectorsListCmd       `cmd:"" default:"withargs" help:"List connectors and what each can do."`
	Pause      ConnectorsPauseCmd      `cmd:"" help:"Stop syncs and new access; ends go on."`
	Resume     ConnectorsResumeCmd     `cmd:"" help:"Take a pause back."`
	Confirm    ConnectorsConfirmCmd    `cmd:"" help:"Let the removals happen that a sync waits with."`
	Drain      ConnectorsDrainCmd      `cmd:"" help:"End every live grant; new ones are refused."`
	Disconnect ConnectorsDisconnectCmd `cmd:"" help:"Take the tokens back at Slack; drain first."`
}

// ConnectorsListCmd is ebb connectors list.
type ConnectorsListCmd struct {
	ClientFlags
}

// Run lists what the key's user sees.
func (x *ConnectorsListCmd) Run(c *Client) error {
	list, err := call[apiclient.ConnectorList](c.api.ListConnectors(background()))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) { c.printConnectors(w, list.Items) })
}

// ConnectorsPauseCmd is ebb connectors pause.
type ConnectorsPauseCmd struct {
	ClientFlags
}

// Run pauses the connector.
func (x *ConnectorsPauseCmd) Run(c *Client) error {
	return c.move(func(ctx context.Context, id string) (*http.Response, error) { return c.api.PauseConnector(ctx, id) })
}

// ConnectorsResumeCmd is ebb connectors resume.
type ConnectorsResumeCmd struct {
	ClientFlags
}

// Run takes the pause back.
func (x *ConnectorsResumeCmd) Run(c *Client) error {
	return c.move(func(ctx context.Context, id string) (*http.Response, error) { return c.api.ResumeConnector(ctx, id) })
}

// ConnectorsConfirmCmd is ebb connectors confirm.
type ConnectorsConfirmCmd struct {
	ClientFlags
}

// Run confirms; the next sync begins at once and removes what is gone.
func (x *ConnectorsConfirmCmd) Run(c *Client) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	run, err := call[apiclient.Run](c.api.ConfirmRemovals(ctx, conn.Id))
	if err != nil {
		return err
	}
	return c.show(run, func(w io.Writer) {
		fmt.Fprintf(w, "Confirmed: a new sync of %s has begun and removes what Slack no longer has.\n", conn.Id)
	})
}

// ConnectorsDisconnectCmd is ebb connectors disconnect.
type ConnectorsDisconnectCmd struct {
	ClientFlags
	Stays []string `placeholder:"GRANT" help:"A grant that was drained, will not end, and stays in Slack; once for each."`
}

// Run disconnects.
func (x *ConnectorsDisconnectCmd) Run(c *Client) error {
	return c.move(func(ctx context.Context, id string) (*http.Response, error) {
		return c.api.DisconnectConnector(ctx, id, apiclient.Disconnection{Stays: x.Stays})
	})
}

// move does something to the connector that is meant, and shows it.
func (c *Client) move(do func(ctx context.Context, id string) (*http.Response, error)) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	conn, err = call[apiclient.Connector](do(ctx, conn.Id))
	if err != nil {
		return err
	}
	return c.show(conn, func(w io.Writer) { c.printConnectors(w, []apiclient.Connector{conn}) })
}

// ConnectorsDrainCmd is ebb connectors drain.
type ConnectorsDrainCmd struct {
	ClientFlags
	Wait time.Duration `placeholder:"5m" help:"Look again until nothing is left, for so long at most."`
}

// errLeft is for scripts: what comes next must not happen yet.
type errLeft struct{ apiclient.Drained }

func (e errLeft) Error() string {
	return fmt.Sprintf("%d grants are not seen gone yet, %d of them need attention: ebb grants", e.Left, e.NeedsAttention)
}

// Run drains, and fails while something is left.
func (x *ConnectorsDrainCmd) Run(c *Client) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	until := c.now().Add(x.Wait)
	for {
		d, err := call[apiclient.Drained](c.api.DrainConnector(ctx, conn.Id))
		if err != nil {
			return err
		}
		if d.Left == 0 {
			return c.show(d, func(w io.Writer) { fmt.Fprintln(w, "Nothing is left: every grant of this connector has ended.") })
		}
		if !c.now().Before(until) {
			return errLeft{d}
		}
		time.Sleep(2 * time.Second)
	}
}
