package directory

import (
	"testing"
	"time"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func times(at ...time.Time) (out []Login) {
	for _, t := range at {
		out = append(out, Login{"U1", t})
	}
	return out
}

func ago(days int) time.Time { return today.AddDate(0, 0, -days) }

func TestInactiveSince(t *testing.T) {
	cut := Day(ago(90))
	read := ActivitySource{Shown: true, From: ago(200), Read: today}
	short := ActivitySource{Shown: true, From: ago(30), Read: today}
	for name, c := range map[string]struct {
		s              ActivitySource
		last           time.Time
		known          bool
		inactive, sure bool
	}{
		"active yesterday":                     {read, Day(ago(1)), true, false, true},
		"active on the day of the cut":         {read, cut, true, false, true},
		"the week in which it is not known":    {read, Day(ago(91)), true, false, false},
		"a day less than that week":            {read, Day(ago(96)), true, false, false},
		"active long ago":                      {read, Day(ago(97)), true, true, true},
		"never seen, and read for long":        {read, time.Time{}, false, true, true},
		"never seen, and read for 30 days":     {short, time.Time{}, false, false, false},
		"seen long ago, with a gap since":      {short, Day(ago(150)), true, false, false},
		"seen after the gap":                   {short, Day(ago(2)), true, false, true},
		"nothing is shown":                     {read.Refuse("no scope"), Day(ago(200)), true, false, false},
		"the zero source":                      {ActivitySource{}, time.Time{}, false, false, false},
		"a source that was last read long ago": {read.At(today.Add(ActivityStale + time.Hour)), Day(ago(200)), true, false, false},
		"a bot":                                {read.For(Bot), time.Time{}, false, false, false},
		"somebody of another organization":     {read.For(External), time.Time{}, false, false, false},
		"a guest":                              {read.For(SingleChannelGuest), Day(ago(120)), true, true, true},
	} {
		if inactive, sure := c.s.InactiveSince(c.last, c.known, cut); inactive != c.inactive || sure != c.sure {
			t.Errorf("%s: inactive %v, sure %v", name, inactive, sure)
		}
	}
}

func TestOutdated(t *testing.T) {
	for name, c := range map[string]struct {
		was, seen time.Time
		want      bool
	}{
		"nothing known":  {time.Time{}, today, true},
		"the same day":   {Day(today), today, false},
		"six days later": {Day(ago(6)), today, false},
		"a week later":   {Day(ago(7)), today, true},
		"an older day":   {Day(today), ago(30), false},
	} {
		if got := (Activity{Last: c.was}).Outdated(c.seen); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestReadOfTheLogs(t *testing.T) {
	first := ActivitySource{}.Begin(today).Took(times(ago(0), ago(10))).Took(times(ago(10), ago(60)))
	if first.Enough() {
		t.Error("a first read goes on to the end")
	}
	whole := first.Finish(true)
	if !whole.Shown || !whole.From.Equal(ago(60)) || !whole.Read.Equal(today) || whole.Reading != (ActivityReading{}) {
		t.Errorf("read to the end: %+v", whole)
	}
	next := today.AddDate(0, 0, 1)
	again := whole.Begin(next)
	if again = again.Took(times(next, today.Add(time.Hour))); again.Enough() {
		t.Error("what is newer than the last read is not all of it")
	}
	if again = again.Took(times(today.Add(-2 * time.Hour))); !again.Enough() {
		t.Error("the last read was reached")
	}
	if again = again.Finish(true); !again.From.Equal(ago(60)) || !again.Read.Equal(next) {
		t.Errorf("the span grows: %+v", again)
	}
	cut := whole.Begin(next).Took(times(next, today.Add(2*time.Hour))).Finish(false)
	if !cut.From.Equal(today.Add(2 * time.Hour)) {
		t.Errorf("a gap ends the span: %+v", cut)
	}
	if far := (ActivitySource{}).Begin(today).Took(times(ago(1), ago(401))); !far.Enough() {
		t.Error("a first read ends somewhere")
	}
	if few := whole.Begin(next).Took(times(next)).Finish(true); !few.From.Equal(ago(60)) {
		t.Errorf("the only person came again: %+v", few)
	}
	if late := whole.Begin(today.AddDate(1, 0, 0)).Took(times(today.AddDate(0, 6, 0))).Finish(true); !late.From.Equal(today.AddDate(0, 6, 0)) {
		t.Errorf("half a year is missing: %+v", late)
	}
	loose := whole.Begin(next).Took(times(ago(90), next))
	if loose.Enough() {
		t.Error("the order of the logs is not what the stop relies on")
	}
	if end := loose.Finish(true); !end.Shown || !end.From.Equal(ago(90)) {
		t.Errorf("whole, in any order: %+v", end)
	}
	if end := loose.Finish(false); end.Shown || end.Why == "" {
		t.Errorf("cut off, in any order: %+v", end)
	}
	if none := (ActivitySource{}).Begin(today).Took(nil).Finish(true); !none.Shown || !none.From.Equal(today) {
		t.Errorf("empty logs cover nothing but from now on: %+v", none)
	}
}
