package slacktest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"
)

// FaultKind says how a call goes wrong.
type FaultKind int

const (
	// Fail answers Error (default internal_error), or HTTPStatus, and does nothing.
	Fail FaultKind = iota
	// FailHappened does it, then answers as Fail does.
	FailHappened
	// Slow waits Delay of real time (or until the client gives up) and then does it.
	Slow
	// SlowLate answers nothing and does it later: when LandLate is called, or at
	// the first request after Delay of the organization's clock (a Delay of zero
	// waits for LandLate). Over a real connection the server keeps silent until
	// the client gives up; in process it aborts at once.
	SlowLate
	// Cut closes the connection before doing anything.
	Cut
	// CutHappened does it and closes the connection.
	CutHappened
	// RateLimit answers 429 with RetryAfter seconds (default 30).
	RateLimit
	// DoneLater answers that it is done, and does it later, as SlowLate does: an
	// API whose effect is not there when its answer is.
	DoneLater
)

// Fault goes wrong with calls of one method ("" means any method). SCIM calls
// go by the names scim.users and scim.groups.
type Fault struct {
	Method     string
	Kind       FaultKind
	Error      string
	HTTPStatus int
	Delay      time.Duration
	RetryAfter int // seconds
	Times      int // 0 once, n times, -1 for ever

	// Held, for SlowLate and DoneLater, is handed the write instead of the organization
	// keeping it: whoever holds it lands it, once, at a moment of their own.
	Held func(land func())
}

type lateWrite struct {
	in  incoming
	due time.Time // zero: only LandLate
}

// Inject adds a fault. Faults are used up in the order in which they were added.
func (o *Org) Inject(f Fault) {
	defer o.lock()()
	if f.Times == 0 {
		f.Times = 1
	}
	o.faults = append(o.faults, &f)
}

// ClearFaults removes all faults; late writes stay on their way.
func (o *Org) ClearFaults() {
	defer o.lock()()
	o.faults = nil
}

// takeFault uses up the first fault for a method.
func (o *Org) takeFault(name string) *Fault {
	defer o.lock()()
	for i, f := range o.faults {
		if f.Method != "" && f.Method != name {
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		if f.Times == 0 {
			o.faults = slices.Delete(o.faults, i, i+1)
		}
		used := *f
		return &used
	}
	return nil
}

func (o *Org) serveWithFaults(w http.ResponseWriter, r *http.Request, in incoming) {
	f := o.takeFault(in.name)
	if f == nil {
		o.finish(w, in, o.attempt(in))
		return
	}
	switch f.Kind {
	case Fail:
		o.finish(w, in, f.answer(in))
	case RateLimit:
		o.finish(w, in, limitAnswer(cmp.Or(f.RetryAfter, 30)))
	case FailHappened:
		o.attempt(in)
		o.finish(w, in, f.answer(in))
	case Slow:
		if wait(r.Context(), f.Delay) {
			o.finish(w, in, o.attempt(in))
			return
		}
		o.abort(in)
	case SlowLate:
		o.postpone(in, f)
		silence(r)
		o.abort(in)
	case DoneLater:
		o.postpone(in, f)
		o.finish(w, in, okAnswer(nil))
	case CutHappened:
		o.attempt(in)
		o.abort(in)
	default:
		o.abort(in)
	}
}

// attempt asks the gate and executes.
func (o *Org) attempt(in incoming) answer {
	if err := o.gate(in); err != nil {
		return textAnswer(http.StatusInternalServerError, "gate", "slacktest: refused by OnWrite: "+err.Error())
	}
	return o.execute(in)
}

func (o *Org) gate(in incoming) error {
	if o.OnWrite == nil || !in.write {
		return nil
	}
	return o.OnWrite(o.callOf(in))
}

func (o *Org) postpone(in incoming, f *Fault) {
	if o.gate(in) != nil {
		return
	}
	l := lateWrite{in: in}
	if f.Held != nil {
		f.Held(func() { o.landOne(l) })
		return
	}
	defer o.lock()()
	if f.Delay > 0 {
		l.due = o.now().Add(f.Delay)
	}
	o.late = append(o.late, l)
}

// LandLate does all writes that SlowLate postponed, in order, and tells how many
// there were. Each is judged as Slack stands now.
func (o *Org) LandLate() int { return o.land(func(lateWrite) bool { return true }) }

func (o *Org) landDue() {
	o.land(func(l lateWrite) bool { return !l.due.IsZero() && !o.now().Before(l.due) })
}

func (o *Org) land(ready func(lateWrite) bool) int {
	o.mu.Lock()
	var now, later []lateWrite
	for _, l := range o.late {
		if ready(l) {
			now = append(now, l)
		} else {
			later = append(later, l)
		}
	}
	o.late = later
	o.mu.Unlock()
	for _, l := range now {
		o.landOne(l)
	}
	return len(now)
}

func (o *Org) landOne(l lateWrite) {
	a := o.execute(l.in)
	a.code = cmp.Or(a.code, "landed late")
	o.record(l.in, a)
}

func (f *Fault) answer(in incoming) answer {
	if in.scim != nil {
		return scimError(cmp.Or(f.HTTPStatus, http.StatusInternalServerError), cmp.Or(f.Error, "internal_error"))
	}
	if f.HTTPStatus != 0 {
		return textAnswer(f.HTTPStatus, cmp.Or(f.Error, http.StatusText(f.HTTPStatus)), http.StatusText(f.HTTPStatus))
	}
	return errorAnswer(refuse(cmp.Or(f.Error, "internal_error")))
}

func textAnswer(status int, code, text string) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: []byte(text), code: code}
}

// abort records the call and closes the connection without an answer.
func (o *Org) abort(in incoming) {
	o.record(in, answer{code: "cut"})
	panic(http.ErrAbortHandler)
}

// silence waits for the client of a real connection to give up.
func silence(r *http.Request) {
	if r.Context().Value(http.ServerContextKey) != nil {
		<-r.Context().Done()
	}
}

func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
