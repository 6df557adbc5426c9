// Package mail names the port through which Ebb sends e-mail, for its contract
// (porttest) and its engines: ses (Amazon SES) and folder (.eml files).
//
// It never decides who is told what.
package mail

import (
	"context"

	"github.com/ebb-access/ebb/shared/message"
)

// Sender sends one mail to one address, in plain text. Errors: fault.Permanent
// where this mail reaches nobody, ever; fault.Misconfigured where a person has to
// act (a sender that is not verified); fault.Backoff where it was not sent;
// fault.Unclear where it may have been: send it again. It repeats safely: an engine
// that can tell by the Key sends once, SES cannot.
type Sender interface {
	Send(ctx context.Context, m message.Mail) error
}
