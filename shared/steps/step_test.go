package steps_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/steps"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// invoke calls a step as Lambda's runtime does, JSON to JSON.
func invoke(t *testing.T, verb steps.Verb, input string) (string, messages.InvokeResponse_Error, string) {
	t.Helper()
	var log bytes.Buffer
	handler := lambda.NewHandler(steps.Step(verb, slog.New(slog.NewJSONHandler(&log, nil))))
	out, err := handler.Invoke(t.Context(), []byte(input))
	var failure messages.InvokeResponse_Error
	if err != nil && !errors.As(err, &failure) {
		t.Fatalf("an error without a name: %T", err)
	}
	return string(out), failure, log.String()
}

func answering(a flow.Answer, err error) steps.Verb {
	return func(context.Context, string) (flow.Answer, error) { return a, err }
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer flow.Answer
		err    error
		want   string
	}{
		{"done", flow.Answer{Done: true}, nil, `{"done":true}`},
		{"give", flow.Answer{WakeAt: noon, Give: true}, nil, `{"done":false,"wakeAt":"2026-11-23T12:00:00Z","next":"grant"}`},
		{"take", flow.Answer{WakeAt: noon}, nil, `{"done":false,"wakeAt":"2026-11-23T12:00:00Z","next":"revoke"}`},
		{"rounded up", flow.Answer{WakeAt: noon.Add(time.Millisecond)}, nil, `{"done":false,"wakeAt":"2026-11-23T12:00:01Z","next":"revoke"}`},
		{"elsewhere", flow.Answer{WakeAt: noon.In(time.FixedZone("x", 3600))}, nil, `{"done":false,"wakeAt":"2026-11-23T12:00:00Z","next":"revoke"}`},
		{"429", flow.Answer{}, &fault.Error{Kind: fault.Wait, Until: noon.Add(30 * time.Second)}, `{"done":false,"wakeAt":"2026-11-23T12:00:30Z","next":"revoke"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, failure, _ := invoke(t, answering(c.answer, c.err), `{"grantId":"g_1"}`)
			if out != c.want || failure.Type != "" {
				t.Errorf("%s %v, want %s", out, failure, c.want)
			}
		})
	}
}

// {grantId} is the whole contract, for executions older and younger than this
// code.
func TestInput(t *testing.T) {
	var got string
	verb := func(_ context.Context, id string) (flow.Answer, error) { got = id; return flow.Answer{Done: true}, nil }
	for _, in := range []string{`{"grantId":"g_1"}`, `{"grantId":"g_1","laps":3,"answer":{"next":"x"},"later":[1]}`} {
		got = ""
		if _, failure, _ := invoke(t, verb, in); failure.Type != "" || got != "g_1" {
			t.Errorf("%s: %q %v", in, got, failure)
		}
	}
	for _, in := range []string{`{}`, `null`, `[]`, `"g_1"`, `{"grantId":""}`, `{"grantId":7}`, `{"grant":"g_1"}`} {
		got = ""
		_, failure, _ := invoke(t, verb, in)
		if failure.Type != steps.NameInvalid || !strings.Contains(failure.Message, "grantId") || got != "" {
			t.Errorf("%s: %q %v", in, got, failure)
		}
	}
}

// Each kind has a name that the state machine knows; what is inside an error
// stays in the log.
func TestErrors(t *testing.T) {
	const planted = "xoxp-planted"
	inner := errors.New("dial tcp: " + planted)
	for kind, want := range map[fault.Kind]string{
		fault.Internal: steps.NameFailed, fault.NotFound: steps.NameNotFound, fault.Conflict: steps.NameConflict,
		fault.Backoff: steps.NameBackoff, fault.Unclear: steps.NameBackoff, fault.Pause: steps.NameBackoff, fault.Wait: steps.NameBackoff,
		fault.Invalid: steps.NameInvalid, fault.Misconfigured: steps.NameFailed, fault.Reauthorize: steps.NameFailed,
		fault.Permanent: steps.NameFailed, fault.Already: steps.NameFailed, fault.Forbidden: steps.NameFailed, fault.Unauthenticated: steps.NameFailed,
	} {
		_, failure, log := invoke(t, answering(flow.Answer{}, &fault.Error{Op: "flow.Revoke", Kind: kind, Err: inner}), `{"grantId":"g_1"}`)
		raw, err := json.Marshal(failure)
		if err != nil {
			t.Fatal(err)
		}
		if failure.Type != want || failure.ShouldExit || strings.Contains(string(raw), planted) || failure.Message == "" {
			t.Errorf("%s: %s", kind, raw)
		}
		if !strings.Contains(log, planted) || !strings.Contains(log, "g_1") {
			t.Errorf("%s: the log says nothing: %s", kind, log)
		}
	}
	_, failure, _ := invoke(t, answering(flow.Answer{}, fault.New("x", fault.Misconfigured, "the scope is missing: install again")), `{"grantId":"g_1"}`)
	if failure.Message != "the scope is missing: install again" {
		t.Errorf("%v", failure)
	}
}

// A panic is an answer too, without its text, and the last of its process.
func TestPanic(t *testing.T) {
	const planted = "xoxp-planted"
	verb := func(context.Context, string) (flow.Answer, error) { panic(planted) }
	_, failure, log := invoke(t, verb, `{"grantId":"g_1"}`)
	if failure.Type != steps.NameFailed || !failure.ShouldExit || strings.Contains(failure.Message, planted) || failure.StackTrace != nil {
		t.Errorf("%v", failure)
	}
	if !strings.Contains(log, "step_test.go") {
		t.Errorf("no stack in the log: %s", log)
	}
}

// A step ends before its function is ended, so that it still says why.
func TestTimeIsKept(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2100*time.Millisecond)
	defer cancel()
	verb := func(ctx context.Context, _ string) (flow.Answer, error) {
		<-ctx.Done()
		return flow.Answer{}, fault.Wrap("x", ctx.Err())
	}
	_, err := steps.Step(verb, slog.New(slog.DiscardHandler))(ctx, json.RawMessage(`{"grantId":"g_1"}`))
	var failure messages.InvokeResponse_Error
	if !errors.As(err, &failure) || failure.Type != steps.NameBackoff || ctx.Err() != nil {
		t.Errorf("%v, %v", err, ctx.Err())
	}
}
