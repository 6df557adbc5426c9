package console

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var findingRoutes = []route{
	{pattern: "GET /findings", serve: (*visit).findings},
	{pattern: "GET /findings/{id}", serve: (*visit).finding},
	{pattern: "GET /findings/{id}/remove", serve: (*visit).askRemove},
	{pattern: "POST /findings/{id}/accept", serve: (*visit).acceptFinding},
	{pattern: "POST /findings/{id}/remove", serve: (*visit).removeFinding},
	{pattern: "POST /findings/{id}/keep", serve: (*visit).keepFinding},
}

// FindingsPage is what findings.html shows: what waits first, and what was decided.
type FindingsPage struct {
	Frame
	All    bool
	Kinds  []Choice
	Kind   string
	Person string // an account, by its id
	Where  string // a resource, by its id
	Wait   []FindingLine
	Over   []FindingLine
	Next   string
}

// FindingLine is one finding in words.
type FindingLine struct {
	flow.FindingView
	Who, What string
	Says      string // what was found
	Became    string // what became of it, without its time
	Accept    string // why it cannot be accepted; "": it can
	Remove    string
	Keep      string
	Lengths   []Choice
}

// foundKinds are the kinds in words, for the filter and for what was found.
var foundKinds = map[directory.FindingKind]string{
	directory.Came:                 "added in Slack",
	directory.CameBack:             "added again after Ebb had taken it back",
	directory.EndedOutside:         "taken out in Slack before the end",
	directory.EditOverwritten:      "an edit in Slack that Ebb overwrote",
	directory.EmergencyUnconfirmed: "an emergency that nobody confirmed in time",
	directory.ChannelUnreachable:   "a channel in which nobody can be asked",
	directory.OpenGroups:           "everybody can edit user groups",
	directory.RoleRaised:           "became administrator or owner",
	directory.KindChanged:          "became another kind of account",
	directory.OwnerGone:            "the owner was deactivated",
}

// foundBecame are the states in words.
var foundBecame = map[directory.FindingState]string{
	directory.FindingOpen:     "to be decided",
	directory.FindingAccepted: "accepted until",
	directory.FindingRemoving: "being removed",
	directory.FindingRemoved:  "removed",
	directory.FindingKept:     "declared right",
	directory.FindingGone:     "gone by itself",
}

// acceptFor are the times for which one can let something stand.
var acceptFor = []time.Duration{
	24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, 180 * 24 * time.Hour, access.Longest,
}

func (v *visit) findingLine(f flow.FindingView) FindingLine {
	l := FindingLine{
		FindingView: f, Who: person(f.Names, f.Account), Says: cmp.Or(foundKinds[f.Finding.Kind], string(f.Finding.Kind)),
		Became: foundBecame[f.State], What: f.Resource.ID,
		Accept: f.Refuses[directory.AcceptFinding], Remove: f.Refuses[directory.RemoveFinding], Keep: f.Refuses[directory.KeepFinding],
	}
	if f.Resource.Name != "" {
		l.What = access.Name(f.Resource)
	}
	switch {
	case f.Count > 0:
		l.Who = fmt.Sprintf("%d people", f.Count)
	case f.Account == "":
		l.Who = l.What
	}
	if f.Finding.Kind == directory.RoleRaised || f.Finding.Kind == directory.KindChanged {
		l.Says += ": " + f.Slug
	}
	for _, d := range acceptFor {
		l.Lengths = append(l.Lengths, Choice{Value: access.Span(d), Says: access.Spelled(d), Chosen: d == 30*24*time.Hour})
	}
	return l
}

func (v *visit) findings() error {
	p := FindingsPage{
		Frame: v.frame("Findings"), All: v.field("all") != "", Kind: v.field("kind"), Person: v.field("account"), Where: v.field("resource"),
	}
	w := flow.FindingFilter{Waiting: !p.All, Kind: directory.FindingKind(p.Kind), Account: p.Person, Resource: p.Where}
	found, err := v.s.house.ReadFindings(v.ctx(), v.by, w, flow.Slice{After: v.field("after"), Limit: 50})
	if err != nil {
		return err
	}
	p.Next = found.Next
	for _, f := range found.Items {
		l := v.findingLine(f)
		if f.Waits() {
			p.Wait = append(p.Wait, l)
		} else {
			p.Over = append(p.Over, l)
		}
	}
	for _, k := range directory.FindingKinds {
		p.Kinds = append(p.Kinds, Choice{Value: string(k), Says: foundKinds[k], Chosen: string(k) == p.Kind})
	}
	return v.show("findings", p)
}

// FindingPage is what finding.html shows.
type FindingPage struct {
	Frame
	FindingLine
	Connector flow.ConnectorView
}

func (v *visit) findingPage(title string) (FindingPage, error) {
	f, err := v.s.house.ReadFinding(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return FindingPage{}, err
	}
	p := FindingPage{Frame: v.frame(title), FindingLine: v.findingLine(f)}
	p.Connector, err = v.s.house.ReadConnector(v.ctx(), v.by, f.Finding.Connector)
	return p, err
}

func (v *visit) finding() error {
	p, err := v.findingPage("Finding")
	if err != nil {
		return err
	}
	return v.show("finding", p)
}

// RemovePage is what finding_remove.html shows: what goes, before it does.
type RemovePage struct {
	Frame
	FindingLine
	Covered []GrantLine // grants of the same account on it, which go on
}

func (v *visit) askRemove() error {
	p, err := v.findingPage("Remove access")
	if err != nil {
		return err
	}
	if p.Remove != "" || !p.Decides {
		return v.to("/findings/"+p.ID, cmp.Or(p.Remove, "owners and administrators decide about this"))
	}
	out := RemovePage{Frame: p.Frame, FindingLine: p.FindingLine}
	live, err := v.s.house.ReadGrants(v.ctx(), v.by, true, flow.Slice{Limit: 200})
	if err != nil {
		return err
	}
	for _, g := range live.Items {
		if g.Account == p.Account && g.Resource.ID == p.Resource.ID && !g.Takes() {
			out.Covered = append(out.Covered, v.grantLine(g))
		}
	}
	return v.show("finding_remove", out)
}

// acceptFinding counts from when the page was made, so that a form that is sent
// twice says the same.
func (v *visit) acceptFinding() error {
	const op = "console.accept"
	from, err := time.Parse(time.RFC3339, v.field("from"))
	if err != nil {
		return fault.At(op, "from", "load the page again and send it once more")
	}
	for _, d := range acceptFor {
		if access.Span(d) != v.field("for") {
			continue
		}
		_, err := v.s.house.AcceptFinding(v.ctx(), v.by, v.path("id"), from.Add(d), v.field("comment"))
		return v.done(v.ofFinding(err), "/findings/"+v.path("id"), "It ends by itself then.")
	}
	return fault.At(op, "for", "say for how long")
}

func (v *visit) removeFinding() error {
	_, err := v.s.house.RemoveFinding(v.ctx(), v.by, v.path("id"), v.field("comment"))
	return v.done(v.ofFinding(err), "/findings/"+v.path("id"), "It is taken away now; this page says when Slack shows it gone.")
}

func (v *visit) keepFinding() error {
	_, err := v.s.house.KeepFinding(v.ctx(), v.by, v.path("id"), v.field("comment"))
	return v.done(v.ofFinding(err), "/findings/"+v.path("id"), "It stays as it is.")
}

// ofFinding hides a finding that the reader does not see.
func (v *visit) ofFinding(err error) error {
	return masked(err, func() error {
		_, err := v.s.house.ReadFinding(v.ctx(), v.by, v.path("id"))
		return err
	})
}
