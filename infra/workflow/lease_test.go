package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/steps"
)

// over asserts that an execution ended by itself, within a time of a moment.
func (w *world) over(h history, at time.Time, within time.Duration) {
	w.t.Helper()
	if h.Status != "SUCCEEDED" || h.last() != "Over" {
		w.t.Fatalf("%s %s at %q", h.Status, h.Error, h.last())
	}
	if late := h.ended().Sub(at); late < 0 || late > within {
		w.t.Errorf("it ended %s after %s, want at most %s", late, at.Format(time.TimeOnly), within)
	}
}

func TestNormal(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	if !slices.Equal(w.front.starts, []string{id}) {
		t.Errorf("executions: %v", w.front.starts)
	}
	w.front.at(asked.Add(time.Minute), func() {
		if !w.inGroup() {
			t.Error("ada is not in after a minute")
		}
	})
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour), 2*time.Second)
	w.state(id, access.Revoked)
	if w.inGroup() || !slices.Equal(w.front.verbs(), []string{"Grant", "Revoke"}) {
		t.Errorf("in: %v, calls %v", w.inGroup(), w.front.verbs())
	}
}

func TestLaterStart(t *testing.T) {
	w := newWorld(t)
	start := w.now().Add(5 * time.Hour)
	id := w.ask(w.oncall, start, time.Hour)
	h := w.execute(id)
	w.over(h, start.Add(time.Hour), 2*time.Second)
	w.state(id, access.Revoked)
	if given := w.front.calls[1]; given.state != "Grant" || given.at.Sub(start) > 2*time.Second || given.at.Before(start) {
		t.Errorf("given by %+v, want at %s", given, start)
	}
}

func TestExtended(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.front.at(asked.Add(30*time.Minute), func() {
		_, err := w.house.Extend(t.Context(), w.ada, id, 2*time.Hour)
		w.ok(err)
	})
	w.front.at(asked.Add(time.Hour+10*time.Second), func() {
		if !w.inGroup() {
			t.Error("the old end took the access")
		}
	})
	h := w.execute(id)
	w.over(h, asked.Add(3*time.Hour), 2*time.Second)
	w.state(id, access.Revoked)
}

// An early end has an execution of its own; the first one, waking at the old
// end, finds nothing to do.
func TestEndedEarly(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.front.at(asked.Add(20*time.Minute), func() {
		_, err := w.house.EndAccess(t.Context(), w.ada, id)
		w.ok(err)
		if last := w.front.starts[len(w.front.starts)-1]; last != id+".end" {
			t.Errorf("executions: %v", w.front.starts)
		}
		h := w.execute(id)
		w.over(h, asked.Add(20*time.Minute), 3*time.Second)
		w.state(id, access.Revoked)
		if w.inGroup() {
			t.Error("ada is still in")
		}
	})
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour), 2*time.Second)
}

// Lambda is throttled and Slack is, at the end.
func TestThrottled(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.RateLimit, RetryAfter: 20})
	w.front.mishap = func(n int, _ string) string {
		if n == 1 || n > 4 && n < 8 {
			return "Lambda.TooManyRequestsException"
		}
		return ""
	}
	w.front.at(asked.Add(2*time.Minute), func() {
		if !w.inGroup() {
			t.Error("ada is not in")
		}
		w.slack.Inject(slacktest.Fault{Method: "usergroups.users.update", Kind: slacktest.RateLimit, RetryAfter: 30})
	})
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour+30*time.Second), 30*time.Second)
	w.state(id, access.Revoked)
}

