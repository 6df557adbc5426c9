package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// addFunctions makes each function with a role, a log group and a name of its
// own. Names are fixed: what a function's environment has to name (the state
// machine, which in turn names functions) is spelled, never referenced, so
// that there is no circle.
func (s *Stack) addFunctions(code map[string]awslambda.Code) {
	for _, f := range Functions {
		s.addFunction(f, code[f.Name])
	}
}

func (s *Stack) addFunction(f Function, code awslambda.Code) {
	id, name := title(f.Name), s.p.StackName+"-"+f.Name
	if f.Trigger == Scheduled || f.Trigger == Streamed {
		s.addDeadLetters(f)
	}
	logs := s.logGroup(id+"Logs", "/aws/lambda/"+name)
	role := awsiam.NewRole(s.Stack, jsii.String(id+"Role"), &awsiam.RoleProps{
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description:    jsii.String("What " + name + " may do"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"rights": s.rights(f, logs.LogGroupArn())},
	})
	props := &awslambda.FunctionProps{
		FunctionName: jsii.String(name),
		Description:  jsii.String("Ebb: " + strings.ReplaceAll(f.Does, "`", "")),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         code,
		MemorySize:   jsii.Number(f.Memory),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(f.Timeout.Seconds())),
		Role:         role,
		LogGroup:     logs,
		// Lambda's own lines as JSON too, so that one query reads all.
		LoggingFormat: awslambda.LoggingFormat_JSON,
		Environment:   s.variables(f),
	}
	if n, ok := s.p.Reserved[f.Name]; ok {
		props.ReservedConcurrentExecutions = jsii.Number(n)
	}
	if f.Trigger == Scheduled {
		props.DeadLetterQueue = s.dead[f.Name]
		props.RetryAttempts = jsii.Number(0)
		props.MaxEventAge = awscdk.Duration_Seconds(jsii.Number(60))
	}
	s.functions[f.Name] = awslambda.NewFunction(s.Stack, jsii.String(id), props)
}

// variables are what a function needs to know; none of them is a secret.
func (s *Stack) variables(f Function) *map[string]*string {
	v := map[string]*string{
		names.EnvTable:        s.table.TableName(),
		names.EnvSecretPrefix: jsii.String(s.prefix()),
		names.EnvSlackAPIURL:  jsii.String(s.p.SlackAPIURL),
	}
	if f.Trigger == HTTP {
		v[names.EnvURL] = s.url
	}
	if f.Name == names.Install {
		v[names.EnvAskSCIM], v[names.EnvAskRoles] = jsii.String(s.p.SCIM), jsii.String(s.p.Roles)
	}
	if f.uses(SignIn) && s.p.OIDCIssuer != "" {
		v[names.EnvOIDCIssuer], v[names.EnvOIDCClientID] = jsii.String(s.p.OIDCIssuer), jsii.String(s.p.OIDCClientID)
	}
	if f.uses(ReadHeads) || f.uses(AddHeads) {
		v[names.EnvHeadsBucket] = s.heads.BucketName()
	}
	if f.uses(Mails) && s.p.MailFrom != "" {
		v[names.EnvMailFrom] = jsii.String(s.p.MailFrom)
		v[names.EnvMailSet] = jsii.String(s.p.StackName) // as addMail names it
	}
	if f.uses(Wakes) {
		v[names.EnvStateMachine] = s.leaseARN()
	}
	return &v
}

// logGroup is made by the stack and not by the first line that is logged, so
// that nothing is kept for ever.
func (s *Stack) logGroup(id, name string) awslogs.LogGroup {
	group := awslogs.NewLogGroup(s.Stack, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName: jsii.String(name), RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	// Set below the construct, which takes a name for each number of days.
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(s.p.LogDays))
	return group
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
