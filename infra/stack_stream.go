package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// toTell picks the rows of the lane "tell" that were put (shared/store): nothing
// else of the table wakes notify, or is paid for.
const toTell = `{"eventName":["INSERT"],"dynamodb":{"Keys":{"` + partAttribute + `":{"S":["due#tell"]}}}}`

// addStream calls notify with what has to be told. A record that fails comes
// twice more and is then put aside: its row stays due, and sweep tells it, so
// that nobody behind it waits longer than for that.
func (s *Stack) addStream() {
	awslambda.NewCfnEventSourceMapping(s.Stack, jsii.String("NotifyStream"), &awslambda.CfnEventSourceMappingProps{
		FunctionName:               s.functions[names.Notify].FunctionName(),
		EventSourceArn:             s.table.TableStreamArn(),
		StartingPosition:           jsii.String("LATEST"),
		BatchSize:                  jsii.Number(10),
		ParallelizationFactor:      jsii.Number(2),
		MaximumRetryAttempts:       jsii.Number(2),
		MaximumRecordAgeInSeconds:  jsii.Number(60),
		BisectBatchOnFunctionError: jsii.Bool(true),
		FunctionResponseTypes:      jsii.Strings("ReportBatchItemFailures"),
		FilterCriteria:             &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: []any{&awslambda.CfnEventSourceMapping_FilterProperty{Pattern: jsii.String(toTell)}}},
		DestinationConfig:          &awslambda.CfnEventSourceMapping_DestinationConfigProperty{OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: s.dead[names.Notify].QueueArn()}},
	})
}
