package review

import (
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Every is how often a template drafts a campaign.
type Every string

// The periods.
const (
	Monthly   Every = "monthly"
	Quarterly Every = "quarterly"
	Yearly    Every = "yearly"
)

// Template drafts the same campaign again and again. Auto stages and starts it,
// too, as soon as its connector is fresh.
type Template struct {
	ID string
	Spec
	Every Every
	// First is the time of the first campaign; the others come on its day of the
	// month, or the month's last where it has fewer.
	First   time.Time
	Auto    bool
	Due     time.Time // of the next campaign
	Next    time.Time // when somebody has to look: Due, or sooner while one is begun; zero: stopped
	Last    string    // the campaign that it drafted last
	Drafted int       // how many
	By      string    // user id
	Created time.Time
	Stopped bool
	Rev     int64
}

// Validate says what is wrong with a template.
func (t Template) Validate() error {
	if t.Every.months() == 0 {
		return fault.At("review.Validate", "every", "a template drafts monthly, quarterly or yearly, not %q", string(t.Every))
	}
	if t.First.IsZero() {
		return fault.At("review.Validate", "first", "say when the first campaign is drafted")
	}
	return t.Spec.Validate()
}

func (e Every) months() int {
	switch e {
	case Monthly:
		return 1
	case Quarterly:
		return 3
	case Yearly:
		return 12
	}
	return 0
}

// After is the first of the template's times after now: First, and then First with
// the period's months added, each from First, so that no day is lost on the way.
func (t Template) After(now time.Time) time.Time {
	if t.First.After(now) {
		return t.First
	}
	step := t.Every.months()
	if step == 0 {
		return time.Time{}
	}
	months := (now.Year()-t.First.Year())*12 + int(now.Month()) - int(t.First.Month())
	for n := max(months/step-1, 0); ; n++ {
		if at := addMonths(t.First, n*step); at.After(now) {
			return at
		}
	}
}

// addMonths keeps the day, or takes the month's last where it has fewer.
func addMonths(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, t.Location()).Day()
	return time.Date(y, m+time.Month(n), min(d, last), t.Hour(), t.Minute(), t.Second(), 0, t.Location())
}
