package console

import (
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var integrationRoutes = []route{
	{pattern: "GET /integrations", serve: (*visit).integrations},
	{pattern: "GET /integrations/new", serve: (*visit).newIntegration},
	{pattern: "POST /integrations/new", serve: (*visit).addIntegration},
	{pattern: "GET /integrations/{id}", serve: (*visit).integration},
	{pattern: "POST /integrations/{id}/install", serve: (*visit).install},
	{pattern: "POST /integrations/{id}/token", serve: (*visit).pasteToken},
	{pattern: "POST /integrations/{id}/edit", serve: (*visit).editIntegration},
	{pattern: "POST /integrations/{id}/sync", serve: (*visit).syncNow},
	{pattern: "POST /integrations/{id}/pause", serve: (*visit).pause},
	{pattern: "POST /integrations/{id}/resume", serve: (*visit).resume},
	{pattern: "POST /integrations/{id}/confirm", serve: (*visit).confirmChanges},
	{pattern: "POST /integrations/{id}/drain", serve: (*visit).drain},
	{pattern: "POST /integrations/{id}/disconnect", serve: (*visit).disconnect},
}

// IntegrationsPage is what integrations.html shows: the two kinds, each with its
// Slack tile and the connectors of it.
type IntegrationsPage struct {
	Frame
	Kinds []IntegrationKind
}

// IntegrationKind is one of the two, with its connectors.
type IntegrationKind struct {
	ID, Name, Does string
	Connectors     []flow.ConnectorView
	MayAdd         bool
	// Form: nothing is connected yet, so that the form is open.
	Form *NewIntegration
}

var integrationKinds = []IntegrationKind{
	{
		ID: string(connector.ApplicationIntegration), Name: "Application integrations",
		Does: "Syncs a workspace or an Enterprise organization, so that access in Slack can be seen, reviewed, given for a time and taken back.",
	},
	{
		ID: string(connector.CollaborationIntegration), Name: "Collaboration integrations",
		Does: "Lets colleagues request access and hear about their tasks in Slack. Needs no administrator's token. An application integration does this, too, once it is installed with Slack.",
	},
}

func (v *visit) integrations() error {
	all, err := v.s.house.ReadConnectors(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := IntegrationsPage{Frame: v.frame("Integrations")}
	for _, kind := range integrationKinds {
		kind.MayAdd = v.by.Is(access.IntegrationAdministrator)
		for _, c := range all {
			if c.Collaborates() == (kind.ID == string(connector.CollaborationIntegration)) {
				kind.Connectors = append(kind.Connectors, c)
			}
		}
		// The first time there is nothing else to do here, so the form is open.
		if kind.MayAdd && len(all) == 0 && kind.ID == string(connector.ApplicationIntegration) {
			form, err := v.newForm(kind.ID)
			if err != nil {
				return err
			}
			kind.Form = &form
		}
		p.Kinds = append(p.Kinds, kind)
	}
	return v.show("integrations", p)
}

// NewIntegration is the form that begins a connector.
type NewIntegration struct {
	Kind         string
	Key          string
	Name         string
	ByIdP        string // "yes", "no", "": not answered yet
	IdP          string
	GroupsBy     string
	Application  string // the one that is chosen
	Own          string // a new one's name
	Applications []string
	Owners       []Choice
	Wrong        map[string]string
}

// NewIntegrationPage is what integration_new.html shows.
type NewIntegrationPage struct {
	Frame
	Form  NewIntegration
	Title string
}

// newForm is the empty form: owned by who fills it.
func (v *visit) newForm(kind string) (NewIntegration, error) {
	f := NewIntegration{Kind: kind, Key: v.s.house.NewID("form"), Wrong: map[string]string{}}
	return f, v.fillForm(&f, []string{v.by.User.ID})
}

// fillForm adds what can be chosen.
func (v *visit) fillForm(f *NewIntegration, owners []string) error {
	var err error
	if f.Owners, err = v.ownerChoices(owners); err != nil {
		return err
	}
	all, err := v.s.house.ReadConnectors(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !slices.Contains(f.Applications, c.Application) {
			f.Applications = append(f.Applications, c.Application)
		}
	}
	slices.Sort(f.Applications)
	return nil
}

// ownerChoices are the users who can own a connector, those who do ticked. Who
// may not list users can choose themselves.
func (v *visit) ownerChoices(owners []string) ([]Choice, error) {
	own := Choice{Value: v.by.User.ID, Says: v.by.User.Name, Chosen: slices.Contains(owners, v.by.User.ID)}
	page, err := v.s.house.ReadUsers(v.ctx(), v.by, "", flow.Slice{Limit: 200})
	if fault.Is(err, fault.Forbidden) {
		return []Choice{own}, nil
	}
	if err != nil {
		return nil, err
	}
	out := []Choice{own}
	for _, u := range page.Items {
		if u.ID != own.Value && !u.Ended {
			out = append(out, Choice{Value: u.ID, Says: u.Name, Chosen: slices.Contains(owners, u.ID)})
		}
	}
	return out, nil
}

func (v *visit) newIntegration() error {
	if !v.by.Is(access.IntegrationAdministrator) { // spares them the form
		return fault.New("console.integrations", fault.Forbidden, "an Integration Administrator or Super Administrator adds connectors")
	}
	kind := v.field("kind")
	if kind != string(connector.CollaborationIntegration) {
		kind = string(connector.ApplicationIntegration)
	}
	f, err := v.newForm(kind)
	if err != nil {
		return err
	}
	return v.formPage(200, f)
}

func (v *visit) formPage(status int, f NewIntegration) error {
	title := "Connect Slack as an application"
	if f.Kind == string(connector.CollaborationIntegration) {
		title = "Connect Slack for collaboration"
	}
	return v.showAs(status, "integration_new", NewIntegrationPage{Frame: v.frame(title), Form: f, Title: title})
}

// addIntegration is "Create and add details".
func (v *visit) addIntegration() error {
	f := NewIntegration{
		Kind: v.field("kind"), Key: v.field("key"), Name: v.field("name"), ByIdP: v.field("by_idp"),
		IdP: v.field("idp"), GroupsBy: v.field("groups_by"), Application: v.field("application"), Own: v.field("own"), Wrong: map[string]string{},
	}
	n := flow.NewConnector{
		Name: f.Name, Integration: connector.Integration(f.Kind), Owners: v.fields("owner"), Application: f.Application,
	}
	if n.Application == "" {
		n.Application = f.Own
	}
	switch f.ByIdP {
	case "yes":
		n.SignIn = connector.IdentityProvider{Name: f.IdP, GroupsBy: f.GroupsBy}
		if f.IdP == "" {
			f.Wrong["idp"] = "Say which one, such as Okta or Entra ID."
		}
		if n.Application == "" && f.IdP != "" { // the one made with that connection
			n.Application = "slack via " + f.IdP
		}
	case "no":
	default:
		f.Wrong["by_idp"] = "Say how people sign in."
	}
	if f.Key == "" {
		return fault.At("console.integrations", "key", "load the form again and send it once more")
	}
	if len(f.Wrong) == 0 {
		c, err := v.s.house.AddConnectorOnce(v.ctx(), v.by, f.Key, n)
		if err == nil {
			return v.to("/integrations/"+c.ID+"#settings", "The connector is there. Now install it with Slack, or paste a token.")
		}
		field := fault.FieldOf(err)
		if !fault.Is(err, fault.Invalid) || field == "" {
			return err
		}
		says, _ := v.sorry(err)
		f.Wrong[field] = says
	}
	if err := v.fillForm(&f, n.Owners); err != nil {
		return err
	}
	return v.formPage(422, f)
}

// IntegrationPage is what integration.html shows: a connector, before one's eyes.
type IntegrationPage struct {
	Frame
	Connector    flow.ConnectorView
	Owners       []string
	OwnerChoices []Choice
	May          bool // its owners and Super Administrators change it
	Capabilities []connector.Capability
	Activity     directory.ActivitySource
	Managers     directory.ManagerSource
	Runs         []connector.Run
	Log          []LogLine
	Going        []GoingKind
	Intervals    []Choice
	Grants       int // that live, where something is disconnected
	Busy         bool
	Key          string
}

// LogLine is one line of a connector's log, in words.
type LogLine struct {
	At   time.Time
	Says string
	By   string
}

// GoingKind is what a sync would take away of one kind.
type GoingKind struct {
	Kind  string
	Count int
	Names []string
}

var intervals = []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}

func (v *visit) integration() error {
	c, err := v.s.house.ReadConnector(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	p := IntegrationPage{Frame: v.frame(c.Name), Connector: c, Busy: c.Label == connector.Syncing}
	if !c.Whole {
		return v.show("integration", p)
	}
	p.May = v.by.Is(access.SuperAdministrator) || !v.by.Service && slices.Contains(c.Owners, v.by.User.ID)
	p.Capabilities = c.Capabilities()
	if p.Activity, err = v.s.house.ReadActivity(v.ctx(), v.by, c.ID); err != nil {
		return err
	}
	if p.Managers, err = v.s.house.ReadManagers(v.ctx(), v.by, c.ID); err != nil {
		return err
	}
	for _, d := range intervals {
		p.Intervals = append(p.Intervals, Choice{Value: d.String(), Says: access.Spelled(d), Chosen: d == c.Every})
	}
	if p.OwnerChoices, err = v.ownerChoices(c.Owners); err != nil {
		return err
	}
	for _, o := range p.OwnerChoices {
		if slices.Contains(c.Owners, o.Value) {
			p.Owners = append(p.Owners, o.Says)
		}
	}
	if err := v.history(&p); err != nil {
		return err
	}
	return v.show("integration", p)
}

// history adds the sync runs, what the last one waits with, and the log.
func (v *visit) history(p *IntegrationPage) error {
	runs, err := v.s.house.ReadRuns(v.ctx(), v.by, p.Connector.ID, flow.Slice{Limit: 10})
	if err != nil {
		return err
	}
	p.Runs = runs.Items
	if len(p.Runs) > 0 && p.Runs[0].State == connector.Waiting {
		if p.Going, err = v.going(p.Connector.ID, p.Runs[0]); err != nil {
			return err
		}
	}
	log, err := v.s.house.ReadLog(v.ctx(), v.by, p.Connector.ID, flow.Slice{Limit: 20})
	if err != nil {
		return err
	}
	for _, e := range log.Items {
		p.Log = append(p.Log, LogLine{At: e.At, Says: strings.NewReplacer(".", " ", "-", " ").Replace(e.Action), By: e.Actor})
	}
	return nil
}

// going names what a run would take away, as far as the reader may know it.
func (v *visit) going(conn string, run connector.Run) ([]GoingKind, error) {
	var out []GoingKind
	for kind, n := range run.Removals {
		g := GoingKind{Kind: kind, Count: n}
		for _, id := range run.Going[kind] {
			account, resource, both := strings.Cut(id, " in ")
			if !both && kind != "accounts" {
				account, resource = "", id
			}
			says, err := v.named(conn, account, resource)
			if err != nil {
				return nil, err
			}
			if says != "" {
				g.Names = append(g.Names, says)
			}
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b GoingKind) int { return strings.Compare(a.Kind, b.Kind) })
	return out, nil
}

// named is an account, a resource or both in words; "" where the reader may not
// know the resource.
func (v *visit) named(conn, account, resource string) (string, error) {
	who, what := account, ""
	if account != "" {
		a, err := v.s.house.ReadAccount(v.ctx(), v.by, conn, account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return "", err
		}
		if err == nil {
			who = a.Label()
		}
	}
	if resource == "" {
		return who, nil
	}
	r, err := v.s.house.ReadResource(v.ctx(), v.by, conn, resource)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if what = access.Name(r.Resource); who == "" {
		return what, nil
	}
	return who + " in " + what, nil
}
