package lambdatest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/lambdatest"
	"github.com/ebb-access/ebb/shared/config/names"
)

// asked is what each function is asked here, where nothing of AWS answers, and
// what its answer has to hold.
var asked = map[string]struct{ payload, answer, failure string }{
	names.Install: {payload: get("/connect/word"), answer: `"statusCode":503`},
	names.API:     {payload: get("/v1/me"), answer: `"statusCode":401`},
	names.Slack:   {payload: get("/slack/events"), answer: `"statusCode":503`},
	names.Console: {payload: get("/signin"), answer: "Sign in with Slack"},
	names.Grant:   {payload: `{"grantId":""}`, failure: "Ebb.Invalid"},
	names.Revoke:  {payload: `{"grantId":"g_1"}`, failure: "Ebb.Backoff"},
	names.Sync:    {payload: `{}`, failure: "Ebb.Backoff"},
	names.Sweep:   {payload: `{}`, failure: "Ebb.Backoff"},
	names.Review:  {payload: `{}`, failure: "Ebb.Backoff"},
	names.Notify:  {payload: told, answer: `{"batchItemFailures":[{"itemIdentifier":"7"}]}`},
}

// told is a batch of the table's stream: something is to be told of a grant.
const told = `{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"7","NewImage":{"at":{"S":"2026-01-02T03:04:05Z"},"kind":{"S":"grant"},"id":{"S":"g_1"},"connector":{"S":"con_1"}}}}]}`

func get(path string) string {
	return fmt.Sprintf(`{"version":"2.0","rawPath":%q,"requestContext":{"http":{"method":"GET","sourceIp":"192.0.2.1"}}}`, path)
}

// nowhere is an environment in which AWS is a closed port.
var nowhere = []string{
	names.EnvTable + "=ebb", names.EnvSecretPrefix + "=ebb/", names.EnvURL + "=https://ebb.example.com",
	names.EnvHeadsBucket + "=ebb-heads", names.EnvAWSEndpoint + "=http://127.0.0.1:9",
	names.EnvStateMachine + "=arn:aws:states:eu-central-1:123456789012:stateMachine:ebb-lease",
	"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
}

// built is where `make functions-test` has just built the functions. What lies
// there from another day is not looked at.
func built(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EBB_FUNCTIONS")
	if dir == "" {
		t.Skip("SKIP: `make functions-test` builds the functions and runs this")
	}
	return dir
}

// emulator is what runs arm64 here; nothing on a machine that is one.
func emulator(t *testing.T) []string {
	t.Helper()
	if runtime.GOARCH == "arm64" {
		return nil
	}
	path, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		t.Skip("SKIP: there is no qemu-aarch64-static to run arm64 with (Debian: qemu-user-static)")
	}
	return []string{path}
}

// TestZips unpacks the very zips that are deployed and has each bootstrap
// answer, under an emulator where this machine is no arm64.
func TestZips(t *testing.T) {
	dir := built(t)
	runner := emulator(t)
	for _, name := range names.Functions {
		t.Run(name, func(t *testing.T) {
			answers(t, name, append(runner, unpack(t, filepath.Join(dir, name+".zip")))...)
		})
	}
}

// TestNative has the same functions answer, built for this machine.
func TestNative(t *testing.T) {
	dir := filepath.Join(built(t), "amd64")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIP: the functions are not built for this machine")
	}
	for _, name := range names.Functions {
		t.Run(name, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join(dir, name, "bootstrap"))
			if err != nil {
				t.Fatal(err)
			}
			answers(t, name, path)
		})
	}
}

func answers(t *testing.T, name string, command ...string) {
	t.Helper()
	var log bytes.Buffer
	f := &lambdatest.Function{Name: name, Command: command, Env: nowhere, Timeout: 20 * time.Second, Log: &log}
	if name == names.Sweep {
		f.Timeout = 50 * time.Second
	}
	if name == names.Sync || name == names.Notify || name == names.Review {
		f.Timeout = time.Minute
	}
	defer f.Close()
	want := asked[name]
	for range 2 {
		r, err := f.Invoke(t.Context(), []byte(want.payload))
		if err != nil {
			t.Fatalf("%v\n%s", err, log.String())
		}
		got := ""
		if r.Failure != nil {
			got = r.Failure.Type
		}
		if got != want.failure || !strings.Contains(string(r.Payload), want.answer) {
			t.Fatalf("%s %+v\n%s", r.Payload, r.Failure, log.String())
		}
		t.Logf("cold %v: started in %s, answered in %s", r.Cold, r.Start.Round(100*time.Microsecond), r.Took.Round(100*time.Microsecond))
	}
}

// unpack gives the path of the bootstrap, after a look at how it lies there.
func unpack(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode() != 0o755 || z.File[0].Modified.Year() != 1980 {
		t.Fatalf("%s does not hold a bootstrap alone: %+v", path, z.File)
	}
	in, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	code, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(to, code, 0o700); err != nil {
		t.Fatal(err)
	}
	return to
}

// A function whose environment is wrong says what, and does not begin.
func TestWrongEnvironment(t *testing.T) {
	path := filepath.Join(built(t), "amd64", names.Revoke, "bootstrap")
	if _, err := os.Stat(path); err != nil {
		t.Skip("SKIP: the functions are not built for this machine")
	}
	var log bytes.Buffer
	f := &lambdatest.Function{Name: names.Revoke, Command: []string{path}, Timeout: time.Second, Log: &log}
	r, err := f.Invoke(t.Context(), []byte(`{}`))
	if err != nil || r.Failure == nil || r.Failure.Type != "Runtime.ExitError" {
		t.Fatalf("%+v, %v", r, err)
	}
	var line struct{ Error string }
	if err := json.Unmarshal(log.Bytes(), &line); err != nil || !strings.Contains(line.Error, names.EnvTable+" is missing") {
		t.Errorf("%v: %s", err, log.String())
	}
}
