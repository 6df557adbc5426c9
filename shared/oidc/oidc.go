// Package oidc is OpenID Connect's authorization code flow against one issuer:
// Slack's own, or any that publishes how it is reached. It owns what
// makes an answer genuine: signature, issuer, audience, time and nonce.
//
// It never decides who somebody is in Ebb, keeps no token of the issuer, and
// puts no code, token or secret into an error.
package oidc

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Slack is the issuer of Sign in with Slack.
const Slack = "https://slack.com"

// scopes are those that Slack knows, and every other issuer as well.
var scopes = []string{oidc.ScopeOpenID, "profile", "email"}

// Config says which issuer, and as which of its clients.
type Config struct {
	// Issuer is its address, as its discovery document has it.
	Issuer string
	// Client gives the client's id and secret; it is asked for each journey.
	Client func(ctx context.Context) (id, secret string, err error)
	HTTP   *http.Client // nil: one with a time-out of 5 seconds
	Now    func() time.Time
}

// Issuer is one issuer. It is safe for concurrent use, and reads the issuer's
// own description when it is first needed.
type Issuer struct {
	c Config

	mu    sync.Mutex
	known *described
}

// described is an issuer with what it says of itself.
type described struct {
	provider *oidc.Provider
	pkce     bool
	style    oauth2.AuthStyle
}

// New makes an issuer; fault.Misconfigured for an address that others could
// listen to.
func New(c Config) (*Issuer, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !loopback(u) {
		return nil, fault.New("oidc.New", fault.Misconfigured, "the issuer %q has to be an https:// address", c.Issuer)
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Issuer{c: c}, nil
}

func loopback(u *url.URL) bool {
	return u.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname())
}

// describe reads the issuer's description once; one that failed is read again.
func (i *Issuer) describe(ctx context.Context) (*described, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known != nil {
		return i.known, nil
	}
	// The provider reads keys long after this call: only the client is its context's.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), i.c.HTTP), i.c.Issuer)
	if err != nil {
		return nil, i.away("discovery")
	}
	var says struct {
		Challenges []string `json:"code_challenge_methods_supported"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, i.away("discovery")
	}
	d := &described{provider: p, pkce: slices.Contains(says.Challenges, "S256"), style: oauth2.AuthStyleInHeader}
	if slices.Contains(says.Methods, "client_secret_post") {
		d.style = oauth2.AuthStyleInParams
	}
	i.known = d
	return d, nil
}

func (i *Issuer) config(ctx context.Context, redirect string) (*described, *oauth2.Config, error) {
	d, err := i.describe(ctx)
	if err != nil {
		return nil, nil, err
	}
	id, secret, err := i.c.Client(ctx)
	if err != nil {
		return nil, nil, fault.Wrap("oidc.client", err)
	}
	if id == "" || secret == "" {
		return nil, nil, fault.New("oidc.client", fault.Misconfigured, "the client id or the client secret for %s is missing; an operator of the house has to set it", i.c.Issuer)
	}
	e := d.provider.Endpoint()
	e.AuthStyle = d.style
	return d, &oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: e, RedirectURL: redirect, Scopes: scopes}, nil
}

// AuthorizeURL is where a browser goes to sign in.
func (i *Issuer) AuthorizeURL(ctx context.Context, s access.SignIn) (string, error) {
	d, c, err := i.config(ctx, s.Redirect)
	if err != nil {
		return "", err
	}
	with := []oauth2.AuthCodeOption{oidc.Nonce(s.Nonce)}
	if d.pkce {
		with = append(with, oauth2.S256ChallengeOption(s.Verifier))
	}
	if s.Fresh && i.c.Issuer != Slack {
		with = append(with, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return c.AuthCodeURL(s.State, with...), nil
}

// host is what a person calls the issuer.
func (i *Issuer) host() string {
	return strings.TrimPrefix(strings.TrimPrefix(i.c.Issuer, "https://"), "http://")
}

// away is an issuer that cannot be asked now.
func (i *Issuer) away(what string) error {
	return fault.New("oidc."+what, fault.Backoff, "%s does not answer as it should; try again, and if it goes on, an operator of the house checks its address", i.host())
}
