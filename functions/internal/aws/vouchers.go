package aws

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/oidc"
)

// MustVouchers is Vouchers, or ends the process with what is wrong.
func MustVouchers(f *Function) map[access.Means]flow.Voucher {
	v, err := Vouchers(f)
	if err != nil {
		f.Log.Error("start", "error", err)
		os.Exit(1)
	}
	return v
}

// Vouchers are who this house asks who somebody is: Slack, as its own app, and an
// issuer where the house was told of one. The secrets of both are read with the
// first sign-in and then once in AppTime, so that new ones need no deploy, and a
// house whose app is not there yet is entered by a link.
func Vouchers(f *Function) (map[access.Means]flow.Voucher, error) {
	slack, err := oidc.New(oidc.Config{Issuer: slackIssuer(f.Config.SlackAPIURL), Client: keptFor(AppTime, time.Now, func(ctx context.Context) (pair, error) {
		c, err := f.credentials(ctx, Credentials.installs)
		return pair{c.ClientID, c.ClientSecret}, err
	})})
	if err != nil {
		return nil, err
	}
	out := map[access.Means]flow.Voucher{access.BySlack: slack}
	if f.Config.OIDCIssuer == "" {
		return out, nil
	}
	out[access.ByIssuer], err = oidc.New(oidc.Config{Issuer: f.Config.OIDCIssuer, Client: keptFor(AppTime, time.Now, f.issuerClient)})
	return out, err
}

// slackIssuer is the issuer of the Slack whose API that is.
func slackIssuer(api string) string {
	if api == "" {
		return oidc.Slack
	}
	return strings.TrimSuffix(api, "/api/")
}

func (f *Function) issuerClient(ctx context.Context) (pair, error) {
	const op = "functions.issuer"
	value, _, err := f.vault.Get(ctx, names.Issuer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return pair{}, fault.Wrap(op, err)
	}
	var c struct {
		Secret string `json:"clientSecret"`
	}
	if json.Unmarshal(value, &c) != nil || !set(c.Secret) || f.Config.OIDCClientID == "" {
		return pair{}, fault.New(op, fault.Misconfigured,
			`put {"clientSecret": "…"} of the house's client at %s into the secret %s%s of AWS Secrets Manager`, f.Config.OIDCIssuer, f.Config.SecretPrefix, names.Issuer)
	}
	return pair{f.Config.OIDCClientID, c.Secret}, nil
}

// pair is a client's id and secret, and prints without them.
type pair struct{ id, secret string }

func (pair) String() string   { return "pair(…)" }
func (pair) GoString() string { return "pair(…)" }

// keptFor reads a client at most once in a while; what failed is read again.
func keptFor(while time.Duration, now func() time.Time, read func(context.Context) (pair, error)) func(context.Context) (id, secret string, err error) {
	var mu sync.Mutex
	var has pair
	var at time.Time
	return func(ctx context.Context) (string, string, error) {
		mu.Lock()
		defer mu.Unlock()
		if has == (pair{}) || !now().Before(at.Add(while)) {
			p, err := read(ctx)
			if err != nil {
				return "", "", err
			}
			has, at = p, now()
		}
		return has.id, has.secret, nil
	}
}
