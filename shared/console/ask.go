package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var askRoutes = []route{
	{pattern: "GET /ask", serve: (*visit).ask},
	{pattern: "GET /ask/check", serve: (*visit).checkAsk},
	{pattern: "POST /ask", serve: (*visit).sendAsk},
}

// AskPage is what ask.html shows: what one types, what fits it, what is chosen.
type AskPage struct {
	Frame
	Connectors []flow.ConnectorView
	Draft      Draft
	Typed      string
	Found      []flow.Found // without what is chosen
	Chosen     []directory.Resource
	Profiles   []flow.ProfileView
	People     []directory.Account // who fit Draft.Whom, when several do
	Lengths    []Choice
	Wrong      map[string]string // by field
}

// Choice is one line of a menu.
type Choice struct {
	Value, Says string
	Chosen      bool
}

// Draft is a request before it is sent, as its fields say it.
type Draft struct {
	Connector string
	Resources []string
	Profile   string
	Whom      string // as typed: a name, a handle, an id; "": oneself
	Length    string
	Start     string // in the reader's zone, 2006-01-02T15:04
}

// lengths that the form offers.
var lengths = []time.Duration{
	15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour,
}

// lengthOf is a length of the menu, or any other that a link says (45m).
func lengthOf(text string) (time.Duration, bool) {
	for _, d := range lengths {
		if access.Span(d) == text {
			return d, true
		}
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}

func lengthChoices(chosen string) []Choice {
	var out []Choice
	if d, ok := lengthOf(chosen); ok && !slices.Contains(lengths, d) {
		out = append(out, Choice{Value: d.String(), Says: access.Spelled(d), Chosen: true})
	}
	for _, d := range lengths {
		out = append(out, Choice{Value: access.Span(d), Says: access.Spelled(d), Chosen: access.Span(d) == chosen})
	}
	return out
}

// draft reads the form.
func (v *visit) draft() Draft {
	d := Draft{
		Connector: v.field("connector"), Resources: v.fields("r"), Profile: v.field("profile"),
		Whom: v.field("whom"), Length: cmp.Or(v.field("length"), "2h"), Start: v.field("start"),
	}
	slices.Sort(d.Resources)
	d.Resources = slices.Compact(d.Resources)
	if d.Connector == "" && len(v.by.User.Accounts) > 0 {
		d.Connector = v.by.User.Accounts[0].Connector
	}
	return d
}

// asking is the draft as the verb takes it. A wrong field is an error at it.
func (v *visit) asking(d Draft) (flow.Asking, []directory.Account, error) {
	const op = "console.ask"
	a := flow.Asking{Connector: d.Connector, Resources: d.Resources, Profile: d.Profile}
	if len(d.Resources) == 0 && d.Profile == "" {
		return a, nil, fault.At(op, "resources", "choose at least one group or channel; type its name and press Search")
	}
	if len(d.Resources) > 0 && d.Profile != "" {
		return a, nil, fault.At(op, "profile", "an access profile is asked for alone")
	}
	var ok bool
	if a.Length, ok = lengthOf(d.Length); !ok {
		return a, nil, fault.At(op, "length", "say for how long")
	}
	if d.Start != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", d.Start, v.zone())
		if err != nil {
			return a, nil, fault.At(op, "start", "say when, as 2026-01-31T09:00, or leave it empty")
		}
		a.Start = t.UTC()
	}
	if d.Whom == "" {
		return a, nil, nil
	}
	who, several, err := v.whom(d)
	a.Subject = who
	return a, several, err
}

// whom finds who is meant: an id, a handle or a name.
func (v *visit) whom(d Draft) (string, []directory.Account, error) {
	typed := strings.TrimPrefix(d.Whom, "@")
	p, err := v.s.house.ReadAccounts(v.ctx(), v.by, d.Connector, flow.AccountQuery{Search: typed}, flow.Slice{Limit: 8})
	if err != nil {
		return "", nil, err
	}
	exact := func(a directory.Account) bool {
		return a.ID == typed || strings.EqualFold(a.Handle, typed) || strings.EqualFold(a.Name, typed)
	}
	var near, same []directory.Account
	for _, a := range p.Items {
		near = append(near, a.Account)
		if exact(a.Account) {
			same = append(same, a.Account)
		}
	}
	switch {
	case len(same) == 1:
		return same[0].ID, nil, nil
	case len(same) == 0 && len(p.Items) == 1:
		return p.Items[0].ID, nil, nil
	case len(p.Items) == 0:
		return "", nil, fault.At("console.ask", "subject", "nobody here is called %q", d.Whom)
	}
	return "", near, fault.At("console.ask", "subject", "several people fit; choose one")
}

// labels names accounts.
func labels(all []directory.Account) string {
	var out []string
	for _, a := range all {
		out = append(out, a.Label()+" (@"+a.Handle+")")
	}
	return strings.Join(out, ", ")
}

func (v *visit) ask() error { return v.askAgain(v.draft(), nil, nil) }

