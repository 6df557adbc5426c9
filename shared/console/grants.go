package console

import (
	"cmp"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var grantRoutes = []route{
	{pattern: "GET /grants", serve: (*visit).grants},
	{pattern: "GET /grants/{id}", serve: (*visit).grant},
	{pattern: "POST /grants/{id}/end", serve: (*visit).endGrant},
	{pattern: "POST /grants/{id}/extend", serve: (*visit).extendGrant},
	{pattern: "POST /grants/{id}/retry", serve: (*visit).retryGrant},
}

func compare(a, b string) int { return cmp.Compare(a, b) }

// GrantsPage is what grants.html shows: what needs attention first, the timeline,
// and the list.
type GrantsPage struct {
	Frame
	Live     bool
	Attend   []GrantLine
	Lines    []GrantLine
	Next     string
	Timeline Timeline
}

// GrantLine is one grant in words.
type GrantLine struct {
	flow.GrantView
	Who, What string
	Attend    bool
	Over      bool
	MayEnd    bool // a verb decides; this spares people a button that refuses them
	Note      string
}

func (v *visit) grantLine(g flow.GrantView) GrantLine {
	l := GrantLine{
		GrantView: g, Who: person(g.Names, g.Account), What: resourceName(g),
		Attend: g.NeedsAttention(v.now()), Over: g.State.Final(),
	}
	l.Note = cmp.Or(g.Trouble.Text, g.Outcome)
	l.MayEnd = !l.Over && !g.Takes()
	return l
}

// Stands is the state in the words of pages.
func (l GrantLine) Stands() string {
	if l.Attend {
		return "Needs attention"
	}
	if l.Trouble.Dormant {
		return "dormant"
	}
	return string(l.State)
}

func (v *visit) grants() error {
	live := v.field("all") == ""
	found, err := v.s.house.ReadGrants(v.ctx(), v.by, live, flow.Slice{After: v.field("after"), Limit: 100})
	if err != nil {
		return err
	}
	p := GrantsPage{Frame: v.frame("Grants"), Live: live, Next: found.Next}
	for _, g := range found.Items {
		l := v.grantLine(g)
		if l.Attend {
			p.Attend = append(p.Attend, l)
		} else {
			p.Lines = append(p.Lines, l)
		}
	}
	p.Timeline = timeline(append(append([]GrantLine{}, p.Attend...), p.Lines...), v.now(), v.zone())
	return v.show("grants", p)
}

// GrantPage is what grant.html shows.
type GrantPage struct {
	Frame
	GrantLine
	Connector flow.ConnectorView
	Approvers string
	Own       bool // the reader holds it
	Repairs   bool // something failed that one can try again
	Lengths   []Choice
}

func (v *visit) grant() error {
	g, err := v.s.house.ReadGrant(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	p := GrantPage{Frame: v.frame("Grant"), GrantLine: v.grantLine(g), Approvers: people(g.Names, g.Approvers...), Lengths: lengthChoices("1h")}
	if p.Connector, err = v.s.house.ReadConnector(v.ctx(), v.by, g.Connector); err != nil {
		return err
	}
	p.Own = v.by.User.In(g.Connector) == g.Account
	p.Repairs = !p.Over && g.Trouble.Text != ""
	return v.show("grant", p)
}

func (v *visit) endGrant() error {
	_, err := v.s.house.EndAccess(v.ctx(), v.by, v.path("id"))
	return v.done(v.ofGrant(err), "/grants/"+v.path("id"), "The access ends now.")
}

// extendGrant asks for an end rather than for more time, so that a form that is
// sent twice moves it once.
func (v *visit) extendGrant() error {
	const op = "console.extend"
	from, err := time.Parse(time.RFC3339, v.field("from"))
	if err != nil {
		return fault.At(op, "from", "load the page again and send it once more")
	}
	by := time.Duration(0)
	for _, d := range lengths {
		if access.Span(d) == v.field("by") {
			by = d
		}
	}
	if by == 0 {
		return fault.At(op, "by", "say by how much")
	}
	x, err := v.s.house.ExtendTo(v.ctx(), v.by, v.path("id"), from.Add(by))
	if err != nil {
		return v.ofGrant(err)
	}
	if x.Request != nil {
		return v.to("/requests/"+x.Request.ID, "More time needs an approval; it is asked for.")
	}
	return v.to("/grants/"+v.path("id"), "It lasts longer now.")
}

func (v *visit) retryGrant() error {
	_, err := v.s.house.Retry(v.ctx(), v.by, v.path("id"))
	return v.done(v.ofGrant(err), "/grants/"+v.path("id"), "Tried again: it stands as below.")
}

// ofGrant hides a grant that the reader does not see.
func (v *visit) ofGrant(err error) error {
	return masked(err, func() error {
		_, err := v.s.house.ReadGrant(v.ctx(), v.by, v.path("id"))
		return err
	})
}
