package slack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

const (
	userToken = "xoxp-test-user-secret"
	botToken  = "xoxb-test-bot-secret"
)

var (
	clock = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	link  = connector.Link{Connector: "co_1", Team: "T1"}
	asBot = connector.Link{Connector: "co_1", Team: "T1", AsBot: true}
)

// asked is one request that arrived, with the voice that it came in.
type asked struct {
	method string
	voice  string
	args   url.Values
	header http.Header
}

// fake answers methods with handlers and remembers what was asked.
type fake struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	calls  []asked
	answer map[string]func(w http.ResponseWriter, a asked)
}

func newFake(t *testing.T) *fake {
	f := &fake{t: t, answer: map[string]func(http.ResponseWriter, asked){}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		f.t.Errorf("form: %v", err)
	}
	a := asked{method: strings.TrimPrefix(r.URL.Path, "/api/"), args: r.PostForm, header: r.Header}
	switch r.Header.Get("Authorization") {
	case "Bearer " + userToken:
		a.voice = "user"
	case "Bearer " + botToken:
		a.voice = "bot"
	}
	if r.Method != http.MethodPost || r.URL.RawQuery != "" {
		f.t.Errorf("%s came as %s with the query %q", a.method, r.Method, r.URL.RawQuery)
	}
	f.mu.Lock()
	f.calls = append(f.calls, a)
	answer := f.answer[a.method]
	f.mu.Unlock()
	if answer == nil {
		f.t.Errorf("unexpected call of %s", a.method)
		answer = body(`{"ok":false,"error":"unknown_method"}`)
	}
	answer(w, a)
}

// says scripts the answers of a method, the last one for ever.
func (f *fake) says(method string, bodies ...string) *fake {
	next := 0
	f.answer[method] = func(w http.ResponseWriter, a asked) {
		f.mu.Lock()
		b := bodies[min(next, len(bodies)-1)]
		next++
		f.mu.Unlock()
		body(b)(w, a)
	}
	return f
}

// voices scripts one answer for each token.
func (f *fake) voices(method, bot, user string) *fake {
	f.answer[method] = func(w http.ResponseWriter, a asked) {
		if a.voice == "bot" {
			body(bot)(w, a)
			return
		}
		body(user)(w, a)
	}
	return f
}

func (f *fake) does(method string, h func(http.ResponseWriter, asked)) *fake {
	f.answer[method] = h
	return f
}

// methods are the calls so far, "method" or "method/voice".
func (f *fake) methods(withVoice bool) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, c := range f.calls {
		name := c.method
		if withVoice {
			name += "/" + c.voice
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func (f *fake) last() asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		f.t.Fatal("nothing was called")
	}
	return f.calls[len(f.calls)-1]
}

func (f *fake) client(change ...func(*slack.Config)) *slack.Client {
	cfg := slack.Config{
		APIURL: f.server.URL + "/api", Tokens: slack.Static(connector.Tokens{User: userToken, Bot: botToken}),
		ClientID: "11.22", ClientSecret: "client-secret", Now: func() time.Time { return clock },
	}
	for _, c := range change {
		c(&cfg)
	}
	return slack.New(cfg)
}

func tokens(user, bot string) func(*slack.Config) {
	return func(c *slack.Config) { c.Tokens = slack.Static(connector.Tokens{User: user, Bot: bot}) }
}

func body(s string) func(http.ResponseWriter, asked) {
	return func(w http.ResponseWriter, _ asked) { fmt.Fprint(w, s) }
}

func status(code int, s string, header ...string) func(http.ResponseWriter, asked) {
	return func(w http.ResponseWriter, _ asked) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		fmt.Fprint(w, s)
	}
}

func refused(code string) string { return fmt.Sprintf(`{"ok":false,"error":%q}`, code) }

// documented is an answer as Slack's documentation prints it.
func documented(t *testing.T, method, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/answers/" + method + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if all[name] == nil {
		t.Fatalf("%s has no answer %q", method, name)
	}
	return string(all[name])
}

func ctx(t *testing.T) context.Context { return t.Context() }

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantKind(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %q (%s), want %q (%s): %v", fault.KindOf(err), fault.CodeOf(err), kind, code, err)
	}
}
