package console

import (
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/sheet"
)

// AccountPage is what account.html shows: who it is, and what it holds.
type AccountPage struct {
	Frame
	Account   flow.AccountView
	Connector flow.ConnectorView
	Roles     []Role
	Holdings  []flow.MemberView
	Next      string
	Owned     []directory.Resource
	Live      []GrantLine
	Over      []GrantLine
}

// Role is what an account is in one workspace.
type Role struct{ Workspace, Name, Role string }

// Factor and Path are said in several places of the page.
func (p AccountPage) Factor() string { return factor(p.Account) }

func (p AccountPage) Path() string {
	return "/directory/" + p.Connector.ID + "/accounts/" + p.Account.ID
}

func (v *visit) account() error {
	conn, id := v.path("connector"), v.path("id")
	h, ctx := v.s.house, v.ctx()
	a, err := h.ReadAccount(ctx, v.by, conn, id)
	if err != nil {
		return err
	}
	p := AccountPage{Frame: v.frame(a.Label()), Account: a}
	if p.Connector, err = h.ReadConnector(ctx, v.by, conn); err != nil {
		return err
	}
	held, err := h.ReadHoldings(ctx, v.by, conn, id, flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	p.Holdings, p.Next = held.Items, held.Next
	if p.Owned, err = h.ReadOwned(ctx, v.by, conn, id); err != nil {
		return err
	}
	past, err := h.ReadGrantsOf(ctx, v.by, conn, id)
	if err != nil {
		return err
	}
	p.Live, p.Over = v.grantLines(past.Live), v.grantLines(past.Over)
	for _, w := range sortedWorkspaces(a.Account) {
		r := Role{Workspace: w, Role: string(a.Roles[w])}
		if res, err := h.ReadResource(ctx, v.by, conn, w); err == nil {
			r.Name = res.Name
		}
		p.Roles = append(p.Roles, r)
	}
	return v.show("account", p)
}

func (v *visit) grantLines(all []flow.GrantView) []GrantLine {
	var out []GrantLine
	for _, g := range all {
		out = append(out, v.grantLine(g))
	}
	return out
}

var membersHead = []string{"account", "name", "resource", "resource name", "entitlement", "held", "since", "until", "grants", "requests"}

func memberCells(m flow.MemberView) []string {
	var grants, requests []string
	for _, g := range m.Grants {
		grants, requests = append(grants, g.ID), append(requests, g.Request)
	}
	return []string{
		m.Account, m.Name, m.Membership.Resource, access.Name(m.Resource), directory.Word(m.Kind, m.Slug), m.How,
		sheet.Time(m.Since), sheet.Time(m.Until), strings.Join(grants, " "), strings.Join(requests, " "),
	}
}

func (v *visit) holdingsSheet() error {
	return sheetOf(v, "holdings-"+fileWord(v.path("id")), membersHead, func(s flow.Slice) (flow.Page[flow.MemberView], error) {
		return v.s.house.ReadHoldings(v.ctx(), v.by, v.path("connector"), v.path("id"), s)
	}, memberCells)
}

// fileWord keeps a name of a file to letters and digits.
func fileWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}