// A handler that breaks is asked again: after a crash, an unknown error, a
// process that died, a task that never answers.
func TestCrashes(t *testing.T) {
	for _, how := range []string{"panic", "hang", "Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown", "Lambda.ServiceException", "errorString", "OutOfMemory"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t)
			asked := w.now()
			id := w.ask(w.oncall, time.Time{}, time.Hour)
			w.front.mishap = func(n int, _ string) string {
				if how == "panic" || n != 1 && n != 4 {
					return ""
				}
				return how
			}
			broke := 0
			w.front.verb = func(string) steps.Verb {
				if how != "panic" || broke == 2 || broke == 1 && w.now().Before(asked.Add(time.Hour)) {
					return nil
				}
				broke++
				return func(context.Context, string) (flow.Answer, error) { panic("by the test") }
			}
			h := w.execute(id)
			w.over(h, asked.Add(time.Hour), 80*time.Second)
			w.state(id, access.Revoked)
		})
	}
}

// The table cannot be reached from before the end until three hours after it.
func TestHoursOfErrors(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	from, back := asked.Add(time.Minute), asked.Add(4*time.Hour)
	w.front.verb = func(string) steps.Verb {
		if now := w.now(); now.After(from) && now.Before(back) {
			return broken(fault.New("store", fault.Backoff, "the table cannot be reached"))
		}
		return nil
	}
	h := w.execute(id)
	w.over(h, back, 2*time.Minute)
	w.state(id, access.Revoked)
	if w.inGroup() {
		t.Error("ada is still in")
	}
}

// Grant alone is broken for as long as the lease lasts, after it was given
// only half: Revoke, asked after each error, ends it on time.
func TestGrantIsBroken(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.front.verb = func(state string) steps.Verb {
		if state == "Revoke" {
			return nil
		}
		return func(ctx context.Context, id string) (flow.Answer, error) {
			_, _ = w.house.Grant(ctx, id) // it is given, and nobody hears of it
			return flow.Answer{}, fault.New("x", fault.Internal, "by the test")
		}
	}
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour), 2*time.Second)
	w.state(id, access.Revoked)
}

// What needs a person ends the execution; sweep goes on trying.
func TestStuck(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.incident, time.Time{}, time.Hour)
	w.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "owners")
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour), 2*time.Minute)
	w.state(id, access.Stuck)
	w.slack.SetPref("", slacktest.PrefRemoveFromPrivate, "everyone")
	w.reach(w.now().Add(15 * time.Minute))
	_, err := w.house.Sweep(t.Context())
	w.ok(err)
	w.state(id, access.Revoked)
}

// No odd answer ends an execution, and none makes it spin.
func TestOddAnswers(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	odd := []string{
		`null`, `{}`, `{"done":"yes"}`, `{"done":false}`, `{"done":false,"wakeAt":"soon"}`, `{"done":false,"wakeAt":7}`,
		`{"wakeAt":null,"next":7}`, `"x"`, fmt.Sprintf(`{"wakeAt":%q,"next":"later"}`, asked.Add(10*time.Minute).Format(time.RFC3339)),
	}
	w.front.mishap = func(n int, _ string) string {
		if n <= len(odd) {
			return odd[n-1]
		}
		return ""
	}
	h := w.execute(id)
	w.over(h, asked.Add(time.Hour), 2*time.Second)
	w.state(id, access.Revoked)
	for i, c := range w.front.calls[1:len(odd)] {
		if c.state != "Revoke" || c.at.Sub(w.front.calls[i].at) < time.Minute {
			t.Errorf("after %s: %+v", odd[i], c)
		}
	}
}

// An execution that nothing helps ends by itself before its history is full.
func TestForEver(t *testing.T) {
	w := newWorld(t)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.front.mishap = func(int, string) string { return "Lambda.Unknown" }
	h := w.execute(id)
	if h.Status != "SUCCEEDED" || h.last() != "Left to sweep" {
		t.Fatalf("%s %s at %q", h.Status, h.Error, h.last())
	}
	if lasted := h.ended().Sub(asked); lasted < 6*time.Hour || lasted > 48*time.Hour {
		t.Errorf("it tried for %s", lasted)
	}
	if n := len(w.front.calls); n > laps*worstAttempts(t) {
		t.Errorf("%d calls", n)
	}
}
