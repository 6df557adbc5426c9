package access

import "time"

// MostReminded is how many requests may wait for one person before a list of them,
// once a working day, takes the place of a reminder for each.
const MostReminded = 5

// Digest decides whether somebody for whom so many requests wait is to have the
// day's list now, given when they had the last (zero: never). day names it as its
// date where the organization is, and is "" where there is none now. next is when to
// look again; zero: when somebody is to be reminded.
func (h Hours) Digest(waiting int, last, now time.Time) (day string, next time.Time) {
	begins := h.next(now)
	had := !last.IsZero() && h.Date(last) == h.Date(now)
	switch {
	case waiting == 0:
		return "", time.Time{}
	case begins.After(now) && !had:
		return "", begins
	case !had:
		day, last = h.Date(now), now
	}
	if waiting <= MostReminded {
		return day, time.Time{}
	}
	if h.Always() {
		return day, last.Add(24 * time.Hour)
	}
	y, m, d := last.In(Location(h.Zone, h.Offsets)).Date()
	return day, h.next(time.Date(y, m, d+1, 0, 0, 0, 0, Location(h.Zone, h.Offsets)))
}

// Date is the day of a moment where the organization is.
func (h Hours) Date(t time.Time) string {
	return t.In(Location(h.Zone, h.Offsets)).Format(time.DateOnly)
}

// next is the first working moment from a time on.
func (h Hours) next(from time.Time) time.Time {
	return h.After(from, time.Nanosecond).Add(-time.Nanosecond)
}
