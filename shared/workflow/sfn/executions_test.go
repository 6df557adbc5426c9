package sfn_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/workflow/sfn"
)

func client(t *testing.T, trip http.RoundTripper) *awssfn.Client {
	t.Helper()
	return awssfn.NewFromConfig(awstest.Config(t, awstest.Others, trip))
}

// machine is a state machine that gives its input back after so many seconds.
func machine(t *testing.T, seconds string) (arn string) {
	t.Helper()
	out, err := client(t, nil).CreateStateMachine(t.Context(), &awssfn.CreateStateMachineInput{
		Name: aws.String("lease-" + rand.Text()), RoleArn: aws.String("arn:aws:iam::123456789012:role/test"),
		Definition: aws.String(`{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":` + seconds + `,"End":true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.StateMachineArn
}

// executions gives name and input of all of a machine's.
func executions(t *testing.T, arn string) map[string]string {
	t.Helper()
	list, err := client(t, nil).ListExecutions(t.Context(), &awssfn.ListExecutionsInput{StateMachineArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range list.Executions {
		one, err := client(t, nil).DescribeExecution(t.Context(), &awssfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
		if err != nil {
			t.Fatal(err)
		}
		out[*e.Name] = *one.Input
	}
	return out
}

// finished waits until nothing of a machine runs any more.
func finished(t *testing.T, arn string) {
	t.Helper()
	for range 100 {
		list, err := client(t, nil).ListExecutions(t.Context(), &awssfn.ListExecutionsInput{
			StateMachineArn: &arn, StatusFilter: types.ExecutionStatusRunning,
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Executions) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("executions run on")
}

// TestStart: the grant's id is the whole input, and a name is used once.
func TestStart(t *testing.T) {
	arn := machine(t, "0")
	e := sfn.Open(client(t, nil), arn)
	for _, name := range []string{"gr_1", "gr_1.end", strings.Repeat("x", 80)} {
		if err := e.Start(t.Context(), name, "gr_1"); err != nil {
			t.Fatal(err)
		}
	}
	finished(t, arn)
	if err := e.Start(t.Context(), "gr_1", "gr_1"); !fault.Is(err, fault.Already) {
		t.Errorf("a name used before: %v, want already", err)
	}
	got := executions(t, arn)
	if len(got) != 3 || got["gr_1.end"] != `{"grantId":"gr_1"}` {
		t.Errorf("executions %q", got)
	}
	for _, bad := range []string{"", "a b", "a/b", "a:b", "é", "a\n", strings.Repeat("x", 81)} {
		if err := e.Start(t.Context(), bad, "gr_1"); !fault.Is(err, fault.Invalid) {
			t.Errorf("name %q: %v, want invalid", bad, err)
		}
	}
	gone := sfn.Open(client(t, nil), strings.Replace(arn, "lease-", "none-", 1))
	if err := gone.Start(t.Context(), "gr_2", "gr_2"); !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), "EBB_STATE_MACHINE") {
		t.Errorf("no such machine: %v, want misconfigured", err)
	}
}

// TestTrouble: a lost answer is settled by asking again, or is unclear.
func TestTrouble(t *testing.T) {
	arn := machine(t, "3600")
	for name, c := range map[string]struct {
		times  int
		mishap awstest.Mishap
		kind   fault.Kind
		begun  bool
	}{
		"lost":         {1, awstest.Lose, "", true},
		"lost-done":    {2, awstest.LoseDone, "", true},
		"broken-done":  {2, awstest.BreakDone, "", true},
		"throttled":    {3, awstest.Throttle, "", true},
		"lost-ever":    {99, awstest.Lose, fault.Unclear, false},
		"done-ever":    {99, awstest.LoseDone, fault.Unclear, true},
		"throttled-99": {99, awstest.Throttle, fault.Backoff, false},
		"unreachable":  {99, awstest.Unreachable, fault.Backoff, false},
		"refused":      {99, awstest.Coded(400, "AccessDeniedException"), fault.Misconfigured, false},
		"full":         {99, awstest.Coded(400, "ExecutionLimitExceeded"), fault.Backoff, false},
	} {
		e := sfn.Quick(sfn.Open(client(t, &awstest.Trouble{Next: awstest.First(c.times, c.mishap)}), arn))
		if err := e.Start(t.Context(), name, "gr_1"); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", name, err, c.kind)
		}
		if _, begun := executions(t, arn)[name]; begun != c.begun {
			t.Errorf("%s: begun %t, want %t", name, begun, c.begun)
		}
	}
}
