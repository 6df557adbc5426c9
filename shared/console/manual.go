package console

import (
	"cmp"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

var manualRoutes = []route{
	{pattern: "GET /manual", serve: (*visit).manuals},
	{pattern: "GET /manual/{id}", serve: (*visit).manual},
	{pattern: "POST /manual/{id}/done", serve: (*visit).sayDone},
}

// ManualsPage is what manuals.html shows: what no API does, and people do in Slack.
type ManualsPage struct {
	Frame
	All  bool
	Wait []ManualLine
	Over []ManualLine
}

// ManualLine is one manual task in words.
type ManualLine struct {
	flow.ManualView
	What   string // to do, as a heading
	Stands string
	From   string // the page of what it is done for; "": none
	Source string
}

var manualStates = map[access.ManualState]string{
	access.ManualWaits:   "To be done",
	access.ManualSaid:    "Said to be done; Slack has not shown it yet",
	access.ManualDone:    "Done, and seen in Slack",
	access.ManualDropped: "Not needed any more",
}

func manualLine(m flow.ManualView) ManualLine {
	l := ManualLine{ManualView: m, Stands: cmp.Or(manualStates[m.State], string(m.State))}
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
		if l := manualLine(m); m.Waits() {
			p.Wait = append(p.Wait, l)
		} else {
			p.Over = append(p.Over, l)
		}
	}
	return v.show("manuals", p)
}

// ManualPage is what manual.html shows: why, and what to do step by step.
type ManualPage struct {
	Frame
	ManualLine
}

func (v *visit) manual() error {
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
	return v.show("manual", ManualPage{Frame: v.frame(l.What), ManualLine: l})
}

func (v *visit) sayDone() error {
	_, err := v.s.house.SayDone(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/manual/"+v.path("id"), "Noted. The task closes by itself when a sync shows it; until then it stays here.")
}
