package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// addSchedules wakes sweep, sync and review.
func (s *Stack) addSchedules() {
	group := awsscheduler.NewCfnScheduleGroup(s.Stack, jsii.String("Schedules"), &awsscheduler.CfnScheduleGroupProps{
		Name: jsii.String(s.p.StackName),
	})
	role := s.schedulerRole()
	s.schedule(names.Sweep, 1, group, role)
	s.schedule(names.Review, 1, group, role)
	s.schedule(names.Sync, int(s.p.SyncEvery.Minutes()), group, role)
}

// schedule calls a function every so many minutes, on the minute. What could
// not be delivered within a minute is not tried again: the next call sees
// everything that this one would have.
func (s *Stack) schedule(function string, minutes int, group awsscheduler.CfnScheduleGroup, role awsiam.Role) {
	unit := "minutes"
	if minutes == 1 {
		unit = "minute"
	}
	awsscheduler.NewCfnSchedule(s.Stack, jsii.String(title(function)+"Schedule"), &awsscheduler.CfnScheduleProps{
		Name:               jsii.String(s.p.StackName + "-" + function),
		GroupName:          group.Ref(),
		ScheduleExpression: jsii.String(fmt.Sprintf("rate(%d %s)", minutes, unit)),
		FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn:     s.functions[function].FunctionArn(),
			RoleArn: role.RoleArn(),
			Input:   jsii.String("{}"),
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: jsii.Number(60), MaximumRetryAttempts: jsii.Number(3),
			},
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: s.dead[function].QueueArn()},
		},
	})
}

// schedulerRole lets this account's schedules call their functions, without
// versions or aliases, and put aside what they cannot deliver.
func (s *Stack) schedulerRole() awsiam.Role {
	var functions, queues []*string
	for _, f := range Functions {
		if f.Trigger == Scheduled {
			functions = append(functions, s.functions[f.Name].FunctionArn())
			queues = append(queues, s.dead[f.Name].QueueArn())
		}
	}
	return awsiam.NewRole(s.Stack, jsii.String("SchedulerRole"), &awsiam.RoleProps{
		Description: jsii.String("What the schedules may do"),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": s.Stack.Account()}},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"rights": document(
			allow("Call", functions, "lambda:InvokeFunction"),
			allow("PutAside", queues, "sqs:SendMessage"),
		)},
	})
}

// addDeadLetters gives a function a queue for calls that failed or never arrived,
// from Lambda and from the schedule or the stream alike. A scheduled call that
// failed is not repeated: the next minute's does the same work on what is due by
// then.
func (s *Stack) addDeadLetters(f Function) {
	s.dead[f.Name] = awssqs.NewQueue(s.Stack, jsii.String(title(f.Name)+"DeadLetters"), &awssqs.QueueProps{
		QueueName:       jsii.String(s.p.StackName + "-" + f.Name + "-dead-letters"),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
}

func document(all ...awsiam.PolicyStatement) awsiam.PolicyDocument {
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &all})
}
