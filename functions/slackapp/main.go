// Command slackapp is the Lambda behind the HTTP API's /slack/events: it checks
// that Slack signed an event, stores it once, and answers. It reads the Slack
// app's signing secret, and no token.
package main

import (
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/gateway"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slackapp"
)

func main() {
	door := func(h *flow.House, secret string) http.Handler { return slackapp.Handler(h, slackapp.Secret(secret)) }
	lambda.Start(gateway.Serve(aws.Must(names.Slack).WithSigning(door)))
}
