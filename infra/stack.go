package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"
)

// Stack is the whole house on AWS, with the parts that other parts name.
type Stack struct {
	awscdk.Stack
	p Parameters

	key       awskms.IKey
	table     awsdynamodb.Table
	heads     awss3.Bucket
	http      awsapigatewayv2.HttpApi
	url       *string
	functions map[string]awslambda.Function // by name
	dead      map[string]awssqs.Queue       // by function that a schedule or the stream calls
	lease     awsstepfunctions.StateMachine
	mail      awsses.ConfigurationSet // nil without a sender
}

// NewStack puts the house together, from what is kept to what may be made anew
// at any time. code has an entry for each of Functions.
func NewStack(app awscdk.App, p Parameters, code map[string]awslambda.Code) *Stack {
	s := &Stack{
		Stack: awscdk.NewStack(app, jsii.String(p.StackName), &awscdk.StackProps{
			Env:         p.environment(),
			Description: jsii.String("Ebb: Slack access that ends by itself, and proof that it did."),
			// Deleting the stack by mistake would leave access standing in Slack.
			TerminationProtection: jsii.Bool(p.keeps() && p.Protection == "on"),
		}),
		p:         p,
		functions: map[string]awslambda.Function{},
		dead:      map[string]awssqs.Queue{},
	}

	s.addKey()     // one key of the customer's own, for what is kept
	s.addTable()   // everything that the house remembers
	s.addHeads()   // the audit's signed heads, outside the table
	s.addSecrets() // the Slack app's credentials, filled in by the operator
	s.addAddress() // where people and Slack reach the house
	s.addFunctions(code)
	s.addRoutes()    // HTTP API -> install, api, slackapp
	s.addSchedules() // EventBridge Scheduler -> sync, sweep
	s.addStream()    // DynamoDB's stream -> notify
	s.addLease()     // Step Functions -> grant, revoke
	s.addMail()      // SES, when there is a sender
	s.addAlarms()    // each with its page in infra/alarms
	s.addOutputs()
	return s
}
