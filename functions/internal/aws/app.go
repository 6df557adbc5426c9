package aws

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// AppTime is how long a process uses the Slack app's credentials before it
// reads them again, so that new ones need no deploy.
const AppTime = time.Minute

// Credentials are the Slack app's own, as the operator puts them into the
// secret names.SlackApp.
type Credentials struct {
	ClientID      string `json:"clientId"`
	ClientSecret  string `json:"clientSecret"`
	SigningSecret string `json:"signingSecret"`
}

// What holds a secret prints without it.

func (Credentials) String() string   { return "Credentials(…)" }
func (Credentials) GoString() string { return "Credentials(…)" }

// unset is what the stack puts into the secret until somebody fills it in.
const unset = "fill in"

// installs and hears report whether the credentials are there for what they are
// needed for: who only installs need not know the signing secret yet.
func (c Credentials) installs() bool { return set(c.ClientID) && set(c.ClientSecret) }
func (c Credentials) hears() bool    { return set(c.SigningSecret) }

func set(s string) bool { return s != "" && s != unset }

// WithApp serves with a house that has the Slack app's credentials, read with
// the first request and then once in AppTime.
func (f *Function) WithApp(edge func(*flow.House) http.Handler) http.Handler {
	return f.serve(&app{
		f: f, now: time.Now, enough: Credentials.installs,
		edge: func(h *flow.House, _ Credentials) http.Handler { return edge(h) },
	})
}

// WithSigning is WithApp for what Slack itself speaks to: it has the signing
// secret, and its house none of the credentials.
func (f *Function) WithSigning(edge func(h *flow.House, secret string) http.Handler) http.Handler {
	return f.serve(&app{
		f: f, now: time.Now, enough: Credentials.hears,
		edge: func(_ *flow.House, c Credentials) http.Handler { return edge(f.House(), c.SigningSecret) },
	})
}

func (f *Function) serve(a *app) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := a.handler(r.Context())
		if err != nil {
			f.Log.Error("slack app", "error", err)
			http.Error(w, "Ebb is not set up for Slack yet: "+fault.TextOf(err)+".", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
}

type app struct {
	f      *Function
	edge   func(*flow.House, Credentials) http.Handler
	enough func(Credentials) bool
	now    func() time.Time

	mu    sync.Mutex
	read  time.Time
	has   Credentials
	serve http.Handler
}

// handler is made again only when the credentials have changed.
func (a *app) handler(ctx context.Context) (http.Handler, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.serve != nil && a.now().Before(a.read.Add(AppTime)) {
		return a.serve, nil
	}
	c, err := a.f.credentials(ctx, a.enough)
	if err != nil {
		return nil, err
	}
	if a.serve == nil || c != a.has {
		a.has, a.serve = c, a.edge(a.f.house(c), c)
	}
	a.read = a.now()
	return a.serve, nil
}

func (f *Function) credentials(ctx context.Context, enough func(Credentials) bool) (Credentials, error) {
	const op = "functions.credentials"
	value, _, err := f.vault.Get(ctx, names.SlackApp)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Credentials{}, fault.Wrap(op, err)
	}
	var c Credentials
	if json.Unmarshal(value, &c) != nil || !enough(c) {
		return Credentials{}, fault.New(op, fault.Misconfigured,
			`put {"clientId": "…", "clientSecret": "…", "signingSecret": "…"} of the Slack app into the secret %s%s of AWS Secrets Manager`, f.Config.SecretPrefix, names.SlackApp)
	}
	return c, nil
}
