package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/steps"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// What the store writes comes through DynamoDB's stream as notify's handler reads
// it: the row is served, and gone afterwards.
func TestARowOfTheStreamIsServed(t *testing.T) {
	at := engine(t, "EBB_DYNAMODB_URL", "DynamoDB Local").String()
	client := dynamodb.NewFromConfig(aws.Config{Region: region, BaseEndpoint: &at, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	table := fmt.Sprintf("stream-%d", time.Now().UnixNano())
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	memory := store.New(dynamo.Open(client, table, dynamo.Options{}), store.Options{})
	r := access.Request{ID: "rq_1", By: "U1", Subject: "U1", Connector: "con_gone", Created: time.Now(), Items: []access.Item{{Resource: "S1", Slug: "member", State: access.Denied}}}
	if _, err := memory.SaveRequest(t.Context(), r, nil, nil, audit.Event{At: time.Now(), Aggregate: "request/rq_1", Action: "request.made", Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	s := &stream{url: at, begun: map[string]string{}}
	var got []json.RawMessage
	s.serve = func(batch []json.RawMessage) { got = append(got, batch...) }
	for end := time.Now().Add(20 * time.Second); len(got) == 0 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if err := s.poll(t.Context(), table); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 {
		t.Fatalf("%d records came, want the one that is to be told", len(got))
	}
	h := &flow.House{Now: time.Now, NewID: flow.RandomID, Memory: memory}
	answer, err := steps.Stream(h)(t.Context(), steps.StreamEvent{Records: got})
	if err != nil || len(answer.Failures) > 0 {
		t.Fatalf("%+v %v", answer, err)
	}
	if due, err := memory.Due(t.Context(), "tell", time.Now().Add(time.Hour), 0); err != nil || len(due) > 0 {
		t.Errorf("still due: %+v %v", due, err)
	}
}
