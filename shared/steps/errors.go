package steps

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/ebb-access/ebb/shared/fault"
)

// The names of errors, as lease.asl.json can tell them apart. It retries
// Conflict and Backoff within seconds and rests after all others.
const (
	NameInvalid  = "Ebb.Invalid"  // the input is no input
	NameNotFound = "Ebb.NotFound" // no such grant
	NameConflict = "Ebb.Conflict" // somebody else was faster
	NameBackoff  = "Ebb.Backoff"  // the table or Slack cannot be reached as it should
	NameFailed   = "Ebb.Failed"   // everything else; the log has it
)

// table is the one table from kinds of faults to names.
var table = map[fault.Kind]string{
	fault.Invalid:  NameInvalid,
	fault.NotFound: NameNotFound,
	fault.Conflict: NameConflict,
	fault.Wait:     NameBackoff,
	fault.Backoff:  NameBackoff,
	fault.Unclear:  NameBackoff,
	fault.Pause:    NameBackoff,
}

// named gives an error the name that the state machine knows and a text that
// anybody may read, and logs the rest.
func named(ctx context.Context, log *slog.Logger, grant string, err error) error {
	request := ""
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		request = lc.AwsRequestID
	}
	log.Error("failed", "grant", grant, "request", request, "error", err)
	kind := fault.KindOf(err)
	out := messages.InvokeResponse_Error{Type: table[kind], Message: fault.TextOf(err)}
	if out.Type == "" {
		out.Type = NameFailed
	}
	if kind == fault.Internal || out.Message == "" {
		out.Message = "the log of the function says what failed, under the request id " + request
	}
	return out
}

// crashed ends the process after its answer, so that the next step begins in a
// fresh one.
func crashed() error {
	return messages.InvokeResponse_Error{Type: NameFailed, Message: "the log of the function says what broke", ShouldExit: true}
}
