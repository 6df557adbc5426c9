package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ConnectCmd is ebb connect.
type ConnectCmd struct {
	ClientFlags
	Name          string `help:"What to call the connector."`
	Collaboration bool   `help:"Ask Slack for the app's own voice alone: people ask, decide and are told in Slack. No administrator's token, and nothing that changes access."`
	Token         string `placeholder:"-" help:"Read a user token (xoxp-…) from standard input instead of installing with a link."`
}

// Run adds a connector, or takes the one that waits for its installation.
func (x *ConnectCmd) Run(c *Client) error {
	if x.Token != "" && x.Token != "-" {
		return errors.New("--token: give the token on standard input (--token -), so that it stays out of your shell's history and the process list")
	}
	ctx := background()
	conn, err := x.connector(ctx, c)
	if err != nil {
		return err
	}
	if x.Token == "-" && x.Collaboration {
		return errors.New("--collaboration takes no token: Slack gives the app its own when you install it with the link")
	}
	if x.Token == "-" {
		return c.paste(ctx, conn)
	}
	link, err := call[apiclient.Invitation](c.api.InviteInstaller(ctx, conn.Id, apiclient.NewInvitation{Collaboration: x.Collaboration}))
	if err != nil {
		return err
	}
	return c.show(link, func(w io.Writer) {
		fmt.Fprintf(w, "Open this link in your browser; it works once, until %s:\n\n  %s\n\nWhoever opens it installs Slack for the connector %s (%s).\n", c.clock(link.Expires), clean(link.Url), clean(conn.Name), conn.Id)
	})
}

// connector is the one that --connector or --name means, else one that is not
// connected or has lost its authorization, else a new one.
func (x *ConnectCmd) connector(ctx context.Context, c *Client) (apiclient.Connector, error) {
	if c.chosen != "" {
		return c.connector(ctx)
	}
	list, err := call[apiclient.ConnectorList](c.api.ListConnectors(ctx))
	if err != nil {
		return apiclient.Connector{}, err
	}
	waiting := only(list.Items, func(o apiclient.Connector) bool {
		if x.Name != "" {
			return strings.EqualFold(o.Name, x.Name)
		}
		return o.Label == apiclient.LabelNotConnected || o.Label == apiclient.LabelError
	})
	switch len(waiting) {
	case 0:
		if len(list.Items) > 0 && x.Name == "" {
			return apiclient.Connector{}, fmt.Errorf("%s is connected already; to install it again: ebb connect --connector %s; to add another one: ebb connect --name NAME", clean(list.Items[0].Name), list.Items[0].Id)
		}
		return sure[apiclient.Connector]("", func(key string) (*http.Response, error) {
			return c.api.AddConnector(ctx, &apiclient.AddConnectorParams{IdempotencyKey: &key}, apiclient.NewConnector{Name: x.Name})
		})
	case 1:
		return waiting[0], nil
	}
	return pickConnector(waiting, "")
}

func (c *Client) paste(ctx context.Context, conn apiclient.Connector) error {
	line, err := bufio.NewReader(io.LimitReader(c.in, 8192)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	token := strings.TrimSpace(line)
	if token == "" {
		return errors.New("standard input holds no token")
	}
	done, err := call[apiclient.Connector](c.api.PasteToken(ctx, conn.Id, apiclient.Token{Token: token}))
	if err != nil {
		return err
	}
	return c.show(done, func(w io.Writer) { c.printConnectors(w, []apiclient.Connector{done}) })
}

func (c *Client) printConnectors(w io.Writer, list []apiclient.Connector) {
	if len(list) == 0 {
		fmt.Fprintln(w, "No connector. Add one with: ebb connect")
		return
	}
	rows := [][]string{{"ID", "NAME", "LABEL", "LAST SYNC", "NEXT SYNC"}}
	for _, o := range list {
		rows = append(rows, []string{o.Id, o.Name, string(o.Label), c.clock(o.LastGood), c.clock(o.NextSync)})
	}
	table(w, rows)
	for _, o := range list {
		printCapabilities(w, o)
	}
}

func printCapabilities(w io.Writer, o apiclient.Connector) {
	if o.Trouble.Text != "" {
		fmt.Fprintf(w, "\n%s: %s\n", o.Id, clean(remedy(o.Trouble.Text, o.Id)))
	}
	if len(o.Capabilities) == 0 {
		return
	}
	word := "can"
	if o.Label == apiclient.LabelError || o.Label == apiclient.LabelNotConnected {
		word = "could" // by the authorization that it had
	}
	fmt.Fprintf(w, "\nWhat %s %s do:\n", o.Id, word)
	rows := [][]string{{"KIND", "SYNC", "REVIEW", "GRANT", "MISSING SCOPE OR NOTE"}}
	for _, k := range o.Capabilities {
		why := strings.Join(k.Missing, ", ")
		if why == "" {
			why = k.Note
		}
		rows = append(rows, []string{string(k.Kind), yes(k.Sync), yes(k.Review), yes(k.Grant), why})
	}
	table(w, rows)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
