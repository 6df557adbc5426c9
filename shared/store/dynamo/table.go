// Package dynamo owns the table engine on Amazon DynamoDB: one table with the
// keys pk and sk, where each row is an item whose attributes are its body's
// own, beside v (its version) and ttl (its end, where it has one).
//
// A commit is one TransactWriteItems under one token, so that it is repeated
// safely while its outcome is not known. Reads are strongly consistent. A row
// whose ttl has come is gone for all reads and conditions, whether or not
// DynamoDB has deleted it, which may take days
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
//
// It never makes the real table (the stack does), never scans, and never
// looks into a body.
package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Names of the table's own attributes. "ttl" has to be told to DynamoDB's
// Time to Live.
const (
	Part    = "pk"
	Sort    = "sk"
	Version = "v"
	Expires = "ttl"
)

// Client is what the engine needs of DynamoDB; *dynamodb.Client is one.
// A function that only reads needs the rights to GetItem and Query alone.
type Client interface {
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

// Options are what Open may be told. The zero value is ready to use.
type Options struct {
	// Now decides which rows have expired; nil is the system's clock.
	Now func() time.Time
}

// Table is a store.Table in a DynamoDB table. Use Open.
type Table struct {
	client Client
	name   string
	now    func() time.Time
	pause  time.Duration // before a second try; 0: awsfault's
}

var _ store.Table = (*Table)(nil)

// Open names the table; nothing is asked of AWS yet.
func Open(client Client, tableName string, o Options) *Table {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Table{client: client, name: tableName, now: o.Now}
}

// Get implements store.Table.
func (t *Table) Get(ctx context.Context, key store.Key) (row store.Row, err error) {
	const op = "dynamo.Get"
	if err := key.Check(); err != nil {
		return row, fault.Wrap(op, err)
	}
	in := &dynamodb.GetItemInput{TableName: &t.name, Key: keyed(key), ConsistentRead: aws.Bool(true)}
	var out *dynamodb.GetItemOutput
	err = t.call(op, false).Do(ctx, func(ctx context.Context) (err error) {
		out, err = t.client.GetItem(ctx, in, once)
		return err
	})
	if err != nil {
		return row, err
	}
	if len(out.Item) > 0 {
		if row, err = RowOf(out.Item); err != nil {
			return store.Row{}, fault.Wrap(op, err)
		}
	}
	if row.Version == 0 || t.gone(row) {
		return store.Row{}, fault.New(op, fault.NotFound, "there is no such row")
	}
	return row, nil
}

// gone reports whether the row's time has passed.
func (t *Table) gone(row store.Row) bool {
	return row.Expires != 0 && row.Expires <= t.now().Unix()
}

// call is one call of DynamoDB, to be made until its outcome is known.
func (t *Table) call(op string, write bool) awsfault.Call {
	return awsfault.Call{Op: op, Write: write, Codes: codes, Pause: t.pause}
}

func once(o *dynamodb.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) }

// keyed is the key of an item.
func keyed(key store.Key) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		Part: &types.AttributeValueMemberS{Value: key.Part},
		Sort: &types.AttributeValueMemberS{Value: key.Sort},
	}
}
