// Package awstest connects tests to the engines that stand in for AWS
// (.tools/aws/start), and makes that connection go wrong as AWS's own does:
// the local engines never throttle, never break and never lose an answer.
//
// No program links it: only tests import it.
package awstest

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The engines' addresses, in the environment.
const (
	// DynamoDB is DynamoDB Local.
	DynamoDB = "EBB_DYNAMODB_URL"
	// Others is moto: Secrets Manager, S3, Step Functions.
	Others = "EBB_AWS_URL"
)

// Region is where everything is said to be.
const Region = "eu-central-1"

// Config leads the SDK's clients to an engine, over trip (nil: a plain
// connection). Without the engine the test is skipped, and says so.
func Config(t testing.TB, engine string, trip http.RoundTripper) aws.Config {
	t.Helper()
	url := os.Getenv(engine)
	if url == "" {
		t.Skipf("SKIP: %s is not set: `make test` starts the engine, so does `.tools/aws/with go test ./...`", engine)
	}
	if trip == nil {
		trip = http.DefaultTransport
	}
	return aws.Config{
		Region: Region, BaseEndpoint: &url, HTTPClient: &http.Client{Transport: trip},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
}
