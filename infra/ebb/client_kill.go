package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// KillCmd is ebb kill.
type KillCmd struct {
	ClientFlags
	Person   string `placeholder:"PERSON" group:"What ends (one of):" help:"Everything that somebody's account here holds and asks for."`
	User     string `placeholder:"USER" group:"What ends (one of):" help:"The same of a user of Ebb, in all their accounts: by id, name, handle or address."`
	Resource string `placeholder:"RESOURCE" group:"What ends (one of):" help:"Everybody's access to @handle, '#channel' or an id."`
	Policy   string `placeholder:"RULE" group:"What ends (one of):" help:"Whatever a rule of the policy gave."`
	Version  int64  `placeholder:"N" group:"What ends (one of):" help:"Whatever that version of the policy gave; with --policy, that rule as it stood there."`
	Why      string `placeholder:"REASON" help:"Goes with it into the audit."`
	Yes      bool   `help:"Do it. Without, it is said what would end, and nothing does."`
	Show     string `placeholder:"KILL" help:"Say how far one is, and end nothing."`
	List     bool   `help:"List those that were pressed, and end nothing."`
}

// Run says what would end and, told so, ends it.
func (x *KillCmd) Run(c *Client) error {
	ctx := background()
	switch {
	case x.List:
		return c.listKills(ctx)
	case x.Show != "":
		k, err := call[apiclient.Kill](c.api.GetKill(ctx, x.Show))
		if err != nil {
			return err
		}
		return c.show(k, func(w io.Writer) { c.printKill(w, k) })
	}
	t, err := x.target(ctx, c)
	if err != nil {
		return err
	}
	would, err := call[wouldEnd](c.api.PreviewKill(ctx, t))
	if err != nil {
		return err
	}
	if !x.Yes {
		return c.show(would, func(w io.Writer) {
			fmt.Fprintf(w, "%d grants would end now, and %d requests would be canceled.\n", would.Grants, would.Requests)
			c.printGrants(w, would.Items)
			more(w, would.Grants > len(would.Items))
			if would.Grants+would.Requests > 0 {
				fmt.Fprintln(w, "Nothing has ended. To end them: the same command with --why REASON --yes")
			}
		})
	}
	if x.Why == "" {
		return fmt.Errorf("say why with --why")
	}
	k, err := call[apiclient.Kill](c.api.Kill(ctx, apiclient.NewKill{Target: t, Reason: x.Why, Confirmed: would.Grants}))
	if err != nil {
		return err
	}
	return c.show(k, func(w io.Writer) { c.printKill(w, k) })
}

// wouldEnd is the preview's answer.
type wouldEnd struct {
	Grants   int               `json:"grants"`
	Requests int               `json:"requests"`
	Items    []apiclient.Grant `json:"items"`
}

// target is what was named, by the ids that the house knows it by.
func (x *KillCmd) target(ctx context.Context, c *Client) (apiclient.Target, error) {
	var t apiclient.Target
	named := 0
	for _, s := range []string{x.Person, x.User, x.Resource, x.Policy} {
		if s != "" {
			named++
		}
	}
	if named > 1 || named == 0 && x.Version == 0 || x.Version > 0 && named == 1 && x.Policy == "" {
		return t, fmt.Errorf("say what ends: one of --person, --user, --resource, --policy or --version")
	}
	t.Rule, t.Version = x.Policy, x.Version
	if x.User != "" {
		u, err := c.user(ctx, x.User)
		t.User = u.Id
		return t, err
	}
	if x.Person == "" && x.Resource == "" {
		return t, nil
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return t, err
	}
	t.Connector = conn.Id
	if x.Person != "" {
		a, err := c.account(ctx, x.Person)
		t.Account = a.Id
		return t, err
	}
	t.Resource, _, err = c.resourceAndAccount(ctx, x.Resource, "")
	return t, err
}

func (c *Client) listKills(ctx context.Context) error {
	list, err := call[struct{ Items []apiclient.Kill }](c.api.ListKills(ctx, &apiclient.ListKillsParams{}))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		rows := [][]string{{"KILL", "WHEN", "BY", "WHAT", "GRANTS", "DONE", "WHY"}}
		for _, k := range list.Items {
			rows = append(rows, []string{k.Id, c.clock(k.At), k.ByName, aimedAt(k.Target), fmt.Sprint(k.Grants), c.clock(k.Done), k.Reason})
		}
		table(w, rows)
	})
}

func (c *Client) printKill(w io.Writer, k apiclient.Kill) {
	fmt.Fprintf(w, "%s ends everything of %s: %d grants and %d requests that it found at %s.\n",
		clean(k.Id), clean(aimedAt(k.Target)), k.Grants, k.Requests, c.clock(k.At))
	switch {
	case k.Done.IsZero():
		fmt.Fprintln(w, "It goes on by itself.")
	case k.Turning+k.Taking == 0:
		fmt.Fprintln(w, "All of it was turned to its end.")
	}
	if k.Turning+k.Taking > 0 {
		fmt.Fprintf(w, "%d are still to be turned to their end; of %d Slack does not show yet that they are gone, %d of them need attention.\n", k.Turning, k.Taking, k.NeedsAttention)
	}
	fmt.Fprintf(w, "How far it is: ebb kill --show %s\n", clean(k.Id))
}

func aimedAt(t apiclient.Target) string {
	var out []string
	for _, s := range []string{t.User, t.Account, t.Resource} {
		if s != "" {
			out = append(out, s)
		}
	}
	if t.Rule != "" {
		out = append(out, "rule "+t.Rule)
	}
	if t.Version > 0 {
		out = append(out, fmt.Sprintf("policy version %d", t.Version))
	}
	return strings.Join(out, " of ")
}
