package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// pages is where an alarm's description sends its reader.
const pages = "https://github.com/ebb-access/ebb/blob/main/infra/alarms/"

// Alarm is one thing that a person should come for. It sounds when the metric
// is at least Least (Below: below it) in Of the last Within minutes.
type Alarm struct {
	ID, Page, Says string
	Metric         awscloudwatch.IMetric
	Least          float64
	Below          bool
	Of, Within     int
	// Silence sounds too: the metric comes from what may have stopped.
	Silence bool
}

// addAlarms makes every alarm and where they go.
func (s *Stack) addAlarms() {
	topic := awssns.NewTopic(s.Stack, jsii.String("Alarms"), &awssns.TopicProps{
		TopicName: jsii.String(s.p.StackName + "-alarms"), MasterKey: s.key, EnforceSSL: jsii.Bool(true),
	})
	if s.p.AlarmMail != "" {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(s.p.AlarmMail), nil))
	} else {
		awscdk.Annotations_Of(s.Stack).AddWarningV2(jsii.String("ebb:nobody-hears"), jsii.String(
			"nobody is told of alarms: set alarmMail, or subscribe to the topic of the output AlarmTopic"))
	}
	s.output("AlarmTopic", "Subscribe here to be told of alarms", topic.TopicArn())
	action := awscloudwatchactions.NewSnsAction(topic)
	for _, a := range s.alarms() {
		s.alarm(a).AddAlarmAction(action)
	}
}

func (s *Stack) alarm(a Alarm) awscloudwatch.Alarm {
	operator := awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD
	if a.Below {
		operator = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD
	}
	missing := awscloudwatch.TreatMissingData_NOT_BREACHING
	if a.Silence {
		missing = awscloudwatch.TreatMissingData_BREACHING
	}
	return awscloudwatch.NewAlarm(s.Stack, jsii.String(a.ID), &awscloudwatch.AlarmProps{
		AlarmName:          jsii.String(s.p.StackName + ": " + a.Says),
		AlarmDescription:   jsii.String("What it means, what to do: " + pages + a.Page),
		Metric:             a.Metric,
		Threshold:          jsii.Number(a.Least),
		ComparisonOperator: operator,
		DatapointsToAlarm:  jsii.Number(a.Of),
		EvaluationPeriods:  jsii.Number(a.Within),
		TreatMissingData:   missing,
	})
}

// alarms lists them, the most urgent first.
func (s *Stack) alarms() []Alarm {
	all := []Alarm{
		{
			ID: "SweepNotRunning", Page: "sweep-not-running.md", Says: "sweep is not running", Silence: true,
			Metric: s.lambda(names.Sweep, "Invocations"), Below: true, Least: 1, Of: 3, Within: 3,
		},
		{
			ID: "DueLag", Page: "due-lag.md", Says: "what is due waits", Silence: true,
			Metric: s.house(names.MetricDueLag), Least: 60, Of: 3, Within: 5,
		},
		{
			// A grant that only waits for Slack's next try is not yet a matter for a person.
			ID: "NeedsAttention", Page: "needs-attention.md", Says: "a grant needs attention",
			Metric: s.house(names.MetricNeedsAttentionAge), Least: 300, Of: 2, Within: 3,
		},
		{
			ID: "ReviewLag", Page: "review-lag.md", Says: "access reviews wait",
			Metric: s.house(names.MetricReviewLag), Least: 900, Of: 3, Within: 5,
		},
		{
			ID: "LeaseFailed", Page: "lease-failed.md", Says: "a lease failed",
			Metric: s.leaseFailures(), Least: 1, Of: 1, Within: 5,
		},
		{
			ID: "TableThrottled", Page: "table-throttled.md", Says: "the table is throttled",
			Metric: s.tableThrottles(), Least: 1, Of: 3, Within: 5,
		},
		{
			ID: "ApiFaults", Page: "api-faults.md", Says: "the API answers 5xx",
			Metric: s.http.MetricServerError(minutely("Sum")), Least: 1, Of: 3, Within: 5,
		},
	}
	for _, f := range Functions {
		all = append(all, s.functionAlarms(f)...)
	}
	return append(all, s.mailAlarms()...)
}

// functionAlarms are those that every function has, and the queue of those
// that a schedule calls.
func (s *Stack) functionAlarms(f Function) []Alarm {
	all := []Alarm{
		{
			ID: title(f.Name) + "Errors", Page: "function-errors.md", Says: fmt.Sprintf("function %s fails", f.Name),
			Metric: s.lambda(f.Name, "Errors"), Least: 1, Of: 3, Within: 5,
		},
		{
			ID: title(f.Name) + "Throttles", Page: "function-throttles.md", Says: fmt.Sprintf("function %s is throttled", f.Name),
			Metric: s.lambda(f.Name, "Throttles"), Least: 1, Of: 3, Within: 5,
		},
	}
	if s.dead[f.Name] != nil {
		all = append(all, Alarm{
			ID: title(f.Name) + "LostCalls", Page: "dead-letters.md", Says: fmt.Sprintf("calls of %s were lost", f.Name),
			Metric: s.dead[f.Name].MetricApproximateNumberOfMessagesVisible(minutely("Maximum")), Least: 1, Of: 1, Within: 1,
		})
	}
	return all
}
