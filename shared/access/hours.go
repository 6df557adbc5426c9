package access

import (
	"encoding/binary"
	"slices"
	"time"
)

// Hours is when an organization works. Where it is set, reminders and the time
// that a step may take count working time only. The zero Hours is around the
// clock, in UTC.
type Hours struct {
	Zone string // "Europe/Berlin", for people; "": UTC
	// Offsets are the zone's rules as POSIX writes them in TZ
	// ("CET-1CEST,M3.5.0,M10.5.0/3"), so that nothing has to know zones by name
	// where it runs.
	Offsets  string
	From, To time.Duration // of the wall clock since midnight; both 0: all day
	Days     []time.Weekday
}

// Always reports whether no time is off.
func (h Hours) Always() bool { return h.To <= h.From || len(h.Days) == 0 }

// farthest keeps hours that hardly ever come from being looked for without end.
const farthest = 2 * 366 // days

// After is when d of working time has passed since a time.
func (h Hours) After(from time.Time, d time.Duration) time.Time {
	if h.Always() || d <= 0 {
		return from.Add(d)
	}
	local := from.In(Location(h.Zone, h.Offsets))
	for day := range farthest {
		begin, end := h.on(local, day)
		if begin.Before(from) {
			begin = from
		}
		if left := end.Sub(begin); left >= d {
			return begin.Add(d).In(from.Location())
		} else if left > 0 {
			d -= left
		}
	}
	return from.Add(d)
}

// on gives the working time some days after a local time; nothing on a day off.
// A wall clock that a change of the clocks skips is an hour later, and the day
// is shorter or longer by what was skipped or repeated within it.
func (h Hours) on(local time.Time, days int) (begin, end time.Time) {
	y, m, d := local.Date()
	wall := func(since time.Duration) time.Time {
		return time.Date(y, m, d+days, int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, local.Location())
	}
	begin, end = wall(h.From), wall(h.To)
	if !slices.Contains(h.Days, wall(12*time.Hour).Weekday()) {
		return begin, begin
	}
	return begin, end
}

// Location is a time zone by its rules, which need no database of zones; what
// is no rule is UTC.
func Location(name, offsets string) *time.Location {
	if offsets == "" {
		return time.UTC
	}
	loc, err := time.LoadLocationFromTZData(name, zoneFile(offsets))
	if err != nil {
		return time.UTC
	}
	return loc
}

// zoneFile is a zone's file (RFC 9636, version 2) without any transition: what
// holds is in the rule at its end.
func zoneFile(offsets string) []byte {
	block := func() []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // one type of time, four letters of names
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return append(append(b, make([]byte, 6)...), "UTC\x00"...)
	}
	return append(append(block(), block()...), "\n"+offsets+"\n"...)
}
