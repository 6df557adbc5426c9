package access

import (
	"testing"
	"time"
	_ "time/tzdata" // to compare with
)

var office = Hours{
	Zone: "Europe/Berlin", Offsets: "CET-1CEST,M3.5.0,M10.5.0/3", From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute,
	Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
}

func TestWorkingTime(t *testing.T) {
	night := office // over both changes of the clocks, which happen on Sundays
	night.From, night.To, night.Days = 0, 6*time.Hour, []time.Weekday{time.Sunday}
	for _, x := range []struct {
		name, from string // in Berlin
		hours      Hours
		d          time.Duration
		want       string
	}{
		{"within a day", "2026-11-25 10:00", office, 4 * time.Hour, "2026-11-25 14:00"},
		{"to the very end", "2026-11-25 13:30", office, 4 * time.Hour, "2026-11-25 17:30"},
		{"over a night", "2026-11-25 16:00", office, 4 * time.Hour, "2026-11-26 11:30"},
		{"over a weekend", "2026-11-27 16:00", office, 4 * time.Hour, "2026-11-30 11:30"},
		{"from before work", "2026-11-25 03:00", office, time.Hour, "2026-11-25 10:00"},
		{"from after work", "2026-11-27 23:00", office, time.Hour, "2026-11-30 10:00"},
		{"several days", "2026-11-25 09:00", office, 24 * time.Hour, "2026-11-27 16:00"},
		{"over the weekend of the change in spring", "2026-03-27 16:30", office, 2 * time.Hour, "2026-03-30 10:00"},
		{"over the weekend of the change in autumn", "2026-10-23 16:30", office, 2 * time.Hour, "2026-10-26 10:00"},
		{"a night that is an hour short", "2026-03-29 00:00", night, 5 * time.Hour, "2026-03-29 06:00"},
		{"a night that is an hour long", "2026-10-25 00:00", night, 7 * time.Hour, "2026-10-25 06:00"},
		{"around the clock", "2026-03-29 00:00", Hours{}, 4 * time.Hour, "2026-03-29 05:00"},
		{"nothing", "2026-11-28 12:00", office, 0, "2026-11-28 12:00"},
	} {
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		from, _ := time.ParseInLocation("2006-01-02 15:04", x.from, berlin)
		if got := x.hours.After(from.UTC(), x.d).In(berlin).Format("2006-01-02 15:04"); got != x.want {
			t.Errorf("%s: %s after %s is %s, want %s", x.name, x.d, x.from, got, x.want)
		}
	}
}

func TestHoursThatHardlyEverComeEnd(t *testing.T) {
	h := Hours{From: 9 * time.Hour, To: 10 * time.Hour, Days: []time.Weekday{time.Monday}}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := h.After(from, 30*24*time.Hour); !got.After(from) {
		t.Errorf("%s", got)
	}
}

func TestWhatIsNoRuleOfOffsetsIsUTC(t *testing.T) {
	if _, off := time.Date(2026, 7, 1, 0, 0, 0, 0, Location("X", "what")).Zone(); off != 0 {
		t.Errorf("offset %d", off)
	}
}

// A step's time and its reminders keep to the hours.
func TestAnItemWaitsInWorkingHours(t *testing.T) {
	friday := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC) // 16:00 in Berlin
	r := Rule{ID: "a", Steps: []Approval{{After: 4 * time.Hour}}}
	it := Item{State: Pending}.Enter(r, 0, friday, office)
	monday := time.Date(2026, 11, 30, 10, 30, 0, 0, time.UTC)
	if !it.Deadline.Equal(monday) || !it.Remind.Equal(monday) {
		t.Errorf("due %s, reminded %s", it.Deadline, it.Remind)
	}
	if it = it.Reminded(monday, office); !it.Remind.Equal(time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("reminded again %s", it.Remind)
	}
}
