package status_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/fault"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func TestOf(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Invalid: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409,
		fault.Already: 409, fault.Permanent: 422, fault.Misconfigured: 424, fault.Reauthorize: 424, fault.Wait: 429,
		fault.Backoff: 503, fault.Pause: 503, fault.Unclear: 503, fault.Internal: 500,
		fault.Kind("a kind of tomorrow"): 500,
	} {
		o := status.Of(fault.Wrap("op", fault.New("deep", kind, "do this next")), now)
		if o.Status != want {
			t.Errorf("%s: %d, want %d", kind, o.Status, want)
		}
		if (o.Text == "do this next") == (want == 500) {
			t.Errorf("%s: text %q", kind, o.Text)
		}
		if bare := status.Of(&fault.Error{Kind: kind}, now); bare.Text == "" || bare.Status != want {
			t.Errorf("%s without a sentence: %+v", kind, bare)
		}
		if (o.After != "") != (want == 429 || want == 503) {
			t.Errorf("%s: Retry-After %q", kind, o.After)
		}
	}
	if o := status.Of(errors.New("dial tcp 10.0.0.1: secret"), now); o.Status != http.StatusInternalServerError || o.Text == "" {
		t.Errorf("an unsorted error: %+v", o)
	}
}

func TestAfterIsTheTimeThatTheErrorNames(t *testing.T) {
	for until, want := range map[time.Duration]string{
		1500 * time.Millisecond: "2", // rounded up
		-time.Minute:            "1", // never nothing
		time.Hour:               "3600",
	} {
		o := status.Of(fault.Wrap("op", &fault.Error{Kind: fault.Wait, Until: now.Add(until)}), now)
		if o.After != want {
			t.Errorf("until %s: %q, want %q", until, o.After, want)
		}
	}
}
