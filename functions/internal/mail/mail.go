// Package mail sends through Amazon SES. It stands beside what every function
// begins with, because SES's client is linked into whatever imports it.
package mail

import (
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/mail/ses"
)

// Open gives what sends in the stack's name; nil where it has no sender.
func Open(f *aws.Function) flow.Mail {
	if f.Config.MailFrom == "" {
		return nil
	}
	return ses.Open(sesv2.NewFromConfig(f.SDK()), f.Config.MailFrom, f.Config.MailSet)
}
