package awsfault_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
)

// well is a definite success.
func well(r *http.Request, _ []byte) (*http.Response, error) {
	return awstest.Say(r, http.StatusOK, `{"executionArn":"arn","startDate":1}`), nil
}

// told answers one request after the other as it is told, the last for ever.
func told(mishaps ...awstest.Mishap) *awstest.Trouble {
	return &awstest.Trouble{Next: func(*http.Request, []byte) awstest.Mishap {
		m := mishaps[0]
		if len(mishaps) > 1 {
			mishaps = mishaps[1:]
		}
		return m
	}}
}

// start makes a call of Step Functions, where no engine is needed.
func start(ctx context.Context, c awsfault.Call, trip http.RoundTripper, who aws.CredentialsProvider) error {
	if who == nil {
		who = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		})
	}
	client := sfn.New(sfn.Options{
		Region: awstest.Region, BaseEndpoint: aws.String("http://127.0.0.1:1"),
		HTTPClient: &http.Client{Transport: trip}, Credentials: who,
	})
	return c.Do(ctx, func(ctx context.Context) error {
		_, err := client.StartExecution(ctx, &sfn.StartExecutionInput{
			StateMachineArn: aws.String("arn:aws:states:eu-central-1:123456789012:stateMachine:x"), Input: aws.String(`"CANARY"`),
		}, func(o *sfn.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) })
		return err
	})
}

func TestDo(t *testing.T) {
	taken := awstest.Coded(400, "Taken")
	denied := awstest.Coded(400, "AccessDeniedException")
	for what, c := range map[string]struct {
		mishaps []awstest.Mishap
		write   fault.Kind
		read    fault.Kind
		calls   int
	}{
		"well":                 {[]awstest.Mishap{well}, "", "", 1},
		"throttled, well":      {[]awstest.Mishap{awstest.Throttle, well}, "", "", 2},
		"throttled for ever":   {[]awstest.Mishap{awstest.Throttle}, fault.Backoff, fault.Backoff, 5},
		"lost, well":           {[]awstest.Mishap{awstest.Lose, well}, "", "", 2},
		"lost for ever":        {[]awstest.Mishap{awstest.Lose}, fault.Unclear, fault.Backoff, 5},
		"lost, then throttled": {[]awstest.Mishap{awstest.Lose, awstest.Throttle}, fault.Unclear, fault.Backoff, 5},
		"lost, then away":      {[]awstest.Mishap{awstest.Lose, awstest.Unreachable}, fault.Unclear, fault.Backoff, 5},
		"lost, then no right":  {[]awstest.Mishap{awstest.Lose, denied}, fault.Unclear, fault.Misconfigured, 2},
		"lost, then conflict":  {[]awstest.Mishap{awstest.Lose, taken}, fault.Conflict, fault.Conflict, 2},
		"no right":             {[]awstest.Mishap{denied}, fault.Misconfigured, fault.Misconfigured, 1},
		"away for ever":        {[]awstest.Mishap{awstest.Unreachable}, fault.Backoff, fault.Backoff, 5},
		"500 for ever":         {[]awstest.Mishap{awstest.Break}, fault.Unclear, fault.Backoff, 5},
		"502 for ever":         {[]awstest.Mishap{awstest.Gateway}, fault.Unclear, fault.Backoff, 5},
		"429 without a word":   {[]awstest.Mishap{awstest.Coded(429, "Whatever")}, fault.Backoff, fault.Backoff, 5},
		"nobody sorted it":     {[]awstest.Mishap{awstest.Coded(400, "Whatever")}, fault.Internal, fault.Internal, 1},
	} {
		for _, write := range []bool{true, false} {
			want := c.read
			if write {
				want = c.write
			}
			trip := told(c.mishaps...)
			call := awsfault.Call{
				Op: "test.Start", Write: write, Pause: time.Millisecond,
				Codes: map[string]awsfault.Meaning{"Taken": {Kind: fault.Conflict, Text: "taken"}},
			}
			err := start(t.Context(), call, trip, nil)
			if fault.KindOf(err) != want || trip.Calls() != c.calls {
				t.Errorf("%s, write %t: %v after %d calls, want %q after %d", what, write, err, trip.Calls(), want, c.calls)
			}
			if err != nil && (strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "SECRET") || !strings.HasPrefix(err.Error(), "test.Start: ")) {
				t.Errorf("%s: the error reads %v", what, err)
			}
		}
	}
}

// TestNeverSent: what failed on this side of the wire has not happened.
func TestNeverSent(t *testing.T) {
	trip := told(well)
	nobody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no credentials")
	})
	call := awsfault.Call{Op: "test.Start", Write: true, Pause: time.Millisecond}
	if err := start(t.Context(), call, trip, nobody); !fault.Is(err, fault.Backoff) || trip.Calls() != 0 {
		t.Errorf("without credentials: %v after %d calls, want back off after none", err, trip.Calls())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := start(ctx, call, trip, nil); !fault.Is(err, fault.Backoff) || !errors.Is(err, context.Canceled) || trip.Calls() != 0 {
		t.Errorf("canceled before: %v after %d calls, want back off after none", err, trip.Calls())
	}
}

// TestCanceled: the caller's patience ends a call, also between tries, and a
// write that was on its way is unclear.
func TestCanceled(t *testing.T) {
	for _, m := range []awstest.Mishap{awstest.Lose, func(r *http.Request, _ []byte) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}} {
		for _, write := range []bool{true, false} {
			want := fault.Backoff
			if write {
				want = fault.Unclear
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			began := time.Now()
			err := start(ctx, awsfault.Call{Op: "test.Start", Write: write, Pause: time.Minute}, told(m), nil)
			cancel()
			if !fault.Is(err, want) || time.Since(began) > 3*time.Second {
				t.Errorf("write %t: %v after %s, want %q at once", write, err, time.Since(began), want)
			}
		}
	}
}
