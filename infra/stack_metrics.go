package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

func minutely(statistic string) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{
		Period: awscdk.Duration_Minutes(jsii.Number(1)), Statistic: jsii.String(statistic),
	}
}

// lambda is a metric of a function, summed by the minute.
func (s *Stack) lambda(function, metric string) awscloudwatch.IMetric {
	return s.functions[function].Metric(jsii.String(metric), minutely("Sum"))
}

// house is a metric that sweep writes each minute.
func (s *Stack) house(metric string) awscloudwatch.IMetric {
	return s.metric(names.MetricSpace, metric, "Maximum", map[string]*string{names.MetricHouse: s.table.TableName()})
}

func (s *Stack) metric(space, name, statistic string, dimensions map[string]*string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String(space), MetricName: jsii.String(name), Statistic: jsii.String(statistic),
		Period: awscdk.Duration_Minutes(jsii.Number(1)), DimensionsMap: &dimensions,
	})
}

// sum adds metrics up; one that has no value counts as 0.
func sum(metrics map[string]awscloudwatch.IMetric, expression string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(expression), UsingMetrics: &metrics, Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}

// leaseFailures: executions that failed or that Step Functions ended. Those
// that a person stopped are no alarm.
func (s *Stack) leaseFailures() awscloudwatch.IMetric {
	return sum(map[string]awscloudwatch.IMetric{
		"failed":   s.lease.MetricFailed(minutely("Sum")),
		"timedout": s.lease.MetricTimedOut(minutely("Sum")),
	}, "FILL(failed, 0) + FILL(timedout, 0)")
}

// tableThrottles counts what DynamoDB refused for its rate. Conflicts of
// transactions are no throttles: they are how commits lose a race.
func (s *Stack) tableThrottles() awscloudwatch.IMetric {
	table := map[string]*string{"TableName": s.table.TableName()}
	return sum(map[string]awscloudwatch.IMetric{
		"reads":  s.metric("AWS/DynamoDB", "ReadThrottleEvents", "Sum", table),
		"writes": s.metric("AWS/DynamoDB", "WriteThrottleEvents", "Sum", table),
	}, "FILL(reads, 0) + FILL(writes, 0)")
}

// mailAlarms sound at half of what makes AWS review a sender (5 % bounces,
// 0.1 % complaints: docs.aws.amazon.com/ses, "Reputation metrics"), so that
// there is time left.
func (s *Stack) mailAlarms() []Alarm {
	if s.mail == nil {
		return nil
	}
	set := map[string]*string{"ses:configuration-set": s.mail.ConfigurationSetName()}
	rate := func(name string) awscloudwatch.IMetric { return s.metric("AWS/SES", name, "Maximum", set) }
	return []Alarm{
		{
			ID: "MailBounces", Page: "mail-reputation.md", Says: "mail bounces",
			Metric: rate("Reputation.BounceRate"), Least: 0.025, Of: 1, Within: 60,
		},
		{
			ID: "MailComplaints", Page: "mail-reputation.md", Says: "mail is called spam",
			Metric: rate("Reputation.ComplaintRate"), Least: 0.0005, Of: 1, Within: 60,
		},
	}
}
