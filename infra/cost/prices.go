package cost

// pricesOf is when the prices were compared with what could be read of AWS's
// pages; the pages named beside them are AWS's own.
const pricesOf = "2026-11-25"

// Where a price was seen. This project is built without AWS's pages at hand.
const (
	byAWS    = "read on a copy of AWS's page"
	byOthers = "as others quote AWS's page"
	unseen   = "not verified"
)

// price is a list price in US East (N. Virginia), without free tiers and
// discounts.
type price struct {
	what string
	usd  float64
	per  float64 // of how many units
	unit string
	page string
	seen string
}

// lines are what usage costs, one for each of Usage's fields, in their order.
var lines = []price{
	{"DynamoDB reads, on demand", 0.125, 1e6, "read request units", "dynamodb/pricing/on-demand", byOthers},
	{"DynamoDB writes, on demand", 0.625, 1e6, "write request units", "dynamodb/pricing/on-demand", byOthers},
	{"Lambda calls", 0.20, 1e6, "calls", "lambda/pricing", byOthers},
	{"Lambda time, Arm", 0.0000133334, 1024 * 1000, "MB-milliseconds (a GB-second)", "lambda/pricing", byOthers},
	{"Step Functions, Standard", 25, 1e6, "state transitions", "step-functions/pricing", byAWS},
	{"EventBridge Scheduler", 1, 1e6, "calls", "eventbridge/pricing", unseen},
	{"API Gateway, HTTP API", 1, 1e6, "calls", "api-gateway/pricing", byAWS},
	{"Secrets Manager calls", 0.05, 1e4, "calls", "secrets-manager/pricing", byOthers},
	{"S3 puts and lists", 0.005, 1e3, "requests", "s3/pricing", unseen},
	// Written at $0.50, which others quote; kept at $0.03 a month, which is not verified.
	{"CloudWatch logs, written and kept 90 days", 0.50 + 3*0.03, 1e9, "bytes", "cloudwatch/pricing", byOthers},
	{"Slack calls", 0, 1, "calls", "", ""},
}

// storage is the table with point-in-time recovery.
var storage = price{"DynamoDB storage with point-in-time recovery", 0.25 + 0.20, 1e9, "bytes and month", "dynamodb/pricing/on-demand", unseen}

// Fixed is what stands there whether or not anybody uses it. A test of the
// stack counts it in the template.
type Fixed struct {
	Name  string
	Count int
	usd   float64
	note  string
	page  string
	seen  string
}

// Names of what the stack's test counts.
const (
	Keys    = "KMS key"
	Alarms  = "metrics of alarms"
	Metrics = "metrics of the house"
	Secrets = "secrets"
)

// FixedCosts of one house with one connector, a month, without mail.
var FixedCosts = []Fixed{
	{Keys, 1, 1, "the table's, which is rotated each year: $1 more after the first and the second; its use costs $0.03 for 10,000 calls, of which DynamoDB makes few", "kms/pricing", byAWS},
	{Secrets, 4, 0.40, "the Slack app, the connector's tokens, two keys of the audit", "secrets-manager/pricing", byOthers},
	{Alarms, 33, 0.10, "", "cloudwatch/pricing", byOthers},
	{Metrics, 4, 0.30, "written by sweep", "cloudwatch/pricing", byOthers},
}
