package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

// StreamEvent is a batch of DynamoDB's stream as Lambda hands it over, as far as
// it is read (docs.aws.amazon.com/lambda, "Using AWS Lambda with Amazon
// DynamoDB"). Records stay raw: one that cannot be read must not spoil the others.
type StreamEvent struct {
	Records []json.RawMessage `json:"Records"`
}

// StreamAnswer names the first record that has to come again; Lambda sends it and
// all behind it (ReportBatchItemFailures).
type StreamAnswer struct {
	Failures []StreamFailure `json:"batchItemFailures"`
}

// StreamFailure is a record's sequence number.
type StreamFailure struct {
	Item string `json:"itemIdentifier"`
}

// streamRecord is a row of the lane "tell" that was put.
type streamRecord struct {
	Name string `json:"eventName"`
	DB   struct {
		Sequence string           `json:"SequenceNumber"`
		Image    map[string]value `json:"NewImage"`
	} `json:"dynamodb"`
}

// value is an attribute of DynamoDB's, a string or a number.
type value struct {
	S string `json:"S"`
	N string `json:"N"`
}

// leastTime is what telling of one aggregate may take: a few calls of Slack.
const leastTime = 15 * time.Second

// Stream is the handler of function notify. The table's stream only says that
// there is something to tell: the row is the truth and stays due, so that a
// record which is lost, or cannot be read, costs the time until the next sweep.
// Every record of a batch is handled whatever becomes of the others.
func Stream(h *flow.House) func(context.Context, StreamEvent) (StreamAnswer, error) {
	return func(ctx context.Context, e StreamEvent) (StreamAnswer, error) {
		answer := StreamAnswer{Failures: []StreamFailure{}}
		for i, raw := range e.Records {
			var r streamRecord
			err := json.Unmarshal(raw, &r)
			if err == nil {
				err = timeLeft(ctx)
				if err == nil {
					err = notify(ctx, h, r)
				}
			}
			if err == nil {
				continue
			}
			logger(h).Error("notify", "record", i, "sequence", r.DB.Sequence, "error", err)
			// What cannot be read is no better the second time.
			if !errors.Is(err, errUnreadable) && r.DB.Sequence != "" && len(answer.Failures) == 0 {
				answer.Failures = append(answer.Failures, StreamFailure{r.DB.Sequence})
			}
		}
		return answer, nil
	}
}

var errUnreadable = errors.New("no row of the lane tell")

// notify tells of one record; a panic is this record's alone.
func notify(ctx context.Context, h *flow.House, r streamRecord) (err error) {
	defer func() {
		if p := recover(); p != nil {
			logger(h).Error("panic", "value", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("telling broke off: %v", p)
		}
	}()
	if r.Name == "REMOVE" {
		return nil
	}
	d, err := r.due()
	if err != nil {
		return err
	}
	ctx, cancel := within(ctx, margin)
	defer cancel()
	return h.Notify(ctx, d)
}

// due reads the row as the store writes it.
func (r streamRecord) due() (access.Due, error) {
	row := r.DB.Image
	at, err := time.Parse(time.RFC3339, row["at"].S)
	if err != nil || row["kind"].S == "" || row["id"].S == "" {
		return access.Due{}, errUnreadable
	}
	number := func(name string) int64 {
		n, nerr := strconv.ParseInt(row[name].N, 10, 64)
		if nerr != nil && row[name].N != "" {
			err = errUnreadable
		}
		return n
	}
	d := access.Due{
		At: at, Kind: row["kind"].S, ID: row["id"].S, Connector: row["connector"].S,
		Urgency: int(number("urgency")), Seq: number("seq"),
	}
	return d, err
}

// timeLeft refuses what could not be ended: it comes again, or a sweep tells it.
func timeLeft(ctx context.Context) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < leastTime {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
