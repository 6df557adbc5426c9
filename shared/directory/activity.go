package directory

import "time"

// Activity is when an account last used Slack, to a day, as far as the logs that
// were read tell. It is kept apart from the account, which mostly stays as it is.
type Activity struct {
	Account string
	Last    time.Time // midnight UTC of that day
}

// Login is one entry of Slack's access logs: an account was active at a time.
type Login struct {
	Account string
	At      time.Time
}

// ActivityPrecision is how much later than Last an account may have been active:
// a day that is younger by less is not stored, so that 100,000 people who come
// daily are 100,000 rows a week and not a day.
const ActivityPrecision = 7 * 24 * time.Hour

// ActivityStale is how old a read may be and still count.
const ActivityStale = 3 * 24 * time.Hour

// ActivityOverlap is read again each time: entries may come into the logs late.
const ActivityOverlap = time.Hour

// ActivityReach is how far a first read goes back; nobody can ask for more.
const ActivityReach = 400 * 24 * time.Hour

// Day is the day of a time, as Activity has it.
func Day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Outdated reports whether a day that was seen is worth storing over what is
// stored (zero: nothing).
func (a Activity) Outdated(seen time.Time) bool {
	return a.Last.IsZero() || Day(seen).Sub(a.Last) >= ActivityPrecision
}

// ActivitySource is what is known of the activity of a connector's accounts as a
// whole. The zero source shows nothing.
type ActivitySource struct {
	Shown bool
	Why   string    // why it is not shown, in words; "" while it was never tried
	From  time.Time // since when nothing is missing
	Read  time.Time // until when
	Next  time.Time // Slack is not asked again before
	// Reading is a read that is not at its end yet.
	Reading ActivityReading
}

// ActivityReading is where a read of the logs, from the newest on, stands.
type ActivityReading struct {
	Begun  time.Time // zero: none is going on
	Oldest time.Time // of what was read
	Pages  int
	Loose  bool // what was read did not come newest first: only the end is the end
}

// At is the source as it counts at a time: one that was not read for days says
// nothing any more of who is active.
func (s ActivitySource) At(now time.Time) ActivitySource {
	if s.Shown && now.Sub(s.Read) > ActivityStale {
		s.Shown = false
		s.Why = "Slack's access logs were last read on " + s.Read.UTC().Format(time.DateOnly)
	}
	return s
}

// For is the source as it counts for a kind of account: Slack logs no bot, and
// people of other organizations in their own.
func (s ActivitySource) For(k AccountKind) ActivitySource {
	switch k {
	case Bot:
		return ActivitySource{Why: "Slack logs no activity of bots"}
	case External:
		return ActivitySource{Why: "Slack logs people of other organizations there"}
	}
	return s
}

// InactiveSince reports whether an account was not active since cut; sure says
// whether that is known. last is the day that is stored for it, if any is known:
// the account may have been active for ActivityPrecision longer. inactive is
// true only where the logs were read over the whole span.
func (s ActivitySource) InactiveSince(last time.Time, known bool, cut time.Time) (inactive, sure bool) {
	switch {
	case !s.Shown:
		return false, false
	case known && !last.Before(cut):
		return false, true
	case known && last.Add(ActivityPrecision).After(cut), s.From.IsZero(), s.From.After(cut):
		return false, false
	}
	return true, true
}

// Begin begins a read at the newest entry.
func (s ActivitySource) Begin(now time.Time) ActivitySource {
	s.Reading = ActivityReading{Begun: now}
	return s
}

// Took notes what one page of the logs showed, in its order.
func (s ActivitySource) Took(page []Login) ActivitySource {
	r := s.Reading
	r.Pages++
	for _, l := range page {
		switch {
		case r.Oldest.IsZero() || l.At.Before(r.Oldest):
			r.Oldest = l.At
		case l.At.After(r.Oldest):
			r.Loose = true
		}
	}
	s.Reading = r
	return s
}

// Enough reports whether the read has come to what an earlier one read, or far
// enough back.
func (s ActivitySource) Enough() bool {
	r := s.Reading
	if r.Oldest.IsZero() || r.Loose {
		return false
	}
	return r.Oldest.Before(r.Begun.Add(-ActivityReach)) || s.Shown && r.Oldest.Before(s.Read.Add(-ActivityOverlap))
}

// Finish ends the read: whole says that it came to the end of the logs, or that
// it was Enough. One that was cut off leaves a gap, so that nothing is missing
// only since what it has read.
func (s ActivitySource) Finish(whole bool) ActivitySource {
	r := s.Reading
	s.Reading = ActivityReading{}
	if r.Loose && !whole {
		s.Shown, s.Why = false, "Slack's access logs are longer than Ebb reads, and do not come newest first"
		return s
	}
	from := r.Oldest
	if from.IsZero() || from.After(r.Begun) {
		from = r.Begun
	}
	// Logs that end later than the last read are those of a few people who came
	// again, unless so long went by that Slack may have thrown some away.
	joined := s.Shown && (r.Oldest.Before(s.Read) || whole && r.Begun.Sub(s.Read) <= ActivityStale)
	if !joined || from.Before(s.From) {
		s.From = from
	}
	s.Shown, s.Why, s.Read = true, "", r.Begun
	return s
}

// Refuse ends the read without anything to show.
func (s ActivitySource) Refuse(why string) ActivitySource {
	return ActivitySource{Why: why, Next: s.Next}
}
