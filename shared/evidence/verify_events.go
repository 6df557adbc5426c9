package evidence

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/review"
)

// said is what the audit says of one line.
type said struct {
	decided []decisionSaid
	state   review.LineState // "": open
	closed  string           // when it was seen gone, as the event has it
	grant   string
	manual  string
	staged  bool // it is in the snapshot
	found   bool // it is in lines.jsonl
}

type decisionSaid struct {
	verdict            review.Verdict
	level              int
	by, account, place string
	comment            string
	at                 time.Time
}

// manualSaid is what the audit says of a manual task: the state of its last event, the
// line that it is for, and who gave it up with which reason (hashed).
type manualSaid struct{ state, line, by, reason string }

// listSaid is a list with what the audit says of it.
type listSaid struct {
	listRecord
	certified, passed, denied, gone, skips int
}

func (c *check) eachList() {
	each(c, listsLines, func(n int, r listRecord) {
		if c.lists[r.ID] != nil {
			c.broken("%s, line %d: list %s is there twice", listsLines, n, r.ID)
		}
		a := review.Assigned{Source: r.Source, Group: r.Group, Accounts: r.Accounts}
		if review.AssignmentID(c.Campaign, r.Level, a) != r.ID {
			c.broken("list %s is not of who it says: its id follows from its reviewers", r.ID)
		}
		c.lists[r.ID] = &listSaid{listRecord: r}
	})
}

// events walks the audit's events: each fits its link, each aggregate's follow each
// other from the first.
func (c *check) events() {
	last := map[string]audit.Sealed{}
	each(c, eventsLines, func(n int, r eventRecord) {
		x := r.sealed()
		e := x.Event
		before := last[e.Aggregate]
		switch why := x.Fits(); {
		case why != "":
			c.broken("event %s#%d: %s", e.Aggregate, e.Seq, why)
		case !Ours(c.Campaign, e.Aggregate):
			c.broken("event %s#%d is not of this campaign", e.Aggregate, e.Seq)
		case e.Seq != before.Event.Seq+1:
			c.broken("after event %s#%d comes #%d: one is missing or out of order", e.Aggregate, before.Event.Seq, e.Seq)
		case e.Prev != before.Event.Hash:
			c.broken("event %s#%d does not follow the one before it", e.Aggregate, e.Seq)
		case x.Seal.N <= before.Seal.N:
			c.broken("event %s#%d was sealed before the one before it", e.Aggregate, e.Seq)
		}
		last[e.Aggregate] = x
		c.Events++
		c.top = max(c.top, x.Seal.N)
		if e.Action != Action && e.At.After(c.newest) {
			c.newest = e.At
		}
		c.event(e)
	})
	c.last = last[Aggregate(c.Campaign)].Event
}

// event notes what an event says.
func (c *check) event(e audit.Event) {
	switch kind, rest, _ := strings.Cut(e.Action, "."); kind {
	case "campaign":
		c.life(e, rest)
	case "manual":
		if !strings.HasPrefix(e.Data["for"], Lists(c.Campaign)) {
			c.broken("event %s#%d is of a task of something else", e.Aggregate, e.Seq)
		}
		m := manualSaid{state: e.Data["state"], line: strings.TrimPrefix(e.Data["for"], Lists(c.Campaign))}
		if rest == "given-up" {
			m.by, m.reason = e.Actor, e.Data["reason"]
		}
		c.manuals[strings.TrimPrefix(e.Aggregate, "manual/")] = m
	case "review":
		c.reviewed(e, rest)
	}
}

// life notes an event of the campaign itself.
func (c *check) life(e audit.Event, what string) {
	if s := e.Data["state"]; s != "" && e.Action != Action {
		c.state = s
	}
	switch what {
	case "drafted", "edited":
		c.drafted = e.Data
	case "staged":
		c.staged = e.Data
	case "ended":
		c.endsBy = e.Data["at_end"]
	}
}

// reviewed notes what an event of a list says of lines: "S1/member/U1=certify+h:…".
func (c *check) reviewed(e audit.Event, what string) {
	id := strings.TrimPrefix(e.Aggregate, Lists(c.Campaign))
	words := strings.Fields(e.Data["lines"])
	if len(words) == 0 || what == "told" || what == "reassigned" {
		return
	}
	list := c.lists[id]
	if list == nil {
		c.broken("the audit knows a list %s, and lists.jsonl does not", id)
		list = &listSaid{}
		c.lists[id] = list
	}
	for _, w := range words {
		line, word, _ := strings.Cut(w, "=")
		s := c.said[line]
		if s == nil {
			s = &said{}
			c.said[line] = s
		}
		if word == "" {
			word = what // review.gone and review.skipped name lines alone
		}
		c.word(e, list, s, line, word)
	}
}

// word moves a line by one word of an event.
func (c *check) word(e audit.Event, list *listSaid, s *said, line, word string) {
	verdict, comment, _ := strings.Cut(word, "+")
	switch review.LineState(word) {
	case review.LineRemoved, review.LineKept, review.LineStands:
		s.state, s.closed, s.grant, s.manual = review.LineState(word), e.Data["seen"], e.Data["grant"], e.Data["manual"]
		return
	case review.LineGone:
		s.state = review.LineGone
		list.gone++
		return
	case review.LineSkipped:
		s.state = review.LineSkipped
		list.skips++
		return
	}
	d := decisionSaid{
		verdict: review.Verdict(verdict), level: list.Level, by: e.Actor, account: e.Data["account"], place: e.Data["for"], comment: comment, at: e.At,
	}
	if e.Action == "review.revoked" {
		d.by = "" // nobody decided: the review's end did
	}
	c.mayDecide(e, list, line, d)
	switch {
	case d.verdict == review.Certify && d.level+1 < c.levels():
		list.passed++
	case d.verdict == review.Certify:
		s.state = review.LineCertified
		list.certified++
	case d.verdict == review.Deny:
		s.state = review.LineDenied
		list.denied++
	default:
		c.broken("event %s#%d says of line %s what nobody can decide: %q", e.Aggregate, e.Seq, line, word)
	}
	s.decided = append(s.decided, d)
}

// mayDecide holds who decided against whose list it was, where that is by name: who was
// in a user group then, no package knows. Nobody decides about themselves, unless the
// review allows it.
func (c *check) mayDecide(e audit.Event, list *listSaid, line string, d decisionSaid) {
	if d.by == "" {
		return
	}
	right := cmp.Or(d.place, d.account)
	named := review.Assigned{Source: list.Source, Group: list.Group}.Names()
	if list.ID != "" && named && !slices.Contains(list.Accounts, right) {
		c.broken("event %s#%d: %q decided about line %s in a list of %s, and is not one of its reviewers", e.Aggregate, e.Seq, right, line, strings.Join(list.Accounts, ", "))
	}
	_, _, about, _ := review.SplitLineID(line)
	if !c.campaign.Spec.Self && about != "" && (about == d.account || about == d.place) {
		c.broken("event %s#%d: %q decided about their own access (line %s), and nobody was to", e.Aggregate, e.Seq, about, line)
	}
}
