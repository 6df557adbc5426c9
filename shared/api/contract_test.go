package api_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/api/contract"
	"github.com/ebb-access/ebb/shared/flow"
)

type operation struct{ method, path string }

// document is the contract as it is written.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return spec
}

func operations(t *testing.T) []operation {
	t.Helper()
	var out []operation
	for path, item := range document(t).Paths.Map() {
		for method := range item.Operations() {
			out = append(out, operation{method, path})
		}
	}
	return out
}

// TestGenerated: what was generated is of the contract that lies here. The
// table is generated last, so that its digest speaks for the other two.
func TestGenerated(t *testing.T) {
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%x", sha256.Sum256(raw)) != contract.Digest {
		t.Error("openapi.yaml was changed: run go generate ./shared/api/...")
	}
}

// TestBodiesAreClosed: no request's body takes a field that it does not name,
// and every text in it has a limit.
func TestBodiesAreClosed(t *testing.T) {
	for path, item := range document(t).Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			m := op.RequestBody.Value.Content.Get("application/json")
			if m == nil {
				continue
			}
			s := m.Schema.Value
			if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
				t.Errorf("%s %s takes unknown fields", method, path)
			}
			for name, p := range s.Properties {
				if p.Value.Type.Is("string") && p.Value.MaxLength == nil && p.Value.Pattern == "" && p.Value.Format == "" && p.Value.Enum == nil {
					t.Errorf("%s %s: %s has no limit", method, path, name)
				}
				if p.Value.Type.Is("array") && p.Value.MaxItems == nil {
					t.Errorf("%s %s: %s has no limit", method, path, name)
				}
			}
		}
	}
}

// BenchmarkStart is what the API costs a cold start.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		api.Handler(&flow.House{}, api.Options{})
	}
}
