package first

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// A fresh table, the command, and the key opens the house that lies in it.
func TestFirstKeyOpensTheHouse(t *testing.T) {
	client := dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, nil))
	table := "ebb-first-" + strings.ReplaceAll(time.Now().Format("150405.000000"), ".", "")
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	k := &Key{Table: table, Name: "first"}
	var out bytes.Buffer
	for range 2 { // the second time is the way back in
		out.Reset()
		if err := k.make(t.Context(), client, &out); err != nil {
			t.Fatal(err)
		}
	}
	key, _, _ := strings.Cut(out.String(), "\n")
	h := &flow.House{Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: store.New(dynamo.Open(client, table, dynamo.Options{}), store.Options{})}
	who, err := h.Authenticate(t.Context(), key)
	if err != nil || !who.Is(access.SuperAdministrator) || who.User.ID != Administrator {
		t.Fatalf("%+v, %v", who, err)
	}
	events, err := h.Memory.EventsOf(t.Context(), "person/"+Administrator)
	if err != nil || len(events) != 3 { // made, and a key twice
		t.Fatalf("%d events, %v", len(events), err)
	}
}
