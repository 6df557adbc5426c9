package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// troubled: everything goes wrong at once. Processes are killed, panic and hang
// while they serve calls; AWS throttles, breaks, and loses answers to what it
// did; Slack asks to wait. One that died in the middle of a step leaves its
// lock, for at most 40 s, and so may the next.
func (s *story) troubled(ctx context.Context) error {
	s.say("Third act: sweep runs, too; functions are killed, panic and time out, AWS throttles and loses answers, Slack says 429")
	s.scheduled(s.t, names.Sweep)
	s.fleet.knife.sharpen(30)
	hurt := &mishaps{}
	s.engines.spoiled.Store(&awstest.Trouble{Next: hurt.next()})
	limited := s.limit("usergroups.users.update", "usergroups.list")
	g, err := s.given(ctx, 4*deadLock)
	if err != nil {
		return err
	}
	limited += s.limit("usergroups.users.update")
	if err := s.gone(ctx, g, 4*deadLock); err != nil {
		return err
	}
	s.fleet.knife.sharpen(0)
	// A process that was to hang and had answered already would hang in its next
	// call, which nobody cut, for as long as the function's own time-out.
	for _, name := range names.Functions {
		s.fleet.afresh(name)
	}
	s.engines.spoiled.Store(nil)
	died, said := s.fleet.died(), s.slack.Stats()
	s.slack.ClearFaults()
	s.tell("in the middle of a call: %v", died)
	s.tell("of AWS: %d throttled, %d broken or cut off, %d answers lost to what was done", hurt.throttled.Load(), hurt.broken.Load(), hurt.lost.Load())
	waits := said["usergroups.users.update"].RateLimited + said["usergroups.list"].RateLimited
	s.tell("of Slack: %d of %d prepared answers were 429", waits, limited)
	if len(died) == 0 || hurt.throttled.Load() == 0 || hurt.lost.Load() == 0 || waits == 0 {
		return fmt.Errorf("not everything went wrong, so not everything was shown")
	}
	return s.holds(ctx, s.sam, s.kit, s.bob)
}

// limit has Slack answer the next call of each method with 429.
func (s *story) limit(methods ...string) int {
	for _, m := range methods {
		s.slack.Inject(slacktest.Fault{Method: m, Kind: slacktest.RateLimit, RetryAfter: 1})
	}
	return len(methods)
}

// mishaps counts what went wrong on the way to AWS.
type mishaps struct{ throttled, broken, lost atomic.Int64 }

// next hurts one call in twenty, in the ways in which AWS does.
func (m *mishaps) next() func(*http.Request, []byte) awstest.Mishap {
	counted := func(n *atomic.Int64, do awstest.Mishap) awstest.Mishap {
		return func(r *http.Request, body []byte) (*http.Response, error) {
			n.Add(1)
			return do(r, body)
		}
	}
	return awstest.Random(
		0.05,
		counted(&m.throttled, throttled), counted(&m.throttled, throttled),
		counted(&m.broken, awstest.Break), counted(&m.broken, awstest.Gateway),
		counted(&m.lost, awstest.BreakDone), counted(&m.lost, awstest.BreakDone),
	)
}

// throttled refuses as the service asked does.
func throttled(r *http.Request, body []byte) (*http.Response, error) {
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, ".TransactWriteItems"):
		return awstest.Say(r, http.StatusBadRequest, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",`+
			`"Message":"Transaction cancelled","CancellationReasons":[{"Code":"ThrottlingError","Message":"told to by the test"}]}`), nil
	case strings.HasPrefix(target, "DynamoDB"):
		return awstest.Coded(http.StatusBadRequest, "ProvisionedThroughputExceededException")(r, body)
	case target == "": // S3
		return awstest.Coded(http.StatusServiceUnavailable, "SlowDown")(r, body)
	}
	return awstest.Throttle(r, body)
}
