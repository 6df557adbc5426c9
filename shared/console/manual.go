package console

import (
	"cmp"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var manualRoutes = []route{
	{pattern: "GET /manual", serve: (*visit).manuals},
	{pattern: "GET /manual/{id}", serve: (*visit).manual},
	{pattern: "POST /manual/{id}/done", serve: (*visit).sayDone},
	{pattern: "POST /manual/{id}/give-up", serve: (*visit).giveUp},
}

// ManualsPage is what manuals.html shows: what no API does, and people do in Slack.
type ManualsPage struct {
	Frame
	All  bool
	Wait []ManualLine
	Over []ManualLine
	// Stand is what was denied, given up and still stands.
	Stand []ManualLine
}

// ManualLine is one manual task in words.
type ManualLine struct {
	flow.ManualView
	What   string // to do, as a heading
	Became string
	From   string // the page of what it is done for; "": none
	Source string
}

var manualStates = map[access.ManualState]string{
	access.ManualWaits:   "To be done",
	access.ManualSaid:    "Said to be done; Slack has not shown it yet",
	access.ManualDone:    "Done, and seen in Slack",
	access.ManualDropped: "Not needed any more",
	access.ManualGivenUp: "Given up",
}

func manualLine(m flow.ManualView) ManualLine {
	l := ManualLine{ManualView: m, Became: cmp.Or(manualStates[m.State], string(m.State))}
	switch {
	case m.State == access.ManualGivenUp && m.Stands:
		l.Became = "Denied, given up, and still standing"
	case m.State == access.ManualGivenUp:
		l.Became = "Given up; Slack does not show it any more"
	}
	switch {
	case m.Give && m.OfRole():
		l.What = "Make " + m.AccountName + " " + m.Slug + " of " + m.ResourceName
	case m.Give:
		l.What = "Put " + m.AccountName + " into " + m.ResourceName
	case m.OfRole():
		l.What = "Take the role of " + m.Slug + " in " + m.ResourceName + " away from " + m.AccountName
	default:
		l.What = "Take " + m.AccountName + " out of " + m.ResourceName
	}
	kind, rest, _ := strings.Cut(m.Origin, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch kind {
	case "review":
		l.From, l.Source = "/reviews/"+id, "an access review"
	case "grant":
		l.From, l.Source = "/grants/"+id, "a grant"
	}
	return l
}

func (v *visit) manuals() error {
	p := ManualsPage{Frame: v.frame("By hand"), All: v.field("all") != ""}
	all, err := v.s.house.ReadManuals(v.ctx(), v.by, !p.All)
	if err != nil {
		return err
	}
	for _, m := range all {
		switch l := manualLine(m); {
		case m.Waits():
			p.Wait = append(p.Wait, l)
		case !m.Stands:
			p.Over = append(p.Over, l)
		}
	}
	stand, err := v.s.house.ReadGivenUp(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, m := range stand {
		p.Stand = append(p.Stand, manualLine(m))
	}
	return v.show("manuals", p)
}

// ManualPage is what manual.html shows: why, and what to do step by step.
type ManualPage struct {
	Frame
	ManualLine
	Typed, Wrong string // what was typed to give it up, and why it was not taken
}

func (v *visit) manual() error { return v.manualAgain("", "") }

func (v *visit) manualAgain(why, wrong string) error {
	m, err := v.s.house.ReadManual(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	l := manualLine(m)
	if l.Source == "an access review" { // which is not there for every owner
		_, err := v.s.house.ReadCampaign(v.ctx(), v.by, strings.TrimPrefix(l.From, "/reviews/"))
		if err != nil && !hidden(err) {
			return err
		}
		if err != nil {
			l.From = ""
		}
	}
	status := 200
	if wrong != "" {
		status = 422
	}
	return v.showAs(status, "manual", ManualPage{Frame: v.frame(l.What), ManualLine: l, Typed: why, Wrong: wrong})
}

// giveUp says again what was typed where it is not taken.
func (v *visit) giveUp() error {
	why := v.field("why")
	_, err := v.s.house.GiveUpManual(v.ctx(), v.by, v.path("id"), why)
	if fault.Is(err, fault.Invalid) {
		return v.manualAgain(why, fault.TextOf(err))
	}
	err = masked(err, func() error {
		_, err := v.s.house.ReadManual(v.ctx(), v.by, v.path("id"))
		return err
	})
	return v.done(err, "/manual/"+v.path("id"), "Given up. The review says that the access stands, and it stays listed for as long as Slack shows it.")
}

func (v *visit) sayDone() error {
	_, err := v.s.house.SayDone(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/manual/"+v.path("id"), "Noted. The task closes by itself when a sync shows it; until then it stays here.")
}
