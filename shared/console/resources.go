package console

import (
	"fmt"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/sheet"
)

// ResourcesPage is what resources.html shows.
type ResourcesPage struct {
	Frame
	Connectors []Choice
	Connector  flow.ConnectorView
	Search     string
	Kinds      Filter
	Unowned    bool
	Filtered   bool
	MaySay     bool // who owns what: spares others the way to the file
	Resources  []flow.ResourceView
	Next       string
	Query      map[string]string
}

// More is where the next page is, up to its cursor; Sheet the same list as CSV.
func (p ResourcesPage) More() string { return query("/resources", p.Query) }

func (p ResourcesPage) Sheet() string {
	return strings.TrimRight(query("/resources.csv", p.Query), "?&")
}

func (v *visit) resourceQuery() flow.ResourceQuery {
	return flow.ResourceQuery{Kind: directory.Kind(v.field("kind")), Search: v.field("q"), Unowned: v.field("unowned") != ""}
}

func (v *visit) resources() error {
	q := v.resourceQuery()
	p := ResourcesPage{Frame: v.frame("Resources"), Search: q.Search, Unowned: q.Unowned, Filtered: q != flow.ResourceQuery{}}
	var err error
	if p.Connector, p.Connectors, err = v.connected(); err != nil {
		return err
	}
	p.Kinds = filter("kind", "Kind", string(q.Kind), "usergroup", "user groups", "channel", "channels", "workspace", "workspaces", "orgrole", "organization roles")
	if p.Connector.ID == "" {
		return v.show("resources", p)
	}
	found, err := v.s.house.ReadResources(v.ctx(), v.by, p.Connector.ID, q, flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	p.Resources, p.Next = found.Items, found.Next
	p.MaySay = p.Connector.Whole && !(v.by.Is(access.Auditor) && !v.by.Is(access.IntegrationAdministrator))
	p.Query = map[string]string{"q": q.Search, "kind": string(q.Kind), "unowned": v.field("unowned")}
	if len(p.Connectors) > 1 {
		p.Query["connector"] = p.Connector.ID
	}
	return v.show("resources", p)
}

func (v *visit) resourcesSheet() error {
	c, _, err := v.connected()
	if err != nil {
		return err
	}
	return sheetOf(v, "resources", []string{"resource", "kind", "name", "title", "workspace", "private", "members", "owners"},
		func(s flow.Slice) (flow.Page[flow.ResourceView], error) {
			return v.s.house.ReadResources(v.ctx(), v.by, c.ID, v.resourceQuery(), s)
		},
		func(r flow.ResourceView) []string {
			return []string{r.ID, string(r.Kind), r.Name, r.Title, r.Workspace, sheet.YesNo(r.Private), fmt.Sprint(r.Count), strings.Join(r.Owners, " ")}
		})
}

// ResourcePage is what resource.html shows: what it is, who owns it, who holds it.
type ResourcePage struct {
	Frame
	Resource  flow.ResourceView
	Connector flow.ConnectorView
	Owners    []Owner
	MaySay    bool // spares others the form
	Written   string
	Wrong     string
	Holders   []flow.MemberView
	Next      string
	Live      []GrantLine
	Over      []GrantLine
}

// Owner is one who owns a resource. Gone: the account does not live, so that those
// of the connector stand in where nobody else owns it.
type Owner struct {
	flow.AccountView
	Gone bool
}

// Path is where the page is.
func (p ResourcePage) Path() string {
	return "/directory/" + p.Connector.ID + "/resources/" + p.Resource.ID
}

func (v *visit) resource() error { return v.resourceAgain("", nil) }

// resourceAgain shows the page with what was written for owners and is wrong.
func (v *visit) resourceAgain(written string, wrong error) error {
	conn, id := v.path("connector"), v.path("id")
	h, ctx := v.s.house, v.ctx()
	r, err := h.ReadResource(ctx, v.by, conn, id)
	if err != nil {
		return err
	}
	p := ResourcePage{Frame: v.frame(access.Name(r.Resource)), Resource: r, Written: written}
	if p.Connector, err = h.ReadConnector(ctx, v.by, conn); err != nil {
		return err
	}
	p.MaySay = p.Connector.Whole && !(v.by.Is(access.Auditor) && !v.by.Is(access.IntegrationAdministrator))
	var handles []string
	for _, o := range r.Owners {
		a, err := h.ReadAccount(ctx, v.by, conn, o)
		if fault.Is(err, fault.NotFound) {
			a, err = flow.AccountView{Account: directory.Account{ID: o, Connector: conn}}, nil
		}
		if err != nil {
			return err
		}
		p.Owners = append(p.Owners, Owner{AccountView: a, Gone: a.Whole && !a.Live()})
		handles = append(handles, o)
	}
	if written == "" {
		p.Written = strings.Join(handles, " ")
	}
	held, err := h.ReadMembers(ctx, v.by, conn, id, flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	p.Holders, p.Next = held.Items, held.Next
	past, err := h.ReadGrantsOn(ctx, v.by, conn, id)
	if err != nil {
		return err
	}
	p.Live, p.Over = v.grantLines(past.Live), v.grantLines(past.Over)
	if wrong != nil {
		p.Wrong = fault.TextOf(wrong)
		return v.showAs(422, "resource", p)
	}
	return v.show("resource", p)
}

func (v *visit) setOwners() error {
	written := v.field("owners")
	line := flow.OwnersLine{Resource: v.path("id"), Owners: strings.FieldsFunc(written, func(c rune) bool { return strings.ContainsRune(" ,;\r\n\t", c) })}
	_, err := v.s.house.SetManyOwners(v.ctx(), v.by, v.path("connector"), []flow.OwnersLine{line})
	err = masked(err, func() error {
		_, err := v.s.house.ReadResource(v.ctx(), v.by, v.path("connector"), v.path("id"))
		return err
	})
	if fault.Is(err, fault.Invalid) {
		return v.resourceAgain(written, err)
	}
	return v.done(err, "/directory/"+v.path("connector")+"/resources/"+v.path("id"), "Its owners are those now.")
}

func (v *visit) holdersSheet() error {
	return sheetOf(v, "holders-"+fileWord(v.path("id")), membersHead, func(s flow.Slice) (flow.Page[flow.MemberView], error) {
		return v.s.house.ReadMembers(v.ctx(), v.by, v.path("connector"), v.path("id"), s)
	}, memberCells)
}
