package access

import (
	"testing"
	"time"
)

func TestDigest(t *testing.T) {
	const form = "2006-01-02 15:04"
	for _, x := range []struct {
		name      string
		hours     Hours
		waiting   int
		last, now string // UTC, an hour behind the office
		day, next string
	}{
		{"nothing waits", office, 0, "", "2026-11-25 10:00", "", ""},
		{"the first, at work", office, 6, "", "2026-11-25 10:00", "2026-11-25", "2026-11-26 08:00"},
		{"before work", office, 6, "", "2026-11-25 06:00", "", "2026-11-25 08:00"},
		{"as work begins", office, 6, "2026-11-24 12:00", "2026-11-25 08:00", "2026-11-25", "2026-11-26 08:00"},
		{"one a day", office, 6, "2026-11-25 08:00", "2026-11-25 12:00", "", "2026-11-26 08:00"},
		{"one a day, after work", office, 6, "2026-11-25 08:00", "2026-11-25 20:00", "", "2026-11-26 08:00"},
		{"over a weekend", office, 6, "2026-11-26 08:00", "2026-11-27 08:00", "2026-11-27", "2026-11-30 08:00"},
		{"on a day off", office, 6, "2026-11-27 08:00", "2026-11-28 12:00", "", "2026-11-30 08:00"},
		{"few are listed once, and reminded of again", office, 5, "2026-11-24 08:00", "2026-11-25 08:00", "2026-11-25", ""},
		{"few, and they had it", office, 5, "2026-11-25 08:00", "2026-11-25 12:00", "", ""},
		{"around the clock", Hours{}, 6, "", "2026-11-28 23:30", "2026-11-28", "2026-11-29 23:30"},
		{"around the clock, a day later", Hours{}, 6, "2026-11-28 23:30", "2026-11-29 23:30", "2026-11-29", "2026-11-30 23:30"},
		{"around the clock, one a day", Hours{}, 6, "2026-11-28 10:00", "2026-11-28 23:30", "", "2026-11-29 10:00"},
		{"around the clock, after midnight", Hours{}, 6, "2026-11-28 23:30", "2026-11-29 00:10", "2026-11-29", "2026-11-30 00:10"},
		{"over the change of the clocks", office, 6, "", "2026-10-23 10:00", "2026-10-23", "2026-10-26 08:00"},
	} {
		at := func(s string) time.Time {
			if s == "" {
				return time.Time{}
			}
			out, err := time.Parse(form, s)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		day, next := x.hours.Digest(x.waiting, at(x.last), at(x.now))
		if day != x.day || !next.Equal(at(x.next)) {
			t.Errorf("%s: %q, next %s; want %q, %s", x.name, day, next.UTC().Format(form), x.day, x.next)
		}
	}
}
