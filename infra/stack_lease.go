package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config/names"
)

// addLease makes the alarm clock of grants from the very file that the tests
// of infra/workflow execute. Standard and not Express: it sleeps for months.
// It logs that something went wrong and never what with. No tracing: a trace
// of a sleep says nothing that the history does not, and its rights would be
// on everything.
func (s *Stack) addLease() {
	grant, revoke := s.functions[names.Grant].FunctionArn(), s.functions[names.Revoke].FunctionArn()
	s.lease = awsstepfunctions.NewStateMachine(s.Stack, jsii.String("Lease"), &awsstepfunctions.StateMachineProps{
		StateMachineName: jsii.String(s.leaseName()),
		StateMachineType: awsstepfunctions.StateMachineType_STANDARD,
		DefinitionBody:   awsstepfunctions.DefinitionBody_FromString(jsii.String(workflow.Lease)),
		DefinitionSubstitutions: &map[string]*string{
			workflow.GrantFunctionArn:  grant,
			workflow.RevokeFunctionArn: revoke,
		},
		Role: awsiam.NewRole(s.Stack, jsii.String("LeaseRole"), &awsiam.RoleProps{
			Description: jsii.String("What a lease may do"),
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("states.amazonaws.com"), &awsiam.ServicePrincipalOpts{
				Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": s.Stack.Account()}},
			}),
			InlinePolicies: &map[string]awsiam.PolicyDocument{
				"rights": document(allow("Call", []*string{grant, revoke}, "lambda:InvokeFunction")),
			},
		}),
		Logs: &awsstepfunctions.LogOptions{
			Destination:          s.logGroup("LeaseLogs", "/aws/vendedlogs/"+s.p.StackName+"/lease"),
			Level:                awsstepfunctions.LogLevel_ERROR,
			IncludeExecutionData: jsii.Bool(false),
		},
	})
}

func (s *Stack) leaseName() string { return s.p.StackName + "-lease" }

// leaseARN is spelled and not referenced: functions name the state machine,
// which names functions.
func (s *Stack) leaseARN() *string { return s.arn("states", "stateMachine:"+s.leaseName()) }
