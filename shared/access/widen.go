package access

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Widens says in words what a policy would give a person, in all their
// accounts, that the one before it does not: something to ask for, to decide or
// to skip, or an own request that needs less. Nothing: it gives them no more.
//
// It compares rules and not what they come to, because resources, groups and
// owners change after a policy was published. So it errs to one side: what it is
// not sure of counts as more. Rules are tried from top to bottom and the first
// that speaks decides; therefore, of the rules that concern the person,
//
//   - one that is new, or speaks of something else than the one of its name did,
//     gives more, unless it lets nobody have anything;
//   - one that is gone, or stands elsewhere, gives more where another rule that
//     allows something could now speak in its place;
//   - one that speaks of the same as before gives more where it is longer,
//     needs fewer people or others, or lacks a condition.
//
// Somebody without an account can neither ask nor decide: nothing concerns them.
func Widens(old, next Policy, persons ...Person) []string {
	var out []string
	for _, p := range persons {
		if p.Ended {
			continue
		}
		for _, s := range widens(old, next, p) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func widens(old, next Policy, p Person) []string {
	var out []string
	say := func(r Rule, why string) { out = append(out, fmt.Sprintf("rule %q %s", r.ID, why)) }
	was, is := concerning(old.Rules, p), concerning(next.Rules, p)
	before := inOrder(was, is)
	stands := map[int]bool{}
	for i, r := range is {
		j, known := before[i]
		switch {
		case known:
			stands[j] = true
			for _, why := range r.looser(was[j], p) {
				say(r, why)
			}
		case r.gives():
			say(r, "is new, speaks of something else than before, or stands elsewhere")
		}
	}
	for j, gone := range was {
		if stands[j] {
			continue
		}
		for i, r := range is {
			above, known := before[i]
			if r.gives() && r.Slug == gone.Slug && r.Resources.Kind == gone.Resources.Kind && (!known || above > j) {
				say(r, fmt.Sprintf("could speak where rule %q did", gone.ID))
				break
			}
		}
	}
	return out
}

// concerning keeps the rules by which the person could ask or decide.
func concerning(rules []Rule, p Person) []Rule {
	var out []Rule
	for _, r := range rules {
		if r.Requesters.mayName(p) || r.mayAsk(p) {
			out = append(out, r)
		}
	}
	return out
}

// mayAsk reports whether the rule could come to ask the person for a decision.
func (r Rule) mayAsk(p Person) bool {
	who := r.Anybody().Approvers.And(r.Emergency.Confirm)
	who.Anyone = false // never approves
	return who.mayName(p)
}

// mayName reports whether the person could be meant, for some resource. Who owns
// what is not asked: that changes.
func (w Who) mayName(p Person) bool {
	a := p.Account
	if w.Anyone && a.Kind == directory.Human || slices.Contains(w.Accounts, a.ID) || w.ResourceOwners || w.AppOwners {
		return true
	}
	if w.WorkspaceAdmins {
		for _, role := range a.Roles {
			if role != directory.Member {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.Groups, w.Has)
}

// gives reports whether the rule could allow anything.
func (r Rule) gives() bool { return r.Max > 0 || r.Emergency.Max > 0 }

// inOrder says which rule of before each rule is: of the same name, speaking of
// the same, and in the same order.
func inOrder(before, rules []Rule) map[int]int {
	out := map[int]int{}
	last := -1
	for i, r := range rules {
		j := slices.IndexFunc(before, func(o Rule) bool { return o.ID == r.ID && r.speaksLike(o) })
		if j > last {
			out[i], last = j, j
		}
	}
	return out
}

// speaksLike reports whether two rules speak of the same requests.
func (r Rule) speaksLike(o Rule) bool {
	return r.Slug == o.Slug && r.When == o.When && same(r.Resources, o.Resources) && same(r.Requesters, o.Requesters)
}

func same[T any](a, b T) bool { return reflect.DeepEqual(a, b) }

// looser says in words where the rule lets the person have more than one did
// that speaks of the same.
func (r Rule) looser(o Rule, p Person) []string {
	var out []string
	add := func(yes bool, why string) {
		if yes {
			out = append(out, why)
		}
	}
	add(r.Max > o.Max, "allows "+Span(r.Max)+" instead of "+Span(o.Max))
	add(r.mayAsk(p) && !o.mayAsk(p), "lets you decide")
	switch {
	case r.Auto:
		add(!o.Auto, "needs nobody's approval any more")
	case !o.Auto:
		add(!noLooser(r.Way(), o.Way()), "asks other people, or fewer")
	}
	add(!r.Others.None() && !same(r.Others, o.Others), "lets others be asked for")
	add(r.Advisory && !o.Advisory, "admits public channels")
	add(r.Unproven && !o.Unproven, "accepts that removal is not proven")
	add(r.Empty != (Empty{}) && r.Empty != o.Empty, "lets a group lose its last member otherwise")
	add(r.Emergency.looser(o.Emergency), "lets approvers be skipped more easily")
	add(r.Solo.Wait > 0 && (o.Solo.Wait == 0 || r.Solo.Wait < o.Solo.Wait || !same(r.Solo.Veto, o.Solo.Veto)), "approves itself more easily")
	add(r.Risk.rank() < o.Risk.rank(), "is called less of a risk")
	return out
}

func (e Emergency) looser(o Emergency) bool {
	if e.Max <= 0 {
		return false
	}
	return e.Max > o.Max || !same(e.Requesters, o.Requesters) || !same(e.Confirm, o.Confirm) || e.Confirmation(zero).Due.After(o.Confirmation(zero).Due)
}

var zero time.Time

// noLooser reports whether each approval of before is still asked for, of the
// same people and no fewer; more may follow.
func noLooser(way, before []Approval) bool {
	if len(way) < len(before) {
		return false
	}
	for i, o := range before {
		s := way[i]
		kept := func(now, was Who) bool { return now.None() || same(now, was) }
		if !same(s.Approvers, o.Approvers) || s.Needs() < o.Needs() || !kept(s.Fallback, o.Fallback) {
			return false
		}
		late := s.Then.Escalate.None() && s.Then.Reassign.None() || s.After >= o.After
		if !kept(s.Then.Escalate, o.Then.Escalate) || !kept(s.Then.Reassign, o.Then.Reassign) || !late {
			return false
		}
	}
	return true
}

// rank orders what policy says of the risk: low is what is decided most easily.
func (r Risk) rank() int {
	return slices.Index([]Risk{Low, "", Medium, High}, r)
}
