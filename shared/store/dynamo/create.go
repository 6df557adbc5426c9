package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/fault"
)

// CreateTable makes a table for tests against DynamoDB Local, with the keys
// and the stream of the real one, which only the stack makes. A table of that
// name is left as it is.
func CreateTable(ctx context.Context, client *dynamodb.Client, name string) error {
	const op = "dynamo.CreateTable"
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	yes := true
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{key(Part, types.KeyTypeHash), key(Sort, types.KeyTypeRange)},
		AttributeDefinitions: []types.AttributeDefinition{text(Part), text(Sort)},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: &yes, StreamViewType: types.StreamViewTypeNewImage},
	})
	var exists *types.ResourceInUseException
	if err != nil && !errors.As(err, &exists) {
		return fault.Wrap(op, err)
	}
	waiter := dynamodb.NewTableExistsWaiter(client)
	return fault.Wrap(op, waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute))
}
