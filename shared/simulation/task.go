package simulation

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/porttest"
)

// container is a process that serves one call after the other, as Lambda's do:
// a house of its own over the shared table, with a clock that is a little off.
type container struct {
	w     *World
	kind  string
	house *flow.House
	skew  time.Duration
	task  *task // whose call it serves; nil while it is idle
	how   mishap
}

// task is one call of a function. It runs until its next port call, where it
// pauses; nothing else runs meanwhile.
type task struct {
	w        *World
	name     string // the same in every replay: "act 3", "sweep 17", "lease g_000004/2"
	calls    int
	began    time.Time
	deadline time.Time
	yield    func(time.Duration) bool
	read     map[string]time.Time // when it last read a resource completely
	slept    bool                 // a mishap froze it for longer than a call may take
}

// ending is what became of a task.
type ending struct {
	died bool // a mishap or its time-out ended it half-way
	err  error
}

// launch begins a task in a container of its kind. limit is the function's
// time-out. then is told once.
func (w *World) launch(kind, name string, limit time.Duration, body func(context.Context, *flow.House) error, then func(ending)) {
	c := w.container(kind, name)
	t := &task{w: w, name: name, began: w.now(), deadline: w.now().Add(limit), read: map[string]time.Time{}}
	c.task = t
	var end ending
	next, stop := iter.Pull(func(yield func(time.Duration) bool) {
		t.yield = yield
		end = t.run(c, body)
	})
	w.running++
	var resume func()
	resume = func() {
		d, more := next()
		if more {
			w.in(d, resume)
			return
		}
		stop()
		w.running--
		c.task = nil
		if !end.died {
			w.idle[kind] = append(w.idle[kind], c)
		}
		w.tell("%s ended: %s", name, end)
		if then != nil {
			then(end)
		}
	}
	w.tell("%s begins", name)
	w.in(0, resume)
}

// run is the body with its deaths caught. Any other panic is the house's own
// and a violation.
func (t *task) run(c *container, body func(context.Context, *flow.House) error) (end ending) {
	defer func() {
		if p := recover(); p != nil {
			end.died = true
			if p != any(porttest.ErrDied) {
				t.w.violate("no panic", "%s: %v\n%s", t.name, p, debug.Stack())
			}
		}
	}()
	end.err = body(clocked{context.Background(), t.deadline.Add(c.skew), c}, c.house)
	return end
}

func (e ending) String() string {
	switch {
	case e.died:
		return "died"
	case e.err != nil:
		return e.err.Error()
	}
	return "well"
}

// clocked is a context on virtual time, of a call that a container serves.
type clocked struct {
	context.Context
	at time.Time
	in *container
}

// Deadline is the function's own end.
func (c clocked) Deadline() (time.Time, bool) { return c.at, true }

// pause lets time pass for the task that is running; its time-out ends it.
func (t *task) pause(d time.Duration) {
	if !t.yield(d) {
		panic(porttest.ErrDied)
	}
	if t.w.now().After(t.deadline) {
		t.w.tell("%s is timed out", t.name)
		panic(porttest.ErrDied)
	}
}

// container finds an idle process of a kind, or starts one.
func (w *World) container(kind, name string) *container {
	if free := w.idle[kind]; len(free) > 0 {
		c := free[len(free)-1]
		w.idle[kind] = free[:len(free)-1]
		return c
	}
	c := &container{w: w, kind: kind}
	if w.Weather.Skew > 0 {
		c.skew = time.Duration(w.roll(name, 0, "skew")%uint64(2*w.Weather.Skew)) - w.Weather.Skew
	}
	c.house = w.open(c)
	return c
}

// call is what every port call goes through, before it is made: it takes its
// time, and may go wrong.
func (c *container) call(what string, kinds []mishap) {
	t := c.task
	if t == nil {
		return // setting up, or reading for a check
	}
	t.calls++
	c.how = t.w.strike(t, what, kinds)
	t.pause(t.w.latency(t, what) + c.how.before)
	if c.how.die == dieBefore {
		panic(porttest.ErrDied)
	}
}

// answered is what every port call goes through after it was made.
func (c *container) answered() {
	t := c.task
	if t == nil {
		return
	}
	how := c.how
	c.how = mishap{}
	if how.die == dieAfter {
		panic(porttest.ErrDied)
	}
	if how.after > 0 {
		t.pause(how.after)
	}
}

// key names a call in a story.
func (t *task) key() string { return fmt.Sprintf("%s/%d", t.name, t.calls) }
