package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// FindingsCmd is ebb findings.
type FindingsCmd struct {
	List   FindingsListCmd   `cmd:"" default:"withargs" help:"List what changed in Slack without Ebb."`
	Show   FindingsShowCmd   `cmd:"" help:"Show one, with what can be done about it."`
	Accept FindingsAcceptCmd `cmd:"" help:"Let access that others gave stand until a time."`
	Remove FindingsRemoveCmd `cmd:"" help:"Take access away that others gave."`
	Keep   FindingsKeepCmd   `cmd:"" help:"Declare what was found right as it is."`
}

// FindingsListCmd is ebb findings list, and ebb findings.
type FindingsListCmd struct {
	ClientFlags
	All   bool   `help:"Also those that were decided."`
	Limit most   `default:"200" help:"How many at most."`
	Kind  string `placeholder:"KIND" help:"Only of a kind, such as came or role-raised."`
}

// Run lists them.
func (x *FindingsListCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Finding, string, error) {
		p, err := call[apiclient.FindingList](c.api.ListFindings(background(), &apiclient.ListFindingsParams{
			All: opt(x.All), Limit: x.Limit.page(), Cursor: opt(cursor), Kind: opt(apiclient.FindingKind(x.Kind)),
		}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "Nothing was found that waits for you: ebb findings --all lists what was decided.")
			return
		}
		rows := [][]string{{"ID", "WHAT", "WHO", "WHERE", "SEEN", "STATE"}}
		for _, f := range list {
			rows = append(rows, []string{f.Id, string(f.Kind), foundWho(f), clean(cmp.Or(f.Resource.Name, f.Resource.Id)), c.clock(f.Seen), c.foundState(f)})
		}
		table(w, rows)
		more(w, cut)
	})
}

func foundWho(f apiclient.Finding) string {
	switch {
	case f.Count > 0:
		return fmt.Sprintf("%d people", f.Count)
	case f.Account.Id == "":
		return "-"
	}
	return clean(called(f.Account))
}

func (c *Client) foundState(f apiclient.Finding) string {
	if f.State == "accepted" {
		return "accepted until " + c.clock(f.Until)
	}
	return string(f.State)
}

// FindingsShowCmd is ebb findings show.
type FindingsShowCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The finding."`
}

// Run shows it.
func (x *FindingsShowCmd) Run(c *Client) error {
	f, err := call[apiclient.Finding](c.api.GetFinding(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) { c.tellFinding(w, f) })
}

func (c *Client) tellFinding(w io.Writer, f apiclient.Finding) {
	fmt.Fprintf(w, "%s  %s, %s in %s, seen %s: %s\n", f.Id, f.Kind, foundWho(f), clean(cmp.Or(f.Resource.Name, f.Resource.Id)), c.clock(f.Seen), c.foundState(f))
	if f.DecidedBy.Id != "" {
		fmt.Fprintf(w, "  decided by %s at %s  %s\n", clean(cmp.Or(f.DecidedBy.Name, f.DecidedBy.Id)), c.clock(f.Decided), clean(f.Comment))
	}
	if f.Trouble.Code != "" {
		fmt.Fprintf(w, "  needs attention: %s\n", clean(f.Trouble.Text))
	}
	if f.State != "open" {
		return
	}
	for _, do := range []string{"accept", "remove", "keep"} {
		if why := f.Refuses[do]; why != "" {
			fmt.Fprintf(w, "  cannot %s: %s\n", do, clean(why))
		}
	}
}

// FindingsAcceptCmd is ebb findings accept.
type FindingsAcceptCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The finding."`
	Until   string `required:"" placeholder:"TIME" help:"When it ends by itself: \"2026-12-23 09:00\", +30d, at most 360 days from now."`
	Comment string `help:"Why."`
}

// Run accepts it.
func (x *FindingsAcceptCmd) Run(c *Client) error {
	until, err := moment(x.Until, c.now())
	if err != nil {
		return err
	}
	f, err := call[apiclient.Finding](c.api.AcceptFinding(background(), string(x.ID), apiclient.Acceptance{Until: until, Comment: x.Comment}))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) { c.tellFinding(w, f) })
}

// FindingsRemoveCmd is ebb findings remove.
type FindingsRemoveCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The finding."`
	Comment string `help:"Why."`
}

// Run removes it.
func (x *FindingsRemoveCmd) Run(c *Client) error {
	f, err := call[apiclient.Finding](c.api.RemoveFinding(background(), string(x.ID), apiclient.Decision{Comment: x.Comment}))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) { c.tellFinding(w, f) })
}

// FindingsKeepCmd is ebb findings keep.
type FindingsKeepCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The finding."`
	Comment string `help:"Why."`
}

// Run keeps it.
func (x *FindingsKeepCmd) Run(c *Client) error {
	f, err := call[apiclient.Finding](c.api.KeepFinding(background(), string(x.ID), apiclient.Decision{Comment: x.Comment}))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) { c.tellFinding(w, f) })
}
