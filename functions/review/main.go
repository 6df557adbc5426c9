// Command review is the Lambda that a schedule calls every minute: access reviews
// that are due, in resumable rounds, and the files of evidence packages that are too
// large for api to make. It speaks to nobody but the table.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	lambda.Start(steps.Review(aws.Must(names.Review).House()))
}
