// Package awsfault owns what the AWS engines of all ports have in common:
// which of AWS's errors is which kind of fault, and repeating a call until its
// outcome is known.
//
// The SDK repeats calls too, but tells of the last try only: a write that may
// have happened at the first try and was throttled at the second would look
// as if nothing had happened. So engines switch its retries off (Once), and
// give each call here.
//
// It never knows a service, a table or a secret, and puts no body of a request
// or of an answer into an error.
package awsfault

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/ebb-access/ebb/shared/fault"
)

const (
	// tries is how often a call is made at most, the first included.
	tries = 5
	// tryTime is how long one try may take: far above what AWS needs (tens of
	// milliseconds), so that a lost connection costs one try and not the call.
	tryTime = 5 * time.Second
	// pause is the longest wait before the second try; it doubles with each.
	pause = 50 * time.Millisecond
)

// Call is one call of AWS, which may be made again with the same effect: a
// read, or a write that carries a token, a condition or a name of its own.
type Call struct {
	// Op is the operation of its faults ("dynamo.Commit").
	Op string
	// Write says that a lost answer leaves open whether it happened.
	Write bool
	// Visible: whoever is outside sees each time that it happens (a mail), so that a
	// try whose outcome is not known is left to the caller and not made again.
	Visible bool
	// Codes are the service's own words for errors, looked at before those
	// that all of AWS shares.
	Codes map[string]Meaning
	// Pause replaces the wait before the second try, for tests; 0: 50 ms.
	Pause time.Duration
}

// Meaning is what an error asks of whoever meets it.
type Meaning struct {
	Kind fault.Kind
	Text string
}

// Once are the settings of every call of the SDK under Do: no retries of its
// own, and a mark on what leaves this machine.
//
//	client.GetItem(ctx, in, func(o *dynamodb.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) })
func Once(options []func(*middleware.Stack) error) (aws.Retryer, []func(*middleware.Stack) error) {
	return aws.NopRetryer{}, append(options, markSent)
}

// Do makes the call until its outcome is known, at most five times and as long
// as ctx lasts. Errors are faults: fault.Unclear when a write was sent and
// nobody knows what became of it, fault.Backoff when nothing happened and later
// may be better, and what Codes say. A fault that try itself answers is kept:
// Backoff and Unclear are tried again, others are final.
func (c Call) Do(ctx context.Context, try func(context.Context) error) error {
	lost := false
	for n := 1; ; n++ {
		err := c.once(ctx, try)
		if err == nil {
			return nil
		}
		lost = lost || fault.Is(err, fault.Unclear)
		again := fault.Is(err, fault.Unclear, fault.Backoff) && !(lost && c.Visible) && n < tries && c.rest(ctx, n)
		if again {
			continue
		}
		if lost && !tells(err) {
			return &fault.Error{Op: c.Op, Kind: fault.Unclear, Text: "AWS did not say whether this happened: read again", Err: err}
		}
		return err
	}
}

// tells reports whether a refusal says how things stand, so that earlier tries
// without an answer did not happen: the token or the condition was looked at.
func tells(err error) bool {
	return fault.Is(err, fault.Conflict, fault.Already, fault.NotFound)
}

// once makes one try. What ended before anything was sent has not happened.
func (c Call) once(ctx context.Context, try func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(c.Op, err)
	}
	sent := false
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, sentKey{}, &sent), tryTime)
	defer cancel()
	err := try(ctx)
	if err == nil {
		return nil
	}
	return c.sorted(err, sent)
}

// rest waits before the next try, and says whether there is to be one.
func (c Call) rest(ctx context.Context, n int) bool {
	longest := c.Pause
	if longest == 0 {
		longest = pause
	}
	longest <<= n - 1
	select {
	case <-ctx.Done():
		return false
	case <-time.After(longest/2 + rand.N(longest/2+1)):
		return true
	}
}

// sentKey finds in a try's context where to note that it was sent.
type sentKey struct{}

// markSent notes when a request is complete and goes to the wire. What fails
// earlier (credentials, endpoint, signature) never left.
func markSent(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("MarkSent",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			if sent, ok := ctx.Value(sentKey{}).(*bool); ok {
				*sent = true
			}
			return next.HandleDeserialize(ctx, in)
		}), middleware.After)
}
