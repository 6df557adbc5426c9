package dynamo_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

const name = "ebb-test"

// open is a table of DynamoDB Local, made if need be, behind trip.
func open(t testing.TB, trip http.RoundTripper, now func() time.Time) *dynamo.Table {
	t.Helper()
	if err := dynamo.CreateTable(t.Context(), dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, nil)), name); err != nil {
		t.Fatal(err)
	}
	client := dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, trip))
	return dynamo.Quick(dynamo.Open(client, name, dynamo.Options{Now: now}))
}

func TestTable(t *testing.T) {
	awstest.Config(t, awstest.DynamoDB, nil)
	porttest.Table(t, func(t *testing.T, now func() time.Time) store.Table { return open(t, nil, now) })
}
