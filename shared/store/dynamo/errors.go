package dynamo

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

const (
	busy     = "the table is busy: try again in a moment"
	tooLarge = "a row weighs more than DynamoDB's 400 KB once its attributes are counted: make its body smaller"
)

// codes are DynamoDB's own words for errors.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
var codes = map[string]awsfault.Meaning{
	"ProvisionedThroughputExceededException": {Kind: fault.Backoff, Text: busy},
	"LimitExceededException":                 {Kind: fault.Backoff, Text: busy},
	"ReplicatedWriteConflictException":       {Kind: fault.Backoff, Text: busy},
	// An earlier try with the same token is still at work.
	"TransactionInProgressException":           {Kind: fault.Unclear, Text: "an earlier try of this commit is still at work: read again"},
	"ItemCollectionSizeLimitExceededException": {Kind: fault.Invalid, Text: tooLarge},
	"ResourceNotFoundException": {
		Kind: fault.Misconfigured,
		Text: "Ebb's table is not there: see that EBB_TABLE names the table of the deployed stack, in this account and region",
	},
	"ResourceInUseException": {
		Kind: fault.Backoff, Text: "the table is being changed: try again in a minute",
	},
}

// refused tells why DynamoDB canceled a transaction; nothing of it happened.
// One line that will never pass decides over others that might later.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
func refused(err error) error {
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) {
		return err
	}
	var verdict *fault.Error
	for i, reason := range canceled.CancellationReasons {
		f := because(aws.ToString(reason.Code), i+1, len(canceled.CancellationReasons))
		if f != nil && (verdict == nil || weight(f.Kind) > weight(verdict.Kind)) {
			f.Code = aws.ToString(reason.Code)
			if f.Err == nil {
				f.Err = errors.New(aws.ToString(reason.Message))
			}
			verdict = f
		}
	}
	if verdict == nil {
		return fault.New("", fault.Backoff, busy)
	}
	return verdict
}

func because(code string, line, of int) *fault.Error {
	switch code {
	case "", "None":
		return nil
	case "ConditionalCheckFailed":
		return store.Outrun(line-1, of)
	case "ItemCollectionSizeLimitExceeded", "ValidationError":
		return fault.New("", fault.Invalid, tooLarge)
	case "AccessDenied":
		return fault.New("", fault.Misconfigured, "AWS does not let Ebb write row %d of %d: deploy the stack again", line, of)
	default: // TransactionConflict, ProvisionedThroughputExceeded, ThrottlingError
		return fault.New("", fault.Backoff, busy)
	}
}

func weight(k fault.Kind) int {
	switch k {
	case fault.Misconfigured:
		return 3
	case fault.Invalid:
		return 2
	case fault.Conflict:
		return 1
	default:
		return 0
	}
}
