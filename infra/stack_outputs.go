package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// addOutputs says what the next steps need. None of it is a secret.
func (s *Stack) addOutputs() {
	s.output("Url", "Where people and Slack reach the house (EBB_URL for the ebb command)", s.url)
	s.output("RedirectUrl", "The Slack app's redirect URL", jsii.String(*s.url+callbackPath))
	s.output("SignInRedirectUrl", "The Slack app's second redirect URL, for Sign in with Slack", jsii.String(*s.url+signInPath))
	s.output("EventsUrl", "The Request URL of the Slack app's event subscriptions", jsii.String(*s.url+eventsPath))
	s.output("TableName", "Everything that the house remembers", s.table.TableName())
	s.output("HeadsBucket", "The audit's signed heads", s.heads.BucketName())
	s.output("SlackAppSecret", "Fill in clientId, clientSecret and signingSecret of the Slack app", jsii.String(s.prefix()+names.SlackApp))
}

func (s *Stack) output(id, what string, value *string) {
	awscdk.NewCfnOutput(s.Stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(what), Value: value})
}
