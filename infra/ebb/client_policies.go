package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// publication is the answer to a policy that was published: it is in force, or
// it waits (State is set).
type publication struct {
	apiclient.Published
	apiclient.PolicyDraft
}

func (c *Client) printPublished(w io.Writer, p apiclient.Published) {
	fmt.Fprintf(w, "Version %d is in force, with %d rules.\n", p.Version, p.Rules)
	for _, q := range p.Warnings {
		fmt.Fprintln(w, problemLine(q))
	}
	if len(p.NotAllowed) == 0 {
		return
	}
	fmt.Fprintf(w, "\nIt would not give these live grants. They keep their end; to end one now: ebb end ID\n")
	c.printGrants(w, p.NotAllowed)
}

func (c *Client) printDraft(w io.Writer, d apiclient.PolicyDraft) {
	fmt.Fprintf(w, "Draft %s after version %d: %s.\n", clean(d.Id), d.Base, clean(string(d.State)))
	for _, why := range d.Wider {
		fmt.Fprintf(w, "  For who proposed it, %s.\n", clean(why))
	}
	if d.State != "waits" {
		return
	}
	if d.Ripe.IsZero() {
		fmt.Fprintf(w, "Another super administrator confirms it: ebb policy confirm %s\n", clean(d.Id))
		return
	}
	fmt.Fprintf(w, "There is no other super administrator: it comes into force at %s unless somebody vetoes it: ebb policy refuse %s\n", c.clock(d.Ripe), clean(d.Id))
}

// wouldChange says what a document would do, and publishes nothing.
func (c *Client) wouldChange(src string) error {
	type answer struct {
		Grants int               `json:"grants"`
		Items  []apiclient.Grant `json:"items"`
		Wider  []string          `json:"wider"`
	}
	x, err := call[answer](c.api.PolicyWouldEndWithBody(background(), "application/yaml", strings.NewReader(src)))
	if err != nil {
		return err
	}
	return c.show(x, func(w io.Writer) {
		fmt.Fprintf(w, "It would not give %d of the live grants; they would keep their end.\n", x.Grants)
		c.printGrants(w, x.Items)
		if len(x.Wider) > 0 {
			fmt.Fprintf(w, "It gives you more, so somebody else has to confirm it: %s.\n", clean(strings.Join(x.Wider, "; ")))
		}
		fmt.Fprintln(w, "Nothing was published.")
	})
}

// PolicyConfirmCmd is ebb policy confirm.
type PolicyConfirmCmd struct {
	ClientFlags
	ID string `arg:"" name:"draft" help:"The draft; ebb policy history lists them."`
}

// Run confirms.
func (x *PolicyConfirmCmd) Run(c *Client) error {
	p, err := call[apiclient.Published](c.api.ConfirmPolicy(background(), x.ID))
	if err != nil {
		return err
	}
	return c.show(p, func(w io.Writer) { c.printPublished(w, p) })
}

// PolicyRefuseCmd is ebb policy refuse.
type PolicyRefuseCmd struct {
	ClientFlags
	ID string `arg:"" name:"draft" help:"The draft; ebb policy history lists them."`
}

// Run vetoes.
func (x *PolicyRefuseCmd) Run(c *Client) error {
	d, err := call[apiclient.PolicyDraft](c.api.RefusePolicy(background(), x.ID))
	if err != nil {
		return err
	}
	return c.show(d, func(w io.Writer) { c.printDraft(w, d) })
}

// PolicyHistoryCmd is ebb policy history.
type PolicyHistoryCmd struct {
	ClientFlags
	Show int64 `placeholder:"N" help:"Print the document of a version."`
}

// Run lists the newest versions, and what waits.
func (x *PolicyHistoryCmd) Run(c *Client) error {
	ctx := background()
	if x.Show > 0 {
		p, err := call[apiclient.Policy](c.api.GetPolicyVersion(ctx, x.Show))
		if err != nil {
			return err
		}
		return c.show(p, func(w io.Writer) { fmt.Fprint(w, p.Source) })
	}
	most := 200
	type page struct {
		Items  []apiclient.Policy `json:"items"`
		Cursor string             `json:"cursor"`
	}
	list, err := call[page](c.api.ListPolicyVersions(ctx, &apiclient.ListPolicyVersionsParams{Limit: &most}))
	if err != nil {
		return err
	}
	drafts, err := call[struct {
		Items []apiclient.PolicyDraft `json:"items"`
	}](c.api.ListPolicyDrafts(ctx))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		for _, d := range drafts.Items {
			if d.State == "waits" {
				c.printDraft(w, d)
			}
		}
		rows := [][]string{{"VERSION", "PUBLISHED", "BY", "RULES", "DIGEST"}}
		for _, p := range list.Items {
			rows = append(rows, []string{fmt.Sprint(p.Version), c.clock(p.Published), p.By, fmt.Sprint(p.Rules), p.Digest[:min(12, len(p.Digest))]})
		}
		table(w, rows)
		more(w, list.Cursor != "")
	})
}

// PolicyDiffCmd is ebb policy diff.
type PolicyDiffCmd struct {
	ClientFlags
	From int64 `arg:"" optional:"" help:"The version before; the one before TO, if left out."`
	To   int64 `arg:"" optional:"" help:"The version after; the newest, if left out."`
}

// Run prints what changed.
func (x *PolicyDiffCmd) Run(c *Client) error {
	q := &apiclient.DiffPoliciesParams{From: x.From, To: x.To}
	type diff struct {
		From  int64    `json:"from"`
		To    int64    `json:"to"`
		Lines []string `json:"lines"`
	}
	d, err := call[diff](c.api.DiffPolicies(background(), q))
	if err != nil {
		return err
	}
	return c.show(d, func(w io.Writer) {
		fmt.Fprintf(w, "--- version %d\n+++ version %d\n", d.From, d.To)
		for _, l := range d.Lines {
			fmt.Fprintln(w, clean(l))
		}
	})
}
