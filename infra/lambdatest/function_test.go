package lambdatest_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/infra/lambdatest"
)

// TestMain is a bootstrap, too: this binary starts itself as the function.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		lambda.Start(misbehave)
	}
	os.Exit(m.Run())
}

// misbehave does what it is told.
func misbehave(ctx context.Context, in struct{ Do string }) (string, error) {
	switch in.Do {
	case "exit":
		os.Exit(3)
	case "panic":
		panic("by the test")
	case "hang":
		time.Sleep(time.Minute)
	case "wait":
		time.Sleep(300 * time.Millisecond)
	case "fail":
		return "", fmt.Errorf("by the test")
	}
	end, _ := ctx.Deadline()
	return fmt.Sprintf("%s %d %s", in.Do, os.Getpid(), time.Until(end).Round(time.Second)), nil
}

func self(t *testing.T) *lambdatest.Function {
	f := &lambdatest.Function{Name: "self", Command: []string{os.Args[0]}, Timeout: 2 * time.Second}
	t.Cleanup(f.Close)
	return f
}

func invoke(t *testing.T, f *lambdatest.Function, do string) lambdatest.Result {
	t.Helper()
	r, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"Do":%q}`, do))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWarmAndCold(t *testing.T) {
	f := self(t)
	first, second := invoke(t, f, "a"), invoke(t, f, "a")
	if !first.Cold || second.Cold || string(first.Payload) != string(second.Payload) || first.Start <= 0 || !strings.HasSuffix(string(first.Payload), `2s"`) {
		t.Errorf("%+v, %+v", first, second)
	}
}

// What breaks a process is replaced: the next call has another one.
func TestBroken(t *testing.T) {
	for do, want := range map[string]string{
		"exit": "Runtime.ExitError", "panic": "string", "hang": "Sandbox.Timedout", "fail": "errorString",
	} {
		f := self(t)
		before := invoke(t, f, "a")
		r := invoke(t, f, do)
		if r.Failure == nil || r.Failure.Type != want || r.Cold {
			t.Errorf("%s: %+v", do, r.Failure)
		}
		if after := invoke(t, f, "a"); after.Failure != nil || (string(after.Payload) == string(before.Payload)) != (do == "fail") {
			t.Errorf("after %s: %+v", do, after)
		}
	}
}

// A test may stop a process and have its time end sooner. The call hangs by
// itself: what answers at once may have answered before it was stopped.
func TestHurried(t *testing.T) {
	f := self(t)
	f.Begun = func(p *os.Process) time.Duration {
		_ = p.Signal(syscall.SIGSTOP)
		return 50 * time.Millisecond
	}
	if r := invoke(t, f, "hang"); r.Failure == nil || r.Failure.Type != "Sandbox.Timedout" || r.Took > time.Second {
		t.Errorf("%+v", r)
	}
}

// Calls at once have a process each.
func TestConcurrency(t *testing.T) {
	f := self(t)
	var all sync.WaitGroup
	seen := sync.Map{}
	for range 3 {
		all.Go(func() {
			r, err := f.Invoke(t.Context(), []byte(`{"Do":"wait"}`))
			if err != nil || !r.Cold {
				t.Errorf("%+v, %v", r, err)
			}
			if _, twice := seen.LoadOrStore(string(r.Payload), true); twice {
				t.Errorf("one process served two at once: %s", r.Payload)
			}
		})
	}
	all.Wait()
}

// What cannot start says so.
func TestCannotStart(t *testing.T) {
	f := &lambdatest.Function{Name: "false", Command: []string{"/bin/false"}, Timeout: time.Second}
	if r := invoke(t, f, "a"); r.Failure == nil || r.Failure.Type != "Runtime.ExitError" {
		t.Errorf("%+v", r)
	}
}
