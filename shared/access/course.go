package access

import (
	"cmp"
	"fmt"
	"time"
)

// waitUsually is how long a request waits where its rule says nothing.
const waitUsually = 72 * time.Hour

// Waits is how long a request of the rule waits for a decision.
func (r Rule) Waits() time.Duration { return cmp.Or(r.Wait, waitUsually) }

// Course says, in words, what the rule does while nobody decides what it asks people
// about: who decides where they cannot or take too long, when they are reminded, and
// how it ends. Each is a sentence without its first capital letter and its end; none
// where nobody is asked. In which channel they are asked it does not say: not everybody
// may know of that.
func (r Rule) Course(h Hours) []string {
	if r.ID == "" || r.Auto || r.Max <= 0 {
		return nil
	}
	var out []string
	way := r.Way()
	hours := ""
	if !h.Always() {
		hours = " of working time"
	}
	for i, s := range way {
		step := ""
		if len(way) > 1 {
			step = fmt.Sprintf("step %d: ", i+1)
		}
		say := func(format string, args ...any) { out = append(out, step+fmt.Sprintf(format, args...)) }
		if !s.Fallback.None() {
			say("where none of them could decide, %s can", s.Fallback.Words())
		}
		if s.After <= 0 {
			continue
		}
		after := Span(s.After) + hours
		switch {
		case s.Then.Cancel:
			say("what waits longer than %s is canceled", after)
		case !s.Then.Reassign.None():
			say("after %s %s can decide instead", after, s.Then.Reassign.Words())
		case !s.Then.Escalate.None():
			say("after %s %s can decide too", after, s.Then.Escalate.Words())
		}
	}
	if len(way) > 1 || way[0].Needs() > 1 {
		out = append(out, "nobody says yes twice, at another step or with another account")
	}
	out = append(out, fmt.Sprintf("whoever it waits for is reminded after %s%s, then less and less often, at least once in %s", Span(FirstReminder), hours, Span(lastReminder)+hours))
	out = append(out, fmt.Sprintf("what nobody has decided after %s expires", Span(r.Waits())))
	if r.Emergency.Max > 0 {
		out = append(out, fmt.Sprintf("an emergency that nobody confirmed within %s is a finding", Span(cmp.Or(r.Emergency.Within, confirmWithin))))
	}
	return out
}
