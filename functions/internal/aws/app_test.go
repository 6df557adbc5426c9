package aws

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/flow"
)

// manager answers GetSecretValue as Secrets Manager does, with a value that the
// test changes ("" : no such secret), and counts.
type manager struct {
	value atomic.Value
	reads atomic.Int32
}

func (m *manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.reads.Add(1)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	value := m.value.Load().(string)
	if r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || value == "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"Name": "ebb/slack/app", "SecretString": value, "VersionId": "1"})
}

func newInstall(t *testing.T, value string) (*manager, *Function) {
	t.Helper()
	m := &manager{}
	m.value.Store(value)
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	env := map[string]string{
		names.EnvTable: "ebb", names.EnvSecretPrefix: "ebb/", names.EnvURL: "https://ebb.example.com", "AWS_REGION": "eu-central-1",
		names.EnvAWSEndpoint: server.URL, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
	}
	f, err := New(names.Install, func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	return m, f
}

// edge shows where it would send people.
func edge(h *flow.House) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, h.Slack.AuthorizeURL("state", "https://ebb.example.com/cb", nil, nil))
	})
}

func ask(h http.Handler) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

// The app's credentials come from the secret store, are read once in a while,
// and may be put there after the deploy.
func TestWithApp(t *testing.T) {
	m, f := newInstall(t, "")
	h := f.WithApp(edge)
	for _, value := range []string{"", `{"clientId":"fill in","clientSecret":"fill in"}`, `{}`, `planted`} {
		m.value.Store(value)
		w := ask(h)
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "ebb/slack/app") || strings.Contains(w.Body.String(), "planted") {
			t.Errorf("%q: %d %s", value, w.Code, w.Body)
		}
	}
	m.value.Store(`{"clientId":"1.2","clientSecret":"planted"}`)
	before := m.reads.Load()
	for range 3 {
		if w := ask(h); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "client_id=1.2") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if n := m.reads.Load() - before; n != 1 {
		t.Errorf("%d reads for 3 requests", n)
	}
}

// The signing secret alone opens the door for Slack, and nothing else does.
func TestWithSigning(t *testing.T) {
	m, f := newInstall(t, "")
	h := f.WithSigning(func(h *flow.House, secret string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, secret+" "+h.Slack.AuthorizeURL("state", "", nil, nil))
		})
	})
	for _, value := range []string{
		"", `{"clientId":"1.2","clientSecret":"planted"}`, `{"clientId":"1.2","clientSecret":"planted","signingSecret":"fill in"}`,
	} {
		m.value.Store(value)
		if w := ask(h); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "signingSecret") || strings.Contains(w.Body.String(), "planted") {
			t.Errorf("%q: %d %s", value, w.Code, w.Body)
		}
	}
	m.value.Store(`{"clientId":"1.2","clientSecret":"s","signingSecret":"word"}`)
	if w := ask(h); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "word ") || strings.Contains(w.Body.String(), "1.2") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNewCredentials(t *testing.T) {
	m, f := newInstall(t, `{"clientId":"1.2","clientSecret":"s"}`)
	now := time.Now()
	made := 0
	a := &app{f: f, now: func() time.Time { return now }, enough: Credentials.installs, edge: func(h *flow.House, _ Credentials) http.Handler {
		made++
		return edge(h)
	}}
	serve := func(want string, times int) {
		t.Helper()
		h, err := a.handler(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if body := ask(h).Body.String(); !strings.Contains(body, want) || made != times {
			t.Errorf("%s, made %d times", body, made)
		}
	}
	serve("client_id=1.2", 1)
	now = now.Add(AppTime)
	serve("client_id=1.2", 1) // read again, and the same
	m.value.Store(`{"clientId":"3.4","clientSecret":"s"}`)
	serve("client_id=1.2", 1)
	now = now.Add(AppTime)
	serve("client_id=3.4", 2)
}

func TestNothingSecretIsPrinted(t *testing.T) {
	c := Credentials{"1.2", "planted", "planted"}
	if said := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Contains(said, "planted") {
		t.Error(said)
	}
	if strings.Contains(fmt.Sprint(must(t).Config), "planted") {
		t.Error("the configuration holds a secret")
	}
}

func must(t *testing.T) *Function {
	_, f := newInstall(t, "planted")
	return f
}

// A function without rights on heads says so instead of doing nothing.
func TestNoHeads(t *testing.T) {
	if _, err := must(t).House().Heads.Heads(t.Context()); err == nil {
		t.Error("no error")
	}
}
