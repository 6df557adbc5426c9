// Package lambdatest owns a stand-in for Lambda: it runs the very bootstraps
// that are deployed, behind a Runtime API of its own
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), as Lambda
// does: a process serves one call at a time and then waits for the next, calls
// at once have a process each, a process that dies or is late is replaced.
//
// It freezes nothing between calls, limits no memory, and is for tests alone.
package lambdatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Function is a function that can be invoked. Name, Command and Timeout are
// required.
type Function struct {
	Name    string
	Command []string // the bootstrap, perhaps behind an emulator
	Env     []string // all that it gets beside Lambda's own
	Timeout time.Duration
	Log     io.Writer // what processes print; nil: nowhere
	// Begun is called when a process got a call; tests kill it then, or stop it
	// and say how long Lambda is to wait for it (0: Timeout). nil: nothing.
	Begun func(*os.Process) time.Duration

	mu     sync.Mutex
	idle   []*process
	calls  int
	closed bool
}

// Result is what came of a call.
type Result struct {
	Payload []byte // the answer; nil after a failure
	// Failure is what the function, or the stand-in for it, says went wrong:
	// Runtime.ExitError when the process died, Sandbox.Timedout when it was late.
	Failure *Failure
	Cold    bool          // a process was started for it
	Start   time.Duration // from then until it asked for the call
	Took    time.Duration // from the call until its answer
}

// Failure is Lambda's form of an error.
type Failure struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Invoke calls the function with a payload of JSON. The error is about the
// stand-in or ctx; what the function does is in the Result.
func (f *Function) Invoke(ctx context.Context, payload []byte) (Result, error) {
	f.mu.Lock()
	f.calls++
	id := fmt.Sprintf("%s-%d", f.Name, f.calls)
	f.mu.Unlock()
	for {
		p, cold, err := f.take()
		if err != nil {
			return Result{}, err
		}
		r, alive, err := p.serve(ctx, id, payload, f.Timeout)
		if alive {
			f.give(p)
		} else {
			p.stop()
		}
		if errors.Is(err, errGone) && !cold {
			continue // it ended after its last answer: the call goes to another
		}
		if errors.Is(err, errGone) {
			r.Failure, err = exited(p), nil
		}
		if r.Cold = cold; cold {
			r.Start = p.asked.Sub(p.began)
		}
		return r, err
	}
}

func (f *Function) give(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		p.stop()
		return
	}
	f.idle = append(f.idle, p)
}

// take gives a process that waits, the one that was used last, or a new one.
func (f *Function) take() (p *process, cold bool, err error) {
	f.mu.Lock()
	if n := len(f.idle); n > 0 {
		p, f.idle = f.idle[n-1], f.idle[:n-1]
	}
	f.mu.Unlock()
	if p != nil {
		return p, false, nil
	}
	p, err = start(f)
	return p, true, err
}

// Idle ends the processes that wait: the next call starts one, as after a pause.
func (f *Function) Idle() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.idle {
		p.stop()
	}
	f.idle = nil
}

// Close ends all processes that wait; one that works ends with its answer.
func (f *Function) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.idle {
		p.stop()
	}
	f.idle, f.closed = nil, true
}

// environment is what Lambda sets. PATH and the like are not passed on.
func (f *Function) environment(api string) []string {
	return append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"LAMBDA_TASK_ROOT=" + os.TempDir(),
		"TZ=:UTC",
	}, f.Env...)
}

func failure(body []byte) *Failure {
	out := &Failure{}
	if json.Unmarshal(body, out) != nil || out.Type == "" {
		out.Type = "Runtime.Unknown"
	}
	return out
}
