package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ebb-access/ebb/infra/lambdatest"
	"github.com/ebb-access/ebb/infra/rights"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// timeouts are the stack's, but for those that work ahead of the next schedule:
// here that comes within a second.
var timeouts = map[string]time.Duration{
	names.Install: 29 * time.Second, names.API: 29 * time.Second, names.Console: 29 * time.Second, names.Slack: 10 * time.Second, names.Grant: time.Minute, names.Revoke: time.Minute,
	names.Sweep: 47 * time.Second, names.Sync: 72 * time.Second, names.Notify: time.Minute, names.Review: 52 * time.Second,
}

// fleet is Lambda: the functions, and what they printed.
type fleet struct {
	logs  map[string]*safeBuffer
	knife *knife
	did   func(role string, c ...rights.Call) // calls of Lambda itself

	mu        sync.Mutex
	functions map[string]*lambdatest.Function
	env       []string
	calls     map[string]int
	cold      map[string]int
	spent     map[string]time.Duration // time of calls, all together
	told      safeBuffer               // every answer of the HTTP API
	fails     safeBuffer               // every failure of a function, as Lambda tells it
}

func newFleet() *fleet {
	return &fleet{
		functions: map[string]*lambdatest.Function{}, logs: map[string]*safeBuffer{}, knife: newKnife(11),
		calls: map[string]int{}, cold: map[string]int{}, spent: map[string]time.Duration{},
		did: func(string, ...rights.Call) {},
	}
}

// deploy puts the functions of a build there, each with an access key that
// names it. Processes of another build end, at the latest with their answer.
func (f *fleet) deploy(t *testing.T, build string) {
	t.Helper()
	for _, name := range names.Functions {
		if f.logs[name] == nil {
			f.logs[name] = &safeBuffer{}
		}
		fn := &lambdatest.Function{
			Name: name, Command: bootstrap(t, build, name), Timeout: timeouts[name], Log: f.logs[name],
			Env: append([]string{"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + name, "AWS_SECRET_ACCESS_KEY=test"}, f.env...),
		}
		if name != names.Install {
			fn.Begun = func(p *os.Process) time.Duration { return f.knife.maybe(name, p) }
		}
		f.mu.Lock()
		old := f.functions[name]
		f.functions[name] = fn
		f.mu.Unlock()
		if old != nil {
			old.Close()
		}
		t.Cleanup(fn.Close)
	}
}

func (f *fleet) invoke(ctx context.Context, name string, payload []byte) (lambdatest.Result, error) {
	f.mu.Lock()
	fn := f.functions[name]
	f.mu.Unlock()
	if fn == nil {
		return lambdatest.Result{}, fmt.Errorf("no function %q", name)
	}
	r, err := fn.Invoke(ctx, payload)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[name]++
	f.spent[name] += r.Took
	if r.Cold {
		f.cold[name]++
		f.spent[name] += r.Start // Lambda bills the start, too
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
	name = strings.TrimPrefix(name[strings.LastIndex(name, ":")+1:], stackName+"-")
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.did("LeaseRole", invokes(name))
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

// gateway is the HTTP API with its routes.
func (f *fleet) gateway(w http.ResponseWriter, r *http.Request) {
	name := ""
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/v1/"):
		name = names.API
	case r.Method == http.MethodGet && (strings.HasPrefix(path, "/connect/") || path == "/slack/oauth/callback"):
		name = names.Install
	case r.Method == http.MethodPost && slices.Contains(slackapp.Paths, path):
		name = names.Slack
	case r.Method == http.MethodGet || r.Method == http.MethodPost:
		name = names.Console
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
	// The answer is a key, or a page with the link that it was opened by, or a cookie;
	// they are searched for in all others.
	if r.URL.Path != "/v1/keys" && r.Method+r.URL.Path != "POST/keys" && !strings.HasPrefix(r.URL.Path, "/signin") {
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

// schedule calls a function each second until ctx ends, once at a time. A call
// on its way goes on until calls ends.
func (f *fleet) schedule(ctx, calls context.Context, all *sync.WaitGroup, name string) {
	all.Go(func() {
		for ctx.Err() == nil {
			f.did("SchedulerRole", invokes(name))
			_, _ = f.invoke(calls, name, []byte(`{}`))
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
}

// invokes is what a caller of Lambda does.
func invokes(name string) rights.Call {
	return rights.Call{Action: "lambda:InvokeFunction", Resource: "arn:aws:lambda:" + region + ":" + account + ":function:" + stackName + "-" + name}
}

// summary says how often what was called.
func (f *fleet) summary() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprintf("calls %v, of which cold %v", f.calls, f.cold)
}