// askAgain shows the form as it was filled, with what is wrong at its field.
func (v *visit) askAgain(d Draft, people []directory.Account, wrong error) error {
	p := AskPage{Frame: v.frame("Request access"), Draft: d, Typed: v.field("q"), People: people, Lengths: lengthChoices(d.Length), Wrong: map[string]string{}}
	for _, ref := range v.by.User.Accounts {
		c, err := v.s.house.ReadConnector(v.ctx(), v.by, ref.Connector)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p.Connectors = append(p.Connectors, c)
	}
	if len(p.Connectors) == 0 {
		return fault.New("console.ask", fault.Forbidden, "you have no account in a Slack that is connected here, so there is nothing to ask for")
	}
	if err := v.choices(&p); err != nil {
		return err
	}
	status := 200
	if wrong != nil {
		says, code := v.sorry(wrong)
		if code >= 500 || fault.Is(wrong, fault.NotFound) {
			return wrong
		}
		status, p.Wrong[cmp.Or(fault.FieldOf(wrong), "resources")] = code, says
	}
	return v.showAs(status, "ask", p)
}

// choices are what can be chosen, and what is.
func (v *visit) choices(p *AskPage) error {
	for _, id := range p.Draft.Resources {
		r, err := v.s.house.ReadResource(v.ctx(), v.by, p.Draft.Connector, id)
		if err != nil {
			return err
		}
		p.Chosen = append(p.Chosen, r.Resource)
	}
	found, err := v.s.house.Find(v.ctx(), v.by, p.Draft.Connector, p.Typed)
	if err != nil {
		return err
	}
	for _, f := range found {
		if !slices.Contains(p.Draft.Resources, f.ID) {
			p.Found = append(p.Found, f)
		}
	}
	p.Profiles, err = v.s.house.ReadProfiles(v.ctx(), v.by, p.Draft.Connector)
	return err
}

// CheckPage is what check.html shows: what policy will do, before sending.
type CheckPage struct {
	Frame
	Draft     Draft
	Subject   string // the account; "": oneself
	For       string // its name
	Length    time.Duration
	Start     time.Time
	Items     []Outlook
	Emergency string // what an emergency would do; "": none is allowed
	Key       string
	Wrong     string
	Reason    string
}

// Outlook is what policy will do with one item.
type Outlook struct {
	What    string
	Allowed bool
	Says    string
	Gives   []string // what else it does
	High    bool
}

func (v *visit) checkAsk() error {
	d := v.draft()
	a, several, err := v.asking(d)
	if err != nil {
		return v.askAgain(d, several, err)
	}
	return v.check(d, a, nil)
}

// check shows what policy will do; what it denies is said at the form.
func (v *visit) check(d Draft, a flow.Asking, wrong error) error {
	seen, err := v.s.house.Preview(v.ctx(), v.by, a)
	if err != nil {
		return v.askAgain(d, nil, err)
	}
	p := CheckPage{
		Frame: v.frame("Is this right?"), Draft: d, Subject: a.Subject, Length: a.Length, Start: a.Start,
		Key: v.s.house.NewID("form"), Reason: v.field("reason"),
	}
	if a.Subject != "" {
		who, err := v.s.house.ReadAccount(v.ctx(), v.by, a.Connector, a.Subject)
		if err != nil {
			return err
		}
		p.For = who.Label()
	}
	p.Emergency = skips(seen)
	for _, x := range seen {
		p.Items = append(p.Items, outlook(x))
		if !x.Decision.Allowed && x.Emergency == "" {
			return v.askAgain(d, nil, fault.At("console.ask", deniedField(d, x), "%s: %s", x.Resource, x.Decision.Words()))
		}
	}
	status := 200
	if wrong != nil {
		p.Wrong, status = v.sorry(wrong)
		p.Key = v.field("key")
	}
	return v.showAs(status, "check", p)
}

// deniedField is what would have to change for policy to allow it.
func deniedField(d Draft, x flow.Explanation) string {
	if l, ok := lengthOf(d.Length); ok && x.Decision.Rule.Max > 0 && l > x.Decision.Rule.Max {
		return "length"
	}
	return "resources"
}

// skips says what policy makes of an emergency, where it allows one for all items.
func skips(seen []flow.Explanation) string {
	words := ""
	for _, x := range seen {
		if x.Emergency == "" {
			return ""
		}
		words = upper(x.Emergency) + "."
	}
	return words
}

func outlook(x flow.Explanation) Outlook {
	o := Outlook{What: x.Resource, Allowed: x.Decision.Allowed, Gives: x.Decision.Gives, High: x.Decision.Rule.Risk == access.High}
	rule := x.Decision.Rule
	switch {
	case !x.Decision.Allowed:
		o.Says = "only in an emergency, because policy " + x.Decision.Because
		return o
	case x.Decision.Auto:
		o.Says = "policy approves it at once"
	case x.Solo != "":
		o.Says = x.Solo
	default:
		o.Says = "needs " + x.Asks
		if n := len(x.Approvers); n > 0 && n <= 5 {
			o.Says += " (" + strings.Join(x.Approvers, ", ") + ")"
		}
	}
	if x.Frozen != "" {
		o.Gives = append([]string{"waits: " + x.Frozen}, o.Gives...)
	}
	o.Says += "; at most " + access.Spelled(rule.Max) + "; ends by itself"
	return o
}

// sendAsk makes the request.
func (v *visit) sendAsk() error {
	d := v.draft()
	a, several, err := v.asking(d)
	if err != nil {
		return v.askAgain(d, several, err)
	}
	a.Reason, a.Emergency, a.Key = v.field("reason"), v.field("emergency") != "", v.field("key")
	if a.Key == "" {
		return fault.At("console.ask", "key", "load the form again and send it once more")
	}
	q, err := v.s.house.Request(v.ctx(), v.by, a)
	if err != nil && (fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden)) {
		return v.check(d, a, err)
	}
	if err != nil {
		return err
	}
	return v.to("/requests/"+q.ID, "Your request is on its way.")
}
