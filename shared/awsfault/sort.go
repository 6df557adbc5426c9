package awsfault

import (
	"errors"
	"net"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ebb-access/ebb/shared/fault"
)

const (
	patience = "AWS asks for patience: try again in a moment"
	noRight  = "AWS does not let Ebb do this: deploy the stack again, so that this function's role has the right that the log names"
	noWho    = "AWS does not know who Ebb is: give it valid credentials, and see that this machine's clock is right"
)

// shared is what errors mean that every service of AWS uses.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and
// https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html
var shared = map[string]Meaning{
	"Throttling":                {fault.Backoff, patience},
	"ThrottlingException":       {fault.Backoff, patience},
	"ThrottlingError":           {fault.Backoff, patience},
	"ThrottledException":        {fault.Backoff, patience},
	"RequestThrottled":          {fault.Backoff, patience},
	"RequestThrottledException": {fault.Backoff, patience},
	"TooManyRequestsException":  {fault.Backoff, patience},
	"RequestLimitExceeded":      {fault.Backoff, patience},
	"SlowDown":                  {fault.Backoff, patience},

	"AccessDenied":          {fault.Misconfigured, noRight},
	"AccessDeniedException": {fault.Misconfigured, noRight},
	"KMSAccessDeniedException": {
		fault.Misconfigured, "AWS does not let Ebb use the key of its data: deploy the stack again, so that this function's role may use it",
	},

	"UnrecognizedClientException":         {fault.Misconfigured, noWho},
	"InvalidClientTokenId":                {fault.Misconfigured, noWho},
	"InvalidAccessKeyId":                  {fault.Misconfigured, noWho},
	"SignatureDoesNotMatch":               {fault.Misconfigured, noWho},
	"InvalidSignatureException":           {fault.Misconfigured, noWho},
	"IncompleteSignature":                 {fault.Misconfigured, noWho},
	"MissingAuthenticationToken":          {fault.Misconfigured, noWho},
	"MissingAuthenticationTokenException": {fault.Misconfigured, noWho},
	"ExpiredToken":                        {fault.Misconfigured, noWho},
	"ExpiredTokenException":               {fault.Misconfigured, noWho},
	"RequestExpired":                      {fault.Misconfigured, noWho},
	"OptInRequired":                       {fault.Misconfigured, noWho},
}

// sorted gives an error of one try its kind. A fault keeps its own.
func (c Call) sorted(err error, sent bool) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return fault.Wrap(c.Op, err)
	}
	var said smithy.APIError
	if errors.As(err, &said) {
		return c.answered(said, err)
	}
	var dial *net.OpError
	never := !sent || errors.As(err, &dial) && dial.Op == "dial"
	if never || !c.Write {
		return &fault.Error{Op: c.Op, Kind: fault.Backoff, Text: "AWS cannot be reached: try again", Err: err}
	}
	return &fault.Error{Op: c.Op, Kind: fault.Unclear, Text: "AWS's answer was lost: read again", Err: err}
}

// answered sorts what AWS itself says. Of the cause only AWS's words are kept.
func (c Call) answered(said smithy.APIError, err error) error {
	e := &fault.Error{Op: c.Op, Kind: fault.Internal, Code: said.ErrorCode(), Err: errors.New(said.ErrorMessage())}
	m, ok := c.Codes[e.Code]
	if !ok {
		m, ok = shared[e.Code]
	}
	if ok {
		e.Kind, e.Text = m.Kind, m.Text
		return e
	}
	var answer *smithyhttp.ResponseError
	status := 0
	if errors.As(err, &answer) {
		status = answer.HTTPStatusCode()
	}
	switch {
	case status == http.StatusTooManyRequests:
		e.Kind, e.Text = fault.Backoff, patience
	case status < http.StatusBadRequest, status >= http.StatusInternalServerError:
		// Something failed on their side, or between us, after it was sent.
		e.Kind, e.Text = fault.Backoff, "AWS has trouble of its own: try again"
		if c.Write {
			e.Kind, e.Text = fault.Unclear, "AWS had trouble of its own: read again"
		}
	}
	return e
}
