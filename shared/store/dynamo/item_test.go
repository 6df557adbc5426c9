package dynamo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// item is a row as DynamoDB's console shows it.
func item(t *testing.T, key store.Key) map[string]types.AttributeValue {
	t.Helper()
	table := name
	out, err := dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, nil)).GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{
			dynamo.Part: &types.AttributeValueMemberS{Value: key.Part}, dynamo.Sort: &types.AttributeValueMemberS{Value: key.Sort},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

// TestReadable: attributes of a body are attributes of the item, numbers are
// numbers, and ttl is there only when the row ends.
func TestReadable(t *testing.T) {
	table := open(t, nil, nil)
	w := put(t.Name()+time.Now().String(), "a", 0, `{"state":"active","count":3,"to":{"kind":"channel"},"ids":["a","b"],"v":7,"_x":1,"":2,"ends":null}`)
	if err := table.Commit(t.Context(), []store.Write{w}); err != nil {
		t.Fatal(err)
	}
	got := item(t, w.Row.Key)
	if s, ok := got["state"].(*types.AttributeValueMemberS); !ok || s.Value != "active" {
		t.Errorf("state is %v", got["state"])
	}
	if n, ok := got["count"].(*types.AttributeValueMemberN); !ok || n.Value != "3" {
		t.Errorf("count is %v", got["count"])
	}
	if m, ok := got["to"].(*types.AttributeValueMemberM); !ok || m.Value["kind"] == nil {
		t.Errorf("to is %v", got["to"])
	}
	if n, ok := got[dynamo.Version].(*types.AttributeValueMemberN); !ok || n.Value != "1" {
		t.Errorf("the version is %v", got[dynamo.Version])
	}
	for _, name := range []string{"_v", "__x", "_", "ends", "ids"} {
		if got[name] == nil {
			t.Errorf("there is no attribute %q", name)
		}
	}
	if got[dynamo.Expires] != nil || len(got) != 11 {
		t.Errorf("item %v", got)
	}
	w.Was, w.Row.Expires = 1, 4102444800
	if err := table.Commit(t.Context(), []store.Write{w}); err != nil {
		t.Fatal(err)
	}
	if n, ok := item(t, w.Row.Key)[dynamo.Expires].(*types.AttributeValueMemberN); !ok || n.Value != "4102444800" {
		t.Errorf("ttl is %v", n)
	}
}

// TestNumbers: exact as long as DynamoDB keeps all digits, else the nearest
// float64; what DynamoDB cannot hold at all is refused before it is sent.
func TestNumbers(t *testing.T) {
	table := open(t, nil, nil)
	key := store.Key{Part: t.Name() + time.Now().String(), Sort: "a"}
	for version, c := range []struct{ in, out string }{
		{`12345678901234567890123456789012345678`, `12345678901234567890123456789012345678`},
		{`0.1000000000000000055511151231257827021181583404541015625`, `0.1`},
		{`-0`, `0`},
		{`0e10`, `0`},
		{`1e-400`, `0`},
		{`9e125`, `9` + strings.Repeat("0", 125)},
		{`1e-129`, `0.` + strings.Repeat("0", 128) + "1"},
	} {
		w := put(key.Part, key.Sort, int64(version), `{"n":`+c.in+`}`)
		if err := table.Commit(t.Context(), []store.Write{w}); err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		row, err := table.Get(t.Context(), key)
		if err != nil || string(row.Body) != `{"n":`+c.out+`}` {
			t.Errorf("%s came back as %s, error %v", c.in, row.Body, err)
		}
	}
	deep := strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)
	for what, body := range map[string]string{
		"too large": `{"n":1e126}`, "too large for a float": `{"n":1e999}`, "too small": `{"n":[{"m":-1e-131}]}`, "too deep": deep,
		"too heavy": `{"n":[` + strings.Repeat("1,", 170_000) + `1]}`,
	} {
		w := put(key.Part, "bad", 0, body)
		if err := table.Commit(t.Context(), []store.Write{w}); !fault.Is(err, fault.Invalid) {
			t.Errorf("commit: %s: %.200v, want invalid", what, err)
		}
		if err := table.Batch(t.Context(), []store.Write{w}); !fault.Is(err, fault.Invalid) {
			t.Errorf("batch: %s: %.200v, want invalid", what, err)
		}
	}
	deepest := strings.Repeat(`{"a":`, 31) + "1" + strings.Repeat("}", 31)
	if err := table.Commit(t.Context(), []store.Write{put(key.Part, "deep", 0, deepest)}); err != nil {
		t.Errorf("31 levels: %v", err)
	}
}

// TestForeignItems: what Ebb did not write is named and not guessed at.
func TestForeignItems(t *testing.T) {
	for what, item := range map[string]map[string]types.AttributeValue{
		"nothing":    {},
		"no version": {"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "b"}},
		"text as version": {
			"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "b"},
			"v": &types.AttributeValueMemberS{Value: "1"},
		},
	} {
		if _, err := dynamo.RowOf(item); !fault.Is(err, fault.Misconfigured) {
			t.Errorf("%s: %v, want misconfigured", what, err)
		}
	}
}
