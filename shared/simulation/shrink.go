package simulation

import "slices"

// Shrink makes the shortest story that it finds which still breaks the same
// promise: first without acts, then without mishaps, until nothing can be left
// out. It tells at most runs stories.
func Shrink(r Result, without Guard, runs int) Result {
	if len(r.Found) == 0 {
		return r
	}
	s := shrinking{best: r, without: without, left: runs}
	named := r.Story
	named.Strikes = slices.Clone(r.Strikes)
	if named.Strikes == nil {
		named.Strikes = []Strike{}
	}
	named.Sky = named.weather().Name
	if !s.fails(named) {
		return r // it needs the weather
	}
	for before := -1; before != s.size() && s.left > 0; {
		before = s.size()
		s.acts()
		s.strikes()
	}
	return s.best
}

type shrinking struct {
	best    Result
	without Guard
	left    int
}

func (s *shrinking) size() int { return len(s.best.Story.Acts) + len(s.best.Story.Strikes) }

// fails tells a story, and keeps it when it breaks the same promise. Only the
// mishaps that happened in it are kept.
func (s *shrinking) fails(story Story) bool {
	if s.left--; s.left < 0 {
		return false
	}
	r := Run(story, s.without, nil)
	if len(r.Found) == 0 || r.Found[0].Promise != s.best.Found[0].Promise {
		return false
	}
	r.Story.Strikes = append([]Strike{}, r.Strikes...)
	s.best = r
	return true
}

func (s *shrinking) acts() {
	without(len(s.best.Story.Acts), func(from, to int) bool {
		story := s.best.Story
		if to > len(story.Acts) {
			return false
		}
		story.Acts = slices.Delete(slices.Clone(story.Acts), from, to)
		return s.fails(story)
	})
}

func (s *shrinking) strikes() {
	without(len(s.best.Story.Strikes), func(from, to int) bool {
		story := s.best.Story
		if to > len(story.Strikes) {
			return false
		}
		story.Strikes = slices.Delete(slices.Clone(story.Strikes), from, to)
		return s.fails(story)
	})
}

// without tries to leave out parts of a list, halves first, then ever smaller
// ones, from its end on.
func without(n int, leave func(from, to int) bool) {
	for size := max(1, n/2); ; size /= 2 {
		for to := n; to > 0; to -= size {
			from := max(0, to-size)
			if leave(from, to) {
				n -= to - from
			}
		}
		if size <= 1 {
			return
		}
	}
}
