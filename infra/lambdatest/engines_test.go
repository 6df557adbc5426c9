package lambdatest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/infra/lambdatest"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/steps"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// table makes an empty table in DynamoDB Local, and gives what a function has
// to be told to use it.
func table(t *testing.T) []string {
	t.Helper()
	db, rest := os.Getenv("EBB_DYNAMODB_URL"), os.Getenv("EBB_AWS_URL")
	if db == "" || rest == "" {
		t.Skip("SKIP: no engines that stand in for AWS; .tools/aws/with runs a command beside them")
	}
	client := dynamodb.NewFromConfig(aws.Config{
		Region: "eu-central-1", BaseEndpoint: &db, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	name := fmt.Sprintf("functions-%d", time.Now().UnixNano())
	if err := dynamo.CreateTable(t.Context(), client, name); err != nil {
		t.Fatal(err)
	}
	return append(nowhere, names.EnvTable+"="+name, names.EnvDynamoDB+"="+db, names.EnvAWSEndpoint+"="+rest)
}

// TestEmptyHouse has the functions work on a table in which there is nothing.
func TestEmptyHouse(t *testing.T) {
	dir := filepath.Join(built(t), "amd64")
	if _, err := os.Stat(dir); err != nil || runtime.GOARCH != "amd64" {
		t.Skip("SKIP: the functions are not built for this machine")
	}
	env := table(t)
	for name, want := range map[string]struct{ payload, answer, failure, log string }{
		names.Grant:   {payload: `{"grantId":"g_1"}`, failure: steps.NameNotFound},
		names.Revoke:  {payload: `{"grantId":"g_1"}`, failure: steps.NameNotFound},
		names.Sync:    {payload: `{}`, answer: `null`},
		names.Sweep:   {payload: `{}`, answer: `null`, log: `"NeedsAttention":0`},
		names.Review:  {payload: `{}`, answer: `null`},
		names.API:     {payload: get("/v1/connectors"), answer: `"statusCode":401`},
		names.Install: {payload: get("/connect/word"), answer: `ebb/slack/app`},
		names.Slack:   {payload: get("/slack/events"), answer: `ebb/slack/app`},
		names.Notify:  {payload: told, answer: `{"batchItemFailures":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			bootstrap, err := filepath.Abs(filepath.Join(dir, name, "bootstrap"))
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			f := &lambdatest.Function{Name: name, Command: []string{bootstrap}, Env: env, Timeout: time.Minute, Log: &log}
			defer f.Close()
			for range 2 {
				r, err := f.Invoke(t.Context(), []byte(want.payload))
				got := ""
				if r.Failure != nil {
					got = r.Failure.Type
				}
				if err != nil || got != want.failure || !strings.Contains(string(r.Payload), want.answer) {
					t.Fatalf("%s %+v %v\n%s", r.Payload, r.Failure, err, log.String())
				}
				t.Logf("cold %v: started in %s, answered in %s", r.Cold, r.Start.Round(100*time.Microsecond), r.Took.Round(100*time.Microsecond))
			}
			f.Close()
			if !strings.Contains(log.String(), want.log) {
				t.Errorf("the log lacks %s:\n%s", want.log, log.String())
			}
		})
	}
}
