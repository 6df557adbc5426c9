package lambdatest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// process is one bootstrap with a Runtime API to itself.
type process struct {
	f     *Function
	cmd   *exec.Cmd
	api   *http.Server
	calls chan call
	done  chan answer
	dead  chan struct{} // closed when the process has ended

	began, asked time.Time
	once         sync.Once
}

type call struct {
	id       string
	payload  []byte
	deadline time.Time
}

type answer struct {
	id     string
	body   []byte
	failed bool
}

// start runs a bootstrap. That it answers shows with its first call.
func start(f *Function) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{f: f, calls: make(chan call), done: make(chan answer, 1), dead: make(chan struct{}), began: time.Now()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.ended(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.ended(true))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.ended(true))
	p.api = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = p.api.Serve(listener) }()
	p.cmd = exec.Command(f.Command[0], f.Command[1:]...)
	p.cmd.Env = f.environment(listener.Addr().String())
	p.cmd.Stdout, p.cmd.Stderr = f.Log, f.Log
	if err := p.cmd.Start(); err != nil {
		_ = p.api.Close()
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.dead)
	}()
	return p, nil
}

// next hands out the next call; until there is one, the process waits.
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	p.once.Do(func() { p.asked = time.Now() })
	select {
	case <-r.Context().Done():
	case c := <-p.calls:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", c.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(c.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:"+p.f.Name)
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
		_, _ = w.Write(c.payload)
	}
}

func (p *process) ended(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		select {
		case p.done <- answer{r.PathValue("id"), body, failed}:
			w.WriteHeader(http.StatusAccepted)
		default: // nobody waits for it
			w.WriteHeader(http.StatusForbidden)
		}
	}
}

// serve has the process serve one call. It is not alive when it must not be
// used again.
func (p *process) serve(ctx context.Context, id string, payload []byte, timeout time.Duration) (r Result, alive bool, err error) {
	late := time.NewTimer(timeout + startTime)
	defer late.Stop()
	select {
	case p.calls <- call{id, payload, time.Now().Add(timeout)}:
	case a := <-p.done: // it could not even begin
		r.Failure = failure(a.body)
		return r, false, nil
	case <-p.dead:
		return r, false, errGone
	case <-late.C:
		return r, false, fmt.Errorf("function %s did not ask for a call within %s", p.f.Name, timeout+startTime)
	case <-ctx.Done():
		return r, false, ctx.Err()
	}
	began := time.Now()
	late.Reset(timeout)
	if p.f.Begun != nil {
		if sooner := p.f.Begun(p.cmd.Process); sooner > 0 {
			timeout = sooner
			late.Reset(timeout)
		}
	}
	select {
	case a := <-p.done:
		r.Took = time.Since(began)
		if a.id != id {
			return r, false, fmt.Errorf("function %s answered call %q, not %q", p.f.Name, a.id, id)
		}
		if a.failed {
			r.Failure = failure(a.body)
		} else {
			r.Payload = a.body
		}
		return r, true, nil
	case <-p.dead:
		r.Took, r.Failure = time.Since(began), exited(p)
		return r, false, nil
	case <-late.C:
		r.Took = time.Since(began)
		r.Failure = &Failure{"Sandbox.Timedout", fmt.Sprintf("%s Task timed out after %.2f seconds", id, timeout.Seconds())}
		return r, false, nil
	case <-ctx.Done():
		return r, false, ctx.Err()
	}
}

// startTime is what a process may take to begin, as Lambda's own 10 s.
const startTime = 10 * time.Second

// errGone: the process had ended before it got the call.
var errGone = errors.New("the process has ended")

func exited(p *process) *Failure {
	return &Failure{"Runtime.ExitError", "Runtime exited with error: " + p.cmd.ProcessState.String()}
}

// stop ends the process and its API.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	<-p.dead
	_ = p.api.Close()
}
