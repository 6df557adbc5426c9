package simulation

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Sum is what many stories came to.
type Sum struct {
	Counts
	Stories uint64
	Virtual time.Duration
}

// Many tells the stories of seeds from..from+n-1, some at once. bad is told of
// each that broke a promise, one at a time, and says whether to go on.
func Many(from, n uint64, workers int, without Guard, bad func(Result) bool) Sum {
	return ManyOf(func(Story) bool { return true }, from, n, workers, without, bad)
}

// ManyOf is Many with those stories alone that are wanted.
func ManyOf(wanted func(Story) bool, from, n uint64, workers int, without Guard, bad func(Result) bool) Sum {
	var mu sync.Mutex
	var all sync.WaitGroup
	var sum Sum
	next, stop := from, false
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		seed := next
		next++
		return seed, !stop && seed < from+n
	}
	for range max(1, workers) {
		all.Go(func() {
			for seed, ok := take(); ok; seed, ok = take() {
				s := Generate(seed)
				if !wanted(s) {
					continue
				}
				r := Run(s, without, nil)
				mu.Lock()
				sum.add(r)
				if len(r.Found) > 0 && !stop {
					stop = !bad(r)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return sum
}

func (s *Sum) add(r Result) {
	s.Stories++
	s.Virtual += r.Virtual
	s.Commits += r.Counts.Commits
	s.Strikes += r.Counts.Strikes
	s.Grants += r.Counts.Grants
	s.Given += r.Counts.Given
	s.Revoked += r.Counts.Revoked
	s.Lost += r.Counts.Lost
	s.Findings += r.Counts.Findings
	s.Decreed += r.Counts.Decreed
	s.Killed += r.Counts.Killed
	s.Staged += r.Counts.Staged
	s.Completed += r.Counts.Completed
	s.Decided += r.Counts.Decided
	s.Denied += r.Counts.Denied
	s.ByHand += r.Counts.ByHand
	s.GivenUp += r.Counts.GivenUp
}

// Missed is how a guard that was taken away shows.
type Missed struct {
	Guard     string
	Median    int            // seeds until a violation; 0: none in all that were told
	Worst     int            // the longest run of seeds without one
	Invariant map[string]int // which promises were broken, and how often first
}

func (m Missed) String() string {
	if m.Median == 0 {
		return fmt.Sprintf("%-36s NOT MISSED", m.Guard)
	}
	most := ""
	for p, n := range m.Invariant {
		if n > m.Invariant[most] || n == m.Invariant[most] && p < most {
			most = p
		}
	}
	return fmt.Sprintf("%-36s median %3d seeds, at worst %3d; mostly: %s", m.Guard, m.Median, m.Worst, most)
}

// trials is how often a guard is missed for its median.
const trials = 9

// Miss tells stories without a guard until it was missed nine times, or all
// seeds are told.
func Miss(g Guard, from, n uint64, workers int) Missed {
	m := Missed{Guard: g.Name, Invariant: map[string]int{}}
	var seeds []int
	Many(from, n, workers, g, func(r Result) bool {
		seeds = append(seeds, int(r.Story.Seed-from)+1)
		m.Invariant[r.Found[0].Promise]++
		return len(seeds) < trials
	})
	slices.Sort(seeds)
	var gaps []int
	last := 0
	for _, s := range seeds {
		gaps = append(gaps, s-last)
		last = s
	}
	slices.Sort(gaps)
	if len(gaps) > 0 {
		m.Median, m.Worst = gaps[len(gaps)/2], gaps[len(gaps)-1]
	}
	return m
}
