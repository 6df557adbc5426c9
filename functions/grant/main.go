// Command grant is the Lambda that Step Functions call while there is access
// to give: {"grantId"} in, {"done", "wakeAt", "next"} out.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	h := aws.Must(names.Grant).House()
	h.Condition = policyfile.NewConditions()
	lambda.Start(steps.Step(h.Grant, h.Log))
}
