package simulation

import (
	"container/heap"
	"time"
)

// scheduler is virtual time: moments in order, one at a time, none of which
// takes any.
type scheduler struct {
	now   time.Time
	count int
	queue moments
}

// moment is something that happens at a time. Of two at the same time the one
// that was planned first goes first.
type moment struct {
	at time.Time
	n  int
	do func()
}

// plan lets something happen at a time; what is past happens next.
func (s *scheduler) plan(at time.Time, do func()) {
	if at.Before(s.now) {
		at = s.now
	}
	s.count++
	heap.Push(&s.queue, moment{at, s.count, do})
}

// in plans from now on.
func (s *scheduler) in(d time.Duration, do func()) { s.plan(s.now.Add(d), do) }

// step lets the next moment happen; false when there is none up to a time.
func (s *scheduler) step(until time.Time) bool {
	if len(s.queue) == 0 || s.queue[0].at.After(until) {
		s.now = until
		return false
	}
	m := heap.Pop(&s.queue).(moment)
	s.now = m.at
	m.do()
	return true
}

// moments is a heap.
type moments []moment

func (q moments) Len() int { return len(q) }
func (q moments) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].n < q[j].n
	}
	return q[i].at.Before(q[j].at)
}
func (q moments) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *moments) Push(x any)   { *q = append(*q, x.(moment)) }
func (q *moments) Pop() any {
	old := *q
	m := old[len(old)-1]
	*q = old[:len(old)-1]
	return m
}
