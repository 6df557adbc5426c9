package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
)

// stream is what Lambda does with a table's stream: it reads every shard, lets
// through what the mapping's filter does (infra/stack_stream.go), and calls the
// function with it, a batch at a time.
type stream struct {
	url   string // of DynamoDB Local, past the engines that count whose calls these are
	fleet *fleet
	begun map[string]string // by shard, where to go on; "" when it is closed
	serve func(batch []json.RawMessage)
}

// streamed wakes notify by the table's stream until the test ends.
func (h *house) streamed(t *testing.T) {
	t.Helper()
	s := &stream{url: h.engines.dynamo.String(), fleet: h.fleet, begun: map[string]string{}}
	ctx, cancel := context.WithCancel(context.Background())
	s.serve = func(batch []json.RawMessage) { s.notify(ctx, batch) }
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			if err := s.poll(ctx, h.table); err != nil && ctx.Err() == nil {
				fmt.Fprintf(&h.fleet.fails, "stream: %v\n", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { cancel(); all.Wait() })
}

// call is one call of DynamoDB's streams. DynamoDB Local looks at no signature.
func (s *stream) call(ctx context.Context, action string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDBStreams_20120810."+action)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20261123/"+region+"/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", action, resp.Status, body)
	}
	if err == nil {
		err = json.Unmarshal(body, out)
	}
	return err
}

// poll reads each shard once.
func (s *stream) poll(ctx context.Context, table string) error {
	var streams struct{ Streams []struct{ StreamArn string } }
	if err := s.call(ctx, "ListStreams", map[string]any{"TableName": table}, &streams); err != nil || len(streams.Streams) == 0 {
		return err
	}
	arn := streams.Streams[0].StreamArn
	var about struct {
		StreamDescription struct{ Shards []struct{ ShardId string } } //nolint:revive // AWS's name
	}
	if err := s.call(ctx, "DescribeStream", map[string]any{"StreamArn": arn}, &about); err != nil {
		return err
	}
	for _, shard := range about.StreamDescription.Shards {
		if err := s.shard(ctx, arn, shard.ShardId); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) shard(ctx context.Context, arn, id string) error {
	at, known := s.begun[id]
	if !known {
		var first struct{ ShardIterator string }
		if err := s.call(ctx, "GetShardIterator", map[string]any{"StreamArn": arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON"}, &first); err != nil {
			return err
		}
		at = first.ShardIterator
	}
	if at == "" {
		return nil
	}
	var page struct {
		Records           []json.RawMessage
		NextShardIterator string
	}
	if err := s.call(ctx, "GetRecords", map[string]any{"ShardIterator": at}, &page); err != nil {
		delete(s.begun, id) // an iterator lives for minutes; the rows that come again are told already
		return err
	}
	s.begun[id] = page.NextShardIterator
	wanted := slices.DeleteFunc(page.Records, func(raw json.RawMessage) bool { return !toTell(raw) })
	for batch := range slices.Chunk(wanted, 10) {
		s.serve(batch)
	}
	return nil
}

// toTell is the mapping's filter.
func toTell(raw json.RawMessage) bool {
	var r struct {
		EventName string `json:"eventName"`
		DynamoDB  struct {
			Keys map[string]struct{ S string }
		} `json:"dynamodb"`
	}
	return json.Unmarshal(raw, &r) == nil && r.EventName == "INSERT" && r.DynamoDB.Keys["pk"].S == "due#tell"
}

// notify calls the function, and twice more with what it says has to come again.
func (s *stream) notify(ctx context.Context, batch []json.RawMessage) {
	for range 3 {
		payload, err := json.Marshal(map[string]any{"Records": batch})
		if err != nil {
			return
		}
		out, err := s.fleet.invoke(ctx, names.Notify, payload)
		if err != nil || out.Failure != nil {
			continue // the whole batch again
		}
		var answer struct {
			Failures []struct {
				Item string `json:"itemIdentifier"`
			} `json:"batchItemFailures"`
		}
		if json.Unmarshal(out.Payload, &answer) != nil || len(answer.Failures) == 0 {
			return
		}
		i := slices.IndexFunc(batch, func(raw json.RawMessage) bool {
			return bytes.Contains(raw, []byte(`"`+answer.Failures[0].Item+`"`))
		})
		batch = batch[max(0, i):]
	}
}
