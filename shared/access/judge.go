package access

import (
	"slices"
	"time"
)

// Life is what Slack says of an account now, where somebody asked.
type Life uint8

// Unasked is the zero value: nothing is concluded from it.
const (
	Unasked Life = iota
	Living
	Dead // deactivated, or unknown to Slack
)

// Verdict is one turn that a complete read proves for one grant.
type Verdict struct {
	Grant Grant
	Turn  Turn
	Note  string
}

// Judgment is what has to happen on one resource: holds to store before any
// write, whom to add and remove, what the read proves already, and whose life
// has to be asked before absence means anything.
type Judgment struct {
	Baselines []Hold
	Add       []string
	Remove    []string
	Verdicts  []Verdict
	Closed    []Hold // holds whose last grant came to its end with these verdicts
	Ask       []string
	Dormant   []Grant // hidden, not gone: the account is deactivated
	StayOut   []Left  // left-out members who do not come back; saved before any verdict
}

// Outcomes, in the words that pages show.
const (
	OutcomeGone       = "gone: a complete read shows that it is not held any more"
	OutcomeStood      = "kept: it was held without Ebb"
	OutcomeCovered    = "kept: another grant still covers it"
	OutcomeNeverGiven = "never given"
	OutcomeGivenAgain = "kept: given by somebody else after Ebb's access had gone"
	OutcomeOutside    = "removed in Slack by somebody else"
	OutcomeNotTaken   = "Slack accepted it, yet two complete reads show that nothing is held"
)

// Judge decides for a resource what must change in Slack, from what is
// remembered and what was read completely under the resource's lock. While a
// write is unclear (s.Writing is set) nothing becomes final and nobody new is
// baselined, but what is still wrong is put right. Grants whose end has come
// must have been turned to revoking before (Overdue).
//
// A hidden resource (disabled, archived) is not judged: nothing in it is gone.
func (s Standing) Judge(v View, life map[string]Life, now time.Time) Judgment {
	var j Judgment
	if !v.Resource.Visible() {
		return j
	}
	j.StayOut = s.stayOut()
	in := v.Set()
	by := map[string][]Grant{}
	var accounts []string
	for _, g := range s.Grants {
		if !g.Gives(now) && !g.Takes() {
			continue
		}
		if by[g.Account] == nil {
			accounts = append(accounts, g.Account)
		}
		by[g.Account] = append(by[g.Account], g)
	}
	slices.Sort(accounts)
	for _, a := range accounts {
		c := claim{
			account: a, grants: by[a], hold: s.Holds[a], in: in[a], left: s.comesBack(a),
			settled: s.Writing == nil, life: life[a], now: now, date: v.Date,
		}
		c.judge(&j)
	}
	return j
}

// claim is everything known of one account on the resource.
type claim struct {
	account string
	grants  []Grant
	hold    Hold
	in      bool
	left    bool // it stands without Ebb, and is out of the list while the account is deactivated
	settled bool
	life    Life
	now     time.Time
	date    int64 // the user group's, as read

	wanted  bool // some grant gives
	changed bool // the hold has to be stored
}

func (c *claim) judge(j *Judgment) {
	c.takeOver()
	c.wanted = slices.ContainsFunc(c.grants, func(g Grant) bool { return g.Gives(c.now) })
	if c.wanted && !c.hold.Open() {
		if !c.settled {
			return // an old write may still land; a baseline read now could lie for ever
		}
		g := c.grants[0]
		c.hold = Hold{
			Connector: g.Connector, Resource: g.Resource, Slug: g.Slug, Account: c.account,
			Stood: c.in || c.left, Since: c.now, Rev: c.hold.Rev,
		}
		c.changed = true
	}
	done := 0
	for _, g := range c.grants {
		t, note := c.turn(g, j)
		if t == "" {
			continue
		}
		j.Verdicts = append(j.Verdicts, Verdict{Grant: g, Turn: t, Note: note})
		if t != Give {
			done++
		}
	}
	if slices.Contains(j.Add, c.account) && !c.hold.Sent {
		c.hold.Sent, c.changed = true, true
	}
	if c.changed {
		j.Baselines = append(j.Baselines, c.hold)
	}
	if done == len(c.grants) && c.hold.Open() && c.settled {
		h := c.hold
		h.GoneAt, h.GoneDate = c.now, c.date
		j.Closed = append(j.Closed, h)
	}
}

