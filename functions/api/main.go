// Command api is the Lambda behind the HTTP API's /v1/.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/gateway"
	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/policyfile"
)

func main() {
	f := aws.Must(names.API)
	h := f.House()
	h.Heads, h.Executions = aws.Heads(f), aws.Executions(f)
	h.Condition = policyfile.NewConditions()
	lambda.Start(gateway.Serve(api.Handler(h, api.Options{})))
}
