package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/sheet"
)

var directoryRoutes = []route{
	{pattern: "GET /directory", serve: (*visit).accounts},
	{pattern: "GET /directory.csv", serve: (*visit).accountsSheet},
	{pattern: "GET /directory/{connector}/accounts/{id}", serve: (*visit).account},
	{pattern: "GET /directory/{connector}/accounts/{id}/holdings.csv", serve: (*visit).holdingsSheet},
	{pattern: "GET /resources", serve: (*visit).resources},
	{pattern: "GET /resources.csv", serve: (*visit).resourcesSheet},
	{pattern: "GET /resources/owners", serve: (*visit).ownersFile},
	{pattern: "POST /resources/owners", serve: (*visit).takeOwnersFile},
	{pattern: "GET /directory/{connector}/resources/{id}", serve: (*visit).resource},
	{pattern: "GET /directory/{connector}/resources/{id}/holders.csv", serve: (*visit).holdersSheet},
	{pattern: "POST /directory/{connector}/resources/{id}/owners", serve: (*visit).setOwners},
}

// DirectoryPage is what directory.html shows: accounts, by what they are or as one
// types.
type DirectoryPage struct {
	Frame
	Connectors []Choice
	Connector  flow.ConnectorView
	Search     string
	Filters    []Filter
	Filtered   bool
	Whole      bool // the reader sees what accounts are
	Accounts   []flow.AccountView
	Activity   directory.ActivitySource
	Next       string
	Query      map[string]string // what is asked for, without the cursor
}

// Filter is one choice above a list.
type Filter struct {
	Name, Label string
	Choices     []Choice
}

// query spells a page's own questions for links.
func query(path string, q map[string]string) string {
	v := url.Values{}
	for k, s := range q {
		if s != "" {
			v.Set(k, s)
		}
	}
	if len(v) == 0 {
		return path + "?"
	}
	return path + "?" + v.Encode() + "&"
}

// More is where the next page is, up to its cursor; Sheet the same list as CSV.
func (p DirectoryPage) More() string { return query("/directory", p.Query) }

func (p DirectoryPage) Sheet() string {
	return strings.TrimRight(query("/directory.csv", p.Query), "?&")
}

// connected is the connector whose directory is shown: the one that is named, or
// the first that is connected; the zero one where there is none.
func (v *visit) connected() (chosen flow.ConnectorView, choices []Choice, err error) {
	all, err := v.s.house.ReadConnectors(v.ctx(), v.by)
	if err != nil {
		return chosen, nil, err
	}
	id := v.field("connector")
	i := slices.IndexFunc(all, func(c flow.ConnectorView) bool { return c.ID == id || id == "" && c.Label != connector.NotConnected })
	switch {
	case i >= 0:
		chosen = all[i]
	case id != "":
		return chosen, nil, fault.New("console.connected", fault.NotFound, "there is no connector %s", id)
	}
	for _, c := range all {
		choices = append(choices, Choice{Value: c.ID, Says: c.Name, Chosen: c.ID == chosen.ID})
	}
	return chosen, choices, nil
}

// filter is a choice with "any" before its words.
func filter(name, label, chosen string, pairs ...string) Filter {
	f := Filter{Name: name, Label: label, Choices: []Choice{{Says: "any", Chosen: chosen == ""}}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Choices = append(f.Choices, Choice{Value: pairs[i], Says: pairs[i+1], Chosen: chosen == pairs[i]})
	}
	return f
}

// accountQuery is what the page's fields ask for.
func (v *visit) accountQuery() flow.AccountQuery {
	return flow.AccountQuery{Search: v.field("q"), Filter: directory.Filter{
		Kind: directory.AccountKind(v.field("kind")), State: directory.AccountState(v.field("state")), Workspace: v.field("workspace"),
		TwoFactor: v.field("factor"), Standing: v.field("standing"),
	}, Inactive: daysOf(v.field("inactive"))}
}

// daysOf is a number of days; what is none is one that is refused.
func daysOf(text string) int {
	if text == "" {
		return 0
	}
	if n, err := strconv.Atoi(text); err == nil && n != 0 {
		return n
	}
	return -1
}

// inactiveFilter offers what can be known: spans over which the logs were read.
func inactiveFilter(s directory.ActivitySource, chosen int) Filter {
	var pairs []string
	for _, days := range []int{30, 60, 90, 180, 365} {
		if n := strconv.Itoa(days); days == chosen || s.Read.Sub(s.From) >= time.Duration(days)*24*time.Hour {
			pairs = append(pairs, n, n+" days")
		}
	}
	if n := strconv.Itoa(chosen); chosen > 0 && !slices.Contains(pairs, n) {
		pairs = append(pairs, n, n+" days")
	}
	return filter("inactive", "Inactive for", strings.TrimPrefix(strconv.Itoa(chosen), "0"), pairs...)
}

