// Command slackapp is the Lambda to which Slack itself speaks: events, the command,
// buttons and modals. It checks that Slack signed what came, stores what must not
// be lost, and does what fits into Slack's three seconds. It decides by policy, and
// speaks to Slack with the connector's tokens.
package main

import (
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/gateway"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slackapp"
)

func main() {
	f := aws.Must(names.Slack)
	door := func(h *flow.House, secret string) http.Handler {
		h.Condition, h.Executions = policyfile.NewConditions(), aws.Executions(f)
		return slackapp.Handler(h, slackapp.Secret(secret), aws.Screens(f))
	}
	lambda.Start(gateway.Serve(f.WithSigning(door)))
}
