package local

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/oidc"
)

// Issuer is an OpenID Connect issuer that people of a house on a laptop sign in
// with; without an address there is none.
type Issuer struct {
	OIDCIssuer       string `name:"oidc-issuer" env:"EBB_OIDC_ISSUER" help:"The address of an OpenID Connect issuer that people sign in with, besides Slack."`
	OIDCClientID     string `name:"oidc-client-id" env:"EBB_OIDC_CLIENT_ID" help:"The house's client id there."`
	OIDCClientSecret string `name:"oidc-client-secret" env:"EBB_OIDC_CLIENT_SECRET" help:"And its secret; give it by environment."`
}

// vouchers are those that a house here can ask who somebody is: the Slack that it
// speaks to, where it has an app there, and an issuer.
func vouchers(s Slack, i Issuer) (map[access.Means]flow.Voucher, error) {
	out := map[access.Means]flow.Voucher{}
	for means, c := range map[access.Means]struct{ address, id, secret string }{
		access.BySlack:  {strings.TrimSuffix(s.APIURL, "/api/"), s.ClientID, s.ClientSecret},
		access.ByIssuer: {i.OIDCIssuer, i.OIDCClientID, i.OIDCClientSecret},
	} {
		if c.address == "" || c.id == "" {
			continue
		}
		client := func(context.Context) (string, string, error) { return c.id, c.secret, nil }
		v, err := oidc.New(oidc.Config{Issuer: c.address, Client: client})
		if err != nil {
			return nil, err
		}
		out[means] = v
	}
	return out, nil
}
