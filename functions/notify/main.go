// Command notify is the Lambda behind the table's stream: it tells people of what
// has just changed. What it misses, sweep tells.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/mail"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	f := aws.Must(names.Notify)
	h := f.House()
	h.Mail, h.Condition = mail.Open(f), policyfile.NewConditions() // who may decide now
	lambda.Start(steps.Stream(h))
}
