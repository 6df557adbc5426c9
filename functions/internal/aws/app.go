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
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

// What holds a secret prints without it.

func (Credentials) String() string   { return "Credentials(…)" }
func (Credentials) GoString() string { return "Credentials(…)" }

// unset is what the stack puts into the secret until somebody fills it in.
const unset = "fill in"

// WithApp serves with a house that has the Slack app's credentials, read with
// the first request and then once in AppTime.
func (f *Function) WithApp(edge func(*flow.House) http.Handler) http.Handler {
	a := &app{f: f, edge: edge, now: time.Now}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := a.handler(r.Context())
		if err != nil {
			f.Log.Error("slack app", "error", err)
			http.Error(w, "Ebb cannot install Slack yet: "+fault.TextOf(err)+".", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
}

type app struct {
	f    *Function
	edge func(*flow.House) http.Handler
	now  func() time.Time

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
	c, err := a.f.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if a.serve == nil || c != a.has {
		a.has, a.serve = c, a.edge(a.f.house(c))
	}
	a.read = a.now()
	return a.serve, nil
}

func (f *Function) credentials(ctx context.Context) (Credentials, error) {
	const op = "functions.credentials"
	value, _, err := f.vault.Get(ctx, names.SlackApp)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Credentials{}, fault.Wrap(op, err)
	}
	var c Credentials
	bad := json.Unmarshal(value, &c) != nil
	if bad || c.ClientID == "" || c.ClientSecret == "" || c.ClientID == unset || c.ClientSecret == unset {
		return Credentials{}, fault.New(op, fault.Misconfigured,
			`put {"clientId": "…", "clientSecret": "…"} of the Slack app into the secret %s%s of AWS Secrets Manager`, f.Config.SecretPrefix, names.SlackApp)
	}
	return c, nil
}
