package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// Query implements store.Table. A page ends early at store.PageBytes, or where
// DynamoDB ends its own (1 MB of items).
func (t *Table) Query(ctx context.Context, r store.Range) (rows []store.Row, more bool, err error) {
	const op = "dynamo.Query"
	if err := r.Check(); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if r.Limit == 0 {
		r.Limit = store.PageRows
	}
	in, some := t.query(r)
	if !some {
		return nil, false, fault.Wrap(op, ctx.Err())
	}
	p := page{table: t, asked: r}
	// One row more than asked for tells whether there is more, and one at
	// either bound may not belong to the range.
	for next := r.Limit + 2; ; {
		in.Limit = aws.Int32(int32(min(next, 1<<20)))
		var out *dynamodb.QueryOutput
		err := t.call(op, false).Do(ctx, func(ctx context.Context) (err error) {
			out, err = t.client.Query(ctx, in, once)
			return err
		})
		if err != nil {
			return nil, false, err
		}
		more, err := p.add(out.Items)
		if err != nil || more || len(out.LastEvaluatedKey) == 0 {
			return p.rows, more, fault.Wrap(op, err)
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
		next = p.next(next)
	}
}

// page collects the rows of one answer.
type page struct {
	table *Table
	asked store.Range
	rows  []store.Row
	size  int
	probe int
}

// add takes what DynamoDB gave, until the page is full and a further row shows
// that there is more.
func (p *page) add(items []map[string]types.AttributeValue) (more bool, err error) {
	for _, item := range items {
		row, err := RowOf(item)
		if err != nil {
			return false, err
		}
		if p.table.gone(row) || !inside(p.asked, row.Sort) {
			continue
		}
		if p.probe > 0 || len(p.rows) == p.asked.Limit || p.size >= store.PageBytes {
			return true, nil
		}
		p.rows = append(p.rows, row)
		p.size += len(row.Body)
	}
	return false, nil
}

// next says how many items to ask for. Once there are rows, DynamoDB has ended
// its page for its weight, or expired rows took the places: what is left to
// learn is only whether there is one more, so that little is read for it.
func (p *page) next(last int) int {
	switch {
	case len(p.rows) == 0:
		return last
	case p.probe == 0 && p.size < store.PageBytes/2 && len(p.rows) < p.asked.Limit:
		return last // mostly expired rows: go on filling
	case p.probe == 0:
		p.probe = 1
	default:
		p.probe = min(p.probe*8, p.asked.Limit+2)
	}
	return p.probe
}

// inside is the port's own definition of a range's bounds.
func inside(r store.Range, sort string) bool {
	behind := r.After == "" || (r.Reverse && sort < r.After) || (!r.Reverse && sort > r.After)
	return behind && sort >= r.From && (r.To == "" || sort < r.To)
}

// query writes a range as DynamoDB's key condition, which knows no half-open
// ranges: the bounds may be in the answer and not in the range. A range that
// cannot hold anything is not asked for.
func (t *Table) query(r store.Range) (in *dynamodb.QueryInput, some bool) {
	low, high := r.From, r.To
	switch {
	case r.After != "" && r.Reverse && (high == "" || r.After < high):
		high = r.After
	case r.After != "" && !r.Reverse:
		low = max(low, r.After)
	}
	if high != "" && low >= high {
		return nil, false
	}
	condition := "#pk = :pk"
	names := map[string]string{"#pk": Part}
	values := map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: r.Part}}
	bound := func(name, value, how string) {
		names["#sk"] = Sort
		values[name] = &types.AttributeValueMemberS{Value: value}
		condition += " AND #sk " + how
	}
	switch {
	case low != "" && high != "":
		values[":low"] = &types.AttributeValueMemberS{Value: low}
		bound(":high", high, "BETWEEN :low AND :high")
	case low != "":
		bound(":low", low, ">= :low")
	case high != "":
		bound(":high", high, "< :high")
	}
	return &dynamodb.QueryInput{
		TableName: &t.name, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(!r.Reverse),
		KeyConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}, true
}
