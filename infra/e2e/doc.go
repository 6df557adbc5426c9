// Package e2e has the house run as it does on AWS, and tells the story of the
// demo on it (`make e2e`). The functions are bootstraps built for this machine
// from the mains of the zips, or the very zips (`make e2e ARGS=zips`), behind a
// Runtime API server; API Gateway, Lambda's Invoke and the schedules are stood
// in for here; DynamoDB is AWS's own local one; Secrets Manager, S3 and Step
// Functions are moto's; Slack is slacktest over HTTP, read back by a plain HTTP
// client that shares no code with the house's.
//
// What the functions call is noted on the way, where no code of theirs can hide
// it: at the end every role is held against the synthesized policies, both ways,
// and every secret of the run is searched in all that it left. Beside the story
// a second house counts what a sync, a grant and a minute of rest take of AWS,
// and finds infra/cost.md stale when that has changed.
//
// It is a test, and nothing of it is part of a house.
package e2e
