// Command install is the Lambda behind the HTTP API's /connect/ and
// /slack/oauth/: the start link, and Slack's answer. It alone reads the Slack
// app's credentials.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/gateway"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/install"
)

func main() {
	lambda.Start(gateway.Serve(aws.Must(names.Install).WithApp(install.Handler)))
}
