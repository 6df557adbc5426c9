package workflow_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/steps"
)

// laps is how often an execution may go round, as the definition has it.
const laps = 400

// mostEvents is Step Functions' own limit of a history, beyond which an
// execution fails. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const mostEvents = 25_000

type retrier struct {
	ErrorEquals     []string
	IntervalSeconds float64
	BackoffRate     float64
	MaxAttempts     int
	MaxDelaySeconds float64
}

type state struct {
	Type           string
	Resource       string
	TimeoutSeconds int
	Retry          []retrier
	Catch          []struct {
		ErrorEquals []string
		Next        string
	}
	Choices []map[string]any
}

func states(t *testing.T) map[string]state {
	t.Helper()
	var machine struct{ States map[string]state }
	if err := json.Unmarshal([]byte(workflow.Lease), &machine); err != nil {
		t.Fatal(err)
	}
	return machine.States
}

// worstAttempts is how often one lap may call a function.
func worstAttempts(t *testing.T) int {
	t.Helper()
	worst := 0
	for _, s := range states(t) {
		n := 1
		for _, r := range s.Retry {
			n += r.MaxAttempts
		}
		worst = max(worst, n)
	}
	return worst
}

// eventsPerLap is the most of a history that a lap makes: a task (entered,
// exited, and scheduled, started, ended for each attempt), then at most two
// choices, a wait and a pass of two events each.
func eventsPerLap(t *testing.T) int { return 2 + 3*worstAttempts(t) + 4*2 }

func TestHistoryNeverFills(t *testing.T) {
	perLap := eventsPerLap(t)
	if !strings.Contains(workflow.Lease, `"NumericGreaterThanEquals": 400`) {
		t.Errorf("the definition's limit is not %d laps", laps)
	}
	if worst := laps * perLap; worst > mostEvents*4/5 {
		t.Errorf("%d laps of %d events are %d, too near to %d", laps, perLap, worst, mostEvents)
	}
}

// Both tasks are alike, miss no error, and retry what steps says passes.
func TestTasks(t *testing.T) {
	all := states(t)
	grant, revoke := all["Grant"], all["Revoke"]
	if grant.Resource != "${"+workflow.GrantFunctionArn+"}" || revoke.Resource != "${"+workflow.RevokeFunctionArn+"}" {
		t.Errorf("%s, %s", grant.Resource, revoke.Resource)
	}
	grant.Resource, revoke.Resource = "", ""
	a, _ := json.Marshal(grant)
	b, _ := json.Marshal(revoke)
	if string(a) != string(b) {
		t.Errorf("the tasks differ:\n%s\n%s", a, b)
	}
	if c := grant.Catch; len(c) != 1 || !slices.Equal(c[0].ErrorEquals, []string{"States.ALL"}) || c[0].Next != "Rest" {
		t.Errorf("%+v", c)
	}
	var retried []string
	for _, r := range grant.Retry {
		retried = append(retried, r.ErrorEquals...)
	}
	for _, name := range []string{steps.NameConflict, steps.NameBackoff, "States.Timeout", "Sandbox.Timedout", "Lambda.TooManyRequestsException"} {
		if !slices.Contains(retried, name) {
			t.Errorf("%s is not retried", name)
		}
	}
	for _, name := range []string{steps.NameInvalid, steps.NameNotFound, steps.NameFailed} {
		if slices.Contains(retried, name) {
			t.Errorf("%s is retried within seconds", name)
		}
	}
}

// A function gets the grant's id and nothing else, and nothing ends in Fail.
func TestContract(t *testing.T) {
	if n := strings.Count(workflow.Lease, `"Parameters": {"grantId.$": "$.grantId"},`); n != 2 {
		t.Errorf("%d tasks get {grantId} alone", n)
	}
	for name, s := range states(t) {
		if s.Type == "Fail" {
			t.Errorf("%q ends an execution as failed", name)
		}
	}
	found := regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(workflow.Lease, -1)
	for _, m := range found {
		if !slices.Contains(workflow.Placeholders, m[1]) {
			t.Errorf("nobody fills in %s", m[0])
		}
	}
	if len(found) != len(workflow.Placeholders) {
		t.Errorf("%d placeholders, want %d", len(found), len(workflow.Placeholders))
	}
}

func TestLint(t *testing.T) {
	node, dir := tools(t)
	lint := filepath.Join(dir, "node_modules/asl-validator/dist/bin/asl-validator.js")
	out, err := exec.CommandContext(t.Context(), node, lint, "--json-path", definition(t)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "is valid") {
		t.Errorf("%v: %s", err, out)
	}
}
