package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/infra/ebb/glance"
	"github.com/ebb-access/ebb/shared/api/apiclient"
	"github.com/ebb-access/ebb/shared/sheet"
)

// DirectoryCmd is ebb directory: what lies in a file (list), and what a house
// that runs knows.
type DirectoryCmd struct {
	glance.Directory `embed:""`

	Show      DirectoryShowCmd      `cmd:"" help:"Show who holds a resource, or what an account holds."`
	Accounts  DirectoryAccountsCmd  `cmd:"" help:"List accounts of a house by what they are, or find them."`
	Resources DirectoryResourcesCmd `cmd:"" help:"List resources of a house, or those that nobody owns."`
}

// DirectoryShowCmd is ebb directory show.
type DirectoryShowCmd struct {
	ClientFlags
	What string `arg:"" help:"@handle, '#channel' (in quotes), or a person: id, handle, name or e-mail."`
	CSV  bool   `name:"csv" help:"Print who holds what as CSV."`
}

// Run shows a resource where the text names one, and else a person. @ada may be
// a user group or a handle.
func (x *DirectoryShowCmd) Run(c *Client) error {
	r, err := c.resource(background(), x.What)
	if err == nil {
		return x.resource(c, r)
	}
	if strings.HasPrefix(x.What, "#") {
		return err
	}
	a, aerr := c.account(background(), x.What)
	if aerr == nil {
		return x.account(c, a)
	}
	return errors.Join(err, aerr)
}

