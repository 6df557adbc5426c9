package api_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

type operation struct{ method, path string }

func operations(t *testing.T) []operation {
	t.Helper()
	spec, err := apigen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out []operation
	for path, item := range spec.Paths.Map() {
		for method := range item.Operations() {
			out = append(out, operation{method, path})
		}
	}
	return out
}

// TestGenerated: what was generated is of the contract that lies here.
func TestGenerated(t *testing.T) {
	written, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	built, err := apigen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	a, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(built)
	if err != nil {
		t.Fatal(err)
	}
	if plain(t, a) != plain(t, b) {
		t.Error("openapi.yaml was changed: run go generate ./shared/api/...")
	}
}

// plain spells JSON in one way. The generator names operations as Go does.
func plain(t *testing.T, raw []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	withoutOperations(v)
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func withoutOperations(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "operationId")
		for _, x := range v {
			withoutOperations(x)
		}
	case []any:
		for _, x := range v {
			withoutOperations(x)
		}
	}
}

// TestBodiesAreClosed: no request's body takes a field that it does not name,
// and every text in it has a limit.
func TestBodiesAreClosed(t *testing.T) {
	spec, err := apigen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range spec.Paths.Map() {
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

// BenchmarkStart is what the contract costs a cold start.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		api.Handler(&flow.House{}, api.Options{})
	}
}
