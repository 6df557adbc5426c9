package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// What the operator replaces, in the console or with put-secret-value. The
// values are no credentials, so it is no harm that the template holds them.
const placeholder = `{"clientId":"fill in","clientSecret":"fill in","signingSecret":"fill in"}`

// addSecrets makes the secrets that a person fills in, one or two. All others (tokens,
// the audit's keys) are made by the functions, under the same prefix, and are
// deleted by them alone: the stack never knows them.
func (s *Stack) addSecrets() {
	awssecretsmanager.NewSecret(s.Stack, jsii.String("SlackApp"), &awssecretsmanager.SecretProps{
		SecretName:        jsii.String(s.prefix() + names.SlackApp),
		Description:       jsii.String("The Slack app's client id and client secret, for Install with Slack, and its signing secret, for events"),
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(jsii.String(placeholder)),
		RemovalPolicy:     s.p.removal(),
	})
	if s.p.OIDCIssuer == "" {
		return
	}
	awssecretsmanager.NewSecret(s.Stack, jsii.String("Issuer"), &awssecretsmanager.SecretProps{
		SecretName:        jsii.String(s.prefix() + names.Issuer),
		Description:       jsii.String("This house's client secret at the issuer that people sign in with"),
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(jsii.String(`{"clientSecret":"fill in"}`)),
		RemovalPolicy:     s.p.removal(),
	})
}

// prefix is what the names of all secrets of this house begin with, so that
// two houses in one account do not see each other's.
func (s *Stack) prefix() string { return s.p.StackName + "/" }

// secretARN names a secret with -?????? at its end (Secrets Manager adds six
// random characters to each name), or with /* all below one.
func (s *Stack) secretARN(name string) *string {
	return s.arn("secretsmanager", "secret:"+s.prefix()+name)
}

// arn is an ARN of this account and region; resource as the service spells it.
func (s *Stack) arn(service, resource string) *string {
	return jsii.String("arn:" + *s.Stack.Partition() + ":" + service + ":" + *s.Stack.Region() + ":" + *s.Stack.Account() + ":" + resource)
}
