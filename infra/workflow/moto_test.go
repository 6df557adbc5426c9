package workflow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/steps"
)

// lambdaAPI is Lambda's Invoke as moto's interpreter calls it. Its waits are
// shortened to nothing, so the house's clock goes to what was waited for.
type lambdaAPI struct {
	f    *front
	wake time.Time
}

func (l *lambdaAPI) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(r.URL.Path, "/functions/")
	name = strings.TrimSuffix(name, "/invocations")
	state := name[strings.LastIndexAny(name, ":")+1:]
	input, _ := io.ReadAll(r.Body)
	l.f.w.reach(l.wake)
	status, body := l.f.answer(state, l.f.w.now(), input)
	rw.Header().Set("X-Amzn-Requestid", fmt.Sprint(len(l.f.calls)))
	rw.Header().Set("Content-Type", "application/json")
	l.wake = l.f.w.now().Add(time.Minute)
	var answer struct{ WakeAt, ErrorType string }
	_ = json.Unmarshal(body, &answer)
	if at, err := time.Parse(time.RFC3339, answer.WakeAt); err == nil {
		l.wake = at
	}
	switch {
	case strings.HasPrefix(answer.ErrorType, "Lambda."): // Lambda's own error, and not the function's
		rw.Header().Set("X-Amzn-Errortype", strings.TrimPrefix(answer.ErrorType, "Lambda."))
		rw.WriteHeader(http.StatusTooManyRequests)
	case status != http.StatusOK:
		rw.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	_, _ = rw.Write(body)
}

// moto starts moto with our Lambda behind it, and gives a client of its API.
func moto(t *testing.T, w *world) *sfn.Client {
	t.Helper()
	dir, err := filepath.Abs("../../.tools/aws")
	w.ok(err)
	python := "python3"
	if venv := filepath.Join(dir, "venv/bin/python"); exec.Command(python, "-c", "import moto, flask, antlr4").Run() != nil {
		if _, err := os.Stat(venv); err != nil {
			t.Skip("SKIP: there is no moto here; .tools/aws/start installs it where it can")
		}
		python = venv
	}
	lambda := httptest.NewServer(&lambdaAPI{f: w.front})
	t.Cleanup(lambda.Close)
	_, lambdaPort, _ := net.SplitHostPort(lambda.Listener.Addr().String())
	free, err := net.Listen("tcp", "127.0.0.1:0")
	w.ok(err)
	addr := free.Addr().String()
	w.ok(free.Close())
	_, port, _ := net.SplitHostPort(addr)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, python, filepath.Join(dir, "launch_moto.py"), port, lambdaPort, "1000000")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	w.ok(cmd.Start())
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	for range 300 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return sfn.NewFromConfig(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://" + addr),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// run executes the very definition by the API of Step Functions, and gives the
// history.
func run(t *testing.T, w *world, client *sfn.Client, grant string) (string, []types.HistoryEvent) {
	t.Helper()
	ctx := t.Context()
	text, err := os.ReadFile(definition(t))
	w.ok(err)
	made, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("lease-" + grant), Definition: aws.String(string(text)), RoleArn: aws.String("arn:aws:iam::123456789012:role/lease"),
	})
	w.ok(err)
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: made.StateMachineArn, Name: &grant, Input: aws.String(fmt.Sprintf(`{"grantId":%q}`, grant)),
	})
	w.ok(err)
	var state *sfn.DescribeExecutionOutput
	for range 600 {
		state, err = client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		w.ok(err)
		if state.Status != types.ExecutionStatusRunning {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	history, err := client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: started.ExecutionArn, MaxResults: 1000})
	w.ok(err)
	return string(state.Status), history.Events
}

// A second interpreter, moto's with the real API, agrees: retried, crashed,
// misled, throttled (which it calls "Exception" for a task that names a
// function's ARN, unlike AWS), and over in time, with no more events than were
// counted.
func TestMoto(t *testing.T) {
	w := newWorld(t)
	client := moto(t, w)
	asked := w.now()
	id := w.ask(w.oncall, time.Time{}, time.Hour)
	w.front.mishap = func(n int, _ string) string {
		return map[int]string{1: steps.NameBackoff, 2: "OutOfMemory", 4: `{"done":false,"wakeAt":"soon"}`, 5: "Lambda.TooManyRequestsException"}[n]
	}
	status, events := run(t, w, client, id)
	if status != "SUCCEEDED" {
		t.Fatalf("%s after %v: %+v", status, w.front.verbs(), events[len(events)-1])
	}
	w.state(id, access.Revoked)
	if late := w.now().Sub(asked.Add(time.Hour)); late < 0 || late > 2*time.Second {
		t.Errorf("it ended %s late", late)
	}
	if verbs := w.front.verbs(); strings.Join(verbs, " ") != "Grant Grant Revoke Grant Revoke Revoke Grant Revoke" {
		t.Errorf("calls %v: want a retry, and Revoke after each error", verbs)
	}
	laps := 0
	for _, e := range events {
		if e.Type == types.HistoryEventTypePassStateEntered {
			laps++
		}
	}
	if most := laps * eventsPerLap(t); len(events) > most {
		t.Errorf("%d events in %d laps, more than %d", len(events), laps, most)
	}
	t.Logf("%d laps, %d events, calls %v", laps, len(events), w.front.verbs())
}
