package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config/names"
)

// first is the state machine's definition as it was first deployed. It stays as
// it is whatever becomes of infra/workflow: an execution that began under it
// may sleep for 360 days, and wakes among the functions of that day.
func first(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/lease.1.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// upgraded: access is given by the first definition and one build; while its
// execution sleeps, a deploy brings today's definition and another build of
// every function. The old execution wakes and ends the access; sweep, which
// would, too, is not there.
func (s *story) upgraded(ctx context.Context) error {
	s.say("First act: an execution that began before an upgrade wakes after it; sweep is not scheduled yet")
	if err := s.different(); err != nil {
		return err
	}
	g, err := s.given(ctx, 10*time.Second)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.ada); err != nil {
		return err
	}
	states := sfn.NewFromConfig(s.engines.sdk())
	if _, err := states.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &s.machine, Definition: aws.String(placed(next()))}); err != nil {
		return fmt.Errorf("the definition is not taken: %w", err)
	}
	s.fleet.deploy(s.t, upgrade)
	before := s.fleet.started(names.Revoke)
	s.tell("upgraded: another definition, other bytes of %d functions; the execution sleeps on", len(names.Functions))
	if err := s.gone(ctx, g, 5*time.Second); err != nil {
		return err
	}
	if err := s.woke(ctx, states, g.ID, 5*time.Second); err != nil {
		return err
	}
	if s.fleet.started(names.Revoke) == before {
		return fmt.Errorf("the access ended, and no new build of %s was started for it", names.Revoke)
	}
	return s.holds(ctx, s.sam, s.kit)
}

// next is today's definition, with other names of its states: an execution
// that looked for its own there would not find them.
func next() string {
	text := workflow.Lease
	for _, state := range []string{"Begin", "Grant", "Revoke", "Answered", "Sleep", "Rest", "Lap", "Whose turn"} {
		text = strings.ReplaceAll(text, `"`+state+`"`, `"`+state+` (next)"`)
	}
	return text
}

// woke looks into the history of the old execution: its input is the grant's id
// alone, it slept under the old name, and it came to its end.
func (s *story) woke(ctx context.Context, states *sfn.Client, grant string, allowed time.Duration) error {
	arn := strings.Replace(s.machine, ":stateMachine:", ":execution:", 1) + ":" + grant
	var d *sfn.DescribeExecutionOutput
	err := until(ctx, allowed, func() (ok bool, err error) {
		d, err = states.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		return err == nil && d.Status == types.ExecutionStatusSucceeded, err
	})
	if err != nil {
		return fmt.Errorf("the old execution did not end: %w", err)
	}
	if got, want := aws.ToString(d.Input), fmt.Sprintf(`{"grantId":%q}`, grant); got != want {
		return fmt.Errorf("the execution's input is %s, and has to be %s for ever", got, want)
	}
	history, err := states.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
	if err != nil {
		return err
	}
	slept := false
	for _, e := range history.Events {
		if in := e.StateEnteredEventDetails; in != nil {
			slept = slept || *in.Name == "Sleep"
			if strings.HasSuffix(*in.Name, "(next)") {
				return fmt.Errorf("the old execution is in the new definition's %s", *in.Name)
			}
		}
	}
	if !slept {
		return fmt.Errorf("the old execution never slept")
	}
	s.tell("the old execution woke with %s, called the new functions, and %s", *d.Input, d.Status)
	return nil
}

// different checks that the two builds are two.
func (s *story) different() error {
	for _, name := range names.Functions {
		var code [2][]byte
		for i, build := range []string{built, upgrade} {
			command := bootstrap(s.t, build, name)
			var err error
			if code[i], err = os.ReadFile(command[len(command)-1]); err != nil {
				return err
			}
		}
		if os.Getenv("EBB_E2E") != "zips" && bytes.Equal(code[0], code[1]) {
			return fmt.Errorf("the upgrade brings the same bytes of %s", name)
		}
	}
	return nil
}

// started is how many processes of a function were started.
func (f *fleet) started(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cold[name]
}
