package policyfile

import (
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // to compare with

	"github.com/ebb-access/ebb/shared/access"
)

func organized(organization string) string {
	return strings.Replace(approving(" {groups: [S1]}"), "rules:", "organization: "+organization+"\nrules:", 1)
}

func TestHoursAreRead(t *testing.T) {
	week := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	berlin := access.Hours{Zone: "Europe/Berlin", Offsets: "CET-1CEST,M3.5.0,M10.5.0/3"}
	with := func(from, to time.Duration, days ...time.Weekday) access.Hours {
		h := berlin
		h.From, h.To, h.Days = from, to, days
		return h
	}
	for text, want := range map[string]access.Hours{
		"{zone: Europe/Berlin}":                                               berlin,
		`{zone: Europe/Berlin, hours: "09:00-17:30"}`:                         with(9*time.Hour, 17*time.Hour+30*time.Minute, week...),
		`{zone: Europe/Berlin, hours: "9:00 - 24:00", days: [mon..wed, fri]}`: with(9*time.Hour, 24*time.Hour, 1, 2, 3, 5),
		`{zone: Europe/Berlin, hours: "08:00-16:00", days: [sat..mon]}`:       with(8*time.Hour, 16*time.Hour, 6, 0, 1),
	} {
		if got := parse(t, organized(text)).Hours; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestWrongHoursSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		`{hours: "09:00-17:00"}`:                            "line 2: organization.zone: is missing",
		"{zone: berlin}":                                    "line 2: organization.zone: \"berlin\" is no time zone that is known here; write one such as Europe/Berlin; did you mean Europe/Berlin?",
		`{zone: UTC, hours: "9-17"}`:                        "organization.hours: has to be two times of the clock",
		`{zone: UTC, hours: "17:00-09:00"}`:                 "organization.hours: \"17:00-09:00\" is less than an hour",
		`{zone: UTC, days: [mon]}`:                          "organization.days: says nothing without hours",
		`{zone: UTC, hours: "09:00-17:00", days: [monday]}`: "organization.days[0]: \"monday\" is no day",
		`{zone: UTC, hours: "09:00-17:00", days: []}`:       "organization.days: is empty",
		`{zone: UTC, ours: "09:00-17:00"}`:                  "organization.ours: is no field here; did you mean hours?",
	} {
		_, err := Parse([]byte(organized(text)))
		if err == nil || !strings.Contains(problems(err).Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// Every zone's rule says what Go's own database says of it, for the next years.
// Morocco's clock goes back for Ramadan, by the moon: no rule can say that.
func TestZonesAgreeWithTheDatabase(t *testing.T) {
	n := 0
	for name, offsets := range zones() {
		if name == "Africa/Casablanca" || name == "Africa/El_Aaiun" {
			continue
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n++
		for at := time.Date(2027, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2029; at = at.Add(12 * time.Hour) {
			_, want := at.In(loc).Zone()
			if _, got := at.In(access.Location(name, offsets)).Zone(); got != want {
				t.Errorf("%s at %s: %d, want %d", name, at, got, want)
				break
			}
		}
	}
	if n < 400 {
		t.Errorf("only %d zones", n)
	}
}
