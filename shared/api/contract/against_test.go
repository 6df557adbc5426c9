package contract_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/ebb-access/ebb/shared/api/contract"
)

// other judges by the document itself, with kin-openapi.
type other struct {
	spec   *openapi3.T
	router routers.Router
}

func newOther(t *testing.T) *other {
	t.Helper()
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.FileBodyDecoder)
	spec, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(spec)
	if err != nil {
		t.Fatal(err)
	}
	return &other{spec, router}
}

func (o *other) judge(t *testing.T, r *http.Request) error {
	route, path, err := o.router.FindRoute(r)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateRequest(t.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

func ours(r *http.Request) error {
	o, path, err := contract.Find(r)
	if err != nil {
		return err
	}
	return o.Check(r, path)
}

// draft is a request that can be changed.
type draft struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
}

func (d draft) request() *http.Request {
	r := httptest.NewRequest(d.method, "/", bytes.NewReader(d.body))
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = d.path, d.path, d.query.Encode()
	if plain, err := url.PathUnescape(d.path); err == nil {
		r.URL.Path = plain
	}
	r.Header = d.header.Clone()
	return r
}

func (d draft) String() string {
	return fmt.Sprintf("%s %s?%s %v %.300s", d.method, d.path, d.query.Encode(), d.header, d.body)
}

var seed = flag.Uint64("seed", 1, "another one sends other requests")

// TestAgainstTheDocument: over every operation and thousands of changed
// requests, nothing passes here that the document refuses. What passes there and
// not here is of the kinds that are stricter here, and named.
func TestAgainstTheDocument(t *testing.T) {
	o := newOther(t)
	rng := rand.New(rand.NewPCG(*seed, 2))
	sent, refused := 0, 0
	for _, path := range slices.Sorted(maps.Keys(o.spec.Paths.Map())) {
		item := o.spec.Paths.Find(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			op := item.Operations()[method]
			good := valid(t, method, path, slices.Concat(item.Parameters, op.Parameters), op)
			if a, b := o.judge(t, good.request()), ours(good.request()); a != nil || b != nil {
				t.Fatalf("%v\nis valid, and: there %v, here %v", good, a, b)
			}
			for range 300 {
				d, stricter := changed(rng, good)
				there, here := o.judge(t, d.request()), ours(d.request())
				sent++
				if there != nil {
					refused++
				}
				if there != nil && here == nil {
					t.Errorf("%v\npasses, and the document refuses it: %v", d, there)
				}
				// kin-openapi puts a field's default in the place of a null.
				stricter = stricter || bytes.Contains(d.body, []byte(":null"))
				// A number beyond 64 bits is a whole one there.
				stricter = stricter || bytes.Contains(d.body, []byte("e+300"))
				stricter = stricter || here != nil && strings.HasSuffix(here.Error(), "no such query parameter here")
				if there == nil && here != nil && !stricter {
					t.Errorf("%v\nis refused (%v), and the document takes it", d, here)
				}
			}
		}
	}
	t.Logf("%d requests, %d of them refused by the document", sent, refused)
	if refused < sent/4 {
		t.Errorf("only %d of %d requests are bad: this shows little", refused, sent)
	}
}

// valid makes a request with everything that the operation takes.
func valid(t *testing.T, method, path string, params openapi3.Parameters, op *openapi3.Operation) draft {
	t.Helper()
	d := draft{method: method, path: path, query: url.Values{}, header: http.Header{}}
	for _, ref := range params {
		p := ref.Value
		text := fmt.Sprint(value(p.Schema.Value))
		switch p.In {
		case "path":
			d.path = strings.ReplaceAll(d.path, "{"+p.Name+"}", text)
		case "query":
			d.query.Set(p.Name, text)
		case "header":
			d.header.Set(p.Name, text)
		}
	}
	if op.RequestBody == nil {
		return d
	}
	for kind, m := range op.RequestBody.Value.Content {
		d.header.Set("Content-Type", kind)
		d.body = []byte(fmt.Sprint(value(m.Schema.Value)))
		if kind == "application/json" {
			var err error
			if d.body, err = json.Marshal(value(m.Schema.Value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

// value is one that a schema takes.
func value(s *openapi3.Schema) any {
	switch {
	case s.Enum != nil:
		return s.Enum[0]
	case s.Format == "date-time":
		return "2026-11-23T10:00:00Z"
	case s.Type.Is("integer"):
		if s.Min != nil {
			return int(*s.Min)
		}
		return 1
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("array"):
		return []any{value(s.Items.Value)}
	case s.Type.Is("object"):
		out := map[string]any{}
		for name, p := range s.Properties {
			out[name] = value(p.Value)
		}
		return out
	}
	if strings.HasPrefix(s.Pattern, "^https?://") {
		return "https://abc"
	}
	if strings.Contains(s.Pattern, "}/[") { // a line of an access review
		return "abc/abc/abc"
	}
	return "abc"
}
