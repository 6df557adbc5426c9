// Command revoke is the Lambda that Step Functions call to take access back
// when its end has come: {"grantId"} in, {"done", "wakeAt", "next"} out.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	h := aws.Must(names.Revoke).House()
	lambda.Start(steps.Step(h.Revoke, h.Log))
}
