// Command sweep is the Lambda that a schedule calls every minute: the net under
// everything. It alone seals the audit and adds its heads.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/mail"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/steps"
)

func main() {
	f := aws.Must(names.Sweep)
	h := f.House()
	h.Heads, h.Mail, h.Condition = aws.Heads(f), mail.Open(f), policyfile.NewConditions()
	lambda.Start(steps.Sweep(h, f.Config.Table, os.Stdout))
}
