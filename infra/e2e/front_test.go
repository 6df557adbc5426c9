package e2e

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"sync"

	"github.com/ebb-access/ebb/infra/rights"
	"github.com/ebb-access/ebb/shared/config/names"
)

// signed finds who asks, by the access key, and which service is asked.
var signed = regexp.MustCompile(`Credential=([^/]+)/\d+/[^/]+/([^/]+)/`)

// ServeHTTP notes what is asked and passes it on. What a function calls is seen
// here, on the wire, and not in the function: no code of its own can hide any.
func (e *engines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	who, service := "", ""
	if m := signed.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		who, service = m[1], m[2]
	}
	if slices.Contains(names.Functions, who) {
		e.seen.request(who, rights.Request{Service: service, Region: region, Account: account, HTTP: r, Body: body})
	}
	to := map[string]*url.URL{"dynamodb": e.dynamo, "states": e.states}[service]
	if to == nil {
		to = e.rest
	}
	if service == "dynamodb" {
		body = weighed(body)
	}
	proxy := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host
			p.Out.Body, p.Out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		},
		ModifyResponse: func(out *http.Response) error { return e.meter.answer(who, service, r, body, out) },
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	if t := e.spoiled.Load(); t != nil && slices.Contains(names.Functions, who) {
		proxy.Transport = t
	}
	proxy.ServeHTTP(w, r)
}

// seen is what each role did, for the comparison with its policy.
type seen struct {
	mu      *sync.Mutex
	calls   map[string]map[string]rights.Call
	times   map[string]map[string]int // role: action: times
	unknown map[string]bool           // requests that nobody knows how to authorize
}

func newSeen() seen {
	return seen{&sync.Mutex{}, map[string]map[string]rights.Call{}, map[string]map[string]int{}, map[string]bool{}}
}

func (s seen) request(who string, r rights.Request) {
	calls, err := rights.Calls(r)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.unknown[fmt.Sprintf("%s: %v", who, err)] = true
		return
	}
	s.add(who, calls...)
}

func (s seen) add(who string, calls ...rights.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls[who] == nil {
		s.calls[who], s.times[who] = map[string]rights.Call{}, map[string]int{}
	}
	for _, c := range calls {
		s.calls[who][fmt.Sprint(c)] = c
		s.times[who][c.Action]++
	}
}

// did gives every different call of every role.
func (s seen) did() map[string][]rights.Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][]rights.Call{}
	for who, calls := range s.calls {
		out[who] = slices.Collect(maps.Values(calls))
	}
	return out
}

// asked says what a role asked AWS for.
func (s seen) asked(who string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprint(s.times[who]) // in order of the actions
}
