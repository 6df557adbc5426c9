// Package ses sends mail by Amazon SES (API v2), in plain text, from one verified
// sender and through the stack's configuration set, which counts bounces.
//
// SES has no key by which a mail that is sent again would be known: where an answer
// was lost a reader may see it twice. It never makes or verifies a sender.
package ses

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Sender sends through SES; it is safe for concurrent use. Use Open.
type Sender struct {
	client    *sesv2.Client
	from, set string
	pause     time.Duration // before a second try; 0: awsfault's
}

// Open names the sender's address and the configuration set ("": none); nothing is
// asked of AWS yet.
func Open(client *sesv2.Client, from, set string) *Sender {
	return &Sender{client: client, from: from, set: set}
}

// codes are SES's own words for errors.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
var codes = map[string]awsfault.Meaning{
	"MessageRejected":     {Kind: fault.Permanent, Text: "SES refuses this mail: the sender or, in SES's sandbox, the reader is not verified"},
	"BadRequestException": {Kind: fault.Permanent, Text: "SES refuses this mail"},
	"MailFromDomainNotVerifiedException": {
		Kind: fault.Misconfigured, Text: "SES does not know the sender: verify the address of the parameter mailFrom",
	},
	"NotFoundException":         {Kind: fault.Misconfigured, Text: "SES has no such configuration set: deploy the stack again"},
	"AccountSuspendedException": {Kind: fault.Misconfigured, Text: "AWS suspended this account's sending: see SES's console"},
	"SendingPausedException":    {Kind: fault.Misconfigured, Text: "sending is paused in SES: see the configuration set and its reputation"},
	"LimitExceededException":    {Kind: fault.Backoff, Text: "SES's daily quota is used up: it is tried again"},
}

// Send sends one mail. Its key becomes a tag, by which SES's events name it.
func (s *Sender) Send(ctx context.Context, m message.Mail) error {
	const op = "mail/ses.Send"
	if err := m.Valid(); err != nil {
		return fault.Wrap(op, err)
	}
	utf8 := aws.String("UTF-8")
	in := &sesv2.SendEmailInput{
		FromEmailAddress: &s.from,
		Destination:      &types.Destination{ToAddresses: []string{m.To}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &m.Subject, Charset: utf8},
			Body:    &types.Body{Text: &types.Content{Data: &m.Text, Charset: utf8}},
		}},
		EmailTags: []types.MessageTag{{Name: aws.String("ebb-mail"), Value: aws.String(tag(m.Key))}},
	}
	if s.set != "" {
		in.ConfigurationSetName = &s.set
	}
	call := awsfault.Call{Op: op, Write: true, Visible: true, Codes: codes, Pause: s.pause}
	return call.Do(ctx, func(ctx context.Context) error {
		_, err := s.client.SendEmail(ctx, in, func(o *sesv2.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) })
		return err
	})
}

// tag is a key in the characters that SES takes.
func tag(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:12])
}