func (c *claim) turn(g Grant, j *Judgment) (Turn, string) {
	if g.Takes() {
		return c.take(g, j)
	}
	return c.give(g, j)
}

// give judges a grant that wants its account held.
func (c *claim) give(g Grant, j *Judgment) (Turn, string) {
	fresh := g.State != Active
	switch {
	case g.Parent != "":
		// Slack gives a default channel by itself, some time after the group.
		if fresh {
			if !c.hold.Stood && !c.hold.Sent {
				c.hold.Sent, c.changed = true, true
			}
			return Give, ""
		}
	case c.in && fresh && c.settled:
		return Give, ""
	case !c.in && fresh && !g.Added:
		if c.hold.Stood && c.settled && !c.left {
			// What stood before us was taken by somebody: what we give now is ours.
			if !c.alive(g, j) {
				return "", ""
			}
			c.hold.Stood, c.changed = false, true
		}
		j.add(c.account)
	case !c.in && fresh && c.settled:
		return Fail, OutcomeNotTaken
	case !c.in && !fresh && c.settled && !c.left && c.alive(g, j):
		return Vanish, OutcomeOutside
	}
	return "", ""
}

// take judges a grant that is to be taken back.
func (c *claim) take(g Grant, j *Judgment) (Turn, string) {
	switch {
	case c.notYet(g):
		return "", ""
	case c.hold.Since.IsZero() && g.Origin == "":
		return Keep, OutcomeNeverGiven
	case !c.in:
		if c.settled && c.alive(g, j) {
			return Gone, OutcomeGone
		}
	case c.wanted:
		return Keep, OutcomeCovered
	case !c.hold.Open():
		return Keep, OutcomeGivenAgain
	case c.hold.Stood || !c.hold.Sent:
		return Keep, OutcomeStood
	default:
		j.remove(c.account)
	}
	return "", ""
}

// alive reports whether absence means anything: the account is live. It asks
// for the answer where nobody has yet.
func (c *claim) alive(g Grant, j *Judgment) bool {
	switch c.life {
	case Living:
		return true
	case Dead:
		j.Dormant = append(j.Dormant, g)
	default:
		if !slices.Contains(j.Ask, c.account) {
			j.Ask = append(j.Ask, c.account)
		}
	}
	return false
}

func (j *Judgment) add(a string) {
	if !slices.Contains(j.Add, a) {
		j.Add = append(j.Add, a)
	}
}

func (j *Judgment) remove(a string) {
	if !slices.Contains(j.Remove, a) {
		j.Remove = append(j.Remove, a)
	}
}

// Only keeps the additions that are ready, with their holds; the others wait.
func (j Judgment) Only(ready []string) Judgment {
	waits := func(a string) bool { return slices.Contains(j.Add, a) && !slices.Contains(ready, a) }
	out := j
	out.Baselines = slices.DeleteFunc(slices.Clone(j.Baselines), func(h Hold) bool { return waits(h.Account) })
	out.Add = slices.DeleteFunc(slices.Clone(j.Add), waits)
	return out
}

// Overdue turns the grants whose end has come to revoking, and gives those that
// it turned. A removal that is stuck is tried again as it stands.
func (s *Standing) Overdue(now time.Time) []Grant {
	var out []Grant
	for i, g := range s.Grants {
		if g.Takes() || g.State == Scheduled || now.Before(g.End) {
			continue
		}
		next, err := g.Turn(End, now, "")
		if err != nil {
			continue
		}
		s.Grants[i] = next
		out = append(out, next)
	}
	return out
}
