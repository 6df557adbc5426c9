package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"
)

// addMail prepares SES for a sender. The functions that tell people may send in its
// name (Mails); without a sender none may, and mail is what people see in Ebb.
func (s *Stack) addMail() {
	if s.p.MailFrom == "" {
		awscdk.Annotations_Of(s.Stack).AddInfo(jsii.String(
			"mail is not configured (mailFrom): nothing is lost, messages are shown in Ebb and in Slack"))
		return
	}
	s.mail = awsses.NewConfigurationSet(s.Stack, jsii.String("Mail"), &awsses.ConfigurationSetProps{
		ConfigurationSetName: jsii.String(s.p.StackName),
		TlsPolicy:            awsses.ConfigurationSetTlsPolicy_REQUIRE,
		ReputationMetrics:    jsii.Bool(true), // what the alarms of bounces and complaints read
		SuppressionReasons:   awsses.SuppressionReasons_BOUNCES_AND_COMPLAINTS,
	})
	if s.p.MailIdentity == "create" {
		// The address alone, for which SES sends a link: a whole domain's
		// records are for who runs it, and then mailIdentity=existing.
		awsses.NewEmailIdentity(s.Stack, jsii.String("Sender"), &awsses.EmailIdentityProps{
			Identity:         awsses.Identity_Email(jsii.String(s.p.MailFrom)),
			ConfigurationSet: s.mail,
		})
	}
	awscdk.Annotations_Of(s.Stack).AddWarningV2(jsii.String("ebb:ses-sandbox"), jsii.String(
		"a new account's SES is in the sandbox: it sends to verified addresses only, 200 a day. "+
			"Ask AWS for production access; `make deploy` says at its end which it is"))
	_, host, _ := strings.Cut(s.p.MailFrom, "@")
	s.output("MailSender", "Verify this sender ("+host+") in SES before the first message", jsii.String(s.p.MailFrom))
}

// sesARN names something of SES in this account and region.
func (s *Stack) sesARN(what string) *string {
	return jsii.String("arn:" + *s.Stack.Partition() + ":ses:" + *s.Stack.Region() + ":" + *s.Stack.Account() + ":" + what)
}
