// Package steps owns the edge of the functions that are not HTTP: the steps of
// a grant's life, which Step Functions call, and those that a schedule calls
// (sweep, sync, review). It turns JSON into a verb of flow, the verb's answer and
// errors into what lease.asl.json understands, and time that is left into how
// long to go on.
//
// It decides nothing about access. What is inside an internal error goes to
// the log and never into an answer: an execution's history is read by many.
package steps

import (
	"context"
	"encoding/json"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Verb is House.Grant or House.Revoke.
type Verb func(ctx context.Context, grant string) (flow.Answer, error)

// Output is a step's answer as the state machine reads it: nothing is left to
// wait for, or when (whole seconds, UTC) to call which verb.
type Output struct {
	Done   bool   `json:"done"`
	WakeAt string `json:"wakeAt,omitempty"`
	Next   string `json:"next,omitempty"` // "grant" or "revoke"
}

// margin is what a step leaves of its time, so that it can still answer. The
// runtime's own end of a function says nothing about what happened.
const margin = 2 * time.Second

// Step makes a verb the handler of a function. The input is {"grantId": "…"}
// and stays so for ever; fields that are not known are passed over.
func Step(verb Verb, log *slog.Logger) func(context.Context, json.RawMessage) (Output, error) {
	return func(ctx context.Context, input json.RawMessage) (out Output, err error) {
		defer func() {
			if p := recover(); p != nil {
				log.Error("panic", "value", p, "stack", string(debug.Stack()))
				out, err = Output{}, crashed()
			}
		}()
		id, err := grantOf(input)
		if err != nil {
			return Output{}, named(ctx, log, "", err)
		}
		ctx, cancel := within(ctx, margin)
		defer cancel()
		answer, err := verb(ctx, id)
		if until := fault.UntilOf(err); fault.Is(err, fault.Wait) && !until.IsZero() {
			// A 429 that no grant has noted. Revoke says whose turn it is.
			log.Warn("slack asked to wait", "grant", id, "until", until)
			return Output{WakeAt: wholeSecond(until), Next: "revoke"}, nil
		}
		if err != nil {
			return Output{}, named(ctx, log, id, err)
		}
		log.Info("step", "grant", id, "done", answer.Done, "wakeAt", answer.WakeAt)
		return output(answer), nil
	}
}

func output(a flow.Answer) Output {
	if a.Done {
		return Output{Done: true}
	}
	out := Output{WakeAt: wholeSecond(a.WakeAt), Next: "revoke"}
	if a.Give {
		out.Next = "grant"
	}
	return out
}

// wholeSecond rounds up: Step Functions waits to a second.
func wholeSecond(t time.Time) string {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		t = whole.Add(time.Second)
	}
	return t.UTC().Format(time.RFC3339)
}

func grantOf(input json.RawMessage) (string, error) {
	var in struct {
		GrantID string `json:"grantId"`
	}
	if err := json.Unmarshal(input, &in); err != nil || in.GrantID == "" {
		return "", fault.At("steps", "grantId", `the input has to be {"grantId": "g_…"}`)
	}
	return in.GrantID, nil
}

// within gives a context that ends some time before ctx does.
func within(ctx context.Context, margin time.Duration) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, end.Add(-margin))
	}
	return context.WithCancel(ctx)
}