func (x *DirectoryShowCmd) resource(c *Client, r apiclient.Resource) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	held, _, err := all(0, func(cursor string) ([]apiclient.Member, string, error) {
		p, err := call[apiclient.MemberList](c.api.ListMembers(ctx, conn.Id, r.Id, &apiclient.ListMembersParams{Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	if x.CSV {
		return c.membersCSV(held)
	}
	past, err := call[apiclient.Past](c.api.ListGrantsOnResource(ctx, conn.Id, r.Id))
	if err != nil {
		return err
	}
	shown := struct {
		Resource apiclient.Resource `json:"resource"`
		Holders  []apiclient.Member `json:"holders"`
		Grants   apiclient.Past     `json:"grants"`
	}{r, held, past}
	return c.show(shown, func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s  %d hold it\n", clean(marked(r)), r.Id, len(held))
		if err := c.showOwners(ctx, conn.Id, r); err != nil {
			fmt.Fprintln(w, "owners:", err)
		}
		c.printMembers(w, held, "HELD BY", func(m apiclient.Member) string { return called(m.Account) })
		c.printPast(w, past)
	})
}

func (x *DirectoryShowCmd) account(c *Client, a apiclient.Account) error {
	ctx := background()
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	held, _, err := all(0, func(cursor string) ([]apiclient.Member, string, error) {
		p, err := call[apiclient.MemberList](c.api.ListHoldings(ctx, conn.Id, a.Id, &apiclient.ListHoldingsParams{Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	if x.CSV {
		return c.membersCSV(held)
	}
	past, err := call[apiclient.Past](c.api.ListGrantsOfAccount(ctx, conn.Id, a.Id))
	if err != nil {
		return err
	}
	owned, err := call[apiclient.Owned](c.api.ListOwned(ctx, conn.Id, a.Id))
	if err != nil {
		return err
	}
	shown := struct {
		Account apiclient.Account       `json:"account"`
		Holds   []apiclient.Member      `json:"holds"`
		Owns    []apiclient.ResourceRef `json:"owns"`
		Grants  apiclient.Past          `json:"grants"`
	}{a, held, owned.Items, past}
	return c.show(shown, func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s  %s\n", clean(a.Name), clean(a.Handle), a.Id)
		if a.Kind != "" {
			fmt.Fprintf(w, "%s, %s, %s\n", a.Kind, a.State, secondFactor(a))
			fmt.Fprintln(w, "last active:", activity(a))
		}
		c.printMembers(w, held, "HOLDS", func(m apiclient.Member) string { return calledResource(m.Resource) })
		for _, r := range owned.Items {
			fmt.Fprintf(w, "owns %s\n", clean(calledResource(r)))
		}
		c.printPast(w, past)
	})
}

// secondFactor says it, or that Slack does not.
func secondFactor(a apiclient.Account) string {
	switch {
	case a.TwoFactor:
		return "second factor on"
	case a.TwoFactorKnown:
		return "second factor off"
	}
	return "second factor not told by Slack"
}

// activity says when somebody was last active; the day is known to a week.
func activity(a apiclient.Account) string {
	switch a.Activity {
	case apiclient.Seen:
		return a.LastActive + ", or up to six days later"
	case apiclient.NotSeen:
		return "no activity seen, in logs that reach back to " + a.ActivityFrom
	case "":
		return "" // not for the reader to see
	}
	return "not known: " + clean(a.ActivityWhy)
}

func (c *Client) printMembers(w io.Writer, list []apiclient.Member, head string, name func(apiclient.Member) string) {
	if len(list) == 0 {
		fmt.Fprintln(w, "Nothing that you can see.")
		return
	}
	rows := [][]string{{head, "ENTITLEMENT", "HOW", "SINCE", "UNTIL", "GRANT"}}
	for _, m := range list {
		var grants []string
		for _, g := range m.Grants {
			grants = append(grants, g.Id)
		}
		rows = append(rows, []string{name(m), m.Entitlement, string(m.Held), c.clock(m.Since), c.clock(m.Until), strings.Join(grants, " ")})
	}
	table(w, rows)
}

func (c *Client) printPast(w io.Writer, p apiclient.Past) {
	if len(p.Live)+len(p.Over) == 0 {
		return
	}
	fmt.Fprintln(w, "Grants:")
	c.printGrants(w, append(p.Live, p.Over...))
}

func (c *Client) membersCSV(list []apiclient.Member) error {
	s := sheet.New(c.out, "account", "name", "resource", "resource name", "entitlement", "held", "since", "until", "grants")
	for _, m := range list {
		var grants []string
		for _, g := range m.Grants {
			grants = append(grants, g.Id)
		}
		s.Row(m.Account.Id, m.Account.Name, m.Resource.Id, m.Resource.Name, m.Entitlement, string(m.Held), sheet.Time(m.Since), sheet.Time(m.Until), strings.Join(grants, " "))
	}
	return s.Flush()
}

// DirectoryAccountsCmd is ebb directory accounts.
type DirectoryAccountsCmd struct {
	ClientFlags
	Search    string `arg:"" optional:"" help:"What a name begins with, an id or an address."`
	Kind      string `enum:",human,single-channel guest,multi-channel guest,bot,external" default:"" help:"human, 'single-channel guest', 'multi-channel guest', bot or external."`
	State     string `enum:",active,invited,deactivated" default:"" help:"active, invited or deactivated."`
	Workspace string `placeholder:"T…" help:"Of one workspace."`
	TwoFactor string `enum:",on,off" default:"" help:"on, or off: who signs in without a second factor."`
	Admins    bool   `help:"Administrators and owners by Slack's own roles."`
	Inactive  int    `placeholder:"DAYS" help:"Surely not active for so many days (7 to 400), where Slack's access logs are read: ebb slack manifest --last-seen."`
	CSV       bool   `name:"csv" help:"As CSV, all of them."`
	Limit     most   `default:"200" help:"How many at most."`
}

// Run lists them.
func (x *DirectoryAccountsCmd) Run(c *Client) error {
	conn, err := c.connector(background())
	if err != nil {
		return err
	}
	q := apiclient.ListAccountsParams{
		Q: opt(x.Search), Kind: opt(apiclient.ListAccountsParamsKind(x.Kind)), State: opt(apiclient.ListAccountsParamsState(x.State)),
		Workspace: opt(x.Workspace), TwoFactor: opt(apiclient.ListAccountsParamsTwoFactor(x.TwoFactor)), Inactive: opt(x.Inactive), Limit: opt(pageSize),
	}
	if x.Admins {
		q.Standing = opt(apiclient.ListAccountsParamsStanding("admin"))
	}
	page := func(cursor string) ([]apiclient.Account, string, error) {
		q := q
		q.Cursor = opt(cursor)
		p, err := call[apiclient.AccountList](c.api.ListAccounts(background(), conn.Id, &q))
		return p.Items, p.Cursor, err
	}
	if x.CSV {
		s := sheet.New(c.out, "id", "name", "handle", "email", "kind", "state", "second factor", "roles", "last active", "activity")
		return pour(s, page, func(a apiclient.Account) []string {
			return []string{a.Id, a.Name, a.Handle, a.Email, string(a.Kind), string(a.State), secondFactor(a), rolesOf(a), a.LastActive, activity(a)}
		})
	}
	list, cut, err := all(x.Limit, page)
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		rows := [][]string{{"NAME", "HANDLE", "KIND", "STATE", "ROLES", "LAST ACTIVE", "ID"}}
		for _, a := range list {
			rows = append(rows, []string{a.Name, a.Handle, string(a.Kind), string(a.State), rolesOf(a), cmp.Or(a.LastActive, string(a.Activity)), a.Id})
		}
		table(w, rows)
		more(w, cut)
	})
}

func rolesOf(a apiclient.Account) string {
	var out []string
	if a.OrgOwner {
		out = append(out, "organization owner")
	} else if a.OrgAdmin {
		out = append(out, "organization admin")
	}
	for _, w := range slices.Sorted(maps.Keys(a.Roles)) {
		if role := a.Roles[w]; role != "member" {
			out = append(out, role+" of "+w)
		}
	}
	return strings.Join(out, ", ")
}

// DirectoryResourcesCmd is ebb directory resources.
type DirectoryResourcesCmd struct {
	ClientFlags
	Search  string `arg:"" optional:"" help:"A part of the name."`
	Kind    string `enum:",usergroup,channel,workspace,orgrole" default:"" help:"usergroup, channel, workspace or orgrole."`
	Unowned bool   `help:"Only those that nobody owns."`
	CSV     bool   `name:"csv" help:"As CSV, all of them; with owners filled in, ebb owners import takes it back."`
	Limit   most   `default:"200" help:"How many at most."`
}

// Run lists them.
func (x *DirectoryResourcesCmd) Run(c *Client) error {
	conn, err := c.connector(background())
	if err != nil {
		return err
	}
	page := func(cursor string) ([]apiclient.Resource, string, error) {
		p, err := call[apiclient.ResourceList](c.api.ListResources(background(), conn.Id, &apiclient.ListResourcesParams{
			Kind: opt(apiclient.KindParam(x.Kind)), Q: opt(x.Search), Unowned: opt(x.Unowned), Limit: opt(pageSize), Cursor: opt(cursor),
		}))
		return p.Items, p.Cursor, err
	}
	if x.CSV {
		s := sheet.New(c.out, "resource", "kind", "name", "title", "workspace", "private", "members", "owners")
		return pour(s, page, func(r apiclient.Resource) []string {
			return []string{r.Id, string(r.Kind), r.Name, r.Title, r.Workspace, sheet.YesNo(r.Private), fmt.Sprint(r.Members), strings.Join(r.Owners, " ")}
		})
	}
	list, cut, err := all(x.Limit, page)
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		rows := [][]string{{"RESOURCE", "KIND", "MEMBERS", "OWNERS", "ID"}}
		for _, r := range list {
			rows = append(rows, []string{marked(r), string(r.Kind), fmt.Sprint(r.Members), strings.Join(r.Owners, " "), r.Id})
		}
		table(w, rows)
		more(w, cut)
	})
}

// pour prints every page of a list as it comes, keeping one.
func pour[T any](s *sheet.Writer, page func(cursor string) ([]T, string, error), cells func(T) []string) error {
	for cursor := ""; ; {
		items, next, err := page(cursor)
		if err != nil {
			return errors.Join(s.Flush(), fmt.Errorf("the list ends too soon: %w", err))
		}
		for _, t := range items {
			s.Row(cells(t)...)
		}
		if err := s.Flush(); err != nil || next == "" {
			return err
		}
		cursor = next
	}
}
