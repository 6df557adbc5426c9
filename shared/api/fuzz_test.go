package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// FuzzAPI sends anything to the whole handler, as any role. Nothing panics and
// nothing is the house's own fault (5xx); what is accepted is a body as the
// contract describes it, and so is the answer; nobody reads a token, or the
// name of a private channel out of their sight.
func FuzzAPI(f *testing.F) {
	for _, x := range rights {
		for _, role := range []string{"nobody", "ada", "root"} {
			f.Add(uint8(slices.Index(roles, role)), x.method, x.path, x.body)
		}
	}
	var w *world
	f.Fuzz(func(t *testing.T, as uint8, method, path, body string) {
		if w == nil {
			w = newWorld(t)
		}
		w.t = t
		role := roles[int(as)%len(roles)]
		body = w.fill(body)
		r, err := http.NewRequest(method, "http://ebb.test"+w.fill(path), strings.NewReader(body))
		if err != nil || r.Host != "ebb.test" {
			return // no such request arrives
		}
		got := w.serve(role, r)
		w.sound(role, r, body, got)
		if got.Code < 400 && method != http.MethodGet {
			w = nil // what was changed is not there for the next
		}
	})
}

// serve answers a request that was made by hand.
func (w *world) serve(role string, r *http.Request) *httptest.ResponseRecorder {
	if key := w.keys[role]; key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/v1/policy") {
		r.Header.Set("Content-Type", "application/yaml")
	}
	got := httptest.NewRecorder()
	w.api.ServeHTTP(got, r)
	return got
}

// sound holds an answer against what holds for all.
func (w *world) sound(role string, r *http.Request, body string, got *httptest.ResponseRecorder) {
	w.t.Helper()
	said := got.Body.String()
	sees := role == "owner" || role == "auditor" || role == "root"
	switch {
	case got.Code >= 500:
		w.t.Fatalf("%s %s: %d %s\n%s", r.Method, r.URL, got.Code, said, w.log.String())
	case role == "nobody" && got.Code != http.StatusUnauthorized && got.Code < 400:
		w.t.Fatalf("without a key: %d %s", got.Code, said)
	case strings.Contains(said, w.slack.UserToken()) || strings.Contains(said, w.slack.BotToken()):
		w.t.Fatalf("a token is in the answer: %s", said)
	case strings.Contains(said, "merger-with-acme") && !sees && !strings.Contains(body+r.URL.String(), "merger-with-acme"):
		w.t.Fatalf("%s learns the name of a private channel: %s", role, said)
	case got.Code >= 400:
		w.want(got, got.Code, nil)
	case got.Code >= 300:
		w.t.Fatalf("%s %s: sent on to %q", r.Method, r.URL, got.Header().Get("Location"))
	default:
		w.fulfils(r, body, got)
	}
}

// described is the contract, by a router that is not ours.
var described = func() routers.Router {
	spec, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		panic(err)
	}
	router, err := gorillamux.NewRouter(spec)
	if err != nil {
		panic(err)
	}
	return router
}()

// fulfils holds a success against the contract: the answer by the validator,
// the body by hand, so that the validator is not asked about itself.
func (w *world) fulfils(r *http.Request, body string, got *httptest.ResponseRecorder) {
	w.t.Helper()
	route, params, err := described.FindRoute(r)
	if err != nil {
		w.t.Fatalf("%s %s was accepted and is not in the contract: %v", r.Method, r.URL, err)
	}
	in := openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 got.Code, Header: got.Header(), Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(w.t.Context(), &in); err != nil {
		w.t.Fatalf("%s %s: %v\n%s", r.Method, r.URL, err, got.Body)
	}
	if route.Operation.RequestBody == nil {
		return
	}
	if !route.Operation.RequestBody.Value.Required && body == "" {
		return // it may be left out
	}
	if m := route.Operation.RequestBody.Value.Content.Get("application/json"); m != nil {
		if wrong := breaks(m.Schema.Value, body); wrong != "" {
			w.t.Fatalf("%s %s was accepted with %s: %s", r.Method, r.URL, wrong, body)
		}
	}
}

// breaks says how a body is not of the schema, as far as names, presence and
// lengths go.
func breaks(s *openapi3.Schema, body string) string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil || fields == nil {
		return "a body that is no one object"
	}
	for name, raw := range fields {
		p := s.Properties[name]
		if p == nil {
			return "the unknown field " + name
		}
		var text string
		if p.Value.Type.Is("string") && json.Unmarshal(raw, &text) != nil {
			return name + " of another type"
		}
		if p.Value.MaxLength != nil && uint64(utf8.RuneCountInString(text)) > *p.Value.MaxLength {
			return name + " too long"
		}
		var list []json.RawMessage
		if p.Value.Type.Is("array") && (json.Unmarshal(raw, &list) != nil || p.Value.MaxItems != nil && uint64(len(list)) > *p.Value.MaxItems) {
			return name + " no list, or too long"
		}
	}
	for _, name := range s.Required {
		if fields[name] == nil {
			return name + " missing"
		}
	}
	return ""
}
