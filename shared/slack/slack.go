// Package slack owns every call that Ebb makes to Slack's Web API, and the two
// to its SCIM API (scim.go): how a call is sent, whose token it carries, how its answer becomes accounts, resources
// and members, and into which fault.Kind each of Slack's refusals falls.
//
// slack-go is the library underneath: its types decode what Slack answers. The
// HTTP itself is ours (call.go), because a grant depends on things that
// slack-go hides: whether a write that failed may have happened, the time on a
// 429 without its header, an "ok":false without a code (which slack-go takes
// for success), a listing that came without its list. Where a type of slack-go
// is stricter than Slack (a user_count sent as text), wire.go widens it.
//
// Whose token: listings and user groups take the one that the link asks for,
// writes to user groups the administrator's, and channels the app's first, then
// the administrator's where the app is refused for what it is (tokens.go).
//
// The package never decides what to do about an error, never sleeps, and never
// makes the same call twice with the same token: on a 429 it says until when. It
// never lets a token into an address, an error or a Call; the token travels in
// the Authorization header alone. It keeps no state between calls, asks for no
// message and reads none.
package slack

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
)

// Slack's two houses: the ordinary one and GovSlack (docs.slack.dev, "GovSlack").
const (
	DefaultAPIURL = "https://slack.com/api/"
	GovAPIURL     = "https://slack-gov.com/api/"
)

// Timeout is how long one call may take with the default HTTP client. The lease
// of converge counts on it.
const Timeout = 10 * time.Second

// Tokens finds the credentials of a connector. It is asked before each call;
// whoever implements it may keep them for a while. Errors: fault.NotFound when
// the connector has none.
type Tokens interface {
	Tokens(ctx context.Context, connectorID string) (connector.Tokens, error)
}

// Config says where Slack is and how to speak to it. The zero value of each
// field but Tokens has a sensible meaning.
type Config struct {
	APIURL       string       // DefaultAPIURL; a missing "/" at the end is added
	SCIMURL      string       // the one that belongs to APIURL (scimBeside)
	AuthorizeURL string       // https://host/oauth/v2/authorize of APIURL's host
	HTTP         *http.Client // one with Timeout; redirects are never followed
	Tokens       Tokens
	ClientID     string // for Exchange and AuthorizeURL
	ClientSecret string // for Exchange
	Now          func() time.Time
	OnCall       func(Call) // told of every call after it ended; from any goroutine
}

// Call is one call of the Web API or of SCIM, for logs, counting and the demo's story. It
// holds no token and no OAuth code.
type Call struct {
	Method    string
	Connector string // "" for calls of an installation
	As        string // "bot" or "user"; "" for calls of an installation
	Args      url.Values
	Started   time.Time
	Duration  time.Duration
	OK        bool
	Code      string // Slack's word, or ours for what broke on the way
}

// Client speaks to Slack. It is safe for concurrent use.
type Client struct {
	api       string
	scim      string
	authorize string
	http      *http.Client
	tokens    Tokens
	id        string
	secret    string
	now       func() time.Time
	onCall    func(Call)
}

// New makes a client.
func New(cfg Config) *Client {
	c := &Client{
		api: cfg.APIURL, scim: cfg.SCIMURL, authorize: cfg.AuthorizeURL, tokens: cfg.Tokens,
		id: cfg.ClientID, secret: cfg.ClientSecret, now: cfg.Now, onCall: cfg.OnCall,
	}
	if c.api == "" {
		c.api = DefaultAPIURL
	}
	c.api = slashed(c.api)
	if c.scim == "" {
		c.scim = scimBeside(c.api)
	}
	c.scim = slashed(c.scim)
	if c.authorize == "" {
		c.authorize = strings.TrimSuffix(c.api, "api/") + "oauth/v2/authorize"
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.tokens == nil {
		c.tokens = Static(connector.Tokens{})
	}
	c.http = &http.Client{Timeout: Timeout}
	if cfg.HTTP != nil {
		own := *cfg.HTTP
		c.http = &own
	}
	// Slack's API never redirects; what does is a proxy's login page, and no
	// token goes there.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

func slashed(address string) string { return strings.TrimRight(address, "/") + "/" }

// scimBeside is the SCIM API that belongs to a Web API: at a host of its own for
// Slack's two houses (docs.slack.dev, "SCIM API"), beside /api/ at any other.
func scimBeside(api string) string {
	switch api {
	case DefaultAPIURL:
		return "https://api.slack.com/scim/v2/"
	case GovAPIURL:
		return "https://api.slack-gov.com/scim/v2/"
	}
	return strings.TrimSuffix(api, "api/") + "scim/v2/"
}

// Static gives the same tokens for every connector.
func Static(t connector.Tokens) Tokens { return static(t) }

type static connector.Tokens

func (s static) Tokens(context.Context, string) (connector.Tokens, error) {
	return connector.Tokens(s), nil
}

// What holds a secret prints without it.

func (static) String() string     { return "slack.Static(…)" }
func (static) GoString() string   { return "slack.Static(…)" }
func (Config) String() string     { return "slack.Config{…}" }
func (Config) GoString() string   { return "slack.Config{…}" }
func (*Client) String() string    { return "slack.Client" }
func (*Client) GoString() string  { return "slack.Client" }
func (credential) String() string { return "credential(…)" }
