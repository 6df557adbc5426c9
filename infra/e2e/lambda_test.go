package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ebb-access/ebb/infra/lambdatest"
	"github.com/ebb-access/ebb/shared/config/names"
)

// timeouts are the stack's, but for those that work ahead of the next schedule:
// here that comes within a second.
var timeouts = map[string]time.Duration{
	names.Install: 29 * time.Second, names.API: 29 * time.Second, names.Slack: 10 * time.Second, names.Grant: time.Minute, names.Revoke: time.Minute,
	names.Sweep: 47 * time.Second, names.Sync: 72 * time.Second,
}

// fleet is Lambda: the functions, and what they printed.
type fleet struct {
	functions map[string]*lambdatest.Function
	logs      map[string]*safeBuffer
	knife     *knife

	mu    sync.Mutex
	calls map[string]int
	cold  map[string]int
	told  safeBuffer // every answer of the HTTP API
	fails safeBuffer // every failure of a function, as Lambda tells it
}

// newFleet makes the functions; env is set before the first call.
func newFleet() *fleet {
	return &fleet{
		functions: map[string]*lambdatest.Function{}, logs: map[string]*safeBuffer{}, knife: newKnife(11),
		calls: map[string]int{}, cold: map[string]int{},
	}
}

// add puts the functions there, each with an access key that names it.
func (f *fleet) add(t *testing.T, env []string) {
	t.Helper()
	for _, name := range names.Functions {
		log := &safeBuffer{}
		fn := &lambdatest.Function{
			Name: name, Command: bootstrap(t, name), Timeout: timeouts[name], Log: log,
			Env: append([]string{"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + name, "AWS_SECRET_ACCESS_KEY=test"}, env...),
		}
		if name != names.Install {
			fn.Begun = func(p *os.Process) { f.knife.maybe(name, p) }
		}
		f.functions[name], f.logs[name] = fn, log
		t.Cleanup(fn.Close)
	}
}

func (f *fleet) invoke(ctx context.Context, name string, payload []byte) (lambdatest.Result, error) {
	fn := f.functions[name]
	if fn == nil {
		return lambdatest.Result{}, fmt.Errorf("no function %q", name)
	}
	r, err := fn.Invoke(ctx, payload)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[name]++
	if r.Cold {
		f.cold[name]++
	}
	if r.Failure != nil {
		fmt.Fprintf(&f.fails, "%s: %s: %s\n", name, r.Failure.Type, r.Failure.Message)
	}
	return r, err
}

// lambdaAPI is Lambda's Invoke, as Step Functions calls it.
func (f *fleet) lambdaAPI(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(r.URL.Path, "/functions/")
	name = strings.TrimSuffix(name, "/invocations")
	name = name[strings.LastIndex(name, ":")+1:]
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	// A call that nobody waits for any more ends by itself, as on AWS.
	out, err := f.invoke(context.WithoutCancel(r.Context()), name, payload)
	w.Header().Set("X-Amzn-Requestid", "1")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case err != nil:
		w.Header().Set("X-Amzn-Errortype", "ServiceException")
		w.WriteHeader(http.StatusInternalServerError)
	case out.Failure != nil:
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		_ = json.NewEncoder(w).Encode(out.Failure)
	default:
		_, _ = w.Write(out.Payload)
	}
}

// gateway is the HTTP API with its four routes.
func (f *fleet) gateway(w http.ResponseWriter, r *http.Request) {
	name := ""
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/v1/"):
		name = names.API
	case r.Method == http.MethodGet && (strings.HasPrefix(path, "/connect/") || path == "/slack/oauth/callback"):
		name = names.Install
	case r.Method == http.MethodPost && path == "/slack/events":
		name = names.Slack
	default:
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	payload, err := event(r)
	var answer events.APIGatewayV2HTTPResponse
	if err == nil {
		var out lambdatest.Result
		out, err = f.invoke(context.WithoutCancel(r.Context()), name, payload)
		if err == nil && out.Failure != nil {
			err = fmt.Errorf("%s", out.Failure.Type)
		} else if err == nil {
			err = json.Unmarshal(out.Payload, &answer)
		}
	}
	if err != nil {
		http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
		return
	}
	f.give(w, r, answer)
}

func (f *fleet) give(w http.ResponseWriter, r *http.Request, a events.APIGatewayV2HTTPResponse) {
	body := []byte(a.Body)
	if a.IsBase64Encoded {
		body, _ = base64.StdEncoding.DecodeString(a.Body)
	}
	for k, v := range a.Headers {
		w.Header().Set(k, v)
	}
	for _, c := range a.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	if r.URL.Path != "/v1/keys" { // its answer is a key, which is searched for in all others
		fmt.Fprintf(&f.told, "%s %s %d %v\n%s\n", r.Method, r.URL.Path, a.StatusCode, a.Headers, body)
	}
	w.WriteHeader(a.StatusCode)
	_, _ = w.Write(body)
}

// event is a request in payload format 2.0.
func event(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{"host": r.Host}, Body: base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
	}
	for k, v := range r.Header {
		if k == "Cookie" {
			e.Cookies = strings.Split(strings.Join(v, "; "), "; ")
		} else {
			e.Headers[strings.ToLower(k)] = strings.Join(v, ",")
		}
	}
	e.RequestContext.DomainName = r.Host
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.Path = r.Method, r.URL.Path
	e.RequestContext.HTTP.SourceIP, e.RequestContext.HTTP.Protocol = "127.0.0.1", r.Proto
	return json.Marshal(e)
}

// schedule calls a function each second until ctx ends, once at a time.
func (f *fleet) schedule(ctx context.Context, all *sync.WaitGroup, name string) {
	all.Go(func() {
		for ctx.Err() == nil {
			_, _ = f.invoke(context.WithoutCancel(ctx), name, []byte(`{}`))
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
}

// summary says how often what was called.
func (f *fleet) summary() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprintf("calls %v, of which cold %v", f.calls, f.cold)
}

// knife kills processes while a call is on its way, at random and seeded.
type knife struct {
	mu   sync.Mutex
	rng  *rand.Rand
	left int // kills that are still to be done
}

func newKnife(seed uint64) *knife { return &knife{rng: rand.New(rand.NewPCG(seed, seed))} }

func (k *knife) sharpen(kills int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.left = kills
}

// maybe kills every third process, up to 60 ms after its call began; those that
// give and take, which are called less often, two of three.
func (k *knife) maybe(name string, p *os.Process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	lucky := 2
	if name == names.Grant || name == names.Revoke {
		lucky = 1
	}
	if k.left == 0 || k.rng.IntN(3) < lucky {
		return
	}
	k.left--
	time.AfterFunc(time.Duration(k.rng.IntN(60))*time.Millisecond, func() { _ = p.Kill() })
}

// died counts the calls that a killed process broke off, by function.
func (f *fleet) died() map[string]int {
	out := map[string]int{}
	for line := range strings.Lines(f.fails.String()) {
		if name, what, _ := strings.Cut(line, ": "); strings.HasPrefix(what, "Runtime.ExitError") {
			out[name]++
		}
	}
	return out
}
