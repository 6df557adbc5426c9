package aws

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestWhoVouches(t *testing.T) {
	env := map[string]string{
		names.EnvTable: "ebb", names.EnvSecretPrefix: "ebb/", names.EnvURL: "https://ebb.example", names.EnvHeadsBucket: "h",
		names.EnvStateMachine: "arn:aws:states:eu-central-1:123456789012:stateMachine:ebb-lease", "AWS_REGION": "eu-central-1",
	}
	vouchers := func() (int, error) {
		f, err := New(names.Console, func(name string) string { return env[name] })
		if err != nil {
			return 0, err
		}
		v, err := Vouchers(f)
		if err == nil && v[access.BySlack] == nil {
			t.Error("Slack does not vouch")
		}
		return len(v), err
	}
	if n, err := vouchers(); n != 1 || err != nil {
		t.Errorf("without an issuer: %d, %v", n, err)
	}
	env[names.EnvOIDCIssuer], env[names.EnvOIDCClientID] = "https://login.example/realms/x", "ebb"
	if n, err := vouchers(); n != 2 || err != nil {
		t.Errorf("with an issuer: %d, %v", n, err)
	}
	env[names.EnvOIDCIssuer] = "http://login.example"
	if _, err := vouchers(); !fault.Is(err, fault.Misconfigured) {
		t.Errorf("an issuer that others could listen to: %v", err)
	}
	for api, want := range map[string]string{"": "https://slack.com", "https://slack.com/api/": "https://slack.com", "https://slack-gov.com/api/": "https://slack-gov.com"} {
		if got := slackIssuer(api); got != want {
			t.Errorf("%q: %q, want %q", api, got, want)
		}
	}
}

// A client is read once in a while, and again after it could not be read.
func TestAClientIsKeptForAWhile(t *testing.T) {
	now, reads := time.Unix(0, 0), 0
	fails := true
	client := keptFor(AppTime, func() time.Time { return now }, func(context.Context) (pair, error) {
		reads++
		if fails {
			return pair{}, fault.New("test", fault.Misconfigured, "not there yet")
		}
		return pair{"id", fmt.Sprintf("secret-%d", reads)}, nil
	})
	if _, _, err := client(t.Context()); err == nil {
		t.Error("a client that is not there")
	}
	fails = false
	for _, want := range []struct {
		after time.Duration
		says  string
	}{{0, "secret-2"}, {AppTime - 1, "secret-2"}, {1, "secret-3"}} {
		now = now.Add(want.after)
		if _, secret, err := client(t.Context()); err != nil || secret != want.says {
			t.Errorf("%s, %v, want %s", secret, err, want.says)
		}
	}
	if said := fmt.Sprintf("%v %+v %#v", pair{"i", "s3cret"}, pair{"i", "s3cret"}, pair{"i", "s3cret"}); strings.Contains(said, "s3cret") {
		t.Error(said)
	}
}
