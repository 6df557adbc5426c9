package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Approval is one approval on the way to access. Steps come one after another, and
// nobody decides at two of them.
type Approval struct {
	Approvers Who
	// Fallback decides beside the approvers where none of them could.
	Fallback Who
	Need     int // how many people have to say yes; 0 is 1
	// After is how long the step may take; then Then happens. 0: until the
	// request expires.
	After time.Duration
	Then  Late
	// Tell is the rule's Tell for this step alone; "": the rule's.
	Tell string
}

// Late says what happens to a step that took too long: others decide beside its
// approvers (Escalate) or instead of them (Reassign), or the item is canceled.
// The zero Late changes nothing.
type Late struct {
	Escalate Who
	Reassign Who
	Cancel   bool
}

// Stage is where a waiting item stands, and so who may decide it.
type Stage struct {
	Step int // 0 is the first
	// Fallen: none of the step's approvers could decide, and its fallback does too.
	Fallen bool
	// Overdue: the step took longer than its After.
	Overdue bool
	// Reassigned: nobody whom the rule names was left to decide, and the owners
	// of the resource and of the application do.
	Reassigned bool
	// Handed is the account to whom somebody gave the step by hand: of all whom
	// the rule may come to ask, it alone decides, until the step is overdue or
	// nobody is left.
	Handed string
}

// Vote is somebody's yes at a stage of an item.
type Vote struct {
	Stage   Stage
	Account string
	User    string
	// For is the account in whose place they said it, as its delegate; "": their
	// own right.
	For     string
	ForUser string
	At      time.Time
}

// Way is the rule's steps; a rule without a list has one.
func (r Rule) Way() []Approval {
	if len(r.Steps) > 0 {
		return r.Steps
	}
	return []Approval{{Approvers: r.Approvers}}
}

// StepAt is the step at which a stage is. A way that became shorter has its
// last step still to do.
func (r Rule) StepAt(s Stage) Approval {
	way := r.Way()
	return way[max(0, min(s.Step, len(way)-1))]
}

// At is the rule with those who decide at a stage. A rule that nobody knows any
// more lets nobody decide, and one without approvals needs none.
func (r Rule) At(s Stage) Rule {
	if r.ID == "" || r.Auto {
		return r
	}
	step := r.StepAt(s)
	who := step.Approvers
	if s.Handed != "" && !s.Overdue && !s.Reassigned {
		r.Approvers = r.Circle()
		r.Approvers.Only = s.Handed
		return r
	}
	if s.Fallen {
		who = who.And(step.Fallback)
	}
	switch {
	case s.Overdue && !step.Then.Reassign.None():
		who = step.Then.Reassign
	case s.Overdue:
		who = who.And(step.Then.Escalate)
	}
	if s.Reassigned {
		who = who.And(Who{ResourceOwners: true, AppOwners: true})
	}
	r.Approvers = who
	return r
}

// Circle is everybody to whom something of the rule may be handed by hand: all
// whom it may come to ask, and the owners of the resource and the application.
func (r Rule) Circle() Who {
	return r.Anybody().Approvers.And(Who{ResourceOwners: true, AppOwners: true})
}

// TellAt is the channel in which those who decide at a stage are asked; "": none,
// they are asked in person.
func (r Rule) TellAt(s Stage) string { return cmp.Or(r.StepAt(s).Tell, r.Tell) }

// Single reports whether one person's yes is all that the rule asks for.
func (r Rule) Single() bool { return len(r.Way()) == 1 && r.Way()[0].Needs() == 1 }

// Needs is how many people have to say yes, at least one.
func (s Approval) Needs() int { return max(1, s.Need) }

// Words names the step for a sentence.
func (s Approval) Words() string {
	if n := s.Needs(); n > 1 {
		return fmt.Sprintf("%d of %s", n, s.Approvers.Words())
	}
	return s.Approvers.Words()
}

// Asks names who has to say yes, step by step, for a sentence.
func (r Rule) Asks() string {
	var out []string
	for _, s := range r.Way() {
		out = append(out, s.Words())
	}
	return strings.Join(out, ", then ")
}

// wayWords names all who approve, in their order.
func (r Rule) wayWords() string {
	var out []string
	for _, s := range r.Way() {
		out = append(out, s.Words())
	}
	return strings.Join(out, ", then by ")
}

// And names those whom either names.
func (w Who) And(o Who) Who {
	return Who{
		Anyone:   w.Anyone || o.Anyone,
		Accounts: both(w.Accounts, o.Accounts), Groups: both(w.Groups, o.Groups),
		ResourceOwners: w.ResourceOwners || o.ResourceOwners, AppOwners: w.AppOwners || o.AppOwners,
		WorkspaceAdmins: w.WorkspaceAdmins || o.WorkspaceAdmins,
	}
}

func both(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Vote adds a yes at the item's stage. Once the step has all that it needs, the
// item is at the next one, from then on; done: that was the last.
func (it Item) Vote(r Rule, v Vote, h Hours) (next Item, done bool) {
	v.Stage = it.Stage
	it.Votes = append(slices.Clone(it.Votes), v)
	way := r.Way()
	step := max(0, min(it.Step, len(way)-1))
	yes := 0
	for _, v := range it.Votes {
		if v.Stage.Step == it.Step {
			yes++
		}
	}
	if yes < way[step].Needs() {
		return it, false
	}
	if step == len(way)-1 {
		return it, true
	}
	return it.Enter(r, step+1, v.At, h), false
}

// Reminders come at growing distances, so that they stay worth reading: the
// first after FirstReminder.
const (
	FirstReminder = 4 * time.Hour
	lastReminder  = 24 * time.Hour
)

// Enter puts the item at a step: its time runs from now, in working hours.
func (it Item) Enter(r Rule, step int, now time.Time, h Hours) Item {
	it.Stage = Stage{Step: step}
	it.Since, it.Deadline, it.Reminders = now, time.Time{}, 0
	if after := r.StepAt(it.Stage).After; after > 0 {
		it.Deadline = h.After(now, after)
	}
	it.Remind = h.After(now, FirstReminder)
	return it
}

// Reminded counts a reminder and says when the next one is due: 4, 8, 16 and
// then always 24 working hours after the one before.
func (it Item) Reminded(now time.Time, h Hours) Item {
	it.Reminders++
	it.Remind = h.After(now, min(lastReminder, FirstReminder<<min(it.Reminders, 4)))
	return it
}
