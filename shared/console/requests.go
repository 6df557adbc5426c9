package console

import (
	"fmt"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var requestRoutes = []route{
	{pattern: "GET /requests", serve: (*visit).requests},
	{pattern: "GET /requests/{id}", serve: (*visit).request},
	{pattern: "POST /requests/{id}/approve", serve: (*visit).approve},
	{pattern: "POST /requests/{id}/deny", serve: (*visit).deny},
	{pattern: "POST /requests/{id}/comment", serve: (*visit).comment},
	{pattern: "POST /requests/{id}/cancel", serve: (*visit).cancel},
	{pattern: "POST /requests/{id}/confirm", serve: (*visit).confirmAccess},
	{pattern: "POST /requests/{id}/veto", serve: (*visit).veto},
	{pattern: "POST /requests/{id}/reassign", serve: (*visit).reassign},
}

// RequestsPage is what requests.html shows.
type RequestsPage struct {
	Frame
	Open  bool
	Lines []RequestLine
	Next  string
}

// RequestLine is one request of a list, in words.
type RequestLine struct {
	flow.RequestView
	What, By, For string
	Stands        []string // by item
	Extension     bool     // it asks for more time
}

func line(v flow.RequestView) RequestLine {
	l := RequestLine{RequestView: v, By: person(v.Names, v.By), For: person(v.Names, v.Subject)}
	for i, it := range v.Items {
		if i > 0 {
			l.What += ", "
		}
		l.What += itemName(v, it)
		l.Stands = append(l.Stands, stands(v, i))
		l.Extension = l.Extension || it.Extends != ""
	}
	return l
}

func itemName(v flow.RequestView, it access.Item) string {
	if r, ok := v.Resources[it.Resource]; ok {
		return access.Name(r)
	}
	return unnamed(string(it.Kind))
}

// stands says where an item of a request stands.
func stands(v flow.RequestView, i int) string {
	it := v.Items[i]
	decider := person(v.Names, it.DecidedBy)
	if it.DecidedFor != "" {
		decider += " in place of " + person(v.Names, it.DecidedFor)
	}
	switch {
	case it.State == access.Approved && it.DecidedBy == "":
		return "approved by policy"
	case it.State == access.Pending:
		w, ok := v.Waits[i]
		if !ok {
			return "waits"
		}
		text := "waits for " + w.Approvers
		if w.Steps > 1 {
			text += fmt.Sprintf(" (step %d of %d)", w.Step, w.Steps)
		}
		if w.Need > 1 {
			text += fmt.Sprintf(", %d of %d have said yes", w.Have, w.Need)
		}
		return text
	case it.DecidedBy != "":
		return string(it.State) + " by " + decider
	}
	return string(it.State)
}

func (v *visit) requests() error {
	open := v.field("all") == ""
	found, err := v.s.house.ReadRequests(v.ctx(), v.by, open, flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	p := RequestsPage{Frame: v.frame("Requests"), Open: open, Next: found.Next}
	for _, r := range found.Items {
		p.Lines = append(p.Lines, line(r))
	}
	return v.show("requests", p)
}

// RequestPage is what request.html shows: one request, with what the reader may do.
type RequestPage struct {
	Frame
	RequestLine
	Connector flow.ConnectorView
	Words     []Comment
	MayCancel bool
	Old       bool // an item is high-risk, and the reader signed in too long ago to approve it
	MayHand   bool // the reader may hand it on
	PlaceName string
}

// Comment is what somebody said who decided, or in the thread.
type Comment struct{ Who, Says string }

func (v *visit) request() error {
	r, err := v.s.house.ReadRequest(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	p := RequestPage{Frame: v.frame("Request"), RequestLine: line(r)}
	if p.Connector, err = v.s.house.ReadConnector(v.ctx(), v.by, r.Connector); err != nil {
		return err
	}
	for account, says := range r.Comments {
		if says != "" {
			p.Words = append(p.Words, Comment{Who: person(r.Names, account), Says: says})
		}
	}
	slices.SortFunc(p.Words, func(a, b Comment) int { return compare(a.Who, b.Who) })
	p.MayCancel = r.Open() && v.by.User.In(r.Connector) == r.By
	high := slices.ContainsFunc(r.Items, func(it access.Item) bool { return it.State == access.Pending && it.Risk == access.High })
	p.Old = high && v.by.Stale(v.now())
	p.MayHand = r.MayDecide || r.MayConfirm || (r.Open() || r.Unconfirmed()) && v.by.Is(access.IntegrationAdministrator)
	if r.PlaceOf != "" {
		p.PlaceName = person(r.Names, r.PlaceOf)
	}
	return v.show("request", p)
}

// decided is what a form about a request answers. A request that is over by now is
// shown as it stands.
func (v *visit) decided(err error, said string) error {
	err = masked(err, func() error {
		_, err := v.s.house.ReadRequest(v.ctx(), v.by, v.path("id"))
		return err
	})
	return v.done(err, "/requests/"+v.path("id"), said)
}

func (v *visit) approve() error {
	_, err := v.s.house.Approve(v.ctx(), v.by, v.path("id"), v.field("comment"))
	return v.decided(err, "Approved.")
}

func (v *visit) deny() error {
	if v.field("comment") == "" {
		return fault.At("console.deny", "comment", "say why, so that whoever asked knows what to do instead")
	}
	_, err := v.s.house.Deny(v.ctx(), v.by, v.path("id"), v.field("comment"))
	return v.decided(err, "Denied.")
}

func (v *visit) comment() error {
	if v.field("comment") == "" {
		return fault.At("console.comment", "comment", "there is nothing to say yet")
	}
	_, err := v.s.house.Comment(v.ctx(), v.by, v.path("id"), v.field("key"), v.field("comment"))
	return v.decided(err, "Said.")
}

func (v *visit) cancel() error {
	_, err := v.s.house.Cancel(v.ctx(), v.by, v.path("id"))
	return v.decided(err, "The request is withdrawn.")
}

func (v *visit) confirmAccess() error {
	right := v.field("right")
	if right != "yes" && right != "no" {
		return fault.At("console.confirm", "right", "say whether the emergency was right")
	}
	_, err := v.s.house.ConfirmAccess(v.ctx(), v.by, v.path("id"), right == "yes", v.field("comment"))
	if right == "no" {
		return v.decided(err, "Said no: the access ends now.")
	}
	return v.decided(err, "Confirmed.")
}

// reassign hands all that waits to somebody by name.
func (v *visit) reassign() error {
	r, err := v.s.house.ReadRequest(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	if v.field("to") == "" {
		return fault.At("console.reassign", "to", "say who shall decide it: a name or a handle")
	}
	to, several, err := v.whom(Draft{Connector: r.Connector, Whom: v.field("to")})
	if err != nil {
		if names := labels(several); names != "" {
			err = fault.At("console.reassign", "to", "several people fit: %s; use a handle", names)
		}
		return err
	}
	_, err = v.s.house.Reassign(v.ctx(), v.by, r.ID, flow.Handing{Item: flow.Every, To: to, Comment: v.field("comment")})
	if err != nil {
		return v.decided(err, "")
	}
	return v.to("/tasks", "Handed on; they are told.") // it may not be the sender's to see any more
}

func (v *visit) veto() error {
	_, err := v.s.house.Veto(v.ctx(), v.by, v.path("id"), v.field("comment"))
	return v.decided(err, "Vetoed.")
}
