package dynamo

import (
	"context"
	"crypto/rand"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Conditions on a row as the port shows it: an expired one is not there.
const (
	absent = "attribute_not_exists(#pk) OR #ttl <= :now"
	stands = "#v = :was AND (attribute_not_exists(#ttl) OR #ttl > :now)"
)

// Commit implements store.Table. All its tries carry one token, under which
// DynamoDB does the work at most once within ten minutes
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
func (t *Table) Commit(ctx context.Context, writes []store.Write) error {
	const op = "dynamo.Commit"
	if err := store.CheckCommit(writes); err != nil {
		return fault.Wrap(op, err)
	}
	if len(writes) == 0 {
		return nil
	}
	in := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String(rand.Text())}
	now := t.now().Unix()
	for _, w := range writes {
		item, err := t.line(w, now)
		if err != nil {
			return fault.Wrap(op, err)
		}
		in.TransactItems = append(in.TransactItems, item)
	}
	return t.call(op, true).Do(ctx, func(ctx context.Context) error {
		_, err := t.client.TransactWriteItems(ctx, in, once)
		return refused(err)
	})
}

// line is one write of a transaction.
func (t *Table) line(w store.Write, now int64) (item types.TransactWriteItem, err error) {
	c := condition(w.Was, now)
	switch w.Action {
	case store.Put:
		w.Row.Version = w.Was + 1
		put := &types.Put{
			TableName: &t.name, ConditionExpression: &c.text,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}
		put.Item, err = itemOf(w.Row)
		item.Put = put
	case store.Delete:
		item.Delete = &types.Delete{
			TableName: &t.name, Key: keyed(w.Row.Key), ConditionExpression: &c.text,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}
	case store.Check:
		item.ConditionCheck = &types.ConditionCheck{
			TableName: &t.name, Key: keyed(w.Row.Key), ConditionExpression: &c.text,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}
	}
	return item, err
}

type expression struct {
	text   string
	names  map[string]string
	values map[string]types.AttributeValue
}

// condition holds only while the row is at version was, 0: while there is none.
func condition(was, now int64) expression {
	values := map[string]types.AttributeValue{":now": number(now)}
	if was == 0 {
		return expression{absent, map[string]string{"#pk": Part, "#ttl": Expires}, values}
	}
	values[":was"] = number(was)
	return expression{stands, map[string]string{"#v": Version, "#ttl": Expires}, values}
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
