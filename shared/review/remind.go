package review

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// Reminder is one that a reviewer with open lines should have had. N tells one from
// another: "week-1", "3d", "1d", "day", "late-2".
type Reminder struct {
	N  string
	At time.Time
}

// Remind is the last reminder of a running campaign whose time has come (the zero
// Reminder: none yet; an earlier one that nobody sent was overtaken) and when the
// next one comes. There is one weekly from the start, one 3 days and one 1 day
// before the deadline, one on its day, and one daily after it. work moves a time to
// the organization's working hours, in its zone; nil: around the clock. What was moved
// to a day that has a later one of its own gives way to it: after a weekend there is one.
func (c Campaign) Remind(now time.Time, work func(time.Time) time.Time) (last Reminder, next time.Time) {
	if c.State != Running {
		return Reminder{}, time.Time{}
	}
	all := c.reminders(now)
	if work != nil {
		all = atWork(all, work)
	}
	for _, r := range all {
		if r.At.After(now) {
			return last, r.At
		}
		last = r
	}
	return last, time.Time{}
}

// atWork moves reminders to working hours, and leaves out those that give way.
func atWork(all []Reminder, work func(time.Time) time.Time) []Reminder {
	var out []Reminder
	moved := false // the last of out
	for _, r := range all {
		at := work(r.At)
		if n := len(out); moved && sameDay(out[n-1].At, at) {
			out = out[:n-1]
		}
		moved = at.Sub(r.At) > time.Minute
		out = append(out, Reminder{r.N, at})
	}
	return out
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	by, bm, bd := b.Date()
	return y == by && m == bm && d == bd
}

// reminders are all up to one day after now, in their order.
func (c Campaign) reminders(now time.Time) []Reminder {
	var out []Reminder
	for n := 1; ; n++ {
		at := c.Started.Add(time.Duration(n) * 7 * day)
		if !at.Before(c.Deadline.Add(-3 * day)) {
			break
		}
		out = append(out, Reminder{fmt.Sprintf("week-%d", n), at})
	}
	for _, x := range []struct {
		n      string
		before time.Duration
	}{{"3d", 3 * day}, {"1d", day}, {"day", 8 * time.Hour}} {
		if at := c.Deadline.Add(-x.before); at.After(c.Started) {
			out = append(out, Reminder{x.n, at})
		}
	}
	for n := 1; ; n++ {
		at := c.Deadline.Add(time.Duration(n) * day)
		out = append(out, Reminder{fmt.Sprintf("late-%d", n), at})
		if at.After(now.Add(4 * day)) { // working hours may move one by a long weekend
			return out
		}
	}
}
