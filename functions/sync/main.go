// Command sync is the Lambda that a schedule calls: the syncs that are due, in
// resumable steps.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	lambda.Start(steps.Sync(aws.Must(names.Sync).House()))
}
