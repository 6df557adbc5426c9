package simulation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// Result is what became of a story.
type Result struct {
	Story   Story
	Found   []Violation // in order; the story ends with the first
	Strikes []Strike    // the mishaps that happened
	Counts  Counts
	Virtual time.Duration
}

// Run tells a story. trace, where set, is told each step.
func Run(s Story, without Guard, trace func(string)) Result {
	w := newWorld(s, without, trace)
	end := w.play()
	w.Counts.Strikes = len(w.strikes)
	return Result{Story: s, Found: w.found, Strikes: w.strikes, Counts: w.Counts, Virtual: end.Sub(w.begin)}
}

// restFor is how long a house is left alone at most after the last act and the
// last end: longer than a request waits for a decision, so that every one expires.
const restFor = 74 * time.Hour

// play lets the acts happen and then the house come to rest; a violation ends it.
func (w *World) play() time.Time {
	var last time.Duration
	for _, a := range w.story.Acts {
		w.plan(w.begin.Add(a.At), func() {
			w.tell("ACT %s", a)
			verbs[a.Do](w, a)
		})
		last = max(last, a.At)
	}
	w.calmFrom = w.begin.Add(last)
	sync := time.Hour
	switch {
	case last > 24*time.Hour:
		sync = 24 * time.Hour
	case last > 8*time.Hour:
		sync = 3 * time.Hour
	}
	if sync > time.Hour {
		w.every(sync)
	}
	w.ticks(0)
	// Where no event tells of a reactivation, a sync does, and an hour later at
	// the latest somebody looks at the groups that it concerns.
	w.until(w.begin.Add(last + sync + 2*time.Hour))
	w.every(24 * time.Hour)
	w.until(w.lastEnd().Add(time.Hour))
	for end := w.now().Add(restFor); len(w.found) == 0 && w.now().Before(end) && w.waits(); {
		w.until(w.now().Add(time.Hour))
	}
	w.until(w.now().Add(5 * time.Minute)) // the last thing is sealed and told
	for n := 0; n < 3 && w.unsealed(); n++ {
		w.until(w.now().Add(2 * time.Minute)) // what is stuck is tried again, with an event, at any time
	}
	if len(w.found) == 0 {
		w.rest()
	}
	return w.now()
}

// waits reports whether something may still come to its end by itself.
func (w *World) waits() bool {
	open := must(w.store.Requests(context.Background(), true, 1))
	return len(open) > 0 || w.reviewsWait() || slices.ContainsFunc(slices.Collect(maps.Values(w.grants)), func(g access.Grant) bool {
		return live(g) && w.truth.blocked(pair{g.Resource, g.Account}) == ""
	})
}

// until lets time pass.
func (w *World) until(at time.Time) {
	for len(w.found) == 0 && w.step(at) {
		w.hear()
	}
}

// lastEnd is when the last grant that is not over ends.
func (w *World) lastEnd() time.Time {
	end := w.now()
	for _, g := range w.grants {
		if live(g) && g.End.After(end) {
			end = g.End
		}
	}
	return end
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
