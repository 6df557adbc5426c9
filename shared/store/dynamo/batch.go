package dynamo

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

const (
	// batchRows and batchBytes are what DynamoDB takes in one BatchWriteItem
	// (25 and 16 MB; bodies grow as attributes), with room left.
	// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
	batchRows  = 25
	batchBytes = 6 << 20
	// batchesAtOnce is how many are on their way together: a first sync writes
	// a row per membership, and one by one would wait for the network alone.
	batchesAtOnce = 4
)

// Batch implements store.Table, in pieces of 25 rows. What DynamoDB leaves
// undone is sent again, later each time.
func (t *Table) Batch(ctx context.Context, writes []store.Write) error {
	const op = "dynamo.Batch"
	if err := store.CheckBatch(writes); err != nil {
		return fault.Wrap(op, err)
	}
	done, err := t.each(ctx, op, writes)
	if err != nil && done > 0 && !fault.Is(err, fault.Invalid) {
		return &fault.Error{Op: op, Kind: fault.Unclear, Text: "a part of the batch is written: send it again", Err: err}
	}
	return err
}

// each sends all rows, a few pieces at once, until one fails; done is how many
// rows were written for certain.
func (t *Table) each(ctx context.Context, op string, writes []store.Write) (done int, err error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	next := func() (piece []store.Write) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			piece, writes = cut(writes)
		}
		return piece
	}
	for range batchesAtOnce {
		all.Go(func() {
			for piece := next(); len(piece) > 0; piece = next() {
				n, failed := t.piece(ctx, op, piece)
				mu.Lock()
				done += n
				if err == nil {
					err = failed
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return done, err
}

// cut takes one piece off the rows.
func cut(writes []store.Write) (piece, rest []store.Write) {
	size, n := 0, 0
	for n < min(batchRows, len(writes)) {
		if size += len(writes[n].Row.Body); n > 0 && size > batchBytes {
			break
		}
		n++
	}
	return writes[:n], writes[n:]
}

// piece sends up to 25 rows. DynamoDB answers with those that it had no
// capacity for; as long as it does some, that counts as progress.
func (t *Table) piece(ctx context.Context, op string, writes []store.Write) (done int, err error) {
	left, err := requests(writes)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	for len(left) > 0 {
		before := len(left)
		err = t.call(op, true).Do(ctx, func(ctx context.Context) error {
			out, err := t.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
				RequestItems: map[string][]types.WriteRequest{t.name: left},
			}, once)
			if err != nil {
				return err
			}
			rest := out.UnprocessedItems[t.name]
			done += len(left) - len(rest)
			left = rest
			if len(left) > 0 {
				return &fault.Error{Kind: fault.Backoff, Code: "UnprocessedItems", Text: "AWS asks for patience: try again in a moment"}
			}
			return nil
		})
		if err != nil && len(left) == before {
			return done, err
		}
	}
	return done, nil
}

// requests are rows as DynamoDB takes them in a batch.
func requests(writes []store.Write) ([]types.WriteRequest, error) {
	out := make([]types.WriteRequest, len(writes))
	for i, w := range writes {
		if w.Action == store.Delete {
			out[i].DeleteRequest = &types.DeleteRequest{Key: keyed(w.Row.Key)}
			continue
		}
		w.Row.Version = 1
		item, err := itemOf(w.Row)
		if err != nil {
			return nil, err
		}
		out[i].PutRequest = &types.PutRequest{Item: item}
	}
	return out, nil
}
