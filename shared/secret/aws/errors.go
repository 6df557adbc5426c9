package secretaws

import (
	"maps"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
)

const (
	noKey  = "Secrets Manager cannot use the key that this secret is encrypted with: see in KMS that it is enabled, and that this function's role may use it"
	faster = "the secret has changed since it was read: read again"
	unsaid = "there is no secret of this name"
)

// What Secrets Manager's own words mean, by what was asked. InvalidRequest is
// its word for a secret that is scheduled for deletion, InvalidParameter for a
// label that another version has.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
var (
	common = map[string]awsfault.Meaning{
		"DecryptionFailure":           {Kind: fault.Misconfigured, Text: noKey},
		"EncryptionFailure":           {Kind: fault.Misconfigured, Text: noKey},
		"LimitExceededException":      {Kind: fault.Misconfigured, Text: "this AWS account holds no more secrets: delete some, or ask AWS for a higher quota"},
		"PreconditionNotMetException": {Kind: fault.Backoff, Text: "the secret is being changed: try again"},
	}
	unsaidYet = awsfault.Meaning{Kind: fault.NotFound, Text: unsaid}
	tooLate   = awsfault.Meaning{Kind: fault.Conflict, Text: faster}
	gone      = awsfault.Meaning{Kind: fault.Already, Text: unsaid}

	reading  = with(map[string]awsfault.Meaning{"ResourceNotFoundException": unsaidYet, "InvalidRequestException": unsaidYet})
	creating = with(map[string]awsfault.Meaning{"ResourceExistsException": tooLate, "InvalidRequestException": tooLate})
	changing = with(map[string]awsfault.Meaning{
		"ResourceNotFoundException": tooLate, "InvalidRequestException": tooLate, "InvalidParameterException": tooLate,
	})
	deleting = with(map[string]awsfault.Meaning{"ResourceNotFoundException": gone, "InvalidRequestException": gone})
)

// with adds what all calls have in common.
func with(own map[string]awsfault.Meaning) map[string]awsfault.Meaning {
	maps.Copy(own, common)
	return own
}
