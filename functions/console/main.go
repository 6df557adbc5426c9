// Command console is the Lambda behind every page: where people sign in, ask,
// decide and administer. It decides by policy as api does, and asks Slack or an
// issuer who somebody is.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/aws"
	"github.com/ebb-access/ebb/functions/internal/gateway"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/policyfile"
)

func main() {
	f := aws.Must(names.Console)
	h := f.House()
	h.Heads, h.Executions = aws.Heads(f), aws.Executions(f)
	h.Condition, h.Vouchers = policyfile.NewConditions(), aws.MustVouchers(f)
	// An answer of Lambda has at most 6 MB; a sheet says where it goes on.
	lambda.Start(gateway.Serve(console.Handler(h, console.Options{SheetRows: 20_000})))
}
