// Package sfn owns the alarm clock on AWS Step Functions: an execution of the
// house's state machine (infra/workflow/lease.asl.json) for each grant.
//
// It never waits for an execution, reads none and stops none. It takes the
// right to StartExecution on that one state machine alone.
package sfn

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
)

// maxName is the most characters of an execution's name.
const maxName = 80

// Executions implements flow.Executions. Use Open.
type Executions struct {
	client  *sfn.Client
	machine string
	pause   time.Duration // before a second try; 0: awsfault's
}

// Open names the state machine by its ARN; nothing is asked of AWS yet.
func Open(client *sfn.Client, stateMachineARN string) *Executions {
	return &Executions{client: client, machine: stateMachineARN}
}

// codes are Step Functions' own words for errors.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
var codes = map[string]awsfault.Meaning{
	"ExecutionAlreadyExists":   {Kind: fault.Already, Text: "an execution of this name was started before"},
	"ExecutionLimitExceeded":   {Kind: fault.Backoff, Text: "too many executions are running: ends are carried by sweep meanwhile"},
	"StateMachineDeleting":     {Kind: fault.Misconfigured, Text: "Ebb's state machine is being deleted: deploy the stack again"},
	"StateMachineDoesNotExist": {Kind: fault.Misconfigured, Text: "Ebb's state machine is not there: see that EBB_STATE_MACHINE is that of the deployed stack"},
	"InvalidArn":               {Kind: fault.Misconfigured, Text: "EBB_STATE_MACHINE is not the ARN of a state machine: deploy the stack again"},
	"KmsAccessDeniedException": {Kind: fault.Misconfigured, Text: "AWS does not let Ebb use the key of the state machine: deploy the stack again"},
	"KmsInvalidStateException": {Kind: fault.Misconfigured, Text: "the key of the state machine is disabled: enable it in KMS"},
	"KmsThrottlingException":   {Kind: fault.Backoff, Text: "AWS asks for patience: try again in a moment"},
	"InvalidName":              {Kind: fault.Invalid, Text: "Step Functions does not take this name"},
	"InvalidExecutionInput":    {Kind: fault.Internal, Text: "Step Functions does not take this input"},
	"ValidationException":      {Kind: fault.Internal, Text: "Step Functions does not take this request"},
}

// Start begins an execution: name is 1 to 80 letters, digits and "-_.", grant
// its whole input. A name that was used in the last 90 days is fault.Already;
// while that execution runs with the same input, AWS answers success, so that
// repeating is safe. fault.Unclear when it may have begun.
func (e *Executions) Start(ctx context.Context, name, grant string) error {
	const op = "sfn.Start"
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	if name == "" || len(name) > maxName || strings.Trim(name, letters) != "" {
		return fault.At(op, "name", "the name of an execution is 1 to %d letters, digits and -_.", maxName)
	}
	input, err := json.Marshal(map[string]string{"grantId": grant})
	if err != nil {
		return fault.Wrap(op, err)
	}
	text := string(input)
	call := awsfault.Call{Op: op, Write: true, Codes: codes, Pause: e.pause}
	return call.Do(ctx, func(ctx context.Context) error {
		_, err := e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &e.machine, Name: &name, Input: &text},
			func(o *sfn.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) })
		return err
	})
}