func (v *visit) accounts() error {
	p := DirectoryPage{Frame: v.frame("Accounts"), Search: v.field("q")}
	var err error
	if p.Connector, p.Connectors, err = v.connected(); err != nil {
		return err
	}
	if p.Connector.ID == "" {
		return v.show("directory", p)
	}
	q := v.accountQuery()
	found, err := v.s.house.ReadAccounts(v.ctx(), v.by, p.Connector.ID, q, flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	p.Accounts, p.Next, p.Filtered = found.Items, found.Next, q.Any() || q.Search != "" || q.Inactive != 0
	p.Whole = oversees(v)
	p.Query = map[string]string{"q": q.Search}
	if len(p.Connectors) > 1 {
		p.Query["connector"] = p.Connector.ID
	}
	if p.Whole {
		if p.Activity, err = v.s.house.ReadActivity(v.ctx(), v.by, p.Connector.ID); err != nil {
			return err
		}
		p.Filters = []Filter{
			filter("kind", "Kind", string(q.Kind), pairsOf(directory.AccountKinds...)...),
			filter("state", "State", string(q.State), pairsOf(directory.Active, directory.Invited, directory.Deactivated)...),
			filter("factor", "Second factor", q.TwoFactor, "on", "on", "off", "off"),
			filter("standing", "Standing", q.Standing, "admin", "administrators and owners"),
		}
		if len(p.Connector.Workspaces) > 1 {
			p.Filters = append(p.Filters, filter("workspace", "Workspace", q.Workspace, pairsOf(p.Connector.Workspaces...)...))
		}
		if p.Activity.Shown {
			p.Filters = append(p.Filters, inactiveFilter(p.Activity, q.Inactive))
			p.Query["inactive"] = v.field("inactive")
		}
		for name, value := range map[string]string{
			"kind": string(q.Kind), "state": string(q.State), "factor": q.TwoFactor, "standing": q.Standing, "workspace": q.Workspace,
		} {
			p.Query[name] = value
		}
	}
	return v.show("directory", p)
}

func pairsOf[S ~string](words ...S) []string {
	var out []string
	for _, w := range words {
		out = append(out, string(w), string(w))
	}
	return out
}

// oversees reports whether the reader sees what accounts are: it spares others
// filters that a verb would refuse.
func oversees(v *visit) bool {
	return v.by.Is(access.Auditor) || v.by.Is(access.IntegrationAdministrator)
}

func (v *visit) accountsSheet() error {
	c, _, err := v.connected()
	if err != nil {
		return err
	}
	return sheetOf(v, "accounts", []string{"id", "name", "handle", "email", "kind", "state", "second factor", "standing", "last active", "activity"},
		func(s flow.Slice) (flow.Page[flow.AccountView], error) {
			return v.s.house.ReadAccounts(v.ctx(), v.by, c.ID, v.accountQuery(), s)
		},
		func(a flow.AccountView) []string {
			return []string{a.ID, a.Name, a.Handle, a.Email, string(a.Kind), string(a.State), factor(a), standingOf(a.Account), lastActive(a), activity(a)}
		})
}

// sheetOf streams every page of a list as CSV. What it may show the read decides,
// with each page anew. A list that is cut by the house's limit says in its last
// line where it goes on; one that fails half-way breaks off, so that no browser
// takes it for whole.
func sheetOf[T any](v *visit, name string, head []string, read func(flow.Slice) (flow.Page[T], error), cells func(T) []string) error {
	page, err := read(flow.Slice{After: v.field("after"), Limit: 200})
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", sheet.Type)
	h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	out := sheet.New(v.w, head...)
	for rows := 0; ; {
		for _, t := range page.Items {
			out.Row(cells(t)...)
		}
		if err := out.Flush(); err != nil {
			return nil // who asked has gone
		}
		if flusher, ok := v.w.(http.Flusher); ok {
			flusher.Flush()
		}
		if page.Next == "" {
			return nil
		}
		if rows += len(page.Items); v.s.o.SheetRows > 0 && rows >= v.s.o.SheetRows {
			q := v.r.URL.Query()
			q.Set("after", page.Next)
			out.Row("there is more: "+v.s.house.URL+v.r.URL.Path+"?"+q.Encode(), "")
			return out.Flush()
		}
		if page, err = read(flow.Slice{After: page.Next, Limit: 200}); err != nil {
			v.s.log.Error("sheet", "path", v.r.URL.Path, "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}

// factor says whether somebody signs in with a second factor, or that it is not
// known.
func factor(a flow.AccountView) string {
	switch {
	case !a.Whole:
		return ""
	case a.TwoFactor:
		return "on"
	case a.TwoFactorKnown:
		return "off"
	}
	return "not told by Slack"
}

// lastActive is the day, where one is known.
func lastActive(a flow.AccountView) string {
	if !a.Whole || a.Activity.State() != flow.ActivitySeen {
		return ""
	}
	return a.Activity.Last.Format(time.DateOnly)
}

// activity is in words when an account was last active, as far as that is known.
func activity(a flow.AccountView) string {
	if !a.Whole {
		return ""
	}
	return a.Activity.Says()
}

// standingOf is what an account is above a member, by Slack's own roles.
func standingOf(a directory.Account) string {
	var out []string
	switch {
	case a.OrgOwner:
		out = append(out, "organization owner")
	case a.OrgAdmin:
		out = append(out, "organization admin")
	}
	for _, w := range sortedWorkspaces(a) {
		if a.Administers(w) {
			out = append(out, string(a.Roles[w])+" of "+w)
		}
	}
	return strings.Join(out, ", ")
}

func sortedWorkspaces(a directory.Account) []string {
	var out []string
	for w := range a.Roles {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}
